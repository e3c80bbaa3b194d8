"""Restated files: what stood before, how it differs, and what of it does not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from feesvc.application import unfiling
from feesvc.application.concluding import settled
from feesvc.application.house import House
from feesvc.application.matches import undo_on
from feesvc.application.unfiling import LinesPlaced
from feesvc.domain.statement import Difference, Told
from feesvc.domain.transfer_standing import RESTATED
from feesvc.money import Money
from feesvc.reconciling.filing import Changed, FiledStatement, SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.reconciling.matching.scope import Leg
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

__all__ = ["LinesPlaced", "stood", "supersede", "told_of"]


async def stood(
    house: House, filing: Filing, file: SourceFile, statements: Sequence[FiledStatement],
    principal: str,
) -> list[tuple[FiledStatement, Difference] | None]:  # fmt: skip
    """For each statement the one that it replaces, and the difference, where the file restates it.

    All of them are looked at before the first is taken out of the books. Raises ``LinesPlaced``,
    ``RunUnderWay``.
    """
    if file.verdict != "F03":
        return [None] * len(statements)
    found: list[tuple[FiledStatement, Difference] | None] = []
    async with settled(house, file.account, _leg(file), principal) as db:
        for one in statements:
            standing = await filing.standing(file.account, one.currency, one.identity)
            if standing is None or standing.id == one.id:
                found.append(None)
                continue
            await unfiling.check(house, file, *await _lost(db, filing, file, standing, one))
            found.append((standing, await filing.compare(standing.id, one.id)))
    return found


async def supersede(
    house: House, filing: Filing, file: SourceFile, before: UUID, one: FiledStatement,
    principal: str,
) -> None:  # fmt: skip
    """An accepted statement takes the place of the one before, and what of that one does not hold
    any more leaves the books; no run is between the two.

    Raises ``LinesPlaced``, ``RunUnderWay``.
    """
    async with settled(house, file.account, _leg(file), principal) as db:
        standing = await filing.standing(file.account, one.currency, one.identity)
        if standing is not None and standing.id != one.id:
            rows, groups = await _lost(db, filing, file, standing, one)
            await unfiling.check(house, file, rows, groups)
            for group in groups:
                await undo_on(house, db, group, RESTATED, principal)
            await unfiling.take_back(house, db, file, rows, principal)
        await filing.supersede(before, one.id)


def _leg(file: SourceFile) -> Leg:
    return "S" if file.source == "settlement" else "B"


async def _lost(
    db: Cursor, filing: Filing, file: SourceFile, standing: FiledStatement, one: FiledStatement
) -> tuple[list[dict[str, Any]], list[UUID]]:
    """Lines that are to leave the books, and matches that hold no more: the restated file changes
    them, or leaves them out and no other file tells of them. An entry that another file told apart,
    and that is the same as another one once this file leaves one out, leaves the books as well.
    """
    kept = await filing.kept(standing.id, one.id)
    lost = [
        line for line in await filing.differences(standing.id, one.id)
        if line.before_id not in kept
    ]  # fmt: skip
    merged = await filing.merged(standing.id, one.id)
    matched = [one.before_id for one in lost if one.before_state == "matched" and one.before_id]
    gone = [one.before_id for one in lost if one.before_id and _booked(file, one)]
    rows = await (await db.execute(statement("lines_of"), {"lines": gone + merged})).fetchall()
    return rows, await filing.groups_of(matched + merged)


def _booked(file: SourceFile, one: Changed) -> bool:
    """Whether what may be booked of the line is the line's to take back.

    A line that only repeats another file's is not, nor one of which the bank tells with other
    words: that money stays in the books.
    """
    if one.before_state == "repeated":
        return False
    if file.source == "settlement" or one.before is None or one.after is None:
        return True
    return any(one.before[name] != one.after[name] for name in ("net", "currency", "kind"))


def told_of(file: SourceFile, one: FiledStatement) -> Told:
    """What a file says of one statement, as its event records it."""

    def money(amount: int) -> Money:
        return Money(amount, one.currency)

    return Told(
        file=file.id, statement=one.id, evidence=file.sha256, profile=file.profile or file.format,
        profile_version=file.profile_version, sequence=one.sequence, starts_on=one.starts_on,
        ends_on=one.ends_on, opening=None if one.opening is None else money(one.opening),
        closing=None if one.closing is None else money(one.closing), count=one.count,
        gross=money(one.gross), commission=money(one.commission), tax=money(one.tax),
        net=money(one.net),
    )  # fmt: skip
