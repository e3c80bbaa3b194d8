"""XLSX in constant memory: amounts are numbers only where a spreadsheet keeps them exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import IO

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from feesvc.money import NOT_TWO, Money, decimal
from feesvc.projecting.exporting.tables import ZONE, Cell, Column, Table, told

ROWS = 1_048_575
"""Of a sheet, without its heading; a longer table goes on in another sheet."""
DIGITS = 15
"""What a spreadsheet keeps of a number (IEEE 754); a longer one is told as text."""
NEVER_A_FORMULA = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd",
}  # fmt: skip


def write(table: Table, file: IO[bytes]) -> None:
    """Write the whole table into a file; its first sheet says what it is."""
    with Workbook(file, NEVER_A_FORMULA) as book:
        _about(book, table)
        formats: dict[str, Format] = {}
        bold = book.add_format({"bold": True})
        sheet: Worksheet | None = None
        line = ROWS + 1
        for row in table.rows:
            if line > ROWS:
                sheet, line = _sheet(book, table, bold), 1
            assert sheet is not None
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                _write(book, formats, sheet, line, place, column, cell)
            line += 1
        if sheet is None:
            _sheet(book, table, bold)


def _about(book: Workbook, table: Table) -> None:
    sheet = book.add_worksheet("about")
    facts: Mapping[str, str] = {"table": table.name, "zone": ZONE, **table.about}
    for line, (name, fact) in enumerate(facts.items()):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, fact)


def _sheet(book: Workbook, table: Table, bold: Format) -> Worksheet:
    sheet: Worksheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.heading, bold)
    return sheet


def _write(
    book: Workbook, formats: dict[str, Format], sheet: Worksheet, line: int, place: int,
    column: Column, cell: Cell,
) -> None:  # fmt: skip
    if cell is None:
        return
    if isinstance(cell, Money):
        if len(str(abs(cell.amount))) <= DIGITS:
            shown = _format(book, formats, cell.currency)
            sheet.write_number(line, place, Decimal(decimal(cell)), shown)
        else:
            sheet.write_string(line, place, decimal(cell))
    elif column.kind == "count" and isinstance(cell, int):
        sheet.write_number(line, place, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell)
    else:
        sheet.write_string(line, place, told(cell))


def _format(book: Workbook, formats: dict[str, Format], currency: str) -> Format:
    digits = NOT_TWO.get(currency, 2)
    if currency not in formats:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        formats[currency] = book.add_format({"num_format": pattern})
    return formats[currency]
