"""Disputes and reversals of money that went several ways: what is there is taken, no more."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from feesvc.application import refunds
from feesvc.application.refunds import Wish
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_standing import TOLD_FIRST
from feesvc.intermediary import Disputed, Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def dispute(stage: Literal["opened", "won", "lost"], amount: int, name: str = "D") -> Disputed:
    return Disputed(dispute=name, transaction="T-1", stage=stage, amount=vnd(amount), at=NOON)


async def paid(s: Scenario) -> tuple[UUID, UUID]:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    return account, fee


async def refund(s: Scenario, account: UUID, amount: int) -> None:
    wish = Wish(
        transfer=(await s.transfer(account)).id, amount=amount, lines={}, reason="x",
        method="intermediary",
    )  # fmt: skip
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert done.result is not None
    act = s.house.act(s.some_id(), "person:b")
    await refunds.approve_refund(s.house, act, done.result.id, done.result.digest)


async def last(s: Scenario, account: UUID) -> Transfer.Event:
    events = await s.store.history(s.store.ids.transfer(account, "T-1"))
    assert isinstance(events[-1].event, Transfer.Event)
    return events[-1].event


@story
async def test_a_dispute_of_what_was_partly_refunded_takes_what_is_there(s: Scenario) -> None:
    account, fee = await paid(s)
    await refund(s, account, 30_000)
    assert await s.says(account, dispute("opened", 100_000)) is Verdict.RECORDED
    said = await last(s, account)
    assert isinstance(said, Transfer.Disputed)
    assert (sum(t.amount.amount for t in said.takes), said.beyond) == (70_000, vnd(30_000))
    assert (await s.see(fee)).lines[1].collected == 70_000
    assert await s.says(account, dispute("lost", 100_000)) is Verdict.RECORDED
    lost = await last(s, account)
    assert isinstance(lost, Transfer.DisputeLost)
    assert (lost.amount, lost.beyond) == (vnd(100_000), vnd(30_000))
    after = await s.see(fee)
    assert (after.outstanding, after.lines[1].collected) == (vnd(70_000), 0)


@story
async def test_a_dispute_won_gives_back_all_that_was_taken(s: Scenario) -> None:
    account, fee = await paid(s)
    await refund(s, account, 30_000)
    await s.says(account, dispute("opened", 100_000))
    await s.says(account, dispute("won", 100_000))
    won = await last(s, account)
    assert isinstance(won, Transfer.DisputeWon)
    assert won.amount == vnd(100_000)
    assert (await s.transfer(account)).buckets.total == 70_000
    assert (await s.see(fee)).state == "paid"


@story
async def test_a_part_is_disputed_and_the_rest_stays_free(s: Scenario) -> None:
    account, fee = await paid(s)
    await s.says(account, dispute("opened", 40_000))
    assert (await s.transfer(account)).buckets.total == 60_000
    await s.says(account, dispute("lost", 40_000))
    assert (await s.see(fee)).outstanding == vnd(40_000)
    await refund(s, account, 60_000)
    assert (await s.transfer(account)).buckets.total == 0


@story
async def test_the_stages_of_a_dispute_may_come_twice_and_in_any_order(s: Scenario) -> None:
    account, _ = await paid(s)
    assert await s.says(account, dispute("won", 40_000)) is Verdict.RECORDED
    for late in ("opened", "won", "lost"):
        assert await s.says(account, dispute(late, 40_000)) is Verdict.DUPLICATE
    assert (await s.transfer(account)).buckets.total == 100_000
    assert await s.says(account, dispute("lost", 40_000, "D2")) is Verdict.RECORDED
    assert await s.says(account, dispute("opened", 40_000, "D2")) is Verdict.DUPLICATE


@story
async def test_a_dispute_of_money_that_we_do_not_know_yet_is_asked_for_again(s: Scenario) -> None:
    account = await s.agency("G14")
    assert await s.says(account, dispute("opened", 40_000)) is Verdict.TRY_AGAIN


TOLD = f"{TOLD_FIRST}line"


@story
async def test_a_dispute_told_first_by_a_settlement_takes_its_first_name(s: Scenario) -> None:
    account, fee = await paid(s)
    await s.says(account, dispute("opened", 40_000, TOLD))
    assert await s.says(account, dispute("opened", 40_000)) is Verdict.RECORDED
    assert await s.says(account, dispute("opened", 40_000)) is Verdict.DUPLICATE
    assert (await s.transfer(account)).buckets.total == 60_000
    await s.says(account, dispute("lost", 40_000))
    assert (await s.see(fee)).outstanding == vnd(40_000)
    assert not (await s.transfer(account)).disputes


@story
async def test_a_second_dispute_of_money_disputed_by_a_settlement_is_its_own(s: Scenario) -> None:
    account, _ = await paid(s)
    await s.says(account, dispute("opened", 40_000, TOLD))
    await s.says(account, dispute("won", 40_000))
    await s.says(account, dispute("opened", 40_000, "D2"))
    assert list((await s.transfer(account)).disputes) == ["D2"]
    assert (await s.transfer(account)).buckets.total == 60_000


@story
async def test_a_dispute_of_another_amount_is_not_the_one_a_settlement_told(s: Scenario) -> None:
    account, _ = await paid(s)
    await s.says(account, dispute("opened", 40_000, TOLD))
    await s.says(account, dispute("opened", 30_000))
    assert (await s.transfer(account)).buckets.total == 30_000
    await s.says(account, dispute("opened", 40_000, "D2"))
    assert (await s.transfer(account)).buckets.total == 30_000
    await s.says(account, dispute("won", 40_000, "D2"))
    assert (await s.transfer(account)).buckets.total == 70_000


@story
async def test_a_reversal_of_money_that_a_settlement_disputed_counts_once(s: Scenario) -> None:
    account, fee = await paid(s)
    await s.says(account, dispute("opened", 100_000, TOLD))
    undone = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, undone) is Verdict.RECORDED
    assert (await s.see(fee)).outstanding == vnd(100_000)
    assert sum((await s.transfer(account)).beyond.values()) == 0
    assert await s.says(account, undone) is Verdict.DUPLICATE


@story
async def test_a_reversal_after_settlement_is_told_twice_and_counts_once(s: Scenario) -> None:
    account, fee = await paid(s)
    transfer = await s.transfer(account)
    settle(
        transfer, BatchName(s.some_id(), "B"), "1", commission=vnd(0), tax=vnd(0),
        net=vnd(100_000), occurred_at=NOON, at=NOON,
    )  # fmt: skip
    await s.keep(transfer)
    undone = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, undone) is Verdict.RECORDED
    head = await s.store.head()
    assert await s.says(account, undone) is Verdict.DUPLICATE
    assert await s.store.head() == head
    assert (await s.see(fee)).outstanding == vnd(100_000)


@story
async def test_a_reversal_of_what_was_partly_refunded_leaves_the_rest_to_a_person(
    s: Scenario,
) -> None:
    account, fee = await paid(s)
    await refund(s, account, 30_000)
    undone = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, undone) is Verdict.RECORDED
    said = await last(s, account)
    assert isinstance(said, Transfer.Reversed)
    assert said.beyond == vnd(30_000)
    assert (await s.see(fee)).outstanding == vnd(70_000)
    assert (await s.transfer(account)).buckets.total == 0
