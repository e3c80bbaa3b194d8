"""Drifts: rows of projections changed behind their backs, found by the check that staff run (G04).

On the last of all days; each row is put back at once, and the check then finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files
from typing import TypeAlias

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier

from feesvc import plugins
from feesvc.application.drifting import tell_drift
from feesvc.campaigns.planting.scenes import Deed
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.playing import Players
from feesvc.projecting.checking import Drift, check
from feesvc.projecting.runner import connect
from feesvc.store.following import LogReader

TARGETS = files(__package__).joinpath("drift_targets.sql").read_bytes()
FEW = 1
"""Projections of a short trial."""
Target: TypeAlias = tuple[str, str]
"""A table and a text column of it."""


async def drift(ground: Ground, players: Players, short: bool) -> list[str]:
    """Play the deeds that wait for it; faults in words. Those that find no row are ``unplayed``."""
    faults: list[str] = []
    left = list(players.last)
    assert ground.database is not None
    with connect(ground.database.owner_url, "public") as db:
        rows = db.execute(TARGETS, {"projections": list(plugins.projections())}).fetchall()
    of: dict[str, list[Target]] = defaultdict(list)
    for row in rows:
        of[row["projection"]].append((row["relation"], row["attribute"]))
    for projection, targets in list(of.items())[: FEW if short else None]:
        now = [next((d for d in left if d.at.startswith(f"{a} ")), None) for a in ground.agencies]
        deeds = [deed for deed in now if deed is not None]
        if deeds:
            done, wrong = await _one(ground, players, deeds, projection, targets)
            left = [deed for deed in left if deed not in done]
            faults += wrong
    players.unplayed += left
    return faults


async def _one(
    ground: Ground, players: Players, deeds: Sequence[Deed], projection: str,
    targets: Sequence[Target],
) -> tuple[list[Deed], list[str]]:  # fmt: skip
    """The deeds that were played on this projection, and what the check should not have said."""
    assert ground.database is not None
    done: list[Deed] = []
    meant: dict[str, list[str]] = defaultdict(list)
    touched: set[Target] = set()
    with connect(ground.database.owner_url, projection) as db:
        for deed in deeds:
            agency = deed.at.partition(" ")[0]
            target = next((one for one in targets if _change(db, one, agency)), None)
            if target is not None:
                done.append(deed)
                touched.add(target)
                meant[target[0]].append(agency)
                about = ground.store.ids.of("projection", agency, projection)
                players.subjects[deed.item].add(about)
        head = await ground.store.head()
        said = {one.table: list(one.agencies) for one in _checked(ground, projection)}
        await tell_drift(ground.house, ground.act("process:rebuild"), projection, head, said)
        for target in touched:
            db.execute(_back(target))
    told = {table: sorted(agencies) for table, agencies in meant.items()}
    faults = [] if said == told else [f"{projection}: changed {told}, the check found {said}"]
    left = _checked(ground, projection)
    return done, faults + [f"{projection}: put back, and the check found {left}"] * bool(left)


def _checked(ground: Ground, projection: str) -> list[Drift]:
    assert ground.database is not None
    with LogReader(ground.database.url) as log:
        return list(check(ground.database.owner_url, plugins.projections()[projection], log))


def _change(db: Connection[DictRow], target: Target, agency: str) -> bool:
    """One row says something else; False where the agency has none."""
    table, column = (Identifier(name) for name in target)
    row = SQL("SELECT ctid FROM {} WHERE agency = %s LIMIT 1").format(table)
    change = SQL("UPDATE {} SET {c} = {c} || '?' WHERE ctid = ({row})").format(
        table, c=column, row=row
    )
    return db.execute(change, [agency]).rowcount == 1


def _back(target: Target) -> Composed:
    table, column = (Identifier(name) for name in target)
    return SQL("UPDATE {} SET {c} = left({c}, -1) WHERE right({c}, 1) = '?'").format(
        table, c=column
    )
