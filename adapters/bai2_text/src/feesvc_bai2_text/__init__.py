"""BAI2 balance reports: every account of every group, checked against its own totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, ClassVar

from bai2.bai2 import parse_from_lines  # type: ignore[import-untyped]
from bai2.constants import AsOfDateModifier, GroupStatus  # type: ignore[import-untyped]
from bai2.exceptions import IntegrityException, NotSupportedYetException, ParsingException  # type: ignore[import-untyped]

from feesvc.statement import BankStatement, Unreadable
from feesvc_bai2_text.accounts import statement
from feesvc_bai2_text.records import records
from feesvc_bai2_text.sections import groups

RECORD = re.compile(r"(01|02|03|16|49|88|98|99),")
BEGINS = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},")
SAME_DAY = (AsOfDateModifier.interim_same_day, AsOfDateModifier.interim_previous_day)


class Bai2Text:
    """Keeps no state. Records and totals are checked here, and taken apart by ``bai2``."""

    title: ClassVar[str] = "BAI2"

    def recognises(self, head: bytes) -> bool:
        return BEGINS.match(head) is not None

    def read(self, document: BinaryIO) -> Iterator[BankStatement]:
        lines = _lines(document.read())
        told = groups(records(lines))
        for group, where in zip(_parsed(lines).children, told, strict=True):
            if group.header.group_status is not GroupStatus.update:
                raise where.head.broken("F12", _no_update(group.header.group_status))
            interim = group.header.as_of_date_modifier in SAME_DAY
            for account, place in zip(group.children, where.accounts, strict=True):
                yield statement(account, group.header, place, interim=interim)


def _no_update(status: Any) -> str:
    if status is None:
        return "a group that does not say what it is"
    return f"a group that is no update but {status.name.replace('_', ' ')}"


def _lines(content: bytes) -> Sequence[tuple[int, str]]:
    """Every line that is not empty, with its number."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("F04", f"not UTF-8: {error.reason}") from None
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        if line and RECORD.match(line) is None:
            raise Unreadable("F04", "no record of BAI2", place=f"line {number}", text=line)
    written = [(number, line) for number, line in enumerate(lines, 1) if line]
    if not written:
        raise Unreadable("F13", "there is nothing in it")
    number, last = written[-1]
    if not last.endswith("/") or not any(line.startswith("99,") for _, line in written):
        why = "it does not end with a file trailer"
        raise Unreadable("F06", why, place=f"line {number}", text=last)
    return written


def _parsed(lines: Sequence[tuple[int, str]]) -> Any:
    """What the library says of it is for its authors, and may repeat what stands in the file."""
    try:
        return parse_from_lines([line for _, line in lines])
    except (
        IntegrityException, ParsingException, NotSupportedYetException, ValueError, IndexError,
        KeyError, StopIteration, TypeError,
    ):  # fmt: skip
        raise Unreadable("F05", "the records cannot be read as BAI2") from None
