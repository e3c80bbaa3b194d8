"""Layouts: how one intermediary writes a batch down, column by column, as text or a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, TypeAlias

from feesvc.money import Money
from feesvc.testing.settling.batches import Batch
from feesvc.testing.settling.movements import VIETNAM, Movement

Cell: TypeAlias = Callable[[Batch, int, Movement], str]
"""What stands in a column: of the batch, the line's number from 1, and the movement."""
Rows: TypeAlias = Callable[[Batch], Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    cell: Cell


def no_rows(batch: Batch) -> Sequence[Sequence[str]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """``before`` and ``after`` are the rows around the table: addressee, totals, end marks."""

    columns: tuple[Column, ...]
    form: Literal["csv", "xlsx"] = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    before: Rows = no_rows
    after: Rows = no_rows
    sheet: str = "Sheet1"
    kinds: frozenset[str] = frozenset(("payment",))
    """The kinds of lines that it has a word for."""

    @property
    def suffix(self) -> str:
        return self.form

    def document(self, batch: Batch) -> bytes:
        """The bytes that the intermediary would hand over."""
        return self.written(self.rows(batch))

    def written(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Rows as a file of this form."""
        kept = [list(row) for row in rows]
        return self._spreadsheet(kept) if self.form == "xlsx" else self._text(kept)

    def rows(self, batch: Batch) -> Iterator[Sequence[str]]:
        yield from self.before(batch)
        yield [column.title for column in self.columns]
        for number, movement in enumerate(batch.movements, 1):
            yield [column.cell(batch, number, movement) for column in self.columns]
        yield from self.after(batch)

    def _text(self, rows: list[list[str]]) -> bytes:
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
        return written.getvalue().encode(self.encoding)

    def _spreadsheet(self, rows: list[list[str]]) -> bytes:
        writer: Any = import_module("xlsxwriter")  # only those who write workbooks need it
        written = io.BytesIO()
        book = writer.Workbook(written, {"in_memory": True, "strings_to_numbers": False})
        sheet = book.add_worksheet(self.sheet)
        for at, row in enumerate(rows):
            for across, text in enumerate(row):
                sheet.write_string(at, across, text)
        book.close()
        return written.getvalue()


# Cells that several layouts share


def native_id(batch: Batch, number: int, line: Movement) -> str:
    return line.native_id


def transaction(batch: Batch, number: int, line: Movement) -> str:
    return line.transaction


def original(batch: Batch, number: int, line: Movement) -> str:
    return line.original


def reference(batch: Batch, number: int, line: Movement) -> str:
    return line.reference


def line_number(batch: Batch, number: int, line: Movement) -> str:
    return str(number)


def identity(batch: Batch, number: int, line: Movement) -> str:
    return batch.identity


def merchant(batch: Batch, number: int, line: Movement) -> str:
    return batch.merchant


def currency(batch: Batch, number: int, line: Movement) -> str:
    return line.gross.currency


Which: TypeAlias = Literal["gross", "commission", "tax", "net"]


def amount(which: Which, write: Callable[[Money], str]) -> Cell:
    """One of the amounts of a movement, signed as the movement has it."""

    def cell(batch: Batch, number: int, line: Movement) -> str:
        money: Money = getattr(line, which)
        return write(money)

    return cell


def withheld(which: Which, write: Callable[[Money], str]) -> Cell:
    """What was kept of the movement, as a positive amount."""

    def cell(batch: Batch, number: int, line: Movement) -> str:
        money: Money = getattr(line, which)
        return write(-money)

    return cell


def moment(form: str) -> Cell:
    """When it moved, in Việt Nam's time, as ``strftime`` writes it."""

    def cell(batch: Batch, number: int, line: Movement) -> str:
        return line.at.astimezone(VIETNAM).strftime(form)

    return cell


def word(words: Mapping[str, str]) -> Cell:
    """The kind in the intermediary's word for it. Raises ``KeyError`` for one without a word."""

    def cell(batch: Batch, number: int, line: Movement) -> str:
        return words[line.kind]

    return cell


def plain(money: Money) -> str:
    """Minor units: 115000, -115000."""
    return str(money.amount)


def grouped(mark: str) -> Callable[[Money], str]:
    """Minor units with a mark between thousands: 115.000."""
    return lambda money: f"{money.amount:,}".replace(",", mark)
