"""From the bank to the State budget: drawn, approved, debited, confirmed, returned; and covered."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import pytest

from feesvc.application import bank_orders, depositing, remitted, remitting
from feesvc.application.bank_orders import PURPOSES, LineContradicts, OrderLine
from feesvc.application.custody import MoreThanMayMove, NewMove, Shortfall, approve_move
from feesvc.application.custody import request_move as ask_move
from feesvc.application.depositing import CashPaid, NewDeposit
from feesvc.application.holdings import holdings
from feesvc.application.remitting import NewRemittance, ShareMoved
from feesvc.domain.accounts import BankAccount, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.case import Case
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.custody_move import CustodyMove, MoveKind
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.domain.remittance import ConfirmedLine, Remittance
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story

ACCOUNTS: dict[Purpose, BankAccount] = {
    purpose: BankAccount(bank="VCB", number=f"00{number}", currency="VND")
    for number, purpose in enumerate(PURPOSES)
}
COLLECTION = ACCOUNTS["collection"]
DAY = date(2026, 11, 20)


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def founded(s: Scenario, code: str = "G14") -> None:
    await s.agency(code)
    agency = await s.house.one(Agency, s.store.ids.agency(code), "")
    for purpose, account in ACCOUNTS.items():
        agency.set_bank_account(purpose, account, date(2020, 1, 1), s.now)
    await s.keep(agency)


def line(
    amount: int, narrative: str, account: BankAccount = COLLECTION, name: str = ""
) -> OrderLine:
    return OrderLine(
        account=account, reference=name or f"B {narrative} {amount}", amount=vnd(amount),
        booked_on=DAY, narrative=f"NOP {narrative}",
    )  # fmt: skip


async def cash(s: Scenario, assessment: UUID, amount: int, slip: str = "") -> None:
    paid = CashPaid(
        assessment=assessment, desk="D1", slip=slip or str(assessment), amount=vnd(amount),
        paid_at=s.now,
    )  # fmt: skip
    await depositing.take_cash(s.house, s.house.act(s.some_id(), "person:clerk"), paid)


async def deposit(s: Scenario, agency: str = "G14") -> CashDeposit:
    new = NewDeposit(agency=agency, desk="D1", currency="VND")
    done = await depositing.hand_in(s.house, s.house.act(s.some_id(), "person:clerk"), new)
    assert done.result is not None
    return done.result


async def banked(s: Scenario, *lines: tuple[str, int], split: bool = True) -> UUID:
    """An assessment that was paid in cash, paid into the bank and allocated."""
    fee = await s.assessment("G14", *lines)  # type: ignore[arg-type]
    await cash(s, fee, sum(amount for _, amount in lines))
    handed = await deposit(s)
    await bank_orders.take_order_credit(
        s.house, "G14", line(handed.total.amount, handed.reference), "person:finance"
    )
    if split:
        await allocated(s, fee)
    return fee


async def allocated(s: Scenario, fee: UUID) -> None:
    assessment = await s.see(fee)
    assessment.allocate(s.some_id(), None, s.now)
    await s.keep(assessment)


async def draw(s: Scenario, by: str = "person:a", *, set_off: bool = False) -> Remittance:
    new = NewRemittance(
        agency="G14", currency="VND", source="bank", execute_on=DAY, set_off=set_off
    )
    done = await remitting.draw_remittance(s.house, s.house.act(s.some_id(), by), new)
    assert done.result is not None
    return done.result


async def approve(s: Scenario, drawn: Remittance, by: str = "person:b") -> Remittance:
    act = s.house.act(s.some_id(), by)
    done = await remitting.approve_remittance(s.house, act, drawn.id, drawn.digest)
    assert done.result is not None
    return done.result


async def move(s: Scenario, kind: MoveKind, amount: int) -> CustodyMove:
    new = NewMove(agency="G14", kind=kind, amount=vnd(amount), reason="monthly")
    done = await ask_move(s.house, s.house.act(s.some_id(), "person:a"), new)
    assert done.result is not None
    await approve_move(
        s.house, s.house.act(s.some_id(), "person:b"), done.result.id, done.result.digest
    )
    return done.result


async def debited(
    s: Scenario, order: Remittance | CustodyMove, amount: int, name: str = ""
) -> None:
    told = line(amount, order.reference, name=name)
    await bank_orders.take_order_debit(s.house, "G14", told, "person:finance")


async def cases(s: Scenario) -> list[str]:
    log = await s.store.read(0, 1000)
    return [r.event.code for r in log if isinstance(r.event, Case.Opened)]


async def surplus(s: Scenario) -> int:
    return (await (await holdings(s.house)).cover("G14", "VND")).surplus


@story
async def test_what_is_allocated_is_drawn_approved_by_another_debited_and_confirmed(
    s: Scenario,
) -> None:
    await founded(s)
    fee = await banked(s, ("fee", 100_000), ("charge", 50_000))
    drawn = await draw(s)
    assert (drawn.total, drawn.paid) == (vnd(60_000), vnd(60_000))
    assert [(x.line, x.whole.amount, x.amount.amount) for x in drawn.shares] == [
        (1, 100_000, 10_000), (2, 50_000, 50_000),
    ]  # fmt: skip
    with pytest.raises(NothingToSend):  # what is drawn is not drawn again
        await draw(s, "person:b")
    with pytest.raises(SamePerson):
        await approve(s, drawn, by="person:a")
    act = s.house.act(s.some_id(), "person:b")
    with pytest.raises(ChangedSinceAsked):
        await remitting.approve_remittance(s.house, act, drawn.id, "0" * 64)
    await approve(s, drawn)
    assert [one.remitted for one in (await s.see(fee)).lines.values()] == [100_000, 50_000]
    await debited(s, drawn, 60_000)
    await debited(s, drawn, 60_000)  # the same line again
    sent = await s.house.see(Remittance, drawn.id, "")
    assert sent.state == "debited"
    told = [ConfirmedLine(codes=e.codes, amount=e.amount) for e in sent.entries]
    act = s.house.act(s.some_id(), "person:a")
    await remitted.confirm_remittance(s.house, act, drawn.id, "KB-1", told, s.now)
    assert (await s.house.see(Remittance, drawn.id, "")).state == "confirmed"
    assert await cases(s) == []
    with pytest.raises(NothingToSend):
        await draw(s)
    assert await surplus(s) == 90_000  # the retained share is the agency's own


@story
async def test_a_second_debit_is_no_second_remittance_but_a_case(s: Scenario) -> None:
    await founded(s)
    await banked(s, ("charge", 50_000))
    drawn = await draw(s)
    with pytest.raises(LineContradicts):
        await debited(s, drawn, 50_000)  # before anyone approved it
    await approve(s, drawn)
    with pytest.raises(LineContradicts):
        await debited(s, drawn, 49_999)
    await debited(s, drawn, 50_000)
    with pytest.raises(LineContradicts):
        await debited(s, drawn, 50_000, name="another line")
    assert await cases(s) == ["T03", "T03", "T07"]


@story
async def test_codes_that_the_treasury_says_otherwise_are_a_case(s: Scenario) -> None:
    await founded(s)
    await banked(s, ("charge", 50_000))
    drawn = await draw(s)
    await approve(s, drawn)
    await debited(s, drawn, 50_000)
    wrong = [ConfirmedLine(codes={"chapter": "018"}, amount=vnd(50_000))]
    codes = remitted.difference(drawn, "KB-1", wrong)
    less = [ConfirmedLine(codes={}, amount=vnd(49_000))]
    assert codes is not None and (codes.code, codes.at_risk) == ("T04", vnd(50_000)), "told once"
    amount = remitted.difference(drawn, "KB-1", less)
    assert amount is not None and (amount.code, amount.at_risk) == ("T03", vnd(1_000))
    act = s.house.act(s.some_id(), "person:a")
    await remitted.confirm_remittance(s.house, act, drawn.id, "KB-1", wrong, s.now)
    assert await cases(s) == ["T04"]


@story
async def test_what_comes_back_is_drawn_again(s: Scenario) -> None:
    await founded(s)
    fee = await banked(s, ("charge", 50_000))
    first = await draw(s)
    await approve(s, first)
    await debited(s, first, 50_000)
    back = line(50_000, first.reference, name="back")
    await bank_orders.take_order_credit(s.house, "G14", back, "person:finance")
    assert (await s.house.see(Remittance, first.id, "")).state == "returned"
    assert (await s.see(fee)).lines[1].remitted == 0
    again = await draw(s)
    assert [x.assessment for x in again.shares] == [fee] and again.reference != first.reference
    await approve(s, again)
    assert await cases(s) == ["T05"]
    assert await surplus(s) == 0


@story
async def test_of_two_officers_who_draw_at_once_one_has_the_share(s: Scenario) -> None:
    await founded(s)
    await banked(s, ("charge", 50_000))
    both = await asyncio.gather(draw(s, "person:a"), draw(s, "person:b"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["NothingToSend", "Remittance"]


@story
async def test_a_share_that_moved_since_it_was_drawn_is_not_sent(s: Scenario) -> None:
    await founded(s)
    fee = await banked(s, ("charge", 50_000))
    drawn = await draw(s)
    assessment = await s.see(fee)
    [transfer] = assessment.transfers
    assessment.uncollect(
        transfer, {1: 20_000}, still_due=False, why="refunded", occurred_at=s.now, at=s.now
    )
    await s.keep(assessment)
    with pytest.raises(ShareMoved):
        await approve(s, drawn)
    act = s.house.act(s.some_id(), "person:a")
    await remitting.reject_remittance(s.house, act, drawn.id, "refunded")
    assert (await draw(s)).total == vnd(30_000)


@story
async def test_nothing_goes_out_while_what_is_owed_is_not_in_the_accounts(s: Scenario) -> None:
    await founded(s)
    await banked(s, ("fee", 100_000), ("charge", 50_000))
    drawn = await draw(s)
    with pytest.raises(MoreThanMayMove):
        await move(s, "retained_to_deposit", 90_001)
    moved = await move(s, "retained_to_deposit", 60_000)
    with pytest.raises(MoreThanMayMove):  # what is asked already is not there twice
        await move(s, "retained_to_deposit", 30_001)
    await debited(s, moved, 60_000)
    await move(s, "retained_to_deposit", 30_000)
    elsewhere = await move(s, "advance_to_custody", 60_000)
    await debited(s, elsewhere, 60_000)
    assert await surplus(s) == 30_000  # it only stands elsewhere
    account = s.store.ids.of("somewhere")
    fee = await s.assessment("G14", ("charge", 40_000))
    await short_of(s, account, fee, 40_000)
    assert await surplus(s) == -10_000
    with pytest.raises(Shortfall, match="10,000 VND"):
        await approve(s, drawn)
    with pytest.raises(Shortfall, match="10,000 VND"):
        await draw(s)
    assert await cases(s) == ["N15"]


async def short_of(s: Scenario, account: UUID, fee: UUID, amount: int) -> None:
    """Money counts as banked that never came into an account: its batch brought nothing."""
    transfer = Transfer.first(
        Transfer.Received, s.store.ids.transfer(account, "T-9"), s.now, agency="G14",
        origin=Origin(
            via="intermediary", intermediary="sayso", account=account, transaction="T-9",
            payment=None,
        ),
        reference="", amount=vnd(amount), source="notification", evidence="", occurred_at=s.now,
    )  # fmt: skip
    place = Placement(
        to="line", amount=vnd(amount), assessment=fee, line=1, kind="charge", beneficiary="G14"
    )
    transfer.place([place], s.now, s.now)
    transfer.bank(s.now, s.now)
    assessment = await s.see(fee)
    assessment.collect("G14", transfer.id, {1: amount}, s.now, s.now)
    assessment.bank(transfer.id, s.now, s.now)
    await s.keep(transfer, assessment)


def test_a_shortfall_is_told_with_its_amount() -> None:
    assert str(Shortfall("G14", vnd(5))) == "5 VND is missing in the accounts of G14"
