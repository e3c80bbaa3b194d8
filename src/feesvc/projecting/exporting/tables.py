"""Tables: columns and rows of cells, and how each cell is told so that no program misreads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from feesvc.money import Money

ZONE = "Asia/Ho_Chi_Minh"
"""The one zone of every day and moment in a paper; it stands in their headings."""
Kind: TypeAlias = Literal["text", "amount", "count", "day"]
Cell: TypeAlias = str | int | date | UUID | Money | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so may be run by a spreadsheet (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Column:
    """An amount's cells are ``Money``, a day's ``date``, a count's ``int``."""

    name: str
    kind: Kind = "text"

    @property
    def heading(self) -> str:
        return f"{self.name} ({ZONE})" if self.kind == "day" else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are read once, as they are written; ``about`` says of what and as known when."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    about: Mapping[str, str] = field(default_factory=dict)


def amounts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "amount") for name in names)


def safe(text: str) -> str:
    """A text that a spreadsheet would run begins with an apostrophe; any other is as it is."""
    return f"'{text}" if text.startswith(FORMULA) else text


def told(cell: Cell) -> str:
    """A text, a day or an id as it is told everywhere; nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        raise TypeError("a moment is told in a zone: give its day")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def money(said: Mapping[str, Any]) -> Money:
    """An amount as answers hold it."""
    return Money(said["amount"], said["currency"])
