"""Receiving: every notification is answered in the intermediary's words, and kept within limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feesvc.application.keeping import ARRIVALS, JUNK
from feesvc.application.receiving import LOOKS
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Pending,
)
from feesvc.money import Money
from feesvc.people import PeopleUnavailable
from feesvc.people.inbox import Raw
from feesvc.store import StoreUnavailable
from feesvc.testing.scenario import Scenario, story
from feesvc.testing.talking import Stage, Talker, breaks, means, nothing, paid


@pytest.fixture(autouse=True)
def _means_nothing() -> None:
    Talker.meaning = staticmethod(nothing)


@story
async def test_money_is_booked_and_its_message_kept_under_its_name(s: Scenario) -> None:
    stage = await Stage(s).open()
    means(await paid(stage))
    assert (await stage.tell(b"paid")).body == b"recorded"
    [arrival] = await stage.inbox()
    assert list(arrival.outcomes) == [f"received {Money(50_000, 'VND')} of mem001-1"]
    received = (await s.store.history((await s.transfer(stage.account)).id))[0].event
    assert isinstance(received, Transfer.Received)
    assert received.evidence == f"sha256:{arrival.message}"
    raw = await s.house.people.inbox.opened(arrival)
    assert raw == Raw(query=b"q=1", body=b"paid", headers={"signature": "k1"}, source="203.0.113.9")


@story
async def test_a_thousand_repeats_are_one_effect_and_one_message(s: Scenario) -> None:
    stage = await Stage(s).open()
    means(await paid(stage))
    for _ in range(ARRIVALS + 50):
        assert (await stage.tell(b"paid")).status == 200
    head = await s.store.head()
    arrivals = await stage.inbox()
    assert len(arrivals) == ARRIVALS
    assert [one.verdict for one in arrivals][-2:] == ["duplicate", "recorded"]
    assert len({one.message for one in arrivals}) == 1
    assert (await stage.tell(b"paid")).body == b"duplicate" and await s.store.head() == head
    s.now += timedelta(hours=1, seconds=1)
    await stage.tell(b"paid")
    assert len(await stage.inbox()) == ARRIVALS + 1


@story
async def test_junk_is_kept_within_limits_and_answered_alike(s: Scenario) -> None:
    stage = await Stage(s).open()
    for number in range(JUNK + 40):
        assert (await stage.tell(b"junk %d" % number, key="guess")).body == b"forged"
    assert len(await stage.inbox()) == JUNK
    s.now += timedelta(hours=1, seconds=1)
    for number in range(20):
        await stage.tell(b"%d" % number + b"x" * 60_000, key="guess")
    assert len(await stage.inbox()) == JUNK + 8  # half a megabyte of them
    means(await paid(stage))
    assert (await stage.tell(b"paid")).body == b"recorded"
    assert (await stage.inbox(1))[0].verdict == "recorded"


@story
async def test_a_mistake_of_the_adapters_is_asked_again_and_kept(s: Scenario) -> None:
    stage = await Stage(s).open()
    for error in (KeyError("amount"), RecursionError(), UnicodeError("x")):
        breaks(error)
        assert (await stage.tell(b"paid")).body == b"try again"
    arrivals = await stage.inbox()
    assert [one.verdict for one in arrivals] == ["try_again"] * 3
    assert isinstance(await s.house.people.inbox.opened(arrivals[0]), Raw)
    assert await stage.verified(arrivals[0]) == "unreadable"
    assert (await stage.tell(b"no words")).status == 400


@story
async def test_what_cannot_be_booked_or_kept_now_is_asked_again(s: Scenario) -> None:
    stage = await Stage(s).open()
    said = await paid(stage)
    means(said)
    with pytest.MonkeyPatch.context() as broken:

        async def away(*_: object, **__: object) -> None:
            raise StoreUnavailable("down")

        broken.setattr(type(s.store), "append", away)
        assert (await stage.tell(b"paid")).body == b"try again"
        broken.setattr(type(s.store), "peek", away)
        assert (await stage.tell(b"paid")).body == b"try again"
    with pytest.MonkeyPatch.context() as broken:

        async def full(*_: object) -> None:
            raise PeopleUnavailable("full")

        broken.setattr(type(s.house.people.inbox), "take_in", full)
        assert (await stage.tell(b"paid")).body == b"try again"
        assert (await stage.tell(b"junk", key="guess")).body == b"forged"
    assert (await stage.tell(b"paid")).body == b"duplicate"
    assert (await s.transfer(stage.account)).amount == said.amount


@story
async def test_an_unclear_word_causes_a_look_up_and_no_flood_of_them(s: Scenario) -> None:
    stage = await Stage(s).open()
    said = await paid(stage)
    adapter = await stage.adapter
    means(Pending(reference=said.reference))
    await stage.tell(b"nothing new")
    assert adapter.looks == []
    adapter.orders[said.reference] = (said,)
    means(Pending(reference=said.reference, code="odd_77"))
    assert (await stage.tell(b"odd")).body == b"recorded"
    assert adapter.looks == [said.reference]
    assert (await s.transfer(stage.account)).amount == said.amount
    for _ in range(LOOKS * 3):
        await stage.tell(b"odd")
    assert len(adapter.looks) == LOOKS
    assert (await stage.tell(b"odd")).body == b"try again"
    means(Pending(reference="nobody's", code="odd_77"))
    assert (await stage.tell(b"odd")).body == b"unknown order"


@story
async def test_a_notification_is_verified_again_with_the_keys_of_its_day(s: Scenario) -> None:
    stage = await Stage(s).open()
    await stage.tell(b"old", key="k1")
    await stage.tell(b"forgery", key="guess")
    s.now += timedelta(days=400)
    await stage.rekey({"key": "env:OTHER"})
    await stage.tell(b"new", key="k2")
    new, forgery, old = await stage.inbox()
    assert [await stage.verified(one) for one in (new, forgery, old)] == [
        "authentic", "forged", "authentic",
    ]  # fmt: skip
    # The reference leads elsewhere now: nobody can say any more that the old one is forged.
    stage.secrets["env:KEY"] = "k9"
    assert [await stage.verified(one) for one in (new, forgery, old)] == [
        "authentic", "key_unavailable", "key_unavailable",
    ]  # fmt: skip


@story
async def test_what_came_before_its_key_was_set_is_authentic_later(s: Scenario) -> None:
    stage = await Stage(s).open()
    assert (await stage.tell(b"early", key="k2")).body == b"forged"
    await stage.rekey({"key": "env:OTHER", "key_previous": "env:KEY"})
    [early] = await stage.inbox()
    assert await stage.verified(early) == "authentic"
    await s.house.people.inbox.erase(
        stage.account, s.now + timedelta(1), None, "retention", "person:x"
    )
    assert await stage.verified(early) == "erased"
