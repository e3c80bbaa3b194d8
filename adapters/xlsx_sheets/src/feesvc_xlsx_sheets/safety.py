"""Looks at a workbook from outside before anything unpacks it."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from feesvc.statement import Unreadable

LARGEST = 512 * 1024 * 1024
"""Bytes of all parts unpacked: over a million rows of a settlement."""
DENSEST = 200
"""Times that a part may be larger than its packed form; tables in XML come to about 20."""
SMALL = 1024 * 1024
WORKBOOK = "xl/workbook.xml"
OTHERS = ("xl/workbook.bin", "content.xml")
"""What other kinds of spreadsheets are told by: they are not read."""
OLE = b"\xd0\xcf\x11\xe0"
"""How the older XLS begins; it is not packed."""


def check(document: BinaryIO) -> None:
    """Raises ``Unreadable`` for what is no workbook, and for a zip bomb."""
    head = document.read(4)
    document.seek(0)
    if not head:
        raise Unreadable("F13", "there is nothing in it")
    if head == OLE:
        return
    if head != b"PK\x03\x04":
        raise Unreadable("F04", "not a spreadsheet: perhaps delimited text under its name")
    try:
        with zipfile.ZipFile(document) as packed:
            _check_parts(packed)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Unreadable("F04", f"a spreadsheet that is cut or broken: {error}") from None
    document.seek(0)


def _check_parts(packed: zipfile.ZipFile) -> None:
    """By what the archive declares, which whoever unpacks it holds it to."""
    parts = packed.infolist()
    names = {part.filename.replace("\\", "/").lower() for part in parts}
    if WORKBOOK not in names or names & set(OTHERS):
        raise Unreadable("F04", "not a spreadsheet of the kind XLSX: save it as one")
    if sum(part.file_size for part in parts) > LARGEST:
        raise Unreadable("F04", f"more than {LARGEST // SMALL} MiB unpacked: split it")
    for part in parts:
        if part.file_size > SMALL and part.file_size > DENSEST * max(part.compress_size, 1):
            raise Unreadable("F04", f"part {part.filename} unpacks to far more than it should")
