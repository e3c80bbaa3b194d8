"""Spreadsheets: the rows of one sheet as text, exact, from workbooks that are safe to open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, ClassVar

from python_calamine import CalamineError, CalamineSheet, WorksheetNotFound, load_workbook

from feesvc.statement import Option, Row, Unreadable
from feesvc_xlsx_sheets.cells import Inexact, written
from feesvc_xlsx_sheets.safety import check


class XlsxSheets:
    """XLSX, and the older XLS. Raises ``ValueError`` for an option that it has not."""

    title: ClassVar[str] = "Spreadsheet (XLSX, XLS)"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="sheet", meaning="its name, or its number from 1", default="1"),
    )

    def __init__(self, options: Mapping[str, str]) -> None:
        self._sheet = options.get("sheet", "1") or "1"

    def rows(self, document: BinaryIO) -> Iterator[Row]:
        """Every row of the sheet that has a cell; trailing empty cells are kept."""
        check(document)
        seen = False
        for number, cells in enumerate(self._opened(document).iter_rows(), 1):
            try:
                row = tuple([cell if type(cell) is str else written(cell) for cell in cells])
            except Inexact as error:
                column, why = error.args
                raise Unreadable("F05", why, place=f"row {number}", text=str(column)) from None
            if any(row):
                seen = True
                yield Row(f"row {number}", row)
        if not seen:
            raise Unreadable("F13", "there is nothing in the sheet")

    def _opened(self, document: BinaryIO) -> CalamineSheet:
        try:
            book = load_workbook(document)
            names = book.sheet_names
            if self._sheet in names:
                return book.get_sheet_by_name(self._sheet)
            if self._sheet.isdecimal() and 0 < int(self._sheet) <= len(names):
                return book.get_sheet_by_index(int(self._sheet) - 1)
        except (CalamineError, WorksheetNotFound) as error:
            raise Unreadable("F04", f"not a spreadsheet that can be read: {error}") from None
        raise Unreadable("F12", f"no sheet {self._sheet!r} among {', '.join(names)}")
