"""How far the cells of a workbook reach: rows times columns are laid out in memory, empty or not.

One cell at XFD1048576 makes a file of five kilobytes need hundreds of gigabytes, and whoever opens
it end. Nothing may be believed but the names of the cells themselves, however they are written.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

CELLS = 32_000_000
"""A million rows of thirty columns, and about a gigabyte."""
PIECE = 128 * 1024
OVERLAP = 64
BLANK = b" \t\r\n\"'"
"""Names stand in quotes of either kind, with any space around the equals sign."""
SHAPE = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789", b"A" * 52 + b"0" * 9
)
FAR = re.compile(rb"=(?:A{2,}0|A?0{7})")
"""The shapes of a column after Z and of a row of seven digits: where there is none, 26 times
999,999 cells are the most there can be, and nobody need look at each name."""
SHEET = b"sheetData"
"""Without it a part is no sheet, and what looks like names are words in it."""
NAME = re.compile(rb"r=([A-Za-z]{0,20})(\d{1,20})")


def reach(packed: zipfile.ZipFile) -> tuple[int, int]:
    """Rows and columns of the sheet that takes most, where they may be many; else (0, 0)."""
    found = (0, 0)
    for part in packed.infolist():
        if any(FAR.search(piece) for piece in _pieces(packed, part, SHAPE)):
            found = max(found, _exactly(packed, part), key=lambda at: at[0] * at[1])
    return found


def _exactly(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    rows, columns, sheet = 0, 0, False
    for piece in _pieces(packed, part):
        sheet = sheet or SHEET in piece
        for name in NAME.finditer(piece):
            rows = max(rows, int(name[2]))
            columns = max(columns, _column(name[1]))
    return (rows, max(columns, 1)) if sheet else (0, 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _pieces(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, shape: bytes | None = None
) -> Iterator[bytes]:
    """The text of a part without blanks and quotes, each letter and digit as ``shape`` says; no
    name is cut where two pieces meet."""
    before = b""
    with packed.open(part) as opened:
        while piece := opened.read(PIECE):
            text = before + piece.translate(shape, BLANK)
            yield text
            before = text[-OVERLAP:]
