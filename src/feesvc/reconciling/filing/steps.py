"""Steps of filing: the statements in ``sql/``, and what takes them for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from feesvc.reconciling.rows import Cursor


@cache
def sql(name: str) -> bytes:
    """The statement in ``sql/<name>.sql``."""
    return files("feesvc.reconciling.filing").joinpath("sql", f"{name}.sql").read_bytes()


async def each(
    db: Cursor, steps: Sequence[str], rows: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Take the steps for all of the rows: each column is an array, ``line`` is ``lines``."""
    if not rows:
        return
    told = {f"{name}s": [row[name] for row in rows] for name in rows[0]}
    for step in steps:
        await db.execute(sql(step), {**told, **(more or {})})
