"""Reads a workbook in a process of its own, which may end and take nobody with it.

A few kilobytes can ask for hundreds of gigabytes: one cell in the last column of the last row, or a
long text that a million cells share. Whoever runs out of memory is ended, without an error that
could be caught; so it must not be who serves others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, BinaryIO

from feesvc.statement import Unreadable
from feesvc_xlsx_sheets.frames import CELLS, FAULT, LENGTH, MEMORY, Cells, framed

NEEDED = ("PYTHONPATH", "LD_LIBRARY_PATH")
"""All that it has of our environment: keys are not for whoever opens the files of others."""


def read_apart(document: BinaryIO, sheet: str) -> Iterator[Cells]:
    """Every row down to the last one with a cell, also those without. Raises ``Unreadable``."""
    mine = {name: os.environ[name] for name in NEEDED if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "feesvc_xlsx_sheets.reader"], env=mine,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as reader:  # fmt: skip
        assert reader.stdin is not None
        assert reader.stdout is not None
        try:
            with suppress(BrokenPipeError), reader.stdin as into:
                into.write(framed(sheet.encode(errors="backslashreplace")))
                shutil.copyfileobj(document, into)
            while row := _frame(reader.stdout):
                yield CELLS.decode(row)
            fault = FAULT.decode(_frame(reader.stdout))
        finally:
            reader.kill()
    if fault is not None:
        code, why, place, text = fault
        raise Unreadable(code, why, place=place, text=text)


def _frame(stream: IO[bytes]) -> bytes:
    head = stream.read(LENGTH)
    length = int.from_bytes(head, "big")
    said = stream.read(length)
    if len(head) < LENGTH or len(said) < length:
        raise Unreadable(
            "F04", f"whatever reads it ends: it takes more than {MEMORY >> 30} GiB of memory or "
            "too long, or it is broken; clear what is far outside its table, or split it",
        )  # fmt: skip
    return said
