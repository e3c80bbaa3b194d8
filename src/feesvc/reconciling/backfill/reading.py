"""Reads the files of a backfill, and makes keys of what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import polars as pl
from polars.exceptions import PolarsError

Columns: TypeAlias = Mapping[str, pl.DataType | type[pl.DataType]]
MONEY_AND_DAY: Columns = {"amount": pl.Int64, "currency": pl.String, "day": pl.Date}
KEYS: Columns = {"transaction": pl.String, "reference": pl.String}
CAPTURES: Columns = {"id": pl.Int64, **KEYS, **MONEY_AND_DAY}
LINES: Columns = {"identity": pl.Int64, **KEYS, **MONEY_AND_DAY, "batch": pl.String}
NEEDED = ("id", "identity", *MONEY_AND_DAY)
LETTERS = "0-9A-Z"


class BadFile(Exception):
    """A file of a backfill says something else than it should; the text names it, and where."""


def read(captures: Path, lines: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Captures and lines, with transactions that are keys; references are as they were written.

    Keys of references are only made where no transaction told enough. Raises ``BadFile``.
    """
    return with_keys(_table(captures, CAPTURES), _table(lines, LINES), "transaction")


def read_orders(orders: Path) -> pl.Series:
    """Raises ``BadFile``."""
    return _table(orders, {"reference": pl.String})["reference"]


def with_keys(
    known: pl.DataFrame, told: pl.DataFrame, column: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Capitals and digits only, or null. Most are keys already, and are only looked at."""
    other = (pl.col(column).str.contains(f"[^{LETTERS}]") | (pl.col(column) == "")).arg_true()
    both = [known, told]
    others = pl.collect_all([frame.lazy().select(other) for frame in both])
    known, told = (
        frame if places.is_empty() else frame.with_columns(_keyed(frame[column], places[column]))
        for frame, places in zip(both, others, strict=True)
    )
    return known, told


def _keyed(written: pl.Series, places: pl.Series) -> pl.Series:
    keys = written.gather(places).str.to_uppercase().str.replace_all(f"[^{LETTERS}]", "")
    return written.scatter(places, keys.replace("", None))


def _table(path: Path, columns: Columns) -> pl.DataFrame:
    wanted = ",".join(columns)
    with path.open(encoding="utf-8", errors="replace") as document:
        if document.readline().strip() != wanted:
            raise BadFile(f"{path.name}: its first row is not {wanted}")
    try:
        table = pl.read_csv(path, schema=columns)
    except PolarsError as error:
        raise BadFile(f"{path.name}: {str(error).splitlines()[0]}") from None
    for name in table.columns:
        if name in NEEDED and table[name].null_count():
            row = table[name].is_null().arg_max() or 0
            raise BadFile(f"{path.name}: row {row + 2} has no {name}")
    return table
