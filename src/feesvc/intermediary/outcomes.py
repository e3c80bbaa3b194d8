"""What an intermediary's adapter tells us: checkouts, outcomes, replies, settlements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from feesvc.money import Money


def code_of(text: str) -> str:
    """A code as we record it: 1 to 40 of a-z, 0-9, ``_``; anything else becomes ``_``."""
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")[:40] or "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Where the payer pays: a page to open, or a code to scan, or both."""

    url: str = ""
    qr: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One transfer of money. ``transaction`` is the intermediary's name for it, unique there."""

    reference: str
    """Our order, or empty where the intermediary named none."""
    transaction: str
    amount: Money
    at: datetime
    merchant: str = ""
    """The merchant it was paid to, where the message says; empty means this account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """A transfer was undone by the intermediary or the payer's bank, in whole."""

    reference: str
    transaction: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A payer disputes a transfer, or the dispute ended. ``fee`` is what the dispute costs us."""

    dispute: str
    transaction: str
    stage: Literal["opened", "won", "lost"]
    amount: Money
    at: datetime
    fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Declined, cancelled or expired: no transfer is expected.

    ``reason`` is ``cancelled``, ``expired``, or a code of the intermediary's, never its free text:
    1 to 40 of a-z, 0-9, ``_``.
    """

    reference: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """No final answer yet. An unknown code is pending, never a guess.

    ``code`` is what the intermediary said, where that is worth asking about: a code that we do not
    know, or two that contradict each other; 1 to 40 of a-z, 0-9, ``_``.
    """

    reference: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAccepted:
    """The refund was taken on. No money has moved."""

    reference: str
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """The refund reached the payer. ``fee`` is what it cost us, where the intermediary says."""

    reference: str
    handle: str
    amount: Money
    at: datetime
    fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed:
    """The refund did not reach the payer. ``returned``: it left and came back to our balance.

    ``reason`` is a code, never the intermediary's free text: 1 to 40 of a-z, 0-9, ``_``.
    """

    reference: str
    reason: str
    at: datetime
    handle: str = ""
    returned: bool = False


Outcome: TypeAlias = (
    Received | Reversed | Disputed | Ended | Pending | RefundAccepted | Refunded | RefundFailed
)
RefundOutcome: TypeAlias = Pending | RefundAccepted | Refunded | RefundFailed


NoBill: TypeAlias = Literal["nothing_owed", "unknown_dossier"]
"""Why an outside channel that asks what a dossier owes gets no order to pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The HTTP answer to a notification, in the intermediary's own words."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"


LineKind: TypeAlias = Literal[
    "payment", "refund", "refund_reversal", "dispute", "dispute_reversal", "fee", "tax",
    "reserve_hold", "reserve_release", "adjustment", "carry_in", "carry_out", "payout",
]  # fmt: skip
"""``reserve_*``: kept back and given back; ``carry_*``: what a batch could not pay out goes to the
next; ``payout``: what was paid out, the other side of all the rest."""


class SettlementLine(Struct, frozen=True, kw_only=True):
    """One line of a settlement. Signed: what adds to the payout is plus.

    Gross, commission and tax add up to net, so a commission withheld is negative. A file holds
    hundreds of thousands: a ``Struct`` is made in a tenth of the time of a frozen dataclass.
    """

    kind: LineKind
    native_id: str
    """The intermediary's own name for the line, or empty. Nothing here promises it is unique."""
    transaction: str
    """The transfer it concerns, or empty."""
    reference: str
    gross: Money
    commission: Money
    tax: Money
    net: Money
    at: datetime
    original: str = ""
    """Of a refund or dispute that has a transaction of its own: the transfer it is of."""
    settled_on: date | None = None
    """The day of its settlement at the intermediary, where the line tells it."""
    place: str = ""
    """Where in the document it stands, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A settlement batch: its declared totals, and its lines one at a time."""

    batch: str
    currency: str
    net: Money
    count: int
    arrives_on: datetime | None
    lines: Iterator[SettlementLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A dated layout of settlement files, as data that staff can edit."""

    name: str = ""
    layout: Mapping[str, str] = field(default_factory=dict)
