"""Entries to which a bank gives no name: the reports of a day and the statement that closes it tell
the same ones, and each counts once.

Of entries that say the same count as many as one of the two tells, whichever tells more: reports
are cumulative, so theirs are those of the fullest; statements follow on each other, so theirs add
up. For each entry one line stands; what else tells of it, ``repeated``, names that line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from feesvc.reconciling.filing.steps import each, sql
from feesvc.reconciling.rows import Cursor

SWAPPING = ("hand_aside", "hand_over", "put_by")


async def repeat(db: Cursor, file: UUID) -> None:
    """A file's lines of entries that are told already are ``repeated``; all others may stand.

    Its reports come first, for its statements to repeat.
    """
    for closed in (False, True):
        await db.execute(sql("told_already"), {"id": file, "closed": closed})
        await each(db, ("repeat_lines",), await db.fetchall())
    await db.execute(sql("spare_lines"), {"id": file})
    await each(db, SWAPPING, await db.fetchall())


async def told_already(db: Cursor, file: UUID) -> list[int]:
    """Lines of a file that accepting it would find to be told already."""
    found: list[int] = []
    for closed in (False, True):
        await db.execute(sql("told_already"), {"id": file, "closed": closed})
        found += [row["line"] for row in await db.fetchall()]
    return found


async def merges(db: Cursor, pair: Mapping[str, UUID]) -> list[dict[str, Any]]:
    """Lines that stand no more, as the entries that they and others stand for are told once, not
    twice, when the statement ``after`` replaces ``before``; ``dropped`` are those of ``before``.
    """
    await db.execute(sql("merges"), pair)
    return await db.fetchall()


async def merge(db: Cursor, pair: Mapping[str, UUID]) -> None:
    """Whoever tells of such a line tells of the other one from now on."""
    await each(db, ("merge_entries",), await merges(db, pair))
