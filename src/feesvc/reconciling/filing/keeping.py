"""Filing: files, statements and lines as rows; each change is one transaction, never half done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from feesvc.domain.statement import Difference
from feesvc.people.whole import whole
from feesvc.reconciling.filing import (
    FACTS,
    Asked,
    Changed,
    FiledLine,
    FiledStatement,
    FileState,
    LineState,
    Skipped,
    SourceFile,
    Told,
    unnamed,
)
from feesvc.reconciling.filing.steps import each, sql
from feesvc.reconciling.rows import Cursor, Rows

TURN = 500
"""Lines copied before others have their turn on the event loop."""
SUPERSEDING = ("set_aside", "take_over", "stay_readable", "supersede_lines")
HANDING = ("hand_aside", "hand_over", "hand_back")


class Filing:
    """Safe to use from many tasks of one event loop. Errors: ``StoreUnavailable``."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, file: SourceFile, statements: Sequence[FiledStatement]) -> SourceFile:
        """Keep a file with all its lines, or nothing of it. The same bytes again: the file
        that stands, unchanged."""
        return await whole(self._add(file, statements))

    async def _add(self, file: SourceFile, statements: Sequence[FiledStatement]) -> SourceFile:
        async with self._rows.transaction() as db:
            await db.execute(sql("add_file"), _columns(file))
            if await db.fetchone() is None:
                await db.execute(sql("same_bytes"), _columns(file))
                row = await db.fetchone()
                assert row is not None
                return SourceFile(**row)
            await _copy(db, file, statements)
        return file

    async def fill(self, file: SourceFile, statements: Sequence[FiledStatement]) -> bool:
        """A quarantined file was read again: its new verdict and lines. False: it is past that."""
        return await whole(self._fill(file, statements))

    async def _fill(self, file: SourceFile, statements: Sequence[FiledStatement]) -> bool:
        async with self._rows.transaction() as db:
            await db.execute(sql("fill_file"), _columns(file))
            if await db.fetchone() is None:
                return False
            await _copy(db, file, statements)
        return True

    async def same_bytes(self, account: UUID, sha256: str) -> SourceFile | None:
        return _file(await self._all("same_bytes", {"account": account, "sha256": sha256}))

    async def file(self, id: UUID) -> SourceFile | None:
        return _file(await self._all("file", {"id": id}))

    async def files(self, asked: Asked) -> list[SourceFile]:
        """Newest first."""
        found = await self._all(
            "files",
            {
                "agency": asked.agency, "account": asked.account, "state": asked.state,
                "before": asked.before, "limit": asked.limit,
            },
        )  # fmt: skip
        return [SourceFile(**row) for row in found]

    async def statements(self, file: UUID) -> list[FiledStatement]:
        """Of a file, without their lines, in order."""
        return [FiledStatement(**row) for row in await self._all("statements", {"file": file})]

    async def lines(
        self, file: UUID, after: int, limit: int, state: LineState | None = None
    ) -> list[FiledLine]:
        """Of a file, in order of their ids; ``after`` is the id of the last one before."""
        asked = {"file": file, "after": after, "limit": limit, "state": state}
        return [FiledLine(**row) for row in await self._all("lines", asked)]

    async def ends(self, statement: UUID) -> list[FiledLine]:
        """The first three and the last three lines of a statement."""
        return [FiledLine(**row) for row in await self._all("ends", {"statement": statement})]

    async def standing(
        self, account: UUID, currency: str, identity: str
    ) -> FiledStatement | None:  # fmt: skip
        """The accepted statement of that name."""
        asked = {"account": account, "currency": currency, "identity": identity}
        return _statement(await self._all("standing", asked))

    async def before(self, account: UUID, one: FiledStatement) -> FiledStatement | None:
        """The accepted statement that comes right before this one."""
        asked = {
            "account": account, "currency": one.currency, "ends_on": one.ends_on,
            "sequence": one.sequence, "id": one.id,
        }  # fmt: skip
        return _statement(await self._all("before", asked))

    async def repeats(self, file: UUID, statement: UUID) -> int:
        """How many lines of a file's statement stand already, accepted from another file."""
        async with self._rows.cursor() as db:
            told = await unnamed.told_already(db, file)
        [row] = await self._all("repeats", {"statement": statement, "told": told})
        return int(row["repeats"])

    async def differences(self, before: UUID, after: UUID) -> list[Changed]:
        """Lines that are not the same in both statements, in the order of the new one."""
        rows = await self._all("differences", {"before": before, "after": after})
        return [_changed(row) for row in rows]

    async def compare(self, before: UUID, after: UUID) -> Difference:
        [row] = await self._all("compare", {"before": before, "after": after})
        return Difference(**row)

    async def judge(
        self, file: UUID, state: FileState, verdict: str, place: str, why: str,
        during: Sequence[FileState],
    ) -> bool:  # fmt: skip
        """Change what is thought of a file; False where it is in no state of ``during``."""
        asked = {
            "id": file, "state": state, "verdict": verdict, "place": place, "why": why,
            "during": list(during),
        }  # fmt: skip
        return bool(await whole(self._all("judge", asked)))

    async def accept(self, file: UUID) -> bool:
        """Its statements stand and its lines are open, all or nothing; lines that stand
        already are ``repeated``. False where it was so before."""
        return await whole(self._accept(file))

    async def _accept(self, file: UUID) -> bool:
        async with self._rows.transaction() as db:
            if not await _lock(db, file):
                return False
            await unnamed.repeat(db, file)
            for step in ("accept_lines", "accept_statements", "accept_file"):
                await db.execute(sql(step), {"id": file})
        return True

    async def supersede(self, before: UUID, after: UUID) -> list[int]:
        """Unchanged lines go over to the new statement with their matches; gives the ids of
        the changed and removed ones that were matched or placed. A removed one that another
        accepted file repeated goes over to that one, but for those that are ``merged``. Repeating
        changes nothing."""
        return await whole(self._supersede({"before": before, "after": after}))

    async def _supersede(self, pair: Mapping[str, UUID]) -> list[int]:
        async with self._rows.transaction() as db:
            await db.execute(sql("lock_account_of"), pair)
            await db.execute(sql("supersede_statement"), pair)
            row = await db.fetchone()
            if row is not None:
                await unnamed.merge(db, pair)
                await db.execute(sql("heirs"), pair)
                await each(db, HANDING, await db.fetchall(), pair)
                for step in SUPERSEDING:
                    await db.execute(sql(step), pair)
                await db.execute(sql("supersede_file"), row)
            await db.execute(sql("superseded_lines"), pair)
            return [one["id"] for one in await db.fetchall()]

    async def kept(self, before: UUID, after: UUID) -> set[int]:
        """Lines of a statement that the one after it leaves out, and that stand all the same:
        another file tells them as well."""
        pair = {"before": before, "after": after}
        async with self._rows.cursor() as db:
            merged = {row["line"] for row in await unnamed.merges(db, pair)}
        return {row["line"] for row in await self._all("heirs", pair)} - merged

    async def merged(self, before: UUID, after: UUID) -> list[int]:
        """Lines of other statements that will stand no more, as the entries that they and others
        stand for are told once, not twice, when ``after`` replaces ``before``."""
        async with self._rows.cursor() as db:
            rows = await unnamed.merges(db, {"before": before, "after": after})
        return [row["line"] for row in rows if not row["dropped"]]

    async def groups_of(self, lines: Sequence[int]) -> list[UUID]:
        """The active matches of lines."""
        rows = await self._all("groups_of", {"lines": list(lines)})
        return [row["group"] for row in rows]

    async def held(self, account: UUID) -> list[SourceFile]:
        """Files of an account for which another one may mean something else, oldest first: they
        wait for it (F07, F08), or wait to be accepted and tell what it tells (F03)."""
        return [SourceFile(**row) for row in await self._all("held", {"account": account})]

    async def told_days(self, agency: str) -> dict[UUID, list[date]]:
        """The last days of which accepted statements of each account tell, newest first."""
        rows = await self._all("told_days", {"agency": agency})
        return {row["account"]: row["days"] for row in rows}

    async def open_net(self, statement: UUID) -> int:
        """What a statement's lines that nobody has booked add up to, in minor units."""
        async with self._rows.cursor() as db:
            await db.execute(sql("open_net"), {"statement": statement})
            row = await db.fetchone()
        return int(row["net"]) if row else 0

    async def last_days(self, agency: str) -> dict[UUID, Told]:
        """How far the accepted statements of each account tell."""
        rows = await self._all("last_days", {"agency": agency})
        return {row["account"]: Told(row["ends_on"], row["since"]) for row in rows}

    async def skipped_days(self, agency: str, since: date) -> list[Skipped]:
        """Days from ``since`` on that settlements have left out, oldest first by account."""
        rows = await self._all("skipped_days", {"agency": agency, "since": since})
        return [Skipped(**row) for row in rows]

    async def _all(self, statement: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._rows.cursor() as db:
            await db.execute(sql(statement), parameters)
            return await db.fetchall()


async def _lock(db: Cursor, file: UUID) -> bool:
    """Whether the file is still to be accepted, and nobody else accepts one of its account now."""
    await db.execute(sql("lock_account"), {"id": file})
    await db.execute(sql("lock_file"), {"id": file})
    row = await db.fetchone()
    return row is not None and row["state"] not in ("accepted", "superseded")


async def _copy(db: Cursor, file: SourceFile, statements: Sequence[FiledStatement]) -> None:
    async with db.copy(sql("copy_statements")) as copy:
        for one in statements:
            await copy.write_row((
                one.id, file.id, one.ordinal, file.agency, file.source, file.account, one.currency,
                one.identity, one.sequence, one.starts_on, one.ends_on, one.opening, one.closing,
                one.count, one.gross, one.commission, one.tax, one.net, one.state,
            ))  # fmt: skip
    async with db.copy(sql("copy_lines")) as copy:
        for one in statements:
            for line in one.lines:
                await copy.write_row((
                    one.id, line.number, line.place, file.agency, file.account, line.leg,
                    line.identity, line.native_id, line.kind, line.transaction, line.reference,
                    line.original, line.told_transaction, line.told_reference, line.told_original,
                    line.batch, list(line.keys), line.gross, line.commission,
                    line.tax, line.net, line.currency, line.occurred_at, line.value_on,
                    line.content,
                ))  # fmt: skip
                if line.number % TURN == 0:
                    await asyncio.sleep(0)


def _columns(file: SourceFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in SourceFile.__slots__}


def _file(rows: Sequence[Mapping[str, Any]]) -> SourceFile | None:
    return SourceFile(**rows[0]) if rows else None


def _statement(rows: Sequence[Mapping[str, Any]]) -> FiledStatement | None:
    return FiledStatement(**rows[0]) if rows else None


def _changed(row: Mapping[str, Any]) -> Changed:
    def side(mark: str) -> dict[str, Any] | None:
        if row[f"{mark}_kind"] is None:
            return None
        return {name: row[f"{mark}_{name}"] for name in ("place", *FACTS)}

    return Changed(
        identity=row["identity"], before=side("b"), after=side("a"), before_id=row["before_id"],
        before_state=row["before_state"],
    )  # fmt: skip
