"""Restated files: what stood before, how it differs, and the matches that do not hold any more."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.application.house import House
from feesvc.application.matches import undo
from feesvc.domain.aggregate import Refusal
from feesvc.domain.statement import Difference
from feesvc.reconciling.filing import Changed, FiledStatement, SourceFile
from feesvc.reconciling.filing.keeping import Filing


class LinesPlaced(Refusal):
    """Lines that the restated file changes were booked without a match: settle their cases first"""


async def stood(
    house: House, filing: Filing, file: SourceFile, one: FiledStatement, principal: str
) -> tuple[FiledStatement, Difference] | None:
    """The statement that this one replaces, and the difference, where the file restates it."""
    standing = await filing.standing(file.account, one.currency, one.identity)
    if file.verdict != "F03" or standing is None or standing.id == one.id:
        return None
    await _unmatch(house, filing, await filing.differences(standing.id, one.id), principal)
    return standing, await filing.compare(standing.id, one.id)


async def _unmatch(
    house: House, filing: Filing, lost: Sequence[Changed], principal: str
) -> None:  # fmt: skip
    """Reverse the matches of lines that the restated file changes or leaves out."""
    placed = [one for one in lost if one.before_state == "placed"]
    if placed:
        raise LinesPlaced(f"{len(placed)} lines")
    matched = [one.before_id for one in lost if one.before_state == "matched" and one.before_id]
    for group in await filing.groups_of(matched):
        await undo(house, group, "restated", principal)
