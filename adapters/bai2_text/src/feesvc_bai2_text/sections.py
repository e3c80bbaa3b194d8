"""Files, groups and accounts of BAI2: each from its header to its trailer, whose totals hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feesvc.statement.faults import bad_lines
from feesvc_bai2_text.records import AMOUNT, RECORDS, TOTAL, Record, summaries

INSIDE = {"01": ("02", "99"), "02": ("03", "98"), "03": ("16", "49")}
"""By its header's code: what is in a section, and its trailer."""
DEPTH = {"01": 0, "99": 0, "02": 1, "98": 1, "03": 2, "49": 2, "16": 3}
PARTS = {"99": "number of groups", "98": "number of accounts"}


class Account(NamedTuple):
    """An account's header, its entries, and its trailer."""

    head: Record
    entries: Sequence[Record]
    end: Record


class Group(NamedTuple):
    """A group's header, its accounts, and its trailer."""

    head: Record
    accounts: Sequence[Account]
    end: Record


def groups(told: Iterable[Record]) -> list[Group]:
    """All of one file, each total of which holds. Raises ``Unreadable``."""
    left = deque(told)
    head = _header(left, "01")
    found = []
    while left and left[0].code == "02":
        found.append(_group(left))
    end = _trailer(left, head)
    if left:
        raise left[0].broken("F05", "behind the file's trailer: a file has one")
    if not found:
        raise head.broken("F13", "no group in the file")
    totals = [group.end.number(0, TOTAL) or 0 for group in found]
    rows = sum(_rows(group) for group in found) + len(head.rows) + len(end.rows)
    _hold(end, totals, len(found), rows)
    return found


def _group(left: deque[Record]) -> Group:
    head = _header(left, "02")
    found = []
    while left and left[0].code == "03":
        found.append(_account(left))
    group = Group(head, found, _trailer(left, head))
    if not found:
        raise head.broken("F13", "no account in the group")
    _hold(group.end, [one.end.number(0, TOTAL) or 0 for one in found], len(found), _rows(group))
    return group


def _account(left: deque[Record]) -> Account:
    head = _header(left, "03")
    entries = []
    while left and left[0].code == "16":
        entries.append(left.popleft())
    account = Account(head, entries, _trailer(left, head))
    amounts = [one.amount or 0 for one in summaries(head)]
    amounts += [one.number(1, AMOUNT) or 0 for one in entries if not one.fault]
    faults = [one.fault for one in entries if one.fault]
    if faults:
        without = differences([(TOTAL, account.end.number(0, TOTAL) or 0, sum(amounts))])
        raise bad_lines(faults, [without] if without else ())
    _hold(account.end, amounts, None, _rows(account))
    return account


def _header(left: deque[Record], code: str) -> Record:
    if left[0].code != code:
        raise left[0].broken("F05", f"where a record {code} belongs")
    return left.popleft()


def _trailer(left: deque[Record], head: Record) -> Record:
    """A section that goes over into another one, or into nothing, has lost its end (F06)."""
    inner, end = INSIDE[head.code]
    if not left:
        raise head.broken("F06", f"its trailer {end} is missing")
    if left[0].code == end:
        return left.popleft()
    if DEPTH[left[0].code] <= DEPTH[head.code]:
        raise left[0].broken("F06", f"before the trailer {end} of the record {head.code}")
    raise left[0].broken("F05", f"where a record {inner} or {end} belongs")


def _rows(section: Group | Account) -> int:
    inner = (
        sum(len(one.rows) for one in section.entries)
        if isinstance(section, Account)
        else sum(_rows(one) for one in section.accounts)
    )
    return len(section.head.rows) + inner + len(section.end.rows)


def _hold(end: Record, totals: Sequence[int], parts: int | None, rows: int) -> None:
    said = [(TOTAL, end.number(0, TOTAL) or 0, sum(totals))]
    counted = [(RECORDS, rows)] if parts is None else [(PARTS[end.code], parts), (RECORDS, rows)]
    for at, (what, read) in enumerate(counted, 1):
        said.append((what, end.number(at, what) or 0, read))
    breaks = differences(said)
    if breaks:
        raise end.broken("F06", breaks)


def differences(said: Iterable[tuple[str, int, int]]) -> str:
    """What was declared and what was read, where they differ; empty where they agree."""
    return "; ".join(
        f"{what} declared {declared}, read {read}, difference {declared - read}"
        for what, declared, read in said
        if declared != read
    )
