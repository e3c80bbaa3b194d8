"""Case kinds: what can be wrong, by code, with the cause, the clock and the weight of each.

The table stands in case_kinds.toml beside this module. A code is never given another meaning: the
events name it for ever.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, Literal, TypeAlias, cast

from feesvc.domain.aggregate import Refusal
from feesvc.domain.calendar import Calendar

Unit: TypeAlias = Literal["business", "calendar", "hours", "term", "close"]
HANOI = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which keeps no summer time."""
CAUSES: Mapping[str, str] = {
    "T": "timing", "P": "provider", "B": "bank", "O": "our_system", "C": "citizen",
    "A": "agency", "S": "security",
}  # fmt: skip


class UnknownCaseCode(Refusal):
    """There is no such kind of case"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """One row of the table; what its fields mean stands at the head of case_kinds.toml."""

    code: str
    name_en: str
    name_vi: str
    causes: tuple[str, ...]
    auto: str
    by_rule: bool
    unit: Unit
    length: int
    """So many of ``unit``; 0 for a term or the close, and for what is due on its own day."""
    severity: int
    account: int

    @property
    def ages_in_business_days(self) -> bool:
        """Its age counts business days; that of legal limits counts calendar days."""
        return self.unit not in ("calendar", "close") and self.code not in BY_LAW

    def due_on(self, at: datetime, calendar: Calendar) -> date:
        """The day, Asia/Ho_Chi_Minh, by which the work that began at ``at`` is to be done.

        Of a clock that is a term of somebody else's, the day itself: whoever knows it says so.
        """
        day = at.astimezone(HANOI).date()
        match self.unit:
            case "business":
                return calendar.plus(day, self.length)
            case "calendar":
                return day + timedelta(days=self.length)
            case "hours":
                return (at + timedelta(hours=self.length)).astimezone(HANOI).date()
            case "close":
                return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            case "term":
                return day


BY_LAW = frozenset({"T01", "T02", "T09"})
"""Their terms are the law's, in calendar days, although whoever finds them says the day."""


def _kind(code: str, row: Mapping[str, Any]) -> CaseKind:
    length, _, unit = cast("str", row["clock"]).rpartition(" ")
    if unit not in ("business", "calendar", "hours", "term", "close"):
        raise ValueError(f"{code}: clock {row['clock']!r}")
    return CaseKind(
        code=code, name_en=row["en"], name_vi=row["vi"],
        causes=tuple(CAUSES[letter] for letter in row["cause"]), auto=row["auto"],
        by_rule=row.get("rule", False), unit=cast("Unit", unit), length=int(length or 0),
        severity=row["severity"], account=row.get("account", 0),
    )  # fmt: skip


def _read() -> dict[str, CaseKind]:
    text = files(__package__).joinpath("case_kinds.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(text)
    rows = {
        f"{letter}{number}": row for letter, part in table.items() for number, row in part.items()
    }
    return {code: _kind(code, row) for code, row in rows.items()}


KINDS: Mapping[str, CaseKind] = _read()


def kind_of(code: str) -> CaseKind:
    """Raises ``UnknownCaseCode``."""
    if code not in KINDS:
        raise UnknownCaseCode(code[:40])
    return KINDS[code]
