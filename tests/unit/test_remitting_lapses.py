"""What nobody may ask for any more goes to the State budget by a remittance like any other."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from feesvc.application import bank_orders, remitting
from feesvc.application.bank_orders import OrderLine
from feesvc.application.holdings import holdings
from feesvc.application.remitting import NewRemittance
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.origin import Origin
from feesvc.domain.placement import suspense
from feesvc.domain.remittance import Remittance
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjusting import NotWaiting, lapse
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story

COLLECTION = BankAccount(bank="VCB", number="001", currency="VND")
DAY = date(2026, 11, 20)
CODES = {"chapter": "018", "sub_item": "4949"}


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def lapsed(s: Scenario, name: str, amount: int, *let: int) -> UUID:
    """Money that the bank credited and nobody explained, of which so much lapsed, and so much."""
    id = s.store.ids.transfer(s.store.ids.of("somewhere"), name)
    origin = Origin(
        via="bank", intermediary="", account=s.store.ids.of("somewhere"), transaction=name,
        payment=None,
    )  # fmt: skip
    transfer = Transfer.first(
        Transfer.Received, id, s.now, agency="G14", origin=origin, reference="",
        amount=vnd(amount), source="bank", evidence="", occurred_at=s.now,
    )  # fmt: skip
    transfer.place(suspense(vnd(amount), "unknown_reference"), s.now, s.now)
    for part in let:
        lapse(transfer, suspense(vnd(part), "unknown_reference"), s.some_id(), s.now, CODES)
    await s.keep(transfer)
    return id


async def founded(s: Scenario) -> None:
    await s.agency("G14")
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.set_bank_account("collection", COLLECTION, date(2020, 1, 1), s.now)
    await s.keep(agency)


async def draw(s: Scenario) -> Remittance:
    new = NewRemittance(agency="G14", currency="VND", source="bank", execute_on=DAY, set_off=False)
    done = await remitting.draw_remittance(s.house, s.house.act(s.some_id(), "person:a"), new)
    assert done.result is not None
    return done.result


async def approve(s: Scenario, drawn: Remittance) -> None:
    act = s.house.act(s.some_id(), "person:b")
    await remitting.approve_remittance(s.house, act, drawn.id, drawn.digest)


def told(order: Remittance, name: str) -> OrderLine:
    return OrderLine(
        account=COLLECTION, reference=name, amount=order.paid, booked_on=DAY,
        narrative=f"NOP {order.reference}",
    )  # fmt: skip


async def waiting(s: Scenario) -> list[tuple[UUID, int]]:
    books = await holdings(s.house)
    found = await books.waiting("G14", "lapsed", "VND", None, 10)
    return [(one.transfer, one.amount) for one in found]


async def surplus(s: Scenario) -> int:
    return (await (await holdings(s.house)).cover("G14", "VND")).surplus


@story
async def test_it_is_drawn_under_its_codes_debited_and_gone(s: Scenario) -> None:
    await founded(s)
    transfer = await lapsed(s, "FT1", 50_000, 20_000, 5_000)
    assert await waiting(s) == [(transfer, 25_000)]
    drawn = await draw(s)
    [entry] = drawn.entries
    assert (entry.codes, entry.amount, entry.shares) == (CODES, vnd(25_000), ())
    assert [one.amount for one in entry.lapsed] == [vnd(20_000), vnd(5_000)]
    with pytest.raises(NothingToSend):
        await draw(s)  # it is drawn once
    await approve(s, drawn)
    assert await waiting(s) == [] and await surplus(s) == 0
    await bank_orders.take_order_debit(s.house, "G14", told(drawn, "out"), "person:finance")
    assert await surplus(s) == 0
    with pytest.raises(NothingToSend):
        await draw(s)
    assert (await s.house.see(Transfer, transfer, "")).buckets.total == 25_000


@story
async def test_what_comes_back_waits_again(s: Scenario) -> None:
    await founded(s)
    transfer = await lapsed(s, "FT1", 20_000, 20_000)
    first = await draw(s)
    await approve(s, first)
    await bank_orders.take_order_debit(s.house, "G14", told(first, "out"), "person:finance")
    await bank_orders.take_order_credit(s.house, "G14", told(first, "back"), "person:finance")
    assert await waiting(s) == [(transfer, 20_000)] and await surplus(s) == 0
    again = await draw(s)
    assert again.total == vnd(20_000) and again.reference != first.reference


@story
async def test_what_another_remittance_took_meanwhile_is_not_sent(s: Scenario) -> None:
    await founded(s)
    id = await lapsed(s, "FT1", 20_000, 20_000)
    drawn = await draw(s)
    transfer = await s.house.one(Transfer, id, "")
    transfer.record(
        Transfer.LapseRemitted, s.now, remittance=s.some_id(), parts=(*transfer.lapses.waiting,)
    )
    await s.keep(transfer)
    with pytest.raises(NotWaiting):
        await approve(s, drawn)
