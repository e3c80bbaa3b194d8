"""Waiting: which lines of an agency have banked money to be split, as all that is recorded says.

The tables follow the log; whoever asks waits until they hold everything recorded when it asked. A
house in memory reads its log.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import TypeAlias
from uuid import UUID

from feesvc.application.house import Busy, House
from feesvc.domain.standing import SHARED
from feesvc.reconciling.line_money.books import READINGS, Books
from feesvc.reconciling.line_money.statements import statement
from feesvc.reconciling.rows import Rows
from feesvc.store import Store

Candidates: TypeAlias = Mapping[UUID, Mapping[int, int]]
"""Assessment → line → minor units that the bank had by the day."""

AT_ONCE = 250
"""Assessments of one page, and of one append."""
PATIENCE = 5.0
"""Seconds that a command waits for the tables; then it is busy, and asked again."""
PAUSE = 0.02
PAGE = 1000


async def to_split(house: House, agency: str, until: date) -> AsyncIterator[Candidates]:
    """What may be split of an agency, some assessments at a time. Raises ``Busy``."""
    if house.kept is None:
        found = await _in_memory(house.store, agency, until)
        ids = sorted(found)
        for start in range(0, len(ids), AT_ONCE):
            yield {id: found[id] for id in ids[start : start + AT_ONCE]}
        return
    await _caught_up(house, house.kept)
    after = UUID(int=0)
    while page := await _page(house.kept, agency, until, after):
        yield page
        after = max(page)


async def _page(rows: Rows, agency: str, until: date, after: UUID) -> Candidates:
    asked = {"agency": agency, "until": until, "after": after, "most": AT_ONCE}
    found: dict[UUID, dict[int, int]] = {}
    async with rows.transaction() as db:
        await db.execute(statement("search"))
        await db.execute(statement("candidates"), asked)
        for row in await db.fetchall():
            found.setdefault(row["assessment"], {})[row["line"]] = row["amount"]
    return found


async def _caught_up(house: House, rows: Rows) -> None:
    head, waited = await house.store.head(), 0.0
    while waited <= PATIENCE:
        async with rows.cursor() as db:
            await db.execute(statement("position"))
            found = await db.fetchone()
        if found is not None and found["position"] >= head:
            return
        await asyncio.sleep(PAUSE)
        waited += PAUSE
    raise Busy("the list of banked lines is behind")


async def _in_memory(store: Store, agency: str, until: date) -> dict[UUID, dict[int, int]]:
    books, after = Books(), 0
    while page := await store.read(after, PAGE, [event.TOPIC for event in READINGS]):
        for recorded in page:
            READINGS[type(recorded.event)](books, recorded, recorded.event)
        after = page[-1].position
    found: dict[UUID, dict[int, int]] = {}
    for line, one in books.lines.items():
        if one.agency == agency and one.kind in SHARED and one.until(until):
            found.setdefault(line.assessment, {})[line.number] = one.until(until)
    return found
