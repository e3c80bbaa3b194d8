"""Restated files: what stood before, how it differs, and what of it does not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from feesvc.application import unfiling
from feesvc.application.house import House
from feesvc.application.matches import undo_on
from feesvc.application.unfiling import LinesPlaced
from feesvc.domain.statement import Difference, Told
from feesvc.domain.transfer_standing import RESTATED
from feesvc.money import Money
from feesvc.reconciling.filing import Changed, FiledStatement, SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.scope import Leg
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

__all__ = ["LinesPlaced", "stood", "supersede", "told_of"]


async def stood(
    house: House, filing: Filing, file: SourceFile, one: FiledStatement, principal: str
) -> tuple[FiledStatement, Difference] | None:
    """The statement that this one replaces, and the difference, where the file restates it.

    What does not hold any more is taken out of the books. Raises ``LinesPlaced``, ``RunUnderWay``.
    """
    if file.verdict != "F03":
        return None
    async with house.rows.cursor() as db, runs.alone(db, file.account, _leg(file), runs.PATIENCE):
        standing = await _without_lost(house, db, filing, file, one, principal)
    if standing is None:
        return None
    return standing, await filing.compare(standing.id, one.id)


async def supersede(
    house: House, filing: Filing, file: SourceFile, before: UUID, one: FiledStatement,
    principal: str,
) -> None:  # fmt: skip
    """An accepted statement takes the place of the one before. What a run found in the lines of
    that one since they were taken out is taken out again; no run is between the two steps.

    Raises ``LinesPlaced``, ``RunUnderWay``.
    """
    async with house.rows.cursor() as db, runs.alone(db, file.account, _leg(file), runs.PATIENCE):
        await _without_lost(house, db, filing, file, one, principal)
        await filing.supersede(before, one.id)


def _leg(file: SourceFile) -> Leg:
    return "S" if file.source == "settlement" else "B"


async def _without_lost(
    house: House, db: Cursor, filing: Filing, file: SourceFile, one: FiledStatement, principal: str
) -> FiledStatement | None:
    """The statement that stands under this one's name, once nothing is booked of what is lost."""
    standing = await filing.standing(file.account, one.currency, one.identity)
    if standing is None or standing.id == one.id:
        return None
    lost = await filing.differences(standing.id, one.id)
    await _take_out(house, db, filing, file, lost, principal)
    return standing


async def _take_out(
    house: House, db: Cursor, filing: Filing, file: SourceFile, lost: Sequence[Changed],
    principal: str,
) -> None:  # fmt: skip
    """Reverse the matches and bookings of lines that the restated file changes or leaves out."""
    matched = [one.before_id for one in lost if one.before_state == "matched" and one.before_id]
    groups = await filing.groups_of(matched)
    gone = [one.before_id for one in lost if one.before_id and _booked(file, one)]
    rows = await (await db.execute(statement("lines_of"), {"lines": gone})).fetchall()
    await unfiling.check(house, file, rows, groups)
    for group in groups:
        await undo_on(house, db, group, RESTATED, principal)
    await unfiling.take_back(house, db, file, rows, principal)


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
