"""Holdings: what commands ask the books of custody, as they stand with all that is recorded so far.

The books follow the log; whoever decides by them waits until they hold everything that was recorded
when it asked. What is recorded after that is told by the streams that the command writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from feesvc.application.house import Busy, House
from feesvc.reconciling.custody.books import Books, Held
from feesvc.reconciling.custody.cover import Cover
from feesvc.reconciling.custody.readings import READINGS
from feesvc.reconciling.custody.statements import statement
from feesvc.reconciling.rows import Cursor, Rows
from feesvc.store import Store

PATIENCE = 5.0
"""Seconds that a command waits for the books; then it is busy, and asked again."""
PAUSE = 0.02
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Money of one transfer that waits to go, in minor units. ``since``: in the bank."""

    agency: str
    transfer: UUID
    beneficiary: str
    currency: str
    amount: int
    since: datetime | None


class Holdings(Protocol):
    """Answers are of one agency and currency."""

    async def cover(self, agency: str, currency: str) -> Cover: ...

    async def with_shares(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        """Assessments with a budget share that is allocated and not remitted."""
        ...

    async def waiting(
        self, agency: str, item: str, currency: str, beneficiary: str | None, limit: int
    ) -> Sequence[Waiting]:
        """Money held at one place, oldest first."""
        ...

    async def claims(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        """Open claims on the State budget."""
        ...

    async def overdue(self, before: datetime, limit: int) -> Sequence[Waiting]:
        """Money for other agencies that the bank had before then, of every agency."""
        ...


async def holdings(house: House) -> Holdings:
    """The books with all that is recorded now. Raises ``Busy`` where they are too far behind."""
    if house.kept is None:
        return await HoldingsInMemory.of(house.store)
    await _caught_up(house, house.kept)
    return HoldingsInTables(house.kept)


async def overdue_forwardings(house: House, before: datetime, limit: int = 1000) -> Sequence[
    Waiting
]:  # fmt: skip
    """Money held for another agency that has been in the bank since before then (T08)."""
    return await (await holdings(house)).overdue(before, limit)


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
    raise Busy("the books of custody are behind")


class HoldingsInTables:
    """The projection's tables."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def cover(self, agency: str, currency: str) -> Cover:
        rows = await self._ask("sums_of", [agency, currency])
        return Cover(currency=currency, sums={row["item"]: row["amount"] for row in rows})

    async def with_shares(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        rows = await self._ask("shares_of", [agency, currency, limit])
        return [row["assessment"] for row in rows]

    async def waiting(
        self, agency: str, item: str, currency: str, beneficiary: str | None, limit: int
    ) -> Sequence[Waiting]:
        asked = [agency, item, currency, beneficiary, beneficiary, limit]
        return [
            Waiting(
                agency=agency, transfer=row["transfer"], beneficiary=row["beneficiary"],
                currency=currency, amount=row["amount"], since=row["banked_at"],
            )
            for row in await self._ask("waiting_of", asked)
        ]  # fmt: skip

    async def claims(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        rows = await self._ask("claims_open", [agency, currency, limit])
        return [row["id"] for row in rows]

    async def overdue(self, before: datetime, limit: int) -> Sequence[Waiting]:
        return [
            Waiting(
                agency=row["agency"], transfer=row["transfer"], beneficiary=row["beneficiary"],
                currency=row["currency"], amount=row["amount"], since=row["banked_at"],
            )
            for row in await self._ask("overdue", [before, None, None, limit])
        ]  # fmt: skip

    async def _ask(self, name: str, parameters: list[Any]) -> list[dict[str, Any]]:
        async with self._rows.transaction() as db:
            cursor: Cursor = db
            await cursor.execute(statement("search"))
            await cursor.execute(statement(name), parameters)
            return await cursor.fetchall()


class HoldingsInMemory:
    """The same, from the whole log: for a house in memory."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @classmethod
    async def of(cls, store: Store) -> HoldingsInMemory:
        books, after = Books(), 0
        topics = [event.TOPIC for event in READINGS]
        while page := await store.read(after, PAGE, topics):
            for recorded in page:
                READINGS[type(recorded.event)](books, recorded, recorded.event)
            after = page[-1].position
        return cls(books)

    async def cover(self, agency: str, currency: str) -> Cover:
        sums = {
            key.item: amount
            for key, amount in self._books.sums.items()
            if (key.agency, key.currency) == (agency, currency)
        }
        return Cover(currency=currency, sums=sums)

    async def with_shares(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        found = {
            assessment
            for (assessment, _), row in self._books.lines.items()
            if (row.agency, row.currency) == (agency, currency) and row.share > 0
        }
        return sorted(found)[:limit]

    async def waiting(
        self, agency: str, item: str, currency: str, beneficiary: str | None, limit: int
    ) -> Sequence[Waiting]:
        found = [
            one
            for held, one in self._held(item)
            if (one.agency, one.currency) == (agency, currency)
            and beneficiary in (None, held.beneficiary)
            and (one.since is not None or item == "cash")
        ]
        return sorted(found, key=lambda one: one.transfer)[:limit]

    async def claims(self, agency: str, currency: str, limit: int) -> Sequence[UUID]:
        found = [
            id
            for id, row in self._books.claims.items()
            if (row.agency, row.currency) == (agency, currency) and row.left > 0
        ]
        return sorted(found)[:limit]

    async def overdue(self, before: datetime, limit: int) -> Sequence[Waiting]:
        held = [one for _, one in self._held("other_agency")]
        return [one for one in held if one.since is not None and one.since <= before][:limit]

    def _held(self, item: str) -> list[tuple[Held, Waiting]]:
        found = []
        for held, amount in self._books.held.items():
            row = self._books.transfers[held.transfer]
            if held.item == item and amount > 0:
                one = Waiting(
                    agency=held.agency, transfer=held.transfer, beneficiary=held.beneficiary,
                    currency=row.currency, amount=amount, since=row.banked_at,
                )  # fmt: skip
                found.append((held, one))
        return found
