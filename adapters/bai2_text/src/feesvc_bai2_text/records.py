"""Records of a BAI2 file with the lines that they stand on, each read before the library reads it.

Nothing that stands in a record is said in the reason: reasons go on record, texts do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bai2.constants import AsOfDateModifier, FundsType, GroupStatus, TypeCodes  # type: ignore[import-untyped]
from bai2.helpers import record_generator  # type: ignore[import-untyped]
from bai2.utils import parse_time  # type: ignore[import-untyped]

from feesvc.statement import FileFault, Unreadable

NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
DAY = re.compile(r"\d{6}", re.ASCII)
CONTINUATION, ENTRY = "88", "16"
AMOUNT, ITEMS = "amount", "number of items"
TOTAL, RECORDS = "control total", "number of records"


class Record(NamedTuple):
    """``rows`` are its lines with their numbers in the file, continuations among them.

    ``fault`` is what is wrong with an entry (F05): its account's total says what it makes.
    """

    code: str
    rows: Sequence[tuple[int, str]]
    fields: Sequence[str]
    fault: Unreadable | None = None

    @property
    def place(self) -> str:
        return f"line {self.rows[0][0]}"

    def broken(self, code: FileFault, why: str, field: str = "") -> Unreadable:
        """The line that ``field`` stands on, where one has it whole, else the record's first."""
        wanted = field.strip()
        line, text = next(
            (row for row in self.rows if wanted and wanted in _cells(row[1])), self.rows[0]
        )
        return Unreadable(code, f"record {self.code}, {why}", place=f"line {line}", text=text)

    def number(self, at: int, what: str) -> int | None:
        """The whole number in the field, None where it is empty. Raises ``Unreadable``."""
        written = self.fields[at].strip()
        if not written:
            return None
        if NUMBER.fullmatch(written) is None:
            raise self.broken("F05", f"its {what} is no whole number", written)
        return int(written)


class Summary(NamedTuple):
    """A balance or a sum that an account declares; ``items`` is how many entries make it."""

    code: str
    amount: int | None
    items: int | None


def records(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """Every record of the numbered lines, which begin with codes. Raises ``Unreadable``."""
    rows: list[tuple[int, str]] = []
    for number, line in lines:
        continued = line.startswith(CONTINUATION)
        if continued and not rows:
            why = "a continuation, and nothing before it"
            raise Unreadable("F05", why, place=f"line {number}", text=line)
        if rows and not continued:
            yield _record(rows)
            rows = []
        rows.append((number, line))
    if rows:
        yield _record(rows)


def _record(rows: Sequence[tuple[int, str]]) -> Record:
    """Its fields are those that the library takes, which joins them over continuations."""
    [one] = record_generator([text for _, text in rows])
    record = Record(rows[0][1][:2], rows, one.fields)
    try:
        _check(record)
    except Unreadable as fault:
        if record.code != ENTRY or fault.code != "F05":
            raise
        return record._replace(fault=fault)
    return record


def _check(record: Record) -> None:
    fewest, check = CHECKS[record.code]
    if len(record.fields) < fewest:
        raise record.broken("F05", f"{len(record.fields)} of its {fewest} fields")
    check(record)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.removesuffix("/").split(",")]


def _file_header(record: Record) -> None:
    _day(record, 2)
    _time(record, 3)
    record.number(5, "record length")
    record.number(6, "block size")
    if record.number(7, "version") != 2:
        raise record.broken("F05", "its version is not 2")


def _group_header(record: Record) -> None:
    _known(record, 2, "group status", GroupStatus)
    if not record.fields[3]:
        raise record.broken("F05", "its day is not told")
    _day(record, 3)
    _time(record, 4)
    _known(record, 6, "modifier of its day", AsOfDateModifier)


def summaries(record: Record) -> list[Summary]:
    """Of an account's header: four fields for each, and more where it says when the money is
    available. Raises ``Unreadable``.
    """
    found, at = [], 2
    # Some banks end the record with one empty field more.
    while at < len(record.fields) and not (at == len(record.fields) - 1 and not record.fields[at]):
        if len(record.fields) < at + 4:
            raise record.broken("F05", "its last balance or sum has not all of its four fields")
        _type_code(record, at)
        amount, items = record.number(at + 1, AMOUNT), record.number(at + 2, ITEMS)
        found.append(Summary(record.fields[at], amount, items))
        at = _available(record, at + 3)
    return found


def _account(record: Record) -> None:
    summaries(record)


def _detail(record: Record) -> None:
    _type_code(record, 0)
    amount = record.fields[1].strip()
    record.number(1, AMOUNT)
    if amount.startswith(("+", "-")):
        raise record.broken("F05", "its amount has a sign, where its type says which it is", amount)
    if len(record.fields) < _available(record, 2) + 2:
        raise record.broken("F05", "it ends before its two references")


def _available(record: Record, at: int) -> int:
    """Where the fields go on behind a funds type and the days and amounts that it brings."""
    _known(record, at, "funds type", FundsType)
    kind = record.fields[at]
    further = {"S": 3, "V": 2, "D": 1}.get(kind, 0)
    _reach(record, at + further)
    if kind == "S":
        for one in range(at + 1, at + 4):
            _told(record, one, AMOUNT)
    elif kind == "V":
        _day(record, at + 1)
        _time(record, at + 2)
    elif kind == "D":
        parts = _told(record, at + 1, "number of parts")
        if parts < 0:
            raise record.broken("F05", "its number of parts is below 0", record.fields[at + 1])
        further += 2 * parts
        _reach(record, at + further)
        for one in range(at + 3, at + further + 1, 2):
            _told(record, one, AMOUNT)
    return at + further + 1


def _reach(record: Record, last: int) -> None:
    if last >= len(record.fields):
        raise record.broken("F05", "it ends before it says when the money is available")


def _trailer(*counted: str) -> Callable[[Record], None]:
    """A control total, which an empty field makes 0, and numbers that are always there."""

    def check(record: Record) -> None:
        record.number(0, TOTAL)
        for at, what in enumerate(counted, 1):
            _told(record, at, what)

    return check


def _told(record: Record, at: int, what: str) -> int:
    number = record.number(at, what)
    if number is None:
        raise record.broken("F05", f"its {what} is not told")
    return number


def _type_code(record: Record, at: int) -> None:
    code = record.fields[at]
    if code and code not in TypeCodes:
        raise record.broken("F12", "an unknown type code", code)


def _known(record: Record, at: int, what: str, codes: Iterable[FundsType]) -> None:
    code = record.fields[at]
    if code and code not in {one.value for one in codes}:
        raise record.broken("F12", f"an unknown {what}", code)


def _day(record: Record, at: int) -> None:
    written = record.fields[at]
    if not written:
        return
    try:
        if DAY.fullmatch(written) is None:
            raise ValueError
        date(2000 + int(written[:2]), int(written[2:4]), int(written[4:]))
    except ValueError:
        raise record.broken("F05", "a day that is in no calendar (YYMMDD)", written) from None


def _time(record: Record, at: int) -> None:
    written = record.fields[at]
    try:
        if written:
            parse_time(written)
    except ValueError:
        raise record.broken("F05", "a time that no clock shows (HHMM)", written) from None


CHECKS: dict[str, tuple[int, Callable[[Record], None]]] = {
    "01": (8, _file_header), "02": (7, _group_header), "03": (2, _account), "16": (3, _detail),
    "49": (2, _trailer(RECORDS)), "98": (3, _trailer("number of accounts", RECORDS)),
    "99": (3, _trailer("number of groups", RECORDS)),
}  # fmt: skip
"""By its code, how many fields a record has at least, and what holds them to their form."""
