"""A case: the same finding is one, two people end it where money is at risk, notes are sealed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from feesvc.application import cases, resolving
from feesvc.domain.agency import Agency
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import UnknownCaseCode
from feesvc.domain.finding import (
    CaseClosed,
    CaseNotThere,
    CaseSubject,
    Finding,
    MoneyStillOpen,
    ResolutionChanged,
    SecondPersonNeeded,
    digest_of,
)
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story

SUBJECT = UUID("5f0c3a52-9d4e-4f0b-8a53-0d6c1b7e2a94")
LITTLE, MUCH = Money(115_000, "VND"), Money(1_000_001, "VND")


def finding(at_risk: Money = LITTLE, discriminator: str = "", code: str = "A08") -> Finding:
    about = CaseSubject(kind="payment", id=SUBJECT)
    return Finding(
        agency="G14", code=code, subject=about, at_risk=at_risk, discriminator=discriminator,
        facts={"reference": "X-1"},
    )  # fmt: skip


async def town(s: Scenario) -> None:
    """An agency that lets one person decide on a million đồng."""
    await s.agency("G14")
    owner = await s.house.one(Agency, s.store.ids.agency("G14"), "agency")
    owner.set_approval_limit(Money(1_000_000, "VND"), date(2020, 1, 1), s.now)
    await s.keep(owner)


async def opened(s: Scenario, found: Finding | None = None) -> Case:
    act = s.house.act(s.some_id(), "process:lookups")
    id = await cases.open_case(s.house, act, found or finding())
    return await s.house.one(Case, id, "case")


async def case(s: Scenario, id: UUID) -> Case:
    return await s.house.one(Case, id, "case")


@story
async def test_the_same_finding_is_one_case_and_another_is_another(s: Scenario) -> None:
    first = await opened(s)
    assert (await opened(s)).id == first.id
    assert (await opened(s, finding(discriminator="D-2"))).id != first.id
    assert len(await s.store.read(0, 100, [Case.Opened.TOPIC])) == 2
    assert (first.state, first.opened_by, first.at_risk) == ("open", "process:lookups", LITTLE)


@story
async def test_a_case_that_was_closed_is_not_opened_again_by_the_same_finding(s: Scenario) -> None:
    await town(s)
    one = await opened(s)
    act = s.house.act(s.some_id(), "person:a")
    await resolving.resolve_case(s.house, act, one.id, "explained", "bank_was_late")
    assert (await opened(s)).state == "closed"


@story
async def test_little_money_is_closed_by_one_person_and_reopened(s: Scenario) -> None:
    await town(s)
    one = await opened(s)
    act = s.house.act(s.some_id(), "person:a")
    await resolving.resolve_case(s.house, act, one.id, "explained", "bank_was_late")
    assert (await case(s, one.id)).state == "closed"
    again = s.house.act(s.some_id(), "person:a")
    with pytest.raises(CaseClosed):
        await resolving.resolve_case(s.house, again, one.id, "explained", "bank_was_late")
    s.now += timedelta(days=3)
    act = s.house.act(s.some_id(), "person:a")
    await cases.reopen_case(s.house, act, one.id, "new_evidence")
    now = await case(s, one.id)
    holiday = date(2026, 11, 24)
    assert (now.state, now.due_on) == ("investigating", holiday + timedelta(days=1))


@story
async def test_much_money_takes_a_second_person_and_exactly_what_was_proposed(s: Scenario) -> None:
    await town(s)
    one = await opened(s, finding(MUCH))
    maker, checker = (s.house.act(s.some_id(), f"person:{who}") for who in "ab")
    await resolving.resolve_case(s.house, maker, one.id, "claim", "intermediary_pays")
    proposed = await case(s, one.id)
    assert proposed.state == "resolution_proposed"
    own = s.house.act(s.some_id(), "person:a")
    with pytest.raises(SecondPersonNeeded):
        await resolving.approve_case(s.house, own, one.id, proposed.digest)
    other = digest_of(one.id, "write_off", "intermediary_pays", MUCH)
    with pytest.raises(ResolutionChanged):
        await resolving.approve_case(s.house, checker, one.id, other)
    await resolving.approve_case(s.house, checker, one.id, proposed.digest)
    assert (await case(s, one.id)).state == "closed"


@story
async def test_what_is_sent_back_is_worked_on_again(s: Scenario) -> None:
    one = await opened(s, finding(MUCH))
    one.propose("person:a", "claim", "x", MUCH, NOON)
    one.send_back("not_enough", NOON)
    assert one.state == "investigating"
    with pytest.raises(CaseNotThere):
        one.approve("person:b", one.digest, NOON)


@story
async def test_the_other_side_is_asked_and_answers(s: Scenario) -> None:
    one = await opened(s)
    one.assign(SUBJECT, NOON)
    assert (one.state, one.assignee) == ("assigned", SUBJECT)
    one.take_up(NOON)
    one.inquire("TS-77", date(2026, 11, 27), NOON)
    assert (one.state, one.due_on) == ("awaiting_counterparty", date(2026, 11, 27))
    with pytest.raises(CaseNotThere):
        one.take_up(NOON)
    one.answer("confirmed_paid", "", NOON)
    assert one.state == "investigating"


@story
async def test_time_makes_another_kind_of_it_and_shows_it_further_up(s: Scenario) -> None:
    one = await opened(s)
    one.reassess("N01", MUCH, 1, date(2026, 12, 1), NOON)
    assert (one.code, one.at_risk, one.level, one.state) == ("N01", MUCH, 1, "open")
    one.reassess("N01", MUCH, 1, date(2026, 12, 2), NOON)
    assert len(one.news) == 1
    with pytest.raises(UnknownCaseCode):
        one.reassess("Z99", MUCH, 1, date(2026, 12, 1), NOON)


@story
async def test_money_left_over_closes_only_with_a_write_off_that_was_posted(s: Scenario) -> None:
    one = await opened(s, finding(MUCH))
    one.propose("person:a", "write_off", "cannot_be_found", MUCH, NOON)
    one.approve("person:b", one.digest, NOON)
    with pytest.raises(MoneyStillOpen):
        one.close((), MUCH, NOON)
    one.close((SUBJECT,), MUCH, NOON)
    assert one.state == "closed"


@story
async def test_evidence_clears_what_nobody_is_deciding_on(s: Scenario) -> None:
    await opened(s)
    act = s.house.act(s.some_id(), "process:lookups")
    await cases.clear_case(s.house, act, finding(), "payment_received")
    await cases.clear_case(s.house, act, finding(discriminator="never opened"), "payment_received")
    assert (await opened(s)).state == "closed"
    one = await opened(s, finding(MUCH, "D-2"))
    one.propose("person:a", "claim", "x", MUCH, NOON)
    one.clear("evidence", "payment_received", "", NOON)
    assert one.state == "resolution_proposed"


@story
async def test_a_note_stands_in_no_event(s: Scenario) -> None:
    one = await opened(s)
    act = s.house.act(s.some_id(), "person:a")
    for _ in range(2):
        await cases.note_on_case(s.house, act, one.id, "Bà Lan gọi lại")
    noted = await case(s, one.id)
    [(name, text)] = await cases.notes_of(s.house, noted)
    assert text == "Bà Lan gọi lại" and noted.notes == [name]
    assert "Lan" not in str(await s.store.read(0, 100))
    await s.house.people.erase_document(name, "asked")
    assert await cases.notes_of(s.house, noted) == [(name, None)]
