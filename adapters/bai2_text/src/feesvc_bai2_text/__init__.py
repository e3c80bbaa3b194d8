"""BAI2 balance reports: every account of every group, checked against its own totals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

from bai2.bai2 import parse_from_lines  # type: ignore[import-untyped]
from bai2.constants import AsOfDateModifier, GroupStatus  # type: ignore[import-untyped]
from bai2.exceptions import IntegrityException, NotSupportedYetException, ParsingException  # type: ignore[import-untyped]

from feesvc.statement import BankStatement, Unreadable
from feesvc_bai2_text.accounts import statement

RECORD = re.compile(r"(01|02|03|16|49|88|98|99),")
BEGINS = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},")
SAME_DAY = (AsOfDateModifier.interim_same_day, AsOfDateModifier.interim_previous_day)


class Bai2Text:
    """Keeps no state. Records and control totals are parsed by the ``bai2`` library."""

    title: ClassVar[str] = "BAI2"

    def recognises(self, head: bytes) -> bool:
        return BEGINS.match(head) is not None

    def read(self, document: BinaryIO) -> Iterator[BankStatement]:
        for number, group in enumerate(_parsed(document.read()).children, 1):
            if group.header.group_status is not GroupStatus.update:
                said = group.header.group_status
                why = f"group {number} is no update but {said.name if said else 'unnamed'}"
                raise Unreadable("F12", why)
            interim = group.header.as_of_date_modifier in SAME_DAY
            for account in group.children:
                yield statement(account, group.header, interim=interim)


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("F04", f"not UTF-8: {error.reason}") from None
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        if line and RECORD.match(line) is None:
            raise Unreadable("F04", "no record of BAI2", place=f"line {number}", text=line)
    written = [line for line in lines if line]
    if not written:
        raise Unreadable("F13", "there is nothing in it")
    if not written[-1].endswith("/") or not any(line.startswith("99,") for line in written):
        raise Unreadable("F06", "it does not end with a file trailer", place=f"line {len(lines)}")
    try:
        return parse_from_lines(written)
    except IntegrityException as error:
        raise Unreadable("F06", str(error)) from None
    except (
        ParsingException, NotSupportedYetException, ValueError, IndexError, KeyError, StopIteration,
        TypeError,
    ) as error:  # fmt: skip
        raise Unreadable("F05", f"a record that cannot be read: {error}") from None
