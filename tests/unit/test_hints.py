"""Hints: what nobody vouches for makes us look up what we know of, and is a case otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feesvc.application.keeping import JUNK
from feesvc.application.receiving import STRANGERS
from feesvc.domain.case import Case
from feesvc.intermediary import (
    Ended,
    Pending,
)
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story
from feesvc.testing.talking import Stage, Talker, means, paid


@story
async def test_a_hint_books_only_what_a_look_up_says(s: Scenario) -> None:
    stage = await Stage(s).open("hinter")
    said = await paid(stage)
    adapter = await stage.adapter
    lie = replace(said, amount=Money(1, "VND"))
    means(lie)
    assert (await stage.tell(b"hint")).body == b"recorded"
    assert adapter.looks == [said.reference]
    adapter.orders[said.reference] = (said,)
    await stage.tell(b"hint")
    assert (await s.transfer(stage.account)).amount == said.amount
    means(replace(said, reference="nobody's"))
    for number in range(JUNK + 5):
        assert (await stage.tell(b"%d" % number)).body == b"unknown order"
    kept = [one for one in await stage.inbox() if one.verdict == "unknown_order"]
    assert len(kept) == JUNK  # nobody vouches for it


@story
async def test_money_that_is_hinted_at_after_an_attempt_is_over_is_a_case_until_it_is_found(
    s: Scenario,
) -> None:
    stage = await Stage(s).open("hinter")
    said = await paid(stage)
    adapter = await stage.adapter
    over = Ended(reference=said.reference, reason="declined", at=said.at)
    adapter.orders[said.reference] = (over,)
    means(over)
    assert (await stage.tell(b"declined")).body == b"recorded"
    means(said)
    for _ in range(2):
        assert (await stage.tell(b"paid after all")).body == b"try again"
    told = [one.event for one in await s.store.read(0, 100)]
    [found] = [one for one in told if isinstance(one, Case.Opened)]
    assert (found.code, found.at_risk) == ("S06", said.amount)
    adapter.orders[said.reference] = (said,)
    assert (await stage.tell(b"paid, says the look-up too")).body == b"recorded"
    case = (await s.store.peek([found.originator_id]))[found.originator_id]
    assert isinstance(case, Case) and case.state == "closed"


@story
async def test_a_hint_of_an_order_that_we_never_placed_is_one_case_and_no_money(
    s: Scenario,
) -> None:
    stage = await Stage(s).open("hinter")
    said = replace(await paid(stage), reference="nobody's")
    head = await s.store.head()
    means(said, Pending(reference="lost-7"))
    for _ in range(3):
        assert (await stage.tell(b"hint")).body == b"unknown order"
    means(Ended(reference="lost-8", reason="declined", at=s.now))
    assert (await stage.tell(b"no money")).body == b"unknown order"
    [money, order] = [recorded.event for recorded in await s.store.read(head, 10)]
    assert isinstance(money, Case.Opened) and isinstance(order, Case.Opened)
    assert (money.code, money.at_risk) == ("N14", said.amount)
    assert money.facts == {"intermediary": "hinter", "transaction": "T-1"}  # a quote is no name
    assert order.facts == {"intermediary": "hinter", "reference": "lost-7"}
    assert await s.house.people.fetch(money.evidence.removeprefix("sha256:")) == b"q=1\nhint"


@story
async def test_orders_of_nobody_are_cases_within_limits_and_beyond_are_asked_for_again(
    s: Scenario,
) -> None:
    stage = await Stage(s).open("hinter")
    Talker.meaning = staticmethod(lambda body: (Pending(reference=body.decode()),))
    for number in range(STRANGERS):
        assert (await stage.tell(b"%d" % number)).body == b"unknown order"
    assert (await stage.tell(b"another")).body == b"try again"
    assert (await stage.tell(b"0")).body == b"unknown order"
    s.now += timedelta(hours=1)
    assert (await stage.tell(b"another")).body == b"unknown order"


@story
async def test_a_hint_that_is_nothing_to_us_is_told_so(s: Scenario) -> None:
    stage = await Stage(s).open("hinter")
    means()
    assert (await stage.tell(b"")).body == b"nothing to us"
