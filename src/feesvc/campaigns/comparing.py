"""Comparing: what two runs of the same dossiers left behind, whoever came first in either."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeAlias
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from feesvc import plugins
from feesvc.domain.assessment import Assessment
from feesvc.domain.receipt import Receipt
from feesvc.domain.refund import Refund
from feesvc.store.grouped import GroupedStore

CHANCE = [
    "position", "since", "first", "version", "reference", "transaction", "receipt_number", "batch",
    "maker", "checker", "source", "original", "opened", "closed",
]  # fmt: skip
"""What depends on who came first, or is drawn anew in each run."""
MAY_DIFFER = {Refund.Accepted.TOPIC}
"""A refund whose acceptance nobody heard is found paid all the same."""

Rows: TypeAlias = Counter[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left behind: rows by table, events by kind, receipts by series."""

    rows: dict[str, Rows]
    events: Counter[str]
    numbers: dict[str, list[int]]
    misnumbered: int
    """Assessments that were paid and have no receipt, or more than one, or were not paid."""


def left_in(url: str) -> Left:
    """Read a database whose followers have come to the end of the log."""
    rows: dict[str, Rows] = {}
    with psycopg.connect(url) as connection:
        for schema in plugins.projections():
            for table, found in _tables(connection, schema):
                rows[f"{schema}.{table}"] = found
    return asyncio.run(_log(url, rows))


def _tables(connection: psycopg.Connection, schema: str) -> Iterator[tuple[str, Rows]]:
    question = files(__package__).joinpath("columns.sql").read_bytes()
    for table, columns in connection.execute(question, {"schema": schema, "without": CHANCE}):
        wanted = SQL(", ").join(Identifier(column) for column in columns)
        select = SQL("SELECT {} FROM {}").format(wanted, Identifier(schema, table))
        yield table, Counter(connection.execute(select))


async def _log(url: str, rows: dict[str, Rows]) -> Left:
    store = await GroupedStore.open(url)
    events: Counter[str] = Counter()
    numbers: dict[str, list[int]] = defaultdict(list)
    settled: set[UUID] = set()
    given: Counter[UUID] = Counter()
    after = 0
    try:
        while page := await store.read(after, 1000):
            for each in page:
                events[each.event.TOPIC] += 1
                if isinstance(each.event, Assessment.Paid):
                    settled.add(each.event.originator_id)
                elif isinstance(each.event, Receipt.Numbered):
                    numbers[each.event.series].append(each.event.number)
                    given[each.event.assessment] += 1
            after = page[-1].position
    finally:
        await store.close()
    return Left(
        rows, events, dict(numbers), len(settled ^ set(given)) + len(given) - len(set(given))
    )


def differences(left: Left, right: Left) -> Iterator[str]:
    """What differs between a run and the one that it should be like, a sentence each."""
    for table in sorted(left.rows.keys() | right.rows.keys()):
        ours, theirs = left.rows.get(table, Counter()), right.rows.get(table, Counter())
        for row, count in sorted((ours - theirs).items(), key=str)[:3]:
            yield f"{table} has {count} more of {row}"
        for row, count in sorted((theirs - ours).items(), key=str)[:3]:
            yield f"{table} lacks {count} of {row}"
    for topic in sorted((left.events.keys() | right.events.keys()) - MAY_DIFFER):
        if left.events[topic] != right.events[topic]:
            yield f"{left.events[topic]} {topic}, not {right.events[topic]}"
    for series, given in left.numbers.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield f"series {series} has a gap, or a number twice: {sorted(given)}"
        if len(given) != len(right.numbers.get(series, [])):
            yield f"series {series} ends at {len(given)}"
    if left.misnumbered:
        yield f"{left.misnumbered} assessments were not numbered once when they were paid"
