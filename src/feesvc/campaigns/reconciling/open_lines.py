"""Open lines: what of each batch nobody could explain yet."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from uuid import UUID

from feesvc.campaigns.reconciling.ground import Ground

OPEN_LINES = files(__package__).joinpath("open_lines.sql").read_bytes()


async def left_open(ground: Ground) -> Counter[UUID]:
    """By batch, what those of its lines come to that are still open, each under its own name."""
    async with ground.house.rows.cursor() as db:
        await db.execute(OPEN_LINES)
        rows = await db.fetchall()
    ids = ground.store.ids
    return Counter(
        {ids.of("batch", str(row["account"]), row["identity"]): row["net"] for row in rows}
    )
