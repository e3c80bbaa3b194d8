"""Field 61 read letter by letter: 6!n[4!n]2a[1!a]15d1!a3!c, and the references behind.

Only what real banks do is let through besides: spaces for an entry date or for the characters of a
type, a space or a line's end before the amount, 29 and 30 February as days of value.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from feesvc.money import Money
from feesvc_mt94x.fields import Field, day, money

HEAD = re.compile(r"(\d{6})(\d{4}| {4})?([A-Z]+)[\n ]?(.*)", re.ASCII)
MARK = re.compile(r"(R?[CD])([A-Z])?")
AMOUNT = re.compile(r"(\d+,\d*)(?![\d.,])(.*)", re.ASCII)
KIND = re.compile(r"[NF][A-Z0-9 ]{3}|S(?:\d{3}| {3})", re.ASCII)
NO_AMOUNT = "no amount behind its mark: digits with one comma"
FAR = 330
"""Days between value and entry from which on the entry's is of the year before or after."""


class Written(NamedTuple):
    """``amount`` has no sign: the mark says it. ``warning`` is in words for people, or empty."""

    valued_on: date
    entered_on: date | None
    mark: str
    amount: Money
    warning: str


def written(field: Field, currency: str) -> Written:
    """Raises ``Unreadable``."""
    text = field.text.strip()
    head = HEAD.match(text)
    if head is None:
        raise field.broken("F05", "no day of value (YYMMDD), day of entry (MMDD) and mark first")
    valued_on, warning = _valued(field, head[1])
    if MARK.match(head[3]) is None:
        raise field.broken("F12", "a mark other than C, D, RC and RD")
    mark = MARK.fullmatch(head[3])
    if mark is None:
        raise field.broken("F05", NO_AMOUNT)
    if mark[2] and mark[2] != currency[2]:
        raise field.broken("F05", f"the letter behind its mark is not the last one of {currency}")
    amount = AMOUNT.match(head[4])
    if amount is None:
        raise field.broken("F05", NO_AMOUNT)
    if KIND.match(amount[2]) is None:
        why = "no type of entry right behind its amount: N, F or S and three characters"
        raise field.broken("F05", why)
    if sum(bool(line.strip(" -")) for line in text[head.end() :].split("\n")) > 1:
        raise field.broken("F05", "more than one line of details")
    return Written(
        valued_on=valued_on, entered_on=_entered(field, head[2] or "", valued_on), mark=mark[1],
        amount=money(field, amount[1], currency), warning=warning,
    )  # fmt: skip


def _valued(field: Field, said: str) -> tuple[date, str]:
    """A month of banks has 30 days: interest is valued on 30 February, which is its last day."""
    year, month, number = said[:2], said[2:4], said[4:]
    leap = int(year) % 4 == 0
    if month == "02" and (number == "30" or (number == "29" and not leap)):
        read = date(2000 + int(year), 2, 29 if leap else 28)
        why = f"valued on 20{year}-{month}-{number}, which is no day; read as {read}"
        return read, f"{field.place}: {why}"
    return day(field, said), ""


def _entered(field: Field, said: str, valued_on: date) -> date | None:
    if not said.strip():
        return None
    year = f"{valued_on:%y}"
    entered_on = day(field, f"{year}{said}")
    if abs((entered_on - valued_on).days) < FAR:
        return entered_on
    return entered_on.replace(year=valued_on.year + (1 if entered_on < valued_on else -1))
