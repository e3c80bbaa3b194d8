"""A past period, looked at as if nothing of it had been matched: for trying rules out.

The passes are those of any run. What differs is what they read: all lines that stand of the
period's statements, and what may belong to them without the matches that these lines are in now.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from feesvc.domain.aggregate import Refusal
from feesvc.reconciling.matching.scope import Scope
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

MOST_DAYS = 366


class BadPeriod(Refusal):
    """Only a dry run looks at a period: from a day to the same or a later one, a year at most"""


def check(first: date, last: date, *, dry: bool) -> None:
    """Raises ``BadPeriod``."""
    if not dry or not first <= last < first + timedelta(days=MOST_DAYS):
        raise BadPeriod(f"{first} to {last}")


async def set_apart(db: Cursor, scope: Scope) -> None:
    """Before the passes: the lines of the period, and the matches that they are in now."""
    assert scope.period is not None, "a past period has days"
    first, last = scope.period
    asked = {"account": scope.account, "leg": scope.leg, "first": first, "last": last}
    await db.execute(statement("p_tables"))
    await db.execute(statement("p_pool"), asked)
    await db.execute("ANALYZE pool")
    for name in ("p_stood", "p_pool_whole", "p_told_only"):
        await db.execute(statement(name))
    await db.execute("ANALYZE stood, told_only, pool")


async def compared(db: Cursor, period: tuple[date, date]) -> dict[str, Any]:
    """Line by line, what was found against what stands now; as a run's numbers tell it."""
    row = await (await db.execute(statement("p_compared"))).fetchone()
    assert row is not None
    first, last = period
    return {"first": first.isoformat(), "last": last.isoformat(), **row}
