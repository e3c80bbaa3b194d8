"""A period goes from open to closed and back by two people, and by nobody alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from feesvc.domain.closing import (
    Explanation,
    Item,
    NoSuchPeriod,
    NotEnded,
    NotExplained,
    PeriodIsElsewhere,
    Rolled,
    Sheet,
    days_of,
    kind_of,
)
from feesvc.domain.period import Period
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import Money

AT = datetime(2026, 12, 2, tzinfo=UTC)
TODAY = AT.date()
ID = UUID(int=1)
GREEN = Item(item="1 files", source="files", red=False, facts=())
RED = Item(item="2 dispositions", source="files", red=True, facts=("1 line",))
SHEET = Sheet(
    agency="G14", name="2026-11", position=9, items=(GREEN, RED), open_items="o", balances=(),
    runs=(),
)  # fmt: skip
WHY = (Explanation(item="2 dispositions", owner=UUID(int=2), reason="with_the_bank"),)


def period(name: str = "2026-11") -> Period:
    return Period.open(ID, "G14", name, AT)


def proposed() -> Period:
    found = period()
    found.begin_closing("person:m", TODAY, AT)
    found.propose("person:m", SHEET, SHEET.digest, WHY, AT)
    return found


def closed() -> Period:
    found = proposed()
    found.close("person:c", SHEET, SHEET.digest, AT)
    return found


@pytest.mark.parametrize(
    ("name", "first", "last", "kind"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2026-11-21", date(2026, 11, 21), date(2026, 11, 21), "day"),
    ],
)
def test_a_period_is_named_by_its_days(name: str, first: date, last: date, kind: str) -> None:
    assert days_of(name) == (first, last) and kind_of(name) == kind


@pytest.mark.parametrize(
    "name", ["", "26", "2026-13", "2026-02-30", "2026-Q1", "2026-1", "2026-11 ", "٢٠٢٦", "0999"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(NoSuchPeriod):
        days_of(name)


def test_a_period_that_still_runs_is_not_closed() -> None:
    with pytest.raises(NotEnded):
        period().begin_closing("person:m", date(2026, 11, 30), AT)
    period().begin_closing("person:m", date(2026, 12, 1), AT)


def test_it_is_closed_by_two_people_over_one_sheet() -> None:
    found = proposed()
    with pytest.raises(SamePerson):
        found.close("person:m", SHEET, SHEET.digest, AT)
    found.close("person:c", SHEET, SHEET.digest, AT)
    assert (found.state, found.maker, found.checker) == ("closed", "person:m", "person:c")
    event = found.news[-1]
    assert isinstance(event, Period.Closed)
    assert (event.as_known_at, event.digest, event.explanations) == (9, SHEET.digest, WHY)


def test_a_red_item_needs_an_owner_and_a_reason() -> None:
    found = period()
    found.begin_closing("person:m", TODAY, AT)
    for told in ((), (replace(WHY[0], item="1 files"),)):
        with pytest.raises(NotExplained, match="2 dispositions"):
            found.propose("person:m", SHEET, SHEET.digest, told, AT)
    green = replace(SHEET, items=(GREEN,))
    found.propose("person:m", green, green.digest, (), AT)


def test_a_sheet_that_changed_is_not_closed() -> None:
    other = replace(SHEET, items=(GREEN,))
    found = period()
    found.begin_closing("person:m", TODAY, AT)
    with pytest.raises(ChangedSinceAsked):
        found.propose("person:m", other, SHEET.digest, WHY, AT)
    found.propose("person:m", SHEET, SHEET.digest, WHY, AT)
    for sheet, digest in ((other, SHEET.digest), (SHEET, other.digest), (other, other.digest)):
        with pytest.raises(ChangedSinceAsked):
            found.close("person:c", sheet, digest, AT)


def test_every_part_of_a_sheet_is_in_its_digest() -> None:
    rolled = Rolled(account="1200", opening=0, debits=1, credits=0, closing=Money(1, "VND"))
    changes = (
        {"agency": "G22"}, {"name": "2026-10"}, {"position": 8}, {"items": (GREEN,)},
        {"open_items": "p"}, {"balances": (rolled,)}, {"results": (rolled,)},
        {"items": (GREEN, replace(RED, facts=("2 lines",)))},
    )  # fmt: skip
    digests = {replace(SHEET, **change).digest for change in changes}
    assert len(digests | {SHEET.digest}) == len(changes) + 1


def test_a_closing_is_withdrawn_and_begun_again() -> None:
    found = proposed()
    found.withdraw("a_file_came", AT)
    with pytest.raises(PeriodIsElsewhere):
        found.close("person:c", SHEET, SHEET.digest, AT)
    found.begin_closing("person:c", TODAY, AT)
    assert found.state == "closing" and not found.digest


def test_it_is_reopened_by_two_people_and_leaves_a_trace() -> None:
    found = closed()
    with pytest.raises(PeriodIsElsewhere):
        found.reopen("person:c", AT)
    found.ask_reopening("person:m", "wrong_month", AT)
    with pytest.raises(SamePerson):
        found.reopen("person:m", AT)
    found.refuse_reopening("person:c", "no", AT)
    assert found.state == "closed"
    found.ask_reopening("person:m", "wrong_month", AT)
    found.reopen("person:c", AT)
    assert (found.state, found.times_closed) == ("open", 1)
    found.begin_closing("person:m", TODAY, AT)


def test_a_years_result_is_carried_once_also_when_it_is_closed_twice() -> None:
    def results(amount: int) -> tuple[Rolled, ...]:
        closing = Money(amount, "VND")
        return (Rolled(account="4100", opening=0, debits=0, credits=0, closing=closing),)

    def carried(found: Period) -> list[int]:
        events = [event for event in found.news if isinstance(event, Period.ResultCarried)]
        return [one.closing.amount for event in events for one in event.amounts]

    year = period("2026")
    for amount in (-30_000, -30_000, -31_000):
        year.carry_result(results(amount), AT, AT)
    assert carried(year) == [-30_000, -1_000]
    month = period()
    month.carry_result(results(-5), AT, AT)
    assert carried(month) == []
