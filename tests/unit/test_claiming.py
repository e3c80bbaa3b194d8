"""Remitted money that was given back: repaid, set off, paid by the Treasury itself, or refused."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from feesvc.application import bank_orders, banking, claiming, refunds, remitting
from feesvc.application.bank_orders import OrderLine
from feesvc.application.holdings import holdings
from feesvc.application.remitting import NewRemittance
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.budget_claim import BudgetClaim, MoreThanClaimed, Way
from feesvc.domain.custody import Custody
from feesvc.domain.refund import ChangedSinceAsked, Refund, SamePerson
from feesvc.domain.remittance import Remittance
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story

DAY = date(2026, 11, 20)
ACCOUNT = BankAccount(bank="VCB", number="0011", currency="VND")


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def remitted(s: Scenario, amount: int = 100_000) -> tuple[UUID, UUID]:
    """A fee of 30/70 that was paid, banked, split and remitted; gives it and its transfer."""
    account = await s.agency("G14")
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.set_bank_account("collection", ACCOUNT, date(2020, 1, 1), s.now)
    custody = Custody.first(Custody.Opened, s.store.ids.of("custody", "G14"), s.now, agency="G14")
    custody.repaid(s.some_id(), s.some_id(), vnd(1_000_000), "B", s.now, s.now)
    await s.keep(agency, custody)
    return await another(s, account, amount, "T-1")


async def another(s: Scenario, account: UUID, amount: int, name: str) -> tuple[UUID, UUID]:
    fee = await s.assessment("G14", ("fee", amount), retained_ppm=300_000)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, amount, name)
    transfer = (await s.transfer(account, name)).id
    await banking.bank_transfers(s.house, [transfer], s.now, "person:finance")
    assessment = await s.see(fee)
    assessment.allocate(s.some_id(), None, s.now)
    await s.keep(assessment)
    await sent(s, await drawn(s))
    return fee, transfer


async def drawn(s: Scenario, *, set_off: bool = False) -> Remittance:
    new = NewRemittance(
        agency="G14", currency="VND", source="bank", execute_on=DAY, set_off=set_off
    )
    act = s.house.act(s.some_id(), "person:a")
    done = await remitting.draw_remittance(s.house, act, new)
    assert done.result is not None
    return done.result


async def sent(s: Scenario, one: Remittance) -> None:
    act = s.house.act(s.some_id(), "person:b")
    await remitting.approve_remittance(s.house, act, one.id, one.digest)
    await bank_orders.take_order_debit(s.house, "G14", line(one, "OUT"), "person:f")


def line(one: Remittance, name: str) -> OrderLine:
    return OrderLine(
        account=ACCOUNT, reference=f"{name} {one.reference}", amount=one.paid, booked_on=DAY,
        narrative=one.reference,
    )  # fmt: skip


async def refunded(s: Scenario, transfer: UUID, amount: int) -> tuple[Refund, BudgetClaim]:
    """Given back after remittance, and claimed of the budget by what follows the log."""
    wish = refunds.Wish(
        transfer=transfer, amount=amount, lines={}, reason="withdrawn", method="intermediary"
    )
    asked = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert asked.result is not None
    act = s.house.act(s.some_id(), "person:b")
    await refunds.approve_refund(s.house, act, asked.result.id, asked.result.digest)
    for recorded in await s.store.read(0, 1000, ["refund.approved", "assessment.uncollected_by"]):
        await claiming.open_claims(s.house, s.house.act(s.some_id(), "process:x"), recorded)
    id = claiming.claim_id(s.house, asked.result.id, "refund")
    refund = await s.house.one(Refund, asked.result.id, "")
    return refund, await s.house.one(BudgetClaim, id, "")


async def end(s: Scenario, claim: BudgetClaim, way: Way, amount: int) -> BudgetClaim:
    act = s.house.act(s.some_id(), "person:a")
    done = await claiming.propose_end(
        s.house,
        act,
        claim.id,
        way,
        vnd(amount),
        "told_so",
        "KB-9",
    )
    assert done.result is not None and done.result.proposed is not None
    digest = done.result.proposed[5]
    with pytest.raises(SamePerson):
        await claiming.approve_end(s.house, s.house.act(s.some_id(), "person:a"), claim.id, digest)
    with pytest.raises(ChangedSinceAsked):
        await claiming.approve_end(s.house, s.house.act(s.some_id(), "person:b"), claim.id, "0")
    agreed = await claiming.approve_end(
        s.house, s.house.act(s.some_id(), "person:b"), claim.id, digest
    )
    assert agreed.result is not None
    return agreed.result


@story
async def test_the_budgets_part_is_claimed_once_and_repaid(s: Scenario) -> None:
    _, transfer = await remitted(s)
    refund, claim = await refunded(s, transfer, 40_000)
    assert (claim.amount, claim.about) == (vnd(28_000), refund.id)
    for _ in range(2):
        act = s.house.act(s.some_id(), "person:f")
        await claiming.repay_claim(s.house, act, claim.id, vnd(20_000), "B-1", s.now)
    claim = await s.house.one(BudgetClaim, claim.id, "")
    assert claim.outstanding == vnd(8_000)
    act = s.house.act(s.some_id(), "person:f")
    with pytest.raises(MoreThanClaimed):
        await claiming.repay_claim(s.house, act, claim.id, vnd(8_001), "B-2", s.now)


@story
async def test_the_treasury_pays_its_part_to_the_payer_and_we_pay_the_rest(s: Scenario) -> None:
    _, transfer = await remitted(s)
    refund, claim = await refunded(s, transfer, 40_000)
    done = await end(s, claim, "repaid_to_payer", 28_000)
    assert done.outstanding == vnd(0)
    refund = await s.house.one(Refund, refund.id, "")
    assert (refund.state, refund.left) == ("approved", vnd(12_000))
    refund.instruct("R-1", "bank_transfer", s.now)
    instructed = refund.news[-1]
    assert isinstance(instructed, Refund.Instructed) and instructed.amount == vnd(12_000)
    assert (await (await holdings(s.house)).cover("G14", "VND")).of("refund") == 12_000


@story
async def test_a_refused_claim_is_a_loss_that_two_people_agree_to(s: Scenario) -> None:
    _, transfer = await remitted(s)
    _, claim = await refunded(s, transfer, 40_000)
    assert (await end(s, claim, "refused", 28_000)).outstanding == vnd(0)
    assert not await (await holdings(s.house)).claims("G14", "VND", 10)


@story
async def test_a_claim_is_set_off_against_the_next_remittance_and_again_after_a_return(
    s: Scenario,
) -> None:
    _, transfer = await remitted(s)
    _, claim = await refunded(s, transfer, 40_000)
    account = (await s.house.see(Agency, s.store.ids.agency("G14"), "")).merchant_accounts
    fee = await s.assessment("G14", ("charge", 50_000))
    payment = await s.payment(next(iter(account)), fee)
    await s.money(next(iter(account)), payment.reference, 50_000, "T-2")
    other = (await s.transfer(next(iter(account)), "T-2")).id
    await banking.bank_transfers(s.house, [other], s.now, "person:finance")
    assessment = await s.see(fee)
    assessment.allocate(s.some_id(), None, s.now)
    await s.keep(assessment)

    one = await drawn(s, set_off=True)
    assert (one.total, one.paid) == (vnd(50_000), vnd(22_000))
    await sent(s, one)
    assert (await s.house.one(BudgetClaim, claim.id, "")).outstanding == vnd(0)
    await bank_orders.take_order_credit(s.house, "G14", line(one, "BACK"), "person:f")
    assert (await s.house.one(BudgetClaim, claim.id, "")).outstanding == vnd(28_000)
    assert (await drawn(s, set_off=True)).paid == vnd(22_000)
