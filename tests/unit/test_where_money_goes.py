"""Each row of the design's table "Where money from outside goes", as a story."""

from __future__ import annotations

from typing import Any

from feesvc.application import assessments
from feesvc.domain.payment import Payment
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Ended, Received, Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def places(transfer: Transfer) -> list[tuple[str, int, str]]:
    return [(p.to, p.amount.amount, p.reason) for p in transfer.buckets]


@story
async def test_another_amount_than_a_fixed_order_goes_wholly_to_suspense(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    for number, amount in enumerate((99_999, 100_001, 1, 10_000_000)):
        transaction = f"T-{number}"
        verdict = await s.money(account, payment.reference, amount, transaction)
        assert verdict is Verdict.WRONG_AMOUNT
        assert places(await s.transfer(account, transaction)) == [
            ("suspense", amount, "wrong_amount")
        ]
    assert (await s.see(fee)).outstanding == vnd(100_000)


@story
async def test_the_asked_amount_pays_even_after_the_attempt_ended(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    ended = Ended(reference=payment.reference, reason="expired", at=NOON)
    assert await s.says(account, ended) is Verdict.RECORDED
    assert await s.money(account, payment.reference, 100_000) is Verdict.RECORDED
    assert (await s.see(fee)).state == "paid"
    assert (await s.house.one(Payment, payment.id, "")).ended == "expired"


@story
async def test_less_on_a_variable_channel_fills_lines_in_their_order(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    owed = await s.assessment("G14", ("postal", 30_000), ("fee", 200_000), ("charge", 50_000))
    payment = await s.payment(account, owed)
    assert await s.money(account, payment.reference, 120_000) is Verdict.RECORDED
    lines = (await s.see(owed)).lines
    assert [lines[n].collected for n in (1, 2, 3)] == [0, 70_000, 50_000]
    assert (await s.see(owed)).state == "open"
    assert await s.money(account, payment.reference, 200_000, "T-2") is Verdict.RECORDED
    assert (await s.see(owed)).state == "paid"
    assert places(await s.transfer(account, "T-2"))[-1] == ("credit", 40_000, "overpaid")


@story
async def test_more_than_a_reduced_assessment_owes_becomes_credit(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.reduce_assessment(s.house, act, fee, {1: 20_000}, "mistake")
    assert await s.money(account, payment.reference, 100_000) is Verdict.RECORDED
    assert places(await s.transfer(account)) == [
        ("line", 80_000, ""),
        ("credit", 20_000, "overpaid"),
    ]
    assert (await s.see(fee)).state == "paid"


@story
async def test_a_second_payment_of_a_paid_assessment_is_credit(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    first, second = await s.payment(account, fee), await s.payment(account, fee)
    assert await s.money(account, first.reference, 100_000, "T-1") is Verdict.RECORDED
    assert await s.money(account, second.reference, 100_000, "T-2") is Verdict.RECORDED
    assert places(await s.transfer(account, "T-2")) == [("credit", 100_000, "duplicate")]


@story
async def test_money_for_a_withdrawn_assessment_is_credit(s: Scenario) -> None:
    account = await s.agency("G14")
    for number, how in enumerate(("cancelled", "superseded", "waived", "reduced")):
        fee = await s.assessment("G14", ("charge", 80_000))
        payment = await s.payment(account, fee)
        act = s.house.act(s.some_id(), "person:officer")
        if how == "waived":
            await assessments.change_assessment(
                s.house, act, fee, lambda a: a.waive("poor household", NOON)
            )
        elif how == "reduced":
            await assessments.reduce_assessment(s.house, act, fee, {1: 80_000}, "exempt")
        else:
            notice = "2" if how == "superseded" else ""
            await assessments.withdraw_assessment(s.house, act, fee, "wrong", notice)
        transaction = f"T-{number}"
        assert await s.money(account, payment.reference, 80_000, transaction) is Verdict.RECORDED
        placed = places(await s.transfer(account, transaction))
        assert placed == [("credit", 80_000, "withdrawn")], how


@story
async def test_unknown_reference_currency_and_merchant_go_to_suspense(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    assert await s.money(account, "NEVER-ASKED", 100_000, "T-1") is Verdict.UNKNOWN_ORDER
    wrong = await s.money(account, payment.reference, 100_000, "T-2", currency="USD")
    assert wrong is Verdict.WRONG_AMOUNT
    elsewhere = Received(
        reference=payment.reference, transaction="T-3", amount=vnd(100_000), at=NOON,
        merchant="SOMEBODY-ELSE",
    )  # fmt: skip
    assert await s.says(account, elsewhere) is Verdict.UNKNOWN_ORDER
    reasons = [places(await s.transfer(account, f"T-{n}"))[0][2] for n in (1, 2, 3)]
    assert reasons == ["unknown_reference", "wrong_currency", "wrong_merchant"]


@story
async def test_what_a_settlement_line_booked_is_moved_and_never_booked_again(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    transfer = await settled_before_we_knew(s, account, "T-1", 100_000)
    assert places(transfer) == [("suspense", 100_000, "unknown_settled_line")]
    assert await s.money(account, payment.reference, 100_000) is Verdict.RECORDED
    assert await s.money(account, payment.reference, 100_000) is Verdict.DUPLICATE
    assert places(await s.transfer(account)) == [("line", 100_000, "")]
    assert (await s.see(fee)).state == "paid"
    history = await s.store.history(transfer.id)
    names = [type(recorded.event).__name__ for recorded in history]
    assert names == ["Received", "Placed", "RePlaced"]


async def settled_before_we_knew(
    s: Scenario, account: Any, transaction: str, amount: int
) -> Transfer:
    from feesvc.domain.origin import Origin
    from feesvc.domain.placement import suspense

    origin = Origin(
        via="intermediary", intermediary="sayso", account=account, transaction=transaction,
        payment=None,
    )  # fmt: skip
    transfer = Transfer.first(
        Transfer.Received, s.store.ids.transfer(account, transaction), NOON, agency="G14",
        origin=origin, reference="", amount=vnd(amount), source="settlement", evidence="",
        occurred_at=NOON,
    )  # fmt: skip
    transfer.place(suspense(vnd(amount), "unknown_settled_line"), NOON, NOON)
    await s.keep(transfer)
    return await s.transfer(account, transaction)


@story
async def test_a_reversal_before_settlement_undoes_exactly_what_was_placed(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    undone = Reversed(
        reference=payment.reference, transaction="T-1", at=NOON, reason="bank recalled it"
    )
    assert await s.says(account, undone) is Verdict.RECORDED
    assert await s.says(account, undone) is Verdict.DUPLICATE
    assert (await s.see(fee)).state == "open"
    assert (await s.see(fee)).outstanding == vnd(100_000)
    transfer = await s.transfer(account)
    assert (transfer.reversed, transfer.buckets.total) == (True, 0)
    names = [type(r.event).__name__ for r in await s.store.history(fee)]
    assert names == ["Raised", "CollectedBy", "Paid", "UncollectedBy", "Unpaid"]


@story
async def test_a_reversal_after_settlement_is_a_dispute_opened_and_lost(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    transfer = await s.transfer(account)
    settle(
        transfer, BatchName(s.some_id(), "B-1"), "L-1", commission=vnd(1_000), tax=vnd(100),
        net=vnd(98_900), occurred_at=NOON, at=NOON,
    )  # fmt: skip
    await s.keep(transfer)
    undone = Reversed(reference=payment.reference, transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, undone) is Verdict.RECORDED
    events = [r.event for r in await s.store.history(transfer.id)]
    assert [type(e).__name__ for e in events][-2:] == ["Disputed", "DisputeLost"]
    lost = events[-1]
    assert isinstance(lost, Transfer.DisputeLost)
    assert [(t.to, t.amount.amount, t.still_due) for t in lost.takes] == [("line", 100_000, True)]
    assert (await s.see(fee)).outstanding == vnd(100_000)


@story
async def test_a_reversal_we_cannot_place_yet_is_asked_for_again(s: Scenario) -> None:
    account = await s.agency("G14")
    undone = Reversed(reference="X", transaction="T-9", at=NOON, reason="recall")
    before = await s.store.head()
    assert await s.says(account, undone) is Verdict.TRY_AGAIN
    assert [r.event.TOPIC for r in await s.store.read(before, 10)] == ["case.opened"]


@story
async def test_a_failure_after_success_moves_nothing(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    before = await s.store.head()
    declined = Ended(reference=payment.reference, reason="declined", at=NOON)
    assert await s.says(account, declined) is Verdict.DUPLICATE
    assert [r.event.TOPIC for r in await s.store.read(before, 10)] == ["case.opened"]
    assert (await s.see(fee)).state == "paid"
