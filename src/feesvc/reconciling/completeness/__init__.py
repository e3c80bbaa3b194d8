"""What the rows of files and matches prove of a period: the parts of its completeness sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files as resources
from typing import Any

from feesvc.domain.calendar import Calendar
from feesvc.domain.closing import Item, Run
from feesvc.reconciling.rows import Cursor, Rows

SOURCE = "files"
TIMELY = (1, 3, 7)
"""Business days after the value date."""


async def prove(
    rows: Rows, calendar: Calendar, agency: str, first: date, last: date
) -> tuple[list[Item], tuple[Run, ...]]:
    """Items 1, 2, 4, 7 and 8 of the sheet, of statements that end within these days."""
    asked = {"agency": agency, "first": first, "last": last}
    async with rows.transaction() as db:
        accepted = await _all(db, "accepted", asked)
        waiting = await _all(db, "waiting", asked)
        lines = await _all(db, "dispositions", asked)
        broken = await _all(db, "continuity", asked)
        found = await _all(db, "runs", asked)
        explained = await _all(db, "explained", asked)
        unexplained = await _all(db, "unexplained", asked)
    items = [
        _files(accepted, waiting), _dispositions(lines), _continuity(broken), _runs(found),
        _timeliness(explained, unexplained, calendar, last),
    ]  # fmt: skip
    runs = tuple(
        Run(run=row["id"], result=row["result"], rules=row["rules"]) for row in found if row["id"]
    )
    return items, runs


def _files(accepted: Sequence[Mapping[str, Any]], waiting: Sequence[Mapping[str, Any]]) -> Item:
    """Declared count and sum = read count and sum; nothing that came waits to be decided on."""
    wrong = [
        row for row in accepted if (row["declared"], row["stated"]) != (row["lines"], row["net"])
    ]
    facts = [
        f"{row['source']} {row['currency']}: {row['statements']} statements, "
        f"{row['lines']} of {row['declared']} lines, {row['net']} of {row['stated']}"
        for row in accepted
    ]
    facts += [f"{row['state']} {row['verdict']}: {row['files']} files" for row in waiting]
    return _item("1 files", bool(wrong or waiting), facts)


def _dispositions(lines: Sequence[Mapping[str, Any]]) -> Item:
    """Every accepted line is matched, placed, a repetition, or a break that a case explains."""
    facts = [
        f"leg {row['leg']} {row['state']} {row['currency']}: {row['lines']} lines, {row['net']}"
        for row in lines
    ]
    return _item("2 dispositions", any(row["state"] in ("open", "read") for row in lines), facts)


def _continuity(broken: Sequence[Mapping[str, Any]]) -> Item:
    """Opening = the closing before; opening + booked = closing."""
    facts = [
        f"{row['account']} {row['currency']} {row['identity']}: {row['why']}" for row in broken
    ]
    return _item("4 continuity", bool(broken), facts)


def _runs(found: Sequence[Mapping[str, Any]]) -> Item:
    """Every account with lines was matched up to its last one; the results and their rules."""
    facts = [
        f"{row['account']} leg {row['leg']}: "
        + (f"run of {row['as_of']}, rules {row['rules']}, {row['result']}" if row["id"] else "none")
        for row in found
    ]
    return _item("7 runs", any(row["id"] is None for row in found), facts)


def _timeliness(
    explained: Sequence[Mapping[str, Any]], unexplained: Sequence[Mapping[str, Any]],
    calendar: Calendar, last: date,
) -> Item:  # fmt: skip
    """The share of value that was explained so many business days after its value date. Red where
    the longest of them had passed at the end of the period, and something is not explained yet.
    """
    total: dict[str, int] = defaultdict(int)
    timely: dict[tuple[str, int], int] = defaultdict(int)
    for row in explained:
        total[row["currency"]] += int(row["value"])
        for days in TIMELY:
            if row["as_of"] and row["as_of"] <= calendar.plus(row["value_on"], days):
                timely[row["currency"], days] += int(row["value"])
    facts = [
        f"{currency}: {timely[currency, days]} of {value} by T+{days}"
        for currency, value in sorted(total.items())
        for days in TIMELY
    ]
    late = [
        f"{row['currency']} of {row['value_on']}: {row['value']} in {row['lines']} lines is not "
        f"explained after T+{TIMELY[-1]}"
        for row in unexplained if calendar.plus(row["value_on"], TIMELY[-1]) < last
    ]  # fmt: skip
    return _item("8 timeliness", bool(late), [*facts, *late])


def _item(name: str, red: bool, facts: Sequence[str]) -> Item:
    return Item(item=name, source=SOURCE, red=red, facts=tuple(facts))


async def _all(db: Cursor, name: str, asked: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    text = resources(__package__).joinpath("sql", f"{name}.sql").read_bytes()
    await db.execute(text, asked)
    return await db.fetchall()
