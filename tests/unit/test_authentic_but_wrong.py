"""Messages that are authentic and wrong: each ends where DESIGN §6 says, and in one case at most.

The classes M27 to M39 of our catalogue of wrong callbacks, at the door that every adapter's
outcomes come through. What only an adapter can tell (M28, M40) its own tests hold.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from feesvc.application import refunding, refunds
from feesvc.application.refunds import Wish
from feesvc.domain.case import Case
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Disputed,
    Ended,
    Outcome,
    Pending,
    Received,
    Refunded,
    Reversed,
    Verdict,
)
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story

FEE = Money(100_000, "VND")


async def asked(s: Scenario, code: str = "G14") -> tuple[UUID, UUID, Payment]:
    """An account, a fee of 100 000 đồng and a payment of it."""
    account = await s.agency(code)
    fee = await s.assessment(code, ("fee", FEE.amount))
    return account, fee, await s.payment(account, fee)


def received(payment: Payment, transaction: str = "T-1", amount: Money = FEE) -> Received:
    return Received(reference=payment.reference, transaction=transaction, amount=amount, at=NOON)


async def cases(s: Scenario) -> list[Case]:
    opened = await s.store.read(0, 1_000, [Case.Opened.TOPIC])
    return [await s.house.one(Case, each.event.originator_id, "case") for each in opened]


async def codes(s: Scenario) -> list[str]:
    return [case.code for case in await cases(s)]


async def stands(s: Scenario, account: UUID, transaction: str = "T-1") -> list[tuple[str, str]]:
    """Where the money of a transfer is."""
    transfer = await s.transfer(account, transaction)
    return [(placement.to, placement.reason) for placement in transfer.buckets]


async def changes_nothing(s: Scenario, account: UUID, said: Outcome, verdict: Verdict) -> None:
    """Told three times it opens one case at most, and records nothing else."""
    before = await s.store.head()
    for _ in range(3):
        assert await s.says(account, said) is verdict
    after = [recorded.event.TOPIC for recorded in await s.store.read(before, 100)]
    assert after in ([], ["case.opened"])


async def gave_back(s: Scenario, account: UUID) -> Refund:
    """All of the transfer was asked for, approved, sent and paid back."""
    transfer = await s.transfer(account)
    wish = Wish(
        transfer=transfer.id, amount=FEE.amount, lines={}, reason="x", method="intermediary"
    )
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert done.result is not None
    id, digest = done.result.id, done.result.digest
    await refunds.approve_refund(s.house, s.house.act(s.some_id(), "person:b"), id, digest)
    await refunding.instruct_refund(s.house, s.house.act(s.some_id(), "process:x"), id)
    refund = await s.house.one(Refund, id, "refund")
    paid = Refunded(reference=refund.reference, handle="R", amount=FEE, at=s.now)
    assert await s.says(account, paid) is Verdict.RECORDED
    return await s.house.one(Refund, id, "refund")


@pytest.mark.parametrize("amount", [99_999, 100_001, 10_000_000, 1_000])
def test_m27_another_amount_goes_wholly_to_suspense(amount: int) -> None:
    @story
    async def told(s: Scenario) -> None:
        account, fee, payment = await asked(s)
        said = received(payment, amount=Money(amount, "VND"))
        assert await s.says(account, said) is Verdict.WRONG_AMOUNT
        assert await stands(s, account) == [("suspense", "wrong_amount")]
        assert (await s.see(fee)).state == "open"
        assert await codes(s) == []

    told()


@story
async def test_m29_another_currency_goes_to_suspense_and_is_a_case(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    said = received(payment, amount=Money(100_000, "USD"))
    assert await s.says(account, said) is Verdict.WRONG_AMOUNT
    assert await stands(s, account) == [("suspense", "wrong_currency")]
    [case] = await cases(s)
    assert (case.code, case.at_risk) == ("N10", Money(100_000, "USD"))
    assert (await s.see(fee)).state == "open"
    await changes_nothing(s, account, said, Verdict.DUPLICATE)


@story
async def test_m30_money_for_another_merchant_goes_to_suspense_and_is_a_case(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    said = replace(received(payment), merchant="SOMEBODY")
    assert await s.says(account, said) is Verdict.UNKNOWN_ORDER
    assert await stands(s, account) == [("suspense", "wrong_merchant")]
    assert await codes(s) == ["N11"]
    assert (await s.see(fee)).state == "open"
    await changes_nothing(s, account, said, Verdict.DUPLICATE)


@story
async def test_m31_an_unknown_reference_goes_to_suspense(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    said = replace(received(payment), reference="NEVER-ASKED")
    assert await s.says(account, said) is Verdict.UNKNOWN_ORDER
    assert await stands(s, account) == [("suspense", "unknown_reference")]
    assert (await s.see(fee)).state == "open"


@story
async def test_m32_another_agencys_reference_pays_nothing_of_either(s: Scenario) -> None:
    account, fee, _ = await asked(s)
    _, other_fee, others = await asked(s, "G15")
    assert await s.says(account, received(others)) is Verdict.UNKNOWN_ORDER
    assert await stands(s, account) == [("suspense", "unknown_reference")]
    assert {(await s.see(each)).state for each in (fee, other_fee)} == {"open"}


@story
async def test_m33_a_transaction_told_of_another_order_or_amount_is_a_case(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    other_fee = await s.assessment("G14", ("fee", FEE.amount))
    other = await s.payment(account, other_fee)
    assert await s.says(account, received(payment)) is Verdict.RECORDED
    await changes_nothing(s, account, received(other), Verdict.DUPLICATE)
    more = received(payment, amount=Money(200_000, "VND"))
    await changes_nothing(s, account, more, Verdict.WRONG_AMOUNT)
    assert await codes(s) == ["N08", "N08"]
    assert ((await s.see(fee)).state, (await s.see(other_fee)).state) == ("paid", "open")


@story
async def test_m34_success_after_a_refund_is_a_case_and_a_late_repeat_is_none(s: Scenario) -> None:
    account, _fee, payment = await asked(s)
    await s.says(account, received(payment))
    await gave_back(s, account)
    await changes_nothing(s, account, received(payment), Verdict.DUPLICATE)
    assert await codes(s) == []
    later = replace(received(payment), at=NOON + timedelta(hours=1))
    await changes_nothing(s, account, later, Verdict.DUPLICATE)
    assert await codes(s) == ["N09"]


@story
async def test_m34_new_money_after_a_refund_is_the_payers(s: Scenario) -> None:
    account, _fee, payment = await asked(s)
    await s.says(account, received(payment))
    await gave_back(s, account)
    assert await s.says(account, received(payment, "T-2")) is Verdict.RECORDED
    [(place, _)] = await stands(s, account, "T-2")
    assert place == "credit"


@story
async def test_m35_success_after_expiry_pays_what_is_open(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    ended = Ended(reference=payment.reference, reason="expired", at=NOON)
    assert await s.says(account, ended) is Verdict.RECORDED
    assert await s.says(account, received(payment)) is Verdict.RECORDED
    assert (await s.see(fee)).state == "paid"
    assert await codes(s) == []


@story
async def test_m36_failure_after_success_is_a_case_and_moves_nothing(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    await s.says(account, received(payment))
    failed = Ended(reference=payment.reference, reason="declined", at=NOON)
    await changes_nothing(s, account, failed, Verdict.DUPLICATE)
    assert await codes(s) == ["N06"]
    assert (await s.see(fee)).state == "paid"


@story
async def test_m37_contradictory_codes_decide_nothing(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    said = Pending(reference=payment.reference, code="00_02")
    for _ in range(3):
        assert await s.says(account, said) is Verdict.NOTHING
    found = await s.house.one(Payment, payment.id, "payment")
    assert (found.state, found.doubt) == ("presented", "00_02")
    assert await s.says(account, received(payment)) is Verdict.RECORDED
    assert (await s.see(fee)).state == "paid"


@story
async def test_m39_success_before_the_checkout_was_answered_pays(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    bare = await s.store.history(payment.id, limit=1)
    assert isinstance(bare[0].event, Payment.Initiated)
    assert await s.says(account, received(payment)) is Verdict.RECORDED
    assert (await s.see(fee)).state == "paid"


@story
async def test_a_reversal_of_unknown_money_is_a_case_until_the_money_is_told(s: Scenario) -> None:
    account, fee, payment = await asked(s)
    back = Reversed(reference=payment.reference, transaction="T-1", at=NOON, reason="recall")
    await changes_nothing(s, account, back, Verdict.TRY_AGAIN)
    assert [(case.code, case.state) for case in await cases(s)] == [("N04", "open")]
    await s.says(account, received(payment))
    assert await s.says(account, back) is Verdict.RECORDED
    assert [(case.code, case.state) for case in await cases(s)] == [("N04", "closed")]
    assert (await s.see(fee)).state == "open"


@story
async def test_a_dispute_of_unknown_money_is_a_case_until_the_money_is_told(s: Scenario) -> None:
    account, _, payment = await asked(s)
    said = Disputed(dispute="D", transaction="T-1", stage="opened", amount=FEE, at=NOON)
    await changes_nothing(s, account, said, Verdict.TRY_AGAIN)
    assert await codes(s) == ["N05"]
    await s.says(account, received(payment))
    assert await s.says(account, said) is Verdict.RECORDED
    assert [case.state for case in await cases(s)] == ["closed"]


@story
async def test_a_dispute_in_another_currency_is_a_case(s: Scenario) -> None:
    account, _, payment = await asked(s)
    await s.says(account, received(payment))
    dollars = Money(500, "USD")
    said = Disputed(dispute="D", transaction="T-1", stage="lost", amount=dollars, at=NOON)
    await changes_nothing(s, account, said, Verdict.WRONG_AMOUNT)
    assert await codes(s) == ["N03"]


@story
async def test_a_refund_of_another_amount_or_that_we_never_sent_is_a_case(s: Scenario) -> None:
    account, _, payment = await asked(s)
    await s.says(account, received(payment))
    refund = await gave_back(s, account)
    less = Refunded(reference=refund.reference, handle="R", amount=Money(40_000, "VND"), at=NOON)
    await changes_nothing(s, account, less, Verdict.WRONG_AMOUNT)
    strange = replace(less, reference="NOT-OURS")
    await changes_nothing(s, account, strange, Verdict.UNKNOWN_ORDER)
    assert await codes(s) == ["N02", "N12"]


@story
async def test_exact_repeats_open_nothing(s: Scenario) -> None:
    account, _, payment = await asked(s)
    assert await s.says(account, received(payment)) is Verdict.RECORDED
    before = await s.store.head()
    for _ in range(100):
        assert await s.says(account, received(payment)) is Verdict.DUPLICATE
    assert await s.store.head() == before
    assert isinstance(await s.transfer(account), Transfer)
