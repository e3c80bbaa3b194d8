"""Money held for another agency: passed on, arrived, refunded before and after, on both books."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from feesvc.application import advances, bank_orders, banking, forwarding, refunds
from feesvc.application.bank_orders import LineContradicts, OrderLine
from feesvc.application.custody import Shortfall
from feesvc.application.forwarding import NewForwarding, NoPayee
from feesvc.application.holdings import holdings, overdue_forwardings
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.custody import Custody
from feesvc.domain.forwarding import Forwarding, ForwardKind
from feesvc.domain.refund import Refund, SamePerson
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story

DAY = date(2026, 11, 20)
ACCOUNTS = {code: BankAccount(bank="VCB", number=code, currency="VND") for code in ("G14", "G22")}


async def collected(s: Scenario, *lines: tuple[str, int], of: str = "G22") -> tuple[UUID, UUID]:
    """G14 took money for an assessment of another agency, and the bank has it."""
    account = await s.agency("G14")
    if of != "G14":
        await s.agency(of)
    for code in {"G14", of}:
        agency = await s.house.one(Agency, s.store.ids.agency(code), "")
        agency.set_bank_account("collection", ACCOUNTS[code], date(2020, 1, 1), s.now)
        await s.keep(agency)
    fee = await s.assessment(of, *lines)  # type: ignore[arg-type]
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, sum(amount for _, amount in lines))
    transfer = (await s.transfer(account)).id
    await banking.bank_transfers(s.house, [transfer], s.now, "person:finance")
    return fee, transfer


async def funded(s: Scenario, agency: str, amount: int) -> None:
    """A bank credit that is the agency's own business lets what is owed be in its account."""
    custody = await s.house.store.load([s.store.ids.of("custody", agency)])
    one = next(iter(custody.values()), None) or Custody.first(
        Custody.Opened, s.store.ids.of("custody", agency), s.now, agency=agency
    )
    assert isinstance(one, Custody)
    one.repaid(s.some_id(), s.some_id(), Money(amount, "VND"), "B", s.now, s.now)
    await s.keep(one)


async def draw(
    s: Scenario, agency: str = "G14", to: str = "G22", kind: ForwardKind = "agency",
    payee: BankAccount | None = None,
) -> Forwarding:  # fmt: skip
    new = NewForwarding(
        agency=agency, kind=kind, beneficiary=to, currency="VND", execute_on=DAY, payee=payee
    )
    act = s.house.act(s.some_id(), "person:a")
    done = await forwarding.draw_forwarding(s.house, act, new)
    assert done.result is not None
    return done.result


async def approve(s: Scenario, drawn: Forwarding, by: str = "person:b") -> None:
    act = s.house.act(s.some_id(), by)
    await forwarding.approve_forwarding(s.house, act, drawn.id, drawn.digest)


def line(agency: str, order: Forwarding, name: str = "B-1") -> OrderLine:
    return OrderLine(
        account=ACCOUNTS[agency], reference=name, amount=order.total, booked_on=DAY,
        narrative=f"chuyen tiep {order.reference}",
    )  # fmt: skip


async def refund(s: Scenario, transfer: UUID, fee: UUID, amount: int) -> Refund:
    wish = refunds.Wish(
        transfer=transfer, amount=amount, lines={(fee, 1): amount}, reason="withdrawn",
        method="intermediary",
    )  # fmt: skip
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert done.result is not None
    act = s.house.act(s.some_id(), "person:b")
    agreed = await refunds.approve_refund(s.house, act, done.result.id, done.result.digest)
    assert agreed.result is not None
    return agreed.result


async def total(s: Scenario, agency: str, item: str) -> int:
    return (await (await holdings(s.house)).cover(agency, "VND")).of(item)


@story
async def test_what_is_held_for_another_agency_arrives_there_and_is_banked(s: Scenario) -> None:
    fee, transfer = await collected(s, ("fee", 60_000), ("charge", 40_000))
    with pytest.raises(Shortfall):  # the batch brought nothing yet
        await draw(s)
    await funded(s, "G14", 100_000)
    drawn = await draw(s)
    assert (drawn.total, [take.transfer for take in drawn.takes]) == (
        Money(100_000, "VND"), [transfer],
    )  # fmt: skip
    with pytest.raises(NothingToSend):
        await draw(s)
    with pytest.raises(SamePerson):
        await approve(s, drawn, by="person:a")
    with pytest.raises(LineContradicts):
        await bank_orders.take_order_debit(s.house, "G14", line("G14", drawn), "person:f")
    await approve(s, drawn)
    with pytest.raises(NothingToSend):
        await draw(s)
    assert (await s.see(fee)).lines[1].banked == 0
    for _ in range(2):  # either bank may tell first; a line told again is no news
        credit = line("G22", drawn)
        await bank_orders.take_order_credit(s.house, "G22", credit, "person:g")
        await bank_orders.take_order_debit(s.house, "G14", line("G14", drawn), "person:f")
    assert (await s.house.see(Forwarding, drawn.id, "")).state == "received"
    assert [one.banked for one in (await s.see(fee)).lines.values()] == [60_000, 40_000]
    assert (await total(s, "G14", "bank"), await total(s, "G14", "other_agency")) == (0, 0)
    assert (await total(s, "G22", "bank"), await total(s, "G22", "budget")) == (100_000, 46_000)


@story
async def test_it_is_overdue_a_day_after_the_bank_had_it(s: Scenario) -> None:
    _, transfer = await collected(s, ("charge", 40_000))
    late = s.now + timedelta(hours=1)
    assert [one.transfer for one in await overdue_forwardings(s.house, late)] == [transfer]
    assert not await overdue_forwardings(s.house, s.now - timedelta(hours=1))
    await funded(s, "G14", 40_000)
    drawn = await draw(s)
    await approve(s, drawn)
    await bank_orders.take_order_debit(s.house, "G14", line("G14", drawn), "person:f")
    assert not await overdue_forwardings(s.house, late)


@story
async def test_what_was_refunded_before_is_not_forwarded(s: Scenario) -> None:
    fee, transfer = await collected(s, ("charge", 40_000))
    await funded(s, "G14", 40_000)
    drawn = await draw(s)
    await refund(s, transfer, fee, 15_000)
    with pytest.raises(MoreThanIsLeft):
        await approve(s, drawn)
    act = s.house.act(s.some_id(), "person:a")
    await forwarding.reject_forwarding(s.house, act, drawn.id, "refunded")
    assert (await draw(s)).total == Money(25_000, "VND")


@story
async def test_what_is_refunded_after_is_repaid_by_the_agency_that_has_it(s: Scenario) -> None:
    fee, transfer = await collected(s, ("charge", 40_000))
    await funded(s, "G14", 40_000)
    sent = await draw(s)
    await approve(s, sent)
    await bank_orders.take_order_debit(s.house, "G14", line("G14", sent), "person:f")
    await bank_orders.take_order_credit(s.house, "G22", line("G22", sent), "person:g")
    given = await refund(s, transfer, fee, 15_000)
    assert given.state == "approved"
    assert (await total(s, "G22", "collector"), await total(s, "G14", "refund")) == (15_000, 15_000)
    back = await draw(s, "G22", "G14", "collector")
    assert back.total == Money(15_000, "VND")
    with pytest.raises(NothingToSend):
        await draw(s, "G22", "G14", "collector")
    await approve(s, back)
    await bank_orders.take_order_debit(s.house, "G22", line("G22", back, "B-2"), "person:g")
    await bank_orders.take_order_credit(s.house, "G14", line("G14", back, "B-2"), "person:f")
    assert (await total(s, "G22", "collector"), await total(s, "G22", "bank")) == (0, 25_000)
    assert await total(s, "G14", "bank") == 15_000
    with pytest.raises(NothingToSend):
        await draw(s, "G22", "G14", "collector")


@story
async def test_what_the_bank_brings_back_is_forwarded_again(s: Scenario) -> None:
    await collected(s, ("charge", 40_000))
    await funded(s, "G14", 40_000)
    sent = await draw(s)
    await approve(s, sent)
    await bank_orders.take_order_debit(s.house, "G14", line("G14", sent), "person:f")
    await bank_orders.take_order_credit(s.house, "G14", line("G14", sent), "person:f")
    assert (await s.house.see(Forwarding, sent.id, "")).state == "returned"
    assert (await draw(s)).total == Money(40_000, "VND")


@story
async def test_a_postal_operator_is_paid_on_an_account_that_is_named(s: Scenario) -> None:
    await collected(s, ("postal", 30_000), of="G14")
    await funded(s, "G14", 30_000)
    with pytest.raises(NoPayee):
        await draw(s, to="", kind="postal")
    operator = BankAccount(bank="VPB", number="77", currency="VND")
    sent = await draw(s, to="", kind="postal", payee=operator)
    assert (sent.total, sent.credited) == (Money(30_000, "VND"), operator)
    await approve(s, sent)
    await bank_orders.take_order_debit(s.house, "G14", line("G14", sent), "person:f")
    assert (await total(s, "G14", "postal"), await total(s, "G14", "bank")) == (0, 0)


async def advanced(s: Scenario) -> tuple[UUID, UUID]:
    """An advance of G22 that G14 collected and forwarded: its assessment, and the transfer."""
    advance, transfer = await collected(s, ("advance", 300_000))
    await funded(s, "G14", 300_000)
    sent = await draw(s)
    await approve(s, sent)
    await bank_orders.take_order_debit(s.house, "G14", line("G14", sent), "person:f")
    await bank_orders.take_order_credit(s.house, "G22", line("G22", sent), "person:g")
    return advance, transfer


async def owed(s: Scenario) -> list[int]:
    """By G22, of what stands in its bank: advances, to collectors, to the budget; what is over."""
    cover = await (await holdings(s.house)).cover("G22", "VND")
    return [cover.of("advance"), cover.of("collector"), cover.of("budget"), cover.surplus]


@story
async def test_an_advance_from_a_collector_is_applied_and_what_is_left_returned(
    s: Scenario,
) -> None:
    advance, transfer = await advanced(s)
    assert await owed(s) == [300_000, 0, 0, 0]
    notice = await s.assessment("G22", ("fee", 80_000), ("charge", 100_000))
    for _ in range(2):  # half of it first
        act = s.house.act(s.some_id(), "person:g")
        await advances.apply_advance(s.house, act, advance, notice, 90_000)
    final = await s.see(notice)
    assert (final.state, final.transfers) == ("paid", {transfer: "G14"})
    assert [one.banked for one in final.lines.values()] == [80_000, 100_000]
    retained = 72_000
    assert await owed(s) == [120_000, 0, 180_000 - retained, retained]
    again, act = await s.assessment("G22", ("charge", 120_001)), s.house.act(s.some_id(), "x")
    with pytest.raises(MoreThanIsLeft):
        await advances.apply_advance(s.house, act, advance, again, 120_001)
    await refund(s, transfer, advance, 120_000)
    assert await owed(s) == [0, 120_000, 180_000 - retained, retained]
    assert (await s.see(advance)).lines[1].collected == 0


@story
async def test_an_advance_that_the_collector_still_holds_is_not_applied(s: Scenario) -> None:
    advance, _ = await collected(s, ("advance", 300_000))
    notice = await s.assessment("G22", ("charge", 100_000))
    act = s.house.act(s.some_id(), "person:g")
    with pytest.raises(refunds.AdvanceNotBanked):
        await advances.apply_advance(s.house, act, advance, notice, None)


@story
async def test_an_advance_from_a_collector_falls_to_the_budget(s: Scenario) -> None:
    advance, _ = await advanced(s)
    act = s.house.act(s.some_id(), "person:g")
    asked = (await advances.request_forfeiture(s.house, act, advance, 100_000, "x")).result
    assert asked is not None
    by_other = s.house.act(s.some_id(), "person:h")
    await advances.approve_forfeiture(s.house, by_other, asked.id, asked.digest)
    assert await owed(s) == [200_000, 0, 100_000, 0]
