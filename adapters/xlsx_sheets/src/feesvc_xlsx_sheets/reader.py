"""The process that reads a workbook: bytes come in, frames of rows go out.

``python -m feesvc_xlsx_sheets.reader``; ``apart`` starts it.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, WorksheetNotFound, load_workbook

from feesvc.statement import Unreadable
from feesvc_xlsx_sheets.cells import Inexact, written
from feesvc_xlsx_sheets.frames import ENCODER, LARGEST, LENGTH, MEMORY, SECONDS, Fault, framed


def main() -> None:
    """From standard input to standard output, within its limits."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    asked = sys.stdin.buffer
    fault: Fault = None
    sheet = asked.read(int.from_bytes(asked.read(LENGTH), "big")).decode()
    try:
        for row in _rows(BytesIO(asked.read()), sheet):
            sys.stdout.buffer.write(framed(row))
    except Unreadable as error:
        fault = (error.code, error.why, error.place, error.text)
    sys.stdout.buffer.write(framed(b"") + framed(ENCODER.encode(fault)))
    sys.stdout.buffer.flush()


def _limit(of: int, most: int) -> None:
    """What was limited further already stays so: nobody may raise it again."""
    _, hard = resource.getrlimit(of)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(of, (least, least))


def _rows(document: BinaryIO, sheet: str) -> Iterator[bytes]:
    for number, cells in enumerate(_opened(document, sheet).iter_rows(), 1):
        place = f"row {number}"
        try:
            row = ENCODER.encode([cell if type(cell) is str else written(cell) for cell in cells])
        except Inexact as error:
            value, why = error.args
            raise Unreadable("F05", why, place=place, text=str(value)) from None
        if len(row) > LARGEST:
            raise Unreadable("F04", f"a row of more than {LARGEST >> 20} MiB", place=place)
        yield row


def _opened(document: BinaryIO, sheet: str) -> CalamineSheet:
    try:
        book = load_workbook(document)
        names = book.sheet_names
        if sheet in names:
            return book.get_sheet_by_name(sheet)
        if sheet.isdecimal() and 0 < int(sheet) <= len(names):
            return book.get_sheet_by_index(int(sheet) - 1)
    except (CalamineError, WorksheetNotFound) as error:
        raise Unreadable("F04", f"not a spreadsheet that can be read: {error}") from None
    raise Unreadable("F12", f"no sheet {sheet!r} among {', '.join(names)}")


if __name__ == "__main__":
    main()
