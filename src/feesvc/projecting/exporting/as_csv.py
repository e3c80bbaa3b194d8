"""CSV: UTF-8 with a byte order mark, amounts twice, as decimals and in minor units."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from feesvc.money import Money, decimal
from feesvc.projecting.exporting.tables import Cell, Column, Table, safe, told

BOM = "\ufeff"
PIECE = 64 * 1024
"""Characters that are written at once."""


def written(table: Table) -> Iterator[bytes]:
    """The table piece by piece, its heading first. Amounts begin with a minus sign and are never
    quoted or changed; texts that begin as a formula does are (``tables.safe``)."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_heading(table.columns))
    for row in table.rows:
        writer.writerow(_cells(table.columns, row))
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _heading(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        yield column.heading
        if column.kind == "amount":
            yield f"{column.name}_minor"


def _cells(columns: Sequence[Column], row: Sequence[Cell]) -> Iterator[str]:
    for column, cell in zip(columns, row, strict=True):
        if column.kind == "amount":
            assert cell is None or isinstance(cell, Money)
            yield "" if cell is None else decimal(cell)
            yield "" if cell is None else str(cell.amount)
        else:
            yield safe(told(cell)) if column.kind == "text" else told(cell)
