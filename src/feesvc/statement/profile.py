"""Profiles: declared data that says what the rows of a table mean, of a settlement or a bank.

A profile is text that staff edit (TOML, or the same as JSON) and two of them approve. Nothing in it
is guessed: a heading it does not name is F12, an amount it does not describe is F05.

    use = "settlement"
    name = "daily"
    title = "Daily settlement"
    source = "where the layout is known from"
    format = "…"                      # the name of an installed table format
    options = { delimiter = "comma" }
    zone = "+07:00"
    currency = "VND"

    [columns]                         # our field = their heading
    native_id = "Line"
    transaction = "Transaction No"
    kind = "Type"
    gross = "Amount"
    commission = "Fee"
    occurred_at = ["Date", "Time"]    # several cells, joined by a blank

    [kinds]                           # their word = our kind; "" where there is no such column
    Purchase = "payment"

    [[footers]]                       # rows after the lines that count and add up
    marker = "Total"
    gross = "Amount"                  # under this heading, or 2: in the second cell
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, TypeAlias

import msgspec

from feesvc.intermediary import LineKind

Heading: TypeAlias = str
Cell: TypeAlias = str | int
"""The heading under which something stands, or the number of its cell, from 1."""
OFFSET = re.compile(r"([+-])([01]\d):([0-5]\d)", re.ASCII)
DIRECTIVES = frozenset("YymdHMSfp%IbB")
"""What a date format may use of those of ``datetime.strptime``."""
NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", re.ASCII)
REACH = 100
"""Rows at most that stand before the headings."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a profile: a name that we do not know in it is an error."""


class Amounts(Part, frozen=True, kw_only=True):
    """How amounts are written. ``135.000,50``: decimal ``,`` grouping ``.`` decimals 2.

    More decimals than declared are an error: with ``decimals`` 0, a thousand written ``1.000`` is
    never read as one. ``implied`` digits at the end are decimals without a mark (VND times 100: 2).
    """

    decimal: Literal[".", ","] = "."
    grouping: Literal["", ",", ".", " ", "'"] = ""
    decimals: int = 0
    implied: int = 0
    parentheses: bool = False
    """``(5)`` is five less."""
    suffixes: tuple[str, ...] = ()
    """What may stand behind an amount, such as ``VND``."""
    blank_is_zero: bool = False

    def __post_init__(self) -> None:
        if self.decimal == self.grouping:
            raise ValueError("one mark cannot be both the decimal mark and the grouping")
        if not (0 <= self.decimals <= 6 and 0 <= self.implied <= 6):
            raise ValueError("decimals and implied are 0 to 6")
        if self.decimals and self.implied:
            raise ValueError("amounts have written decimals or implied ones, not both")


class Signs(Part, frozen=True, kw_only=True):
    """Which way amounts are written. Ours are signed: what adds to the payout is plus."""

    commission: Literal["withheld_positive", "signed"] = "withheld_positive"
    """Of commission and tax."""
    outgoing: Literal["positive", "negative"] = "negative"
    """Gross and net of refunds, disputes, reserves held, carried out and payouts."""
    outgoing_commission: Literal["withheld", "returned"] = "withheld"
    """What commission and tax of outgoing lines mean, where they are written positive."""


class Footer(Part, frozen=True, kw_only=True):
    """A row after the lines whose first filled cell begins with ``marker``.

    ``sums`` says of what: the column as it is written, or the amounts with our signs.
    """

    marker: str
    count: Cell | None = None
    gross: Cell | None = None
    commission: Cell | None = None
    tax: Cell | None = None
    net: Cell | None = None
    sums: Literal["written", "signed"] = "written"

    def __post_init__(self) -> None:
        if not self.marker.strip():
            raise ValueError("marker is empty")
        places = (self.count, self.gross, self.commission, self.tax, self.net)
        if any(type(place) is int and place < 1 for place in places):
            raise ValueError("cells are numbered from 1")


class Merchant(Part, frozen=True, kw_only=True):
    """Which cell names the merchant, and the account's setting that it must equal (F11)."""

    setting: str
    column: Heading = ""
    label: str = ""
    """Stands in a cell before the headings; the next filled cell of its row is the merchant."""

    def __post_init__(self) -> None:
        if bool(self.column) == bool(self.label):
            raise ValueError("either column or label says where the merchant stands")


class Batch(Part, frozen=True, kw_only=True):
    """Where the batch is told: a column, a label before the headings, or the day of settlement.

    ``zero_sum``: the lines of a batch, its payout among them, add up to nothing.
    """

    by: Literal["column", "label", "settled_on"] = "column"
    label: str = ""
    zero_sum: bool = False
    settled_on_label: str = ""
    """Stands before the headings; the next cell is the day of settlement of the whole file."""

    def __post_init__(self) -> None:
        if (self.by == "label") != bool(self.label):
            raise ValueError("label is given exactly where the batch is told by one")


class SettlementColumns(Part, frozen=True, kw_only=True):
    """Our fields by their headings; empty where the table has none."""

    gross: Heading
    occurred_at: Heading | tuple[Heading, ...]
    native_id: Heading = ""
    transaction: Heading = ""
    reference: Heading = ""
    original: Heading = ""
    batch: Heading = ""
    kind: Heading = ""
    commission: Heading = ""
    tax: Heading = ""
    net: Heading = ""
    currency: Heading = ""
    settled_on: Heading = ""


class BankColumns(Part, frozen=True, kw_only=True):
    """``amount`` signed, or with ``direction``; or ``credit`` and ``debit`` apart."""

    booked_on: Heading | tuple[Heading, ...]
    value_on: Heading | tuple[Heading, ...] = ""
    amount: Heading = ""
    credit: Heading = ""
    debit: Heading = ""
    direction: Heading = ""
    balance: Heading = ""
    """What stood on the account after the entry."""
    native_id: Heading = ""
    narrative: Heading = ""
    references: tuple[Heading, ...] = ()
    counterparty_name: Heading = ""
    counterparty_account: Heading = ""
    code: Heading = ""
    currency: Heading = ""
    account: Heading = ""

    def __post_init__(self) -> None:
        apart = bool(self.credit) + bool(self.debit)
        if apart == 1 or (apart == 2) == bool(self.amount):
            raise ValueError("either amount, or credit and debit")
        if self.direction and not self.amount:
            raise ValueError("direction goes with amount")


class _Table(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="use"
):
    """What every profile of a table says."""

    name: str
    title: str
    format: str
    """The name of a ``TableFormat``'s entry point; ``options`` are its own."""
    source: str = ""
    """Where the layout is known from."""
    verified: bool = False
    """Whether it was held against a real file of theirs."""
    options: dict[str, str] = {}
    currency: str = ""
    zone: str = "+07:00"
    moment: str = "%d/%m/%Y %H:%M:%S"
    """How moments are written, in the words of ``datetime.strptime``."""
    day: str = "%d/%m/%Y"
    amounts: Amounts = Amounts()
    ignored: tuple[Heading, ...] = ()
    """Headings that are known and not needed. Any other unknown heading is F12."""
    left_out: dict[Heading, tuple[str, ...]] = {}
    """Rows that move no money, by the words in a column: they are counted, and no lines."""
    preamble: int = 0
    """Rows at most before the headings."""
    footers: tuple[Footer, ...] = ()
    end: str = ""
    """What the first cell of the last row says; without that row the table is cut short (F06)."""

    def __post_init__(self) -> None:
        if NAME.fullmatch(self.name) is None or len(self.name) > 60:
            raise ValueError("name is 1 to 60 of a-z, 0-9, - and _")
        if self.zone != "UTC" and OFFSET.fullmatch(self.zone) is None:
            raise ValueError("zone is UTC or an offset such as +07:00")
        if not 0 <= self.preamble <= REACH:
            raise ValueError(f"preamble is 0 to {REACH} rows")
        for name, form in (("moment", self.moment), ("day", self.day)):
            _check_form(name, form)

    def offset(self) -> timezone:
        """The zone in which moments are written."""
        found = OFFSET.fullmatch(self.zone)
        if found is None:
            return UTC
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-ahead if found[1] == "-" else ahead)


class SettlementProfile(_Table, frozen=True, kw_only=True, tag="settlement"):
    """How a table says what an intermediary settled."""

    columns: SettlementColumns
    kinds: dict[str, LineKind]
    signs: Signs = Signs()
    batch: Batch = Batch()
    merchant: Merchant | None = None

    def __post_init__(self) -> None:
        _Table.__post_init__(self)
        if bool(self.columns.kind) != ("" not in self.kinds):
            raise ValueError('kinds has the word "" exactly where no column tells the kind')
        if not (self.currency or self.columns.currency):
            raise ValueError("the currency is neither in a column nor declared")
        if self.batch.by == "column" and not self.columns.batch:
            raise ValueError("the batch is told by a column, and columns.batch is empty")
        if self.batch.by == "settled_on" and not (
            self.columns.settled_on or self.batch.settled_on_label
        ):
            raise ValueError("the batch is told by the day of settlement, which nothing tells")


class BankProfile(_Table, frozen=True, kw_only=True, tag="bank"):
    """How a table says what a bank booked on one account."""

    columns: BankColumns
    credits: tuple[str, ...] = ()
    """The words in the column ``direction`` for money that came."""
    debits: tuple[str, ...] = ()
    signs: Literal["unsigned", "reversals_negative", "debits_negative"] = "unsigned"
    """Which amounts under credit or debit have a minus; another could mean either way (F05)."""
    order: Literal["oldest_first", "newest_first"] = "oldest_first"
    account_label: str = ""
    """Labels stand in a cell before the headings, or in a footer; the next filled cell tells."""
    identity_label: str = ""
    opening_label: str = ""
    closing_label: str = ""
    day_label: str = ""
    """Tells the last day of the statement, as ``day`` writes days: one of a day without an entry
    says so by it and by equal balances (F13)."""

    def __post_init__(self) -> None:
        _Table.__post_init__(self)
        if bool(self.columns.direction) != bool(self.credits and self.debits):
            raise ValueError("credits and debits are given exactly where there is a direction")
        if self.signs != "unsigned" and not self.columns.credit:
            raise ValueError("signs goes with credit and debit")
        if not (self.currency or self.columns.currency):
            raise ValueError("the currency is neither in a column nor declared")


TableProfile: TypeAlias = SettlementProfile | BankProfile


def _check_form(name: str, form: str) -> None:
    used = re.findall("%(.?)", form)
    if not used or set(used) - DIRECTIVES:
        raise ValueError(f"{name} is a date format such as %d/%m/%Y")
    # That it can be read back is worth more than a list of rules.
    datetime.strptime(datetime(2026, 11, 22, 13, 4, 5).strftime(form), form)  # noqa: DTZ001, DTZ007
