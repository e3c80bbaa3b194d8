"""Steps about what follows an office's orders: money given back, claims on the budget, moves."""

from __future__ import annotations

from uuid import UUID

from feesvc.application import claiming, custody, depositing, payees, refunds
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.banking import vnd
from feesvc.campaigns.commanding.ordering import CREDIT, kept, office, says
from feesvc.campaigns.commanding.paying import checking
from feesvc.domain.budget_claim import BudgetClaim, Way
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.refund import Refund
from feesvc.people import RefundAccount
from feesvc.testing.scenario import NOON

CLAIMING = Steps()


@CLAIMING.of(refunds.request_refund)
async def ask_back(e: Everything, act: Act) -> object:
    e.ids["given back"] = e.s.store.ids.refund(act.id)
    desk = depositing.desk_id(e.s.house, office(e), "D1")
    wish = refunds.Wish(
        transfer=e.s.store.ids.transfer(desk, "fee in cash 100000"), amount=40_000, lines={},
        reason="x", method="bank_transfer",
    )  # fmt: skip
    return await refunds.request_refund(e.s.house, act, wish, told)


@CLAIMING.of(payees.name_payee)
async def name_payee(e: Everything, act: Act) -> object:
    to = RefundAccount(bank="970415", number="1020304050", holder="NGUYEN VAN DUC")
    return await payees.name_payee(e.s.house, act, e.ids["given back"], to, told)


@CLAIMING.of(refunds.approve_refund)
async def give_back(e: Everything, act: Act) -> object:
    id = e.ids["given back"]
    digest = (await e.s.house.see(Refund, id, "")).digest
    payee = (await payees.payee_of(e.s.house, id)).digest
    return await refunds.approve_refund(
        e.s.house, checking(act), id, digest, told, payee=payee, acknowledged=True
    )


def claim(e: Everything) -> UUID:
    return claiming.claim_id(e.s.house, e.ids["given back"], "refund")


@CLAIMING.of(claiming.open_claims)
async def open_claims(e: Everything, act: Act) -> object:
    history = await e.s.store.history(e.ids["given back"])
    [recorded] = [one for one in history if isinstance(one.event, Refund.Approved)]
    await claiming.open_claims(e.s.house, act, recorded)
    return (await e.s.house.see(BudgetClaim, claim(e), "")).amount


@CLAIMING.of(claiming.repay_claim)
async def repay(e: Everything, act: Act) -> object:
    return await claiming.repay_claim(e.s.house, act, claim(e), vnd(5_000), "KB-2", NOON, told)


def proposes(way: Way, amount: int) -> Step:
    async def propose(e: Everything, act: Act) -> object:
        return await claiming.propose_end(
            e.s.house, act, claim(e), way, vnd(amount), "told_so", "KB-9", told
        )

    return propose


CLAIMING.of(claiming.propose_end)(proposes("refused", 35_000))


@CLAIMING.of(claiming.reject_end)
async def claim_still(e: Everything, act: Act) -> object:
    return await claiming.reject_end(e.s.house, checking(act), claim(e), "not_so", told)


CLAIMING.of(claiming.propose_end)(proposes("repaid_to_payer", 10_000))


@CLAIMING.of(claiming.approve_end)
async def end_claim(e: Everything, act: Act) -> object:
    proposed = (await e.s.house.see(BudgetClaim, claim(e), "")).proposed
    digest = proposed[5] if proposed else ""
    return await claiming.approve_end(e.s.house, checking(act), claim(e), digest, told)


def moves(name: str, amount: int) -> Step:
    async def move(e: Everything, act: Act) -> object:
        new = custody.NewMove(
            agency=office(e), kind="whole_from_estimate", amount=vnd(amount), reason="monthly"
        )
        return kept(e, name, await custody.request_move(e.s.house, act, new, told))

    return move


CLAIMING.of(custody.request_move)(moves("not moved", 1_000))


@CLAIMING.of(custody.reject_move)
async def leave_it(e: Everything, act: Act) -> object:
    return await custody.reject_move(
        e.s.house, checking(act), e.ids["not moved"], "not_needed", told
    )


CLAIMING.of(custody.request_move)(moves("moved", 2_000))


@CLAIMING.of(custody.approve_move)
async def move_it(e: Everything, act: Act) -> object:
    id = e.ids["moved"]
    digest = (await e.s.house.see(CustodyMove, id, "")).digest
    return await custody.approve_move(e.s.house, checking(act), id, digest, told)


CLAIMING.of(CREDIT)(says(CustodyMove, "moved", CREDIT, 2_000))
