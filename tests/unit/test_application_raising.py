"""Raising what a dossier owes: once per notice, to one agency or several, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feesvc.application import assessments
from feesvc.application.assessments import Draft, NoticeTaken, UnknownAgency
from feesvc.application.house import Act
from feesvc.domain.agency import Agency
from feesvc.domain.amounts import Flat
from feesvc.domain.assessment import Assessment
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.line import Kind
from feesvc.domain.pricing import UnknownItem, WantedLine
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story

ONLINE = Circumstances(
    channel="online", submitted_on=date(2026, 11, 20), assessed_on=date(2026, 11, 20)
)


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def priced(s: Scenario, agency: str, **prices: int) -> None:
    """Give an agency a schedule: items by code, those in F are fees, all others charges."""
    schedule = FeeSchedule.open(
        s.store.ids.fee_schedule(agency, "TT 1/2026"), agency, "TT 1/2026", "Phí", NOON
    )
    for code, amount in prices.items():
        kind: Kind = "fee" if code.startswith("F") else "charge"
        item = FeeItem(
            code=code, name_vi="Phí", name_en="Fee", kind=kind, currency="VND",
            rule=Flat(amount=amount), effective_from=date(2026, 1, 1), citation="TT 1/2026",
            retained_ppm=900_000 if kind == "fee" else 0,
        )  # fmt: skip
        schedule.propose_item(code, item, "person:a", NOON)
        schedule.approve_item(code, "person:b", NOON)
    found = await s.house.one(Agency, s.store.ids.agency(agency), agency)
    found.add_fee_schedule(schedule.id, "TT 1/2026", NOON)
    await s.keep(schedule, found)


def draft(agency: str, *items: str, dossier: str = "G14-261120-7", notice: str = "1") -> Draft:
    return Draft(
        agency=agency, dossier=dossier, notice=notice, procedure="", portal="", due_on=None,
        result_delivery="", subject=None, circumstances=ONLINE,
        wanted=tuple(WantedLine(item=item) for item in items),
    )  # fmt: skip


async def raised(s: Scenario, *drafts: Draft) -> list[Assessment]:
    act = s.house.act(s.some_id(), "portal:TEST")
    done = await assessments.raise_assessments(s.house, act, drafts)
    assert done.result is not None
    return done.result


def officer(s: Scenario) -> Act:
    return s.house.act(s.some_id(), "person:officer")


@story
async def test_a_quote_records_nothing(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=100_000, C1=50_000)
    before = await s.store.head()
    lines = await assessments.quote(s.house, draft("G14", "F1", "C1"))
    assert [line.amount for line in lines] == [vnd(100_000), vnd(50_000)]
    assert await s.store.head() == before


@story
async def test_the_same_notice_again_is_the_existing_one(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=100_000, F2=7)
    [first] = await raised(s, draft("G14", "F1"))
    head = await s.store.head()
    [again] = await raised(s, draft("G14", "F1"))
    assert (again.id, again.total, await s.store.head()) == (first.id, vnd(100_000), head)
    with pytest.raises(NoticeTaken) as taken:
        await raised(s, draft("G14", "F2"))
    assert taken.value.assessment == first.id
    [other] = await raised(s, draft("G14", "F2", notice="2"))
    assert other.id != first.id


@story
async def test_the_same_notice_twice_in_one_request_is_one(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=100_000, F2=7)
    one, two = await raised(s, draft("G14", "F1"), draft("G14", "F1"))
    assert one.id == two.id
    with pytest.raises(NoticeTaken):
        await raised(s, draft("G14", "F1", notice="2"), draft("G14", "F2", notice="2"))
    assert s.store.ids.assessment("G14", "G14-261120-7", "2") not in await s.store.load(
        [s.store.ids.assessment("G14", "G14-261120-7", "2")]
    )


@story
async def test_a_cancelled_notice_stays_used(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=100_000, F2=7)
    [first] = await raised(s, draft("G14", "F1"))
    await assessments.withdraw_assessment(s.house, officer(s), first.id, "mistake")
    [same] = await raised(s, draft("G14", "F1"))
    assert same.state == "cancelled"
    with pytest.raises(NoticeTaken):
        await raised(s, draft("G14", "F2"))


@story
async def test_several_agencies_are_owed_in_one_append_or_not_at_all(s: Scenario) -> None:
    await s.agency("G14")
    await s.agency("G22")
    await priced(s, "G14", F1=100_000)
    await priced(s, "G22", C1=50_000)
    before = await s.store.head()
    for wrong, why in ((draft("G22", "NONE"), UnknownItem), (draft("G99", "C1"), UnknownAgency)):
        with pytest.raises(why):
            await raised(s, draft("G14", "F1"), wrong)
        assert await s.store.head() == before
    both = await raised(s, draft("G14", "F1"), draft("G22", "C1"))
    assert [one.agency for one in both] == ["G14", "G22"]
    commands = {recorded.command for recorded in await s.store.read(before, 10)}
    assert len(commands) == 1


@story
async def test_a_zero_total_is_paid_at_once(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=0)
    [free] = await raised(s, draft("G14", "F1"))
    assert (free.state, free.total) == ("paid", vnd(0))
    names = [type(each.event).__name__ for each in await s.store.history(free.id)]
    assert names == ["Raised", "Paid"]


@story
async def test_a_person_is_named_by_a_random_id_only(s: Scenario) -> None:
    await s.agency("G14")
    await priced(s, "G14", F1=100_000)
    subject = s.some_id()
    [one] = await raised(s, replace(draft("G14", "F1"), subject=subject))
    [event] = [
        each.event
        for each in await s.store.history(one.id)
        if isinstance(each.event, Assessment.Raised)
    ]
    assert event.subject == subject
