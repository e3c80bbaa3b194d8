"""A payment of which nothing was heard is asked after; one that has an end is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from feesvc.application.desk import Desk
from feesvc.application.payments import look_up_payment
from feesvc.domain.case import Case
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.intermediary import Intermediary as Port
from feesvc.intermediary import Outcome, PaymentOrder, Pending, Received, Unavailable, Verdict
from feesvc.money import Money
from feesvc.processes.ladder import LADDER
from feesvc.processes.lookups import Lookups
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.reacting.runner import Runner
from feesvc.secrets import Misconfigured
from feesvc.testing.scenario import NOON, Sayso, Scenario


class Intermediary:
    """What it says at each look-up; after that, that it knows nothing yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *said: str) -> None:
        self.asked: list[str] = []

        def look_up(adapter: Sayso, order: PaymentOrder) -> Sequence[Outcome]:
            self.asked.append(order.reference)
            now = said[len(self.asked) - 1] if len(self.asked) <= len(said) else ""
            if now.startswith("part"):
                received = Received(
                    reference=order.reference, transaction=now, at=NOON,
                    amount=Money(int(now.removeprefix("part ")), "VND"),
                )  # fmt: skip
                return (received,)
            if now == "nothing":
                raise Unavailable("504")
            if now == "paid":
                received = Received(
                    reference=order.reference, transaction="T-1", amount=order.amount, at=NOON
                )
                return (received,)
            return (Pending(reference=order.reference),)

        monkeypatch.setattr(Sayso, "look_up", look_up)


async def pass_time(s: Scenario, bookmarks: MemoryBookmarks) -> None:
    """Run until nothing waits any more."""
    async with bookmarks.take(Lookups.name) as bookmark:
        runner = Runner(Lookups(s.house), bookmark, s.store, lambda: s.now)
        while await runner.turn() or bookmarks.kept[Lookups.name].waiting:
            waiting = bookmarks.kept[Lookups.name].waiting
            s.now = max([s.now, *(one.at for one in waiting)])


async def cases(s: Scenario) -> list[Case]:
    opened = await s.store.read(0, 1_000, [Case.Opened.TOPIC])
    return [await s.house.one(Case, each.event.originator_id, "case") for each in opened]


def test_money_whose_notification_was_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    intermediary = Intermediary(monkeypatch, "pending", "nothing", "paid")

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        fee = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(account, fee)
        await pass_time(s, MemoryBookmarks())
        assert intermediary.asked == [payment.reference] * 3
        assert (await s.see(fee)).state == "paid"
        assert await s.money(account, payment.reference, 50_000) is Verdict.DUPLICATE

    asyncio.run(story())


@pytest.mark.parametrize("heard_first", [True, False])
def test_the_rest_of_an_order_paid_in_parts_is_found(
    monkeypatch: pytest.MonkeyPatch, heard_first: bool
) -> None:
    said = ["part 20000", "nothing", "pending", "part 30000"]
    intermediary = Intermediary(monkeypatch, *said)

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14", "whatever")
        fee = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(account, fee)
        if heard_first:
            await s.money(account, payment.reference, 20_000, "part 20000")
        await pass_time(s, MemoryBookmarks())
        assert intermediary.asked == [payment.reference] * len(said)
        assert (await s.see(fee)).state == "paid"
        assert await cases(s) == []

    asyncio.run(story())


def test_a_rest_that_never_comes_is_asked_after_to_the_end_of_the_ladder_and_is_no_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intermediary = Intermediary(monkeypatch, "part 20000")

    async def story() -> None:
        s = Scenario()
        fee = await s.assessment("G14", ("fee", 50_000))
        await s.payment(await s.agency("G14", "whatever"), fee)
        await pass_time(s, MemoryBookmarks())
        assert (await s.see(fee)).state == "open" and await cases(s) == []

    asyncio.run(story())
    assert len(intermediary.asked) == len(LADDER)


def test_what_has_an_end_is_not_asked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    intermediary = Intermediary(monkeypatch)

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        await s.money(account, payment.reference, 50_000)
        await pass_time(s, MemoryBookmarks())

    asyncio.run(story())
    assert not intermediary.asked


def test_what_nobody_pays_expires_and_is_asked_after_for_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intermediary = Intermediary(monkeypatch)

    async def story() -> None:
        s = Scenario()
        payment = await s.payment(await s.agency("G14"), await s.assessment("G14", ("fee", 50_000)))
        await pass_time(s, MemoryBookmarks())
        assert s.now - NOON == timedelta(days=1)
        ended = await s.house.one(Payment, payment.id, "payment")
        assert (ended.state, ended.unheard) == ("expired", True)
        assert await cases(s) == []

    asyncio.run(story())
    assert len(intermediary.asked) == 7


def test_knowing_nothing_is_no_end_before_its_time_is_long_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Intermediary(monkeypatch)

    async def story() -> None:
        s = Scenario()
        payment = await s.payment(await s.agency("G14"), await s.assessment("G14", ("fee", 50_000)))
        for after, state in ((59, "presented"), (60, "expired")):
            s.now = NOON + timedelta(minutes=after)
            await look_up_payment(s.house, payment.id)
            assert (await s.house.one(Payment, payment.id, "payment")).state == state

    asyncio.run(story())


def test_money_that_is_told_of_after_that_is_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intermediary = Intermediary(monkeypatch, *["pending"] * 5, "paid")

    async def story() -> None:
        s = Scenario()
        fee = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(await s.agency("G14"), fee)
        await pass_time(s, MemoryBookmarks())
        assert (await s.see(fee)).state == "paid"
        assert (await s.house.one(Payment, payment.id, "payment")).state == "received"

    asyncio.run(story())
    assert len(intermediary.asked) == 6


def test_what_nobody_answers_for_ends_in_a_case_and_the_case_in_the_money(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intermediary = Intermediary(monkeypatch, *["nothing"] * 13)

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        await pass_time(s, MemoryBookmarks())
        assert s.now - NOON == LADDER[-1] == timedelta(days=7)
        [case] = await cases(s)
        assert (case.code, case.subject.id, case.state) == ("A08", payment.id, "open")
        assert case.at_risk == payment.amount
        await s.money(account, payment.reference, 50_000)
        [case] = await cases(s)
        assert case.state == "closed"

    asyncio.run(story())
    assert len(intermediary.asked) == len(LADDER) == 13


def test_codes_that_contradict_each_other_to_the_end_are_a_case_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Intermediary(monkeypatch)

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        said = Pending(reference=payment.reference, code="00_02")
        assert await s.says(account, said) is Verdict.NOTHING
        await pass_time(s, MemoryBookmarks())
        assert (await s.house.one(Payment, payment.id, "payment")).state == "presented"
        [case] = await cases(s)
        assert (case.code, case.facts["code"]) == ("N07", "00_02")

    asyncio.run(story())


def test_an_account_that_is_not_set_up_is_asked_on_and_ends_in_a_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def misconfigured(desk: Desk, account: MerchantAccount) -> Port:
        raise Misconfigured("the secret is not there")

    async def story() -> None:
        s = Scenario()
        await s.payment(await s.agency("G14"), await s.assessment("G14", ("fee", 50_000)))
        monkeypatch.setattr(Desk, "adapter", misconfigured)
        await pass_time(s, MemoryBookmarks())
        assert [case.code for case in await cases(s)] == ["A08"]

    asyncio.run(story())


def test_rungs_that_went_by_while_nobody_could_look_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intermediary = Intermediary(monkeypatch, *["nothing"] * 13)

    async def story() -> None:
        s = Scenario()
        await s.payment(await s.agency("G14"), await s.assessment("G14", ("fee", 50_000)))
        bookmarks = MemoryBookmarks()
        async with bookmarks.take(Lookups.name) as bookmark:
            await Runner(Lookups(s.house), bookmark, s.store, lambda: s.now).turn()
        s.now += timedelta(minutes=10)  # the service was away; another runner takes over
        async with bookmarks.take(Lookups.name) as bookmark:
            assert await Runner(Lookups(s.house), bookmark, s.store, lambda: s.now).turn()
        assert [one.at - NOON for one in bookmarks.kept[Lookups.name].waiting] == [LADDER[3]]

    asyncio.run(story())
    assert len(intermediary.asked) == 1
