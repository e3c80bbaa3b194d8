"""Steps about money: every command on assessments, payments, transfers, refunds, settlements."""

from __future__ import annotations

import json
from datetime import date
from typing import Literal
from uuid import UUID

from feesvc.application import (
    accounts,
    assessments,
    payments,
    receipts,
    refunding,
    refunds,
    settlements,
    transfers,
)
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.pricing import WantedLine
from feesvc.domain.refund import Refund
from feesvc.intermediary import Disputed, Ended, Outcome, Profile, Received, Refunded, Reversed
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Sayso

PAYING = Steps()
FEE = Money(100_000, "VND")
PART = Money(10_000, "VND")


def assessment(e: Everything, number: int) -> UUID:
    return e.s.store.ids.assessment(e.code, f"{e.code}-261120-{number}", "1")


async def account(e: Everything) -> MerchantAccount:
    return await e.s.house.see(MerchantAccount, e.id("account"), "")


async def adapter(e: Everything) -> Sayso:
    found = e.s.house.desk.adapter(await account(e))
    assert isinstance(found, Sayso)
    return found


async def refund(e: Everything, name: str) -> Refund:
    return await e.s.house.see(Refund, e.ids[name], "")


@PAYING.of(assessments.raise_assessments)
async def raise_them(e: Everything, act: Act) -> object:
    drafts = [
        assessments.Draft(
            agency=e.code, dossier=f"{e.code}-261120-{number}", notice="1", procedure="",
            portal="", result_delivery="", due_on=None, subject=None,
            wanted=(WantedLine(item="FEE"),),
            circumstances=Circumstances(
                channel="online", submitted_on=date(2026, 11, 20), assessed_on=date(2026, 11, 20)
            ),
        )
        for number in range(1, 8)
    ]  # fmt: skip
    return await assessments.raise_assessments(e.s.house, act, drafts, told)


@PAYING.of(assessments.change_assessment)
async def increase(e: Everything, act: Act) -> object:
    return await assessments.change_assessment(
        e.s.house, act, assessment(e, 2), lambda a: a.increase({1: 5}, "late", act.at), told
    )


def asks(number: int) -> Step:
    async def ask(e: Everything, act: Act) -> object:
        request = payments.PaymentRequest(
            assessments=(assessment(e, number),), account=e.id("account"), portal="",
            return_url="https://portal.example", locale="vi", payer_ip="",
        )  # fmt: skip
        done = await payments.open_payment(e.s.house, act, request, told)
        if done.result is not None:
            e.references[number] = done.result.reference
            e.ids[f"payment {number}"] = done.result.id
        return done

    return ask


for paid in (1, 5, 6):
    PAYING.of(payments.open_payment)(asks(paid))


def says(e: Everything, number: int) -> Received:
    return Received(reference=e.references[number], transaction=f"T-{number}", amount=FEE, at=NOON)


async def heard(e: Everything, outcome: Outcome) -> object:
    merchant = await account(e)
    return await transfers.record_outcome(e.s.house, merchant, outcome, "notification", "")


@PAYING.of(transfers.record_outcome)
async def receive(e: Everything, act: Act) -> object:
    return await heard(e, says(e, 1))


@PAYING.of(payments.look_up_payment)
async def look_up(e: Everything, act: Act) -> object:
    (await adapter(e)).orders[e.references[5]] = (says(e, 5),)
    await payments.look_up_payment(e.s.house, e.ids["payment 5"])
    return None


@PAYING.of(transfers.record_outcome)
async def end(e: Everything, act: Act) -> object:
    return await heard(e, Ended(reference=e.references[6], reason="declined", at=NOON))


@PAYING.of(receipts.number_receipts)
async def number_it(e: Everything, act: Act) -> object:
    settled = receipts.Settled(assessment(e, 1), e.code, FEE)
    return list(await receipts.number_receipts(e.s.house, act, [settled]))


def asks_refund(name: str) -> Step:
    async def ask(e: Everything, act: Act) -> object:
        e.ids[name] = e.s.store.ids.refund(act.id)
        wish = refunds.Wish(
            transfer=e.s.store.ids.transfer(e.id("account"), "T-1"), amount=PART.amount, lines={},
            reason="x", method="intermediary",
        )  # fmt: skip
        return await refunds.request_refund(e.s.house, act, wish, told)

    return ask


def approves(name: str) -> Step:
    async def approve(e: Everything, act: Act) -> object:
        digest = (await refund(e, name)).digest
        return await refunds.approve_refund(e.s.house, checking(act), e.ids[name], digest, told)

    return approve


def checking(act: Act) -> Act:
    return Act(id=act.id, principal="person:checker", at=act.at)


def sends(name: str) -> Step:
    async def send(e: Everything, act: Act) -> object:
        await refunding.instruct_refund(e.s.house, act, e.ids[name])
        return None

    return send


for name in ("notified", "looked up", "rejected"):
    PAYING.of(refunds.request_refund)(asks_refund(name))
for name in ("notified", "looked up"):
    PAYING.of(refunds.approve_refund)(approves(name))
    PAYING.of(refunding.instruct_refund)(sends(name))


@PAYING.of(refunds.reject_refund)
async def reject(e: Everything, act: Act) -> object:
    return await refunds.reject_refund(e.s.house, checking(act), e.ids["rejected"], "no", told)


@PAYING.of(refunding.record_refund_outcome)
async def refunded(e: Everything, act: Act) -> object:
    reference = (await refund(e, "notified")).reference
    said = Refunded(reference=reference, handle="R", amount=PART, at=NOON)
    return await refunding.record_refund_outcome(e.s.house, await account(e), said)


@PAYING.of(refunding.look_up_refund)
async def find_refunded(e: Everything, act: Act) -> object:
    reference = (await refund(e, "looked up")).reference
    said = Refunded(reference=reference, handle="R", amount=PART, at=NOON)
    (await adapter(e)).refunds[reference] = said
    return await refunding.look_up_refund(e.s.house, act, e.ids["looked up"])


@PAYING.of(assessments.reduce_assessment)
async def reduce(e: Everything, act: Act) -> object:
    return await assessments.reduce_assessment(
        e.s.house, act, assessment(e, 1), {1: 30_000}, "x", told
    )


@PAYING.of(assessments.withdraw_assessment)
async def cancel(e: Everything, act: Act) -> object:
    return await assessments.withdraw_assessment(e.s.house, act, assessment(e, 1), "x", answer=told)


@PAYING.of(assessments.withdraw_assessment)
async def supersede(e: Everything, act: Act) -> object:
    return await assessments.withdraw_assessment(e.s.house, act, assessment(e, 3), "x", "2", told)


def disputes(dispute: str, stage: Literal["opened", "won", "lost"]) -> Step:
    async def say(e: Everything, act: Act) -> object:
        said = Disputed(dispute=dispute, transaction="T-5", stage=stage, amount=PART, at=NOON)
        return await heard(e, said)

    return say


PAYING.of(transfers.record_outcome)(disputes("D-1", "opened"))
PAYING.of(transfers.record_outcome)(disputes("D-1", "won"))
PAYING.of(transfers.record_outcome)(disputes("D-2", "lost"))


@PAYING.of(settlements.take_settlement)
async def settle(e: Everything, act: Act) -> object:
    lines = [("payment", f"T-{number}", 100_000, 1_100) for number in (1, 99)]
    said = {"batch": "B-1", "net": 197_800, "count": 2, "lines": lines}
    return await settlements.take_settlement(
        e.s.house, e.id("account"), json.dumps(said).encode(), Profile(), "person:officer"
    )


def reverses(number: int) -> Step:
    async def say(e: Everything, act: Act) -> object:
        said = Reversed(reference="", transaction=f"T-{number}", at=NOON, reason="recall")
        return await heard(e, said)

    return say


PAYING.of(transfers.record_outcome)(reverses(5))
PAYING.of(transfers.record_outcome)(reverses(1))


@PAYING.of(accounts.close_merchant_account)
async def close(e: Everything, act: Act) -> object:
    return await accounts.close_merchant_account(e.s.house, act, e.id("account"), told)
