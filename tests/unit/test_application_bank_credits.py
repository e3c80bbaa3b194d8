"""Bank credits and settlement lines one at a time: each booked once, where the table says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from msgspec import structs

from feesvc.application import assessments, payees, refunds, settlements
from feesvc.application.bank_accounts import NotACollectionAccount
from feesvc.application.bank_credits import (
    BankCredit,
    BankLineContradicted,
    NotABankCredit,
    reverse_bank_credit,
    take_bank_credit,
)
from feesvc.application.settlements import LineDoesNotAddUp
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import SettlementLine, Verdict
from feesvc.money import Money
from feesvc.people import Details, RefundAccount
from feesvc.people.memory import MemoryPeople
from feesvc.testing.scenario import NOON, Scenario, story

OURS = BankAccount(bank="970436", number="0011004455667", currency="VND")
DAY = date(2026, 11, 19)
WHO = "person:finance"


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def banked(s: Scenario, code: str = "G14") -> UUID:
    """An agency with a collection account at a bank; gives its merchant account."""
    account = await s.agency(code, "settling whatever")
    agency = await s.house.one(Agency, s.store.ids.agency(code), code)
    agency.set_bank_account("collection", OURS, date(2026, 1, 1), s.now)
    await s.keep(agency)
    return account


def line(narrative: str, amount: int, reference: str = "FT1") -> BankCredit:
    return BankCredit(
        account=OURS, reference=reference, amount=vnd(amount), booked_on=DAY, value_on=DAY,
        narrative=narrative,
    )  # fmt: skip


async def credited(s: Scenario, said: BankCredit, code: str = "G14") -> Transfer:
    found = await take_bank_credit(s.house, code, said, WHO)
    assert isinstance(found, Transfer)
    return found


def places(transfer: Transfer) -> list[tuple[str, int, str]]:
    return [(p.to, p.amount.amount, p.reason) for p in transfer.buckets]


@story
async def test_a_narrative_that_names_one_payment_pays_it(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    said = line(f"NGUYEN VAN A chuyen tien {payment.reference} le phi", 100_000)
    transfer = await credited(s, said)
    assert (places(transfer), transfer.origin.via) == ([("line", 100_000, "")], "bank")
    assert transfer.reference == payment.reference
    assert (await s.see(fee)).state == "paid"
    assert (await s.house.one(Payment, payment.id, "")).ended == "received"
    head = await s.store.head()
    assert (await credited(s, said)).id == transfer.id
    assert await s.store.head() == head


@story
async def test_more_and_less_than_was_asked_is_taken_for_what_it_is(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    less = await credited(s, line(payment.reference, 30_000, "FT1"))
    assert (places(less), (await s.see(fee)).outstanding) == ([("line", 30_000, "")], vnd(70_000))
    more = await credited(s, line(payment.reference, 90_000, "FT2"))
    assert places(more) == [("line", 70_000, ""), ("credit", 20_000, "overpaid")]
    again = await credited(s, line(payment.reference, 5_000, "FT3"))
    assert places(again) == [("credit", 5_000, "duplicate")]


@story
async def test_money_for_a_cancelled_assessment_is_credit(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.withdraw_assessment(s.house, act, fee, "wrong")
    assert places(await credited(s, line(payment.reference, 100_000))) == [
        ("credit", 100_000, "withdrawn")
    ]


@story
async def test_no_reference_or_several_wait_in_suspense(s: Scenario) -> None:
    account = await banked(s)
    fees = [await s.assessment("G14", ("fee", 50_000)) for _ in range(2)]
    payments = [await s.payment(account, fee) for fee in fees]
    both = " va ".join(payment.reference for payment in payments)
    told = {"nop tien": "unknown_reference", "mem001-999": "unknown_reference"}
    told[both] = "several_references"
    for number, (narrative, reason) in enumerate(told.items()):
        transfer = await credited(s, line(narrative, 100_000, f"FT{number}"))
        assert places(transfer) == [("suspense", 100_000, reason)]
        assert (transfer.reference, transfer.origin.payment) == ("", None)
    once = f"{payments[0].reference} {payments[0].reference} mem001-999"
    assert places(await credited(s, line(once, 50_000, "FT9"))) == [("line", 50_000, "")]


@story
async def test_a_payment_through_a_closed_merchant_account_is_still_found(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.remove_merchant_account(account, s.now)
    await s.keep(agency)
    assert places(await credited(s, line(payment.reference, 100_000))) == [("line", 100_000, "")]


@story
async def test_what_the_bank_says_of_the_payer_is_kept_apart_and_in_no_event(s: Scenario) -> None:
    await banked(s)
    said = replace(
        line("NGUYỄN VĂN ĐỨC nop\x00 tien\u202e ho so", 100_000), payer="NGUYEN VAN DUC",
        payer_bank="970415", payer_account="1020",
    )  # fmt: skip
    transfer = await credited(s, said)
    people = s.house.people
    assert isinstance(people, MemoryPeople)
    kept = await people.read(
        s.store.ids.payer(transfer.id), ["name", "refund_account", "note"], "test"
    )
    assert isinstance(kept, Details)
    assert kept.refund_account == RefundAccount(
        bank="970415", number="1020", holder="NGUYEN VAN DUC"
    )
    assert kept.note == "NGUYỄN VĂN ĐỨC nop  tien  ho so"
    assert await people.find("name", "nguyễn văn đức", "G14") == []
    assert await people.find("name", "nguyen van duc", "G14") == [s.store.ids.payer(transfer.id)]
    for each in await s.store.history(transfer.id):
        assert "NGUY" not in str(each.event).upper()
        assert "1020" not in str(each.event)


@story
async def test_another_amount_under_the_same_bank_reference_is_refused(s: Scenario) -> None:
    await banked(s)
    await credited(s, line("x", 100_000))
    with pytest.raises(BankLineContradicted):
        await credited(s, line("x", 100_001))
    elsewhere = replace(line("x", 1), account=replace(OURS, number="9"))
    with pytest.raises(NotACollectionAccount):
        await credited(s, elsewhere)


@story
async def test_the_bank_takes_a_credit_back_from_where_it_stands(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    transfer = await credited(s, line(payment.reference, 120_000))
    for _ in range(2):
        back = await reverse_bank_credit(s.house, "G14", transfer.id, DAY, "bank_error", WHO)
        assert (back.reversed, back.buckets.total) == (True, 0)
    assert (await s.see(fee)).outstanding == vnd(100_000)
    names = [type(each.event).__name__ for each in await s.store.history(transfer.id)]
    assert names == ["Received", "Placed", "Reversed"]


@story
async def test_what_was_refunded_before_the_bank_took_it_back_lies_beyond(s: Scenario) -> None:
    await banked(s)
    transfer = await credited(s, line("x", 100_000))
    asked = await ask(s, transfer.id, 30_000)
    waiting = await ask(s, transfer.id, 20_000)
    to = RefundAccount(bank="970415", number="1020", holder="B")
    named = await payees.name_payee(s.house, s.house.act(s.some_id(), "person:m"), asked.id, to)
    assert named.result is not None
    act = s.house.act(s.some_id(), "person:checker")
    await refunds.approve_refund(
        s.house, act, asked.id, asked.digest, payee=named.result.digest, acknowledged=True
    )
    back = await reverse_bank_credit(s.house, "G14", transfer.id, DAY, "bank_error", WHO)
    assert (back.buckets.total, back.beyond) == (0, {"": 30_000})
    assert (await s.house.one(Refund, waiting.id, "")).state == "rejected"


async def ask(s: Scenario, transfer: UUID, amount: int) -> Refund:
    wish = refunds.Wish(
        transfer=transfer, amount=amount, lines={}, reason="x", method="bank_transfer"
    )
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:maker"), wish)
    assert done.result is not None
    return done.result


@story
async def test_bank_money_goes_back_by_bank_transfer_only(s: Scenario) -> None:
    await banked(s)
    transfer = await credited(s, line("x", 100_000))
    wish = refunds.Wish(transfer=transfer.id, amount=1, lines={}, reason="x", method="intermediary")
    with pytest.raises(refunds.NoRefundHere):
        await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:m"), wish)


@story
async def test_only_a_bank_credit_of_the_agency_is_taken_back_so(s: Scenario) -> None:
    account = await banked(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    with pytest.raises(NotABankCredit):
        await reverse_bank_credit(
            s.house, "G14", (await s.transfer(account)).id, DAY, "bank_error", WHO
        )


def settlement_line(gross: int, commission: int, net: int) -> SettlementLine:
    return SettlementLine(
        kind="payment", native_id="L-1", transaction="T-1", reference="", gross=vnd(gross),
        commission=vnd(commission), tax=vnd(0), net=vnd(net), at=NOON,
    )  # fmt: skip


@story
async def test_a_line_alone_is_taken_as_a_documents_lines_are(s: Scenario) -> None:
    account = await s.agency("G14", "settling")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    good = settlement_line(100_000, -1_100, 98_900)

    async def take(said: SettlementLine) -> str:
        return await settlements.take_settlement_line(s.house, account, "B-1", said, WHO)

    assert [await take(good), await take(good)] == ["booked", "repeated"]
    waiting = await s.transfer(account)
    assert places(waiting) == [("suspense", 100_000, "unknown_settled_line")]
    assert await s.money(account, payment.reference, 100_000) is Verdict.RECORDED
    assert (await s.see(fee)).state == "paid"
    refund = structs.replace(settlement_line(-5_000, 0, -5_000), kind="refund", native_id="L-2")
    assert await take(refund) == "left"
    for wrong in (
        settlement_line(100_000, -1_100, 98_901),
        settlement_line(0, 0, 0),
        structs.replace(settlement_line(1, 0, 1), transaction=""),
        structs.replace(good, commission=Money(-1_100, "USD")),
    ):
        with pytest.raises(LineDoesNotAddUp):
            await take(wrong)
