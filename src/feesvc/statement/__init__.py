"""The port for bank statement formats: what a reader of files is given and what it says.

Two kinds of formats are found by entry point, group ``feesvc.statement_formats``:

- a ``StatementFormat`` knows what its file means (camt, MT940, BAI2) and says it in the words of
  this module;
- a ``TableFormat`` knows rows and cells only (delimited text, spreadsheets); a profile, which is
  dated data that staff edit, says what the columns mean.

A format decides nothing about money: it checks that the file is what it claims to be, never guesses
a type, drops no line, and reads no clock, network or environment. It raises ``Unreadable``, which
names the place. ``feesvc.testing.statement`` checks one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, ClassVar, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

from feesvc.money import Money

__all__ = [
    "Balance",
    "BankEntry",
    "BankStatement",
    "FileFault",
    "Option",
    "Row",
    "StatementFormat",
    "TableFormat",
    "Unreadable",
]

FileFault: TypeAlias = Literal["F04", "F05", "F06", "F09", "F11", "F12", "F13"]
"""The verdicts on a file that its reader can give (reconciliation.md §3): not parseable; a line
fails its type or arithmetic; a control total breaks; opening and entries do not make closing; a
file for somebody else; an unknown column, record type or code; nothing in it."""


class Unreadable(Exception):
    """The file cannot be accepted. ``code`` is the verdict, ``place`` where ("line 17"; empty for
    the file as a whole), ``text`` what stands there, at most 200 characters."""

    def __init__(self, code: FileFault, why: str, *, place: str = "", text: str = "") -> None:
        super().__init__(f"{code} {place}: {why}" if place else f"{code}: {why}")
        self.code = code
        self.why = why
        self.place = place
        self.text = text[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What stood on the account at the start or the end of ``on``; debit balances are negative."""

    amount: Money
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One entry on an account, as its bank booked it."""

    native_id: str
    """The bank's own name for the entry, or empty. Nothing here promises that it is unique."""
    amount: Money
    """What the account gained; negative for a debit."""
    booked_on: date
    value_on: date
    status: Literal["booked", "pending"] = "booked"
    reversal: bool = False
    """The bank takes back an entry of its own."""
    narrative: str = ""
    references: tuple[str, ...] = ()
    """Everything that names it for somebody: end-to-end, instruction, batch and message ids."""
    counterparty_name: str = ""
    counterparty_account: str = ""
    code: str = ""
    """The bank's transaction code, as the file writes it."""
    count: int | None = None
    """How many transactions the entry sums up, where the file says so."""
    place: str = ""
    """Where in the file it stands, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """One statement of one account in one currency; its entries in the order of the file."""

    kind: Literal["statement", "report", "notification"]
    """A statement closes a day; a report is of a day under way; a notification has no balances."""
    account: str
    """IBAN or number, without spaces."""
    currency: str
    identity: str
    """The bank's own name for the statement, or empty."""
    sequence: int | None
    opening: Balance | None
    closing: Balance | None
    entries: Sequence[BankEntry]
    warnings: tuple[str, ...] = field(default=())
    """What the reader saw and could not check, in words for people."""


class Row(NamedTuple):
    """One row of a table: where it stands, and its cells as text, exactly as written."""

    place: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that a profile may say of a table's form, such as its delimiter."""

    name: str
    meaning: str
    default: str = ""


@runtime_checkable
class StatementFormat(Protocol):
    """Built without arguments. The entry point names the class."""

    title: ClassVar[str]

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins so (4 KiB at most) claims to be of this format."""
        ...

    def read(self, document: BinaryIO) -> Iterator[BankStatement]:
        """Every statement in the file, each checked to roll forward; raises ``Unreadable``."""
        ...


@runtime_checkable
class TableFormat(Protocol):
    """Built with what the profile says of the table's form: ``Format(options)``."""

    title: ClassVar[str]
    options: ClassVar[tuple[Option, ...]]

    def __init__(self, options: Mapping[str, str]) -> None: ...

    def rows(self, document: BinaryIO) -> Iterator[Row]:
        """Every row of the table, the heading first; raises ``Unreadable``."""
        ...
