"""Spreadsheets: the rows of one sheet as text, exact, from workbooks that are safe to open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, ClassVar

from feesvc.statement import Option, Row, Unreadable
from feesvc_xlsx_sheets.apart import read_apart
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
        for number, cells in enumerate(read_apart(document, self._sheet), 1):
            if any(cells):
                seen = True
                yield Row(f"row {number}", cells)
        if not seen:
            raise Unreadable("F13", "there is nothing in the sheet")
