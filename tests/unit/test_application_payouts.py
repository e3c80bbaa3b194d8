"""Refunds by bank transfer: to which account, agreed to by two, told to the bank, confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feesvc.application import payees, payment_lists, refunding, refunds
from feesvc.application.bank_credits import BankLineContradicted
from feesvc.application.bank_debits import (
    DebitContradicts,
    NoSuchInstruction,
)
from feesvc.application.payment_lists import NotForThisList
from feesvc.application.refunds import PayeeUnconfirmed
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.case import Case
from feesvc.domain.payment_list import EmptyList, references_in
from feesvc.domain.refund import Method, Refund, SamePerson, WrongState
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Refunded, RefundFailed, Reversed
from feesvc.testing.payouts import (
    DAY,
    HOLDER,
    agency,
    approve,
    asked,
    credit,
    debit,
    drawn,
    named,
    paid,
    ready,
    see,
    vnd,
)
from feesvc.testing.scenario import NOON, Scenario, story


async def cases(s: Scenario) -> list[str]:
    opened = await s.store.read(0, 10_000, [Case.Opened.TOPIC])
    return [each.event.code for each in opened if isinstance(each.event, Case.Opened)]


@story
async def test_three_are_drawn_and_each_goes_its_own_way(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    three = [await ready(s, transfer, amount) for amount in (10_000, 20_000, 30_000)]
    told = await drawn(s, *three)
    assert (told.total, [e.amount.amount for e in told.entries]) == (
        vnd(60_000), [10_000, 20_000, 30_000],
    )  # fmt: skip
    first, second, third = told.entries
    assert {(await see(s, one)).state for one in three} == {"instructed"}
    spaced = f"MB HOAN TRA PHI {first.reference[:7]} {first.reference[7:].lower()}-GD 1"
    assert (await debit(s, spaced, 10_000)).state == "paid"
    head = await s.store.head()
    assert (await debit(s, spaced, 10_000)).state == "paid"
    assert await s.store.head() == head
    act = s.house.act(s.some_id(), "person:finance")
    await payment_lists.refuse_payout(
        s.house, act, told.id, second.reference, "account_closed", DAY
    )
    await debit(s, third.reference, 30_000, "FT11")
    back = await credit(s, f"TRA LAI {third.reference}", 30_000)
    assert isinstance(back, Refund)
    assert [(await see(s, one)).state for one in three] == ["paid", "failed", "returned"]
    head = await s.store.head()
    assert (await credit(s, f"TRA LAI {third.reference}", 30_000)).id == third.refund
    assert await s.store.head() == head
    with pytest.raises(BankLineContradicted):
        await credit(s, f"TRA LAI {third.reference}", 30_001)
    now = await s.house.one(Transfer, transfer, "")
    assert (now.refunded, len(now.reserved)) == (40_000, 1)


@story
async def test_each_is_drawn_once_and_only_when_all_is_in_order(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    one = await ready(s, transfer, 10_000)
    waiting = await asked(s, transfer, 10_000)
    other = await asked(s, transfer, 10_000)
    for wanted in ([waiting], [one, other]):
        with pytest.raises(NotForThisList):
            await drawn(s, *wanted)
    with pytest.raises(EmptyList):
        await drawn(s)
    assert (await see(s, one)).state == "approved"
    told = await drawn(s, one, one)
    assert len(told.entries) == 1
    with pytest.raises(NotForThisList):
        await drawn(s, one)
    changed = await approve(s, waiting, await named(s, waiting))
    await named(s, changed, replace(HOLDER, number="2"))
    with pytest.raises(NotForThisList):
        await drawn(s, changed)


@story
async def test_what_was_taken_back_meanwhile_is_not_drawn(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account), 60_000)
    await s.says(account, Reversed(reference="", transaction="T-1", at=NOON, reason="recall"))
    with pytest.raises(MoreThanIsLeft):
        await drawn(s, refund)


@story
async def test_a_debit_that_does_not_fit_is_a_case_and_not_booked(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    [entry] = (await drawn(s, refund)).entries
    with pytest.raises(NoSuchInstruction):
        await debit(s, "LUONG THANG 11", 40_000)
    for _ in range(2):
        with pytest.raises(DebitContradicts, match="40,000 VND was instructed"):
            await debit(s, entry.reference, 40_001)
    assert (await cases(s), (await see(s, refund)).state) == (["N02"], "instructed")
    await debit(s, entry.reference, 40_000)
    with pytest.raises(DebitContradicts, match="it is paid"):
        await debit(s, entry.reference, 40_000, "FT-AGAIN")
    assert await cases(s) == ["N02", "N02"]


@story
async def test_a_return_that_does_not_fit_waits_in_suspense(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    [entry] = (await drawn(s, refund)).entries
    other = await credit(s, entry.reference, 39_000)
    assert isinstance(other, Transfer)
    assert [p.reason for p in other.buckets] == ["refund_return"]
    assert (await see(s, refund)).state == "instructed"
    back = await credit(s, entry.reference, 40_000, "FT12")
    assert isinstance(back, Refund)
    names = [type(each.event).__name__ for each in await s.store.history(refund.id)]
    assert names[-2:] == ["Paid", "Returned"]


@story
async def test_what_failed_is_sent_again_another_way(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    told = await drawn(s, refund)
    [entry] = told.entries
    act = s.house.act(s.some_id(), "person:f")
    await payment_lists.refuse_payout(s.house, act, told.id, entry.reference, "closed", DAY)
    payee = await named(s, refund, replace(HOLDER, number="77"), by="person:f")

    async def reissue(method: Method, by: str) -> None:
        act = s.house.act(s.some_id(), by)
        await refunds.reissue_refund(s.house, act, refund.id, method)

    with pytest.raises(PayeeUnconfirmed):
        await reissue("bank_transfer", "person:f")
    await payees.confirm_payee(
        s.house, s.house.act(s.some_id(), "person:c"), refund.id, payee.digest, True
    )
    with pytest.raises(SamePerson):
        await reissue("bank_transfer", "person:c")
    await reissue("bank_transfer", "person:f")
    [second] = (await drawn(s, await see(s, refund))).entries
    assert second.reference != entry.reference
    with pytest.raises(DebitContradicts, match="another reference"):
        await debit(s, entry.reference, 40_000)
    await debit(s, second.reference, 40_000, "FT-2")
    assert isinstance(await credit(s, second.reference, 40_000), Refund)
    await reissue("intermediary", "person:f")
    process = s.house.act(s.some_id(), "process:refunding")
    await refunding.instruct_refund(s.house, process, refund.id)
    now = await see(s, refund)
    assert (now.state, now.method, now.attempts) == ("accepted", "intermediary", 3)
    with pytest.raises(WrongState):
        await reissue("bank_transfer", "person:f")


@story
async def test_the_process_sends_nothing_that_was_reissued_by_bank(s: Scenario) -> None:
    account = await agency(s)
    wish = refunds.Wish(
        transfer=await paid(s, account), amount=40_000, lines={}, reason="x", method="intermediary"
    )
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:maker"), wish)
    refund = done.result
    assert refund is not None
    act = s.house.act(s.some_id(), "person:checker")
    await refunds.approve_refund(s.house, act, refund.id, refund.digest)
    payee = await named(s, refund)
    await payees.confirm_payee(
        s.house, s.house.act(s.some_id(), "person:c"), refund.id, payee.digest, True
    )
    act = s.house.act(s.some_id(), "person:f")
    await refunds.reissue_refund(s.house, act, refund.id, "bank_transfer")
    process = s.house.act(s.some_id(), "process:refunding")
    await refunding.instruct_refund(s.house, process, refund.id)
    assert ((await see(s, refund)).state, (await see(s, refund)).attempts) == ("approved", 0)


def test_a_reference_is_found_however_a_bank_writes_it() -> None:
    reference = "PL7F3K2A00000012001"
    for text in (
        reference, f"IBFT {reference.lower()}.GD 123", "HOAN TRA PL7F 3K2A/0000-0012001",
        f"ABCPL{reference}", f"{reference}9",
    ):  # fmt: skip
        assert (reference[:-3], reference) in list(references_in(text))
    assert list(references_in("PL7F3K2A0000001200")) == []


@story
async def test_what_was_paid_after_all_is_not_paid_again(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    told = await drawn(s, refund)
    [entry] = told.entries
    act = s.house.act(s.some_id(), "person:f")
    await payment_lists.refuse_payout(s.house, act, told.id, entry.reference, "closed", DAY)
    act = s.house.act(s.some_id(), "person:f")
    await refunds.reissue_refund(s.house, act, refund.id, "bank_transfer")
    assert (await debit(s, entry.reference, 40_000)).state == "paid"
    with pytest.raises(NotForThisList):
        await drawn(s, refund)


@story
async def test_an_intermediary_that_pays_after_all_is_believed_or_a_case(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    for number in range(2):
        wish = refunds.Wish(
            transfer=transfer, amount=40_000, lines={}, reason="x", method="intermediary"
        )
        act = s.house.act(s.some_id(), "person:maker")
        refund = (await refunds.request_refund(s.house, act, wish)).result
        assert refund is not None
        act = s.house.act(s.some_id(), "person:checker")
        await refunds.approve_refund(s.house, act, refund.id, refund.digest)
        act = s.house.act(s.some_id(), "process:refunding")
        await refunding.instruct_refund(s.house, act, refund.id)
        sent = await see(s, refund)
        await s.says(account, RefundFailed(reference=sent.reference, reason="shut", at=NOON))
        payee = await named(s, refund)
        act = s.house.act(s.some_id(), "person:c")
        await payees.confirm_payee(s.house, act, refund.id, payee.digest, True)
        act = s.house.act(s.some_id(), "person:f")
        await refunds.reissue_refund(s.house, act, refund.id, "bank_transfer")
        if number:
            await drawn(s, refund)
        late = Refunded(reference=sent.reference, handle="R", amount=vnd(40_000), at=NOON)
        await s.says(account, late)
        now = await see(s, refund)
        assert (now.state, now.method) == (
            ("instructed", "bank_transfer") if number else ("paid", "intermediary")
        )
    assert await cases(s) == ["N02"]
