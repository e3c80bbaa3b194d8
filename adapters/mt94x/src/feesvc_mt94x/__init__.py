"""SWIFT bank statements: MT940 (a day) and MT942 (a day under way)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from feesvc.statement import BankStatement, Unreadable
from feesvc_mt94x.statements import statement

FIRST = re.compile(rb"(?:\A|\n)\s*:20:")
ONE = re.compile(r"(?m)^(?=:20:)")
OTHERWISE = "windows-1252"


class Mt94x:
    """Keeps no state; safe to use from many threads. Fields are parsed by the ``mt940`` library."""

    title: ClassVar[str] = "SWIFT MT940/MT942"

    def recognises(self, head: bytes) -> bool:
        return FIRST.search(head) is not None and b":25" in head

    def read(self, document: BinaryIO) -> Iterator[BankStatement]:
        text, warning = _decoded(document.read())
        blocks = [block for block in ONE.split(text) if block.startswith(":20:")]
        if not blocks:
            raise Unreadable("F04", "no field :20:, with which every statement begins")
        line = text[: text.index(blocks[0])].count("\n") + 1
        for number, block in enumerate(blocks, 1):
            yield statement(block, number, line, warning)
            line += block.count("\n")


def _decoded(content: bytes) -> tuple[str, str]:
    """The text with bare line ends, and a warning where its encoding had to be taken on trust."""
    try:
        text, warning = content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text = content.decode(OTHERWISE, errors="replace")
        warning = f"not UTF-8: read as {OTHERWISE}, so letters beyond ASCII may be others"
    if "\0" in text:
        raise Unreadable("F04", "a NUL in a text")
    return re.sub(r"\r\n?", "\n", text), warning
