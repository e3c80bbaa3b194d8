"""The port for payment intermediaries: what an adapter is given and what it answers.

An adapter translates between these words and one intermediary's wire format. It decides nothing,
stores nothing, retries nothing, and reads no clock and no environment. It is synchronous; the
service calls it in that intermediary's own bounded pool of threads.
``feesvc.testing.intermediary`` checks one.

Errors: ``Unavailable`` no answer to rely on (look the order up before deciding anything) ·
``Refused`` a final no · ``Forged`` not authentic, nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import BinaryIO, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import httpx

from feesvc.money import Money

# What an adapter says of itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The smallest and largest amount of one payment, in minor units."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a portal or an operator may know before the first payment."""

    name_vi: str
    name_en: str
    currencies: Mapping[str, Limits]
    charge_borne_by: Literal["agency", "payer"]
    trust: Literal["authoritative", "hint"]
    """Whether a verified notification may book money, or only cause a look-up."""
    variable_amount: bool = False
    """The payer may send another amount than asked (direct transfers)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing an adapter must be told per merchant account.

    A ``secret`` is configured as a reference, ``env:NAME`` or ``file:PATH``; the adapter is given
    the value. ``NAME_previous`` may hold the key before a rotation, for verifying only.
    """

    name: str
    secret: bool = False
    required: bool = True
    default: str = ""


# What we tell an adapter


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of what is paid: intermediaries that know fees and charges get them apart."""

    kind: Literal["fee", "charge", "postal", "advance"]
    item: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """A payment we want a payer to make. No field holds anything a citizen typed."""

    reference: str
    """Names the order on the wire, for good. Recorded before anything is sent."""
    amount: Money
    lines: tuple[OrderLine, ...]
    description: str
    """ASCII letters, digits and spaces only."""
    dossier: str
    locale: Literal["vi", "en"]
    payer_ip: str
    placed_at: datetime
    expires_at: datetime
    return_url: str
    notify_url: str
    handle: str = ""
    """The intermediary's own id of the checkout, once it gave one (``Checkout.handle``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to give back. ``reference`` names the refund, ``transaction`` the transfer."""

    reference: str
    payment_reference: str
    transaction: str
    amount: Money
    whole: bool
    """The whole transfer is given back, nothing of it was before."""
    reason: str
    placed_at: datetime
    handle: str = ""
    """The intermediary's own id of the refund, once it gave one (``RefundAccepted.handle``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """An HTTP request from the intermediary, byte for byte: signatures cover raw bytes.

    Header names are lower-case. ``received_at`` is ours: adapters read no clock.
    """

    method: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Verdict(Enum):
    """What became of a notification. Each intermediary wants to hear it in its own way."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong amount"
    UNKNOWN_ORDER = "unknown order"
    NOTHING = "nothing to us"
    FORGED = "forged"
    TRY_AGAIN = "try again"


# What an adapter tells us


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
    """Declined, cancelled or expired: no transfer is expected."""

    reference: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """No final answer yet. An unknown code is pending, never a guess."""

    reference: str


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
    """The refund did not reach the payer. ``returned``: it left and came back to our balance."""

    reference: str
    reason: str
    at: datetime
    handle: str = ""
    returned: bool = False


Outcome: TypeAlias = (
    Received | Reversed | Disputed | Ended | Pending | RefundAccepted | Refunded | RefundFailed
)
RefundOutcome: TypeAlias = Pending | RefundAccepted | Refunded | RefundFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The HTTP answer to a notification, in the intermediary's own words."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """One line of a settlement. Amounts are signed from our side: what adds to the payout is plus."""

    kind: Literal[
        "payment", "refund", "refund_reversal", "dispute", "dispute_reversal",
        "fee", "adjustment", "payout",
    ]  # fmt: skip
    native_id: str
    transaction: str
    """The transfer it concerns, or empty."""
    reference: str
    gross: Money
    commission: Money
    tax: Money
    net: Money
    at: datetime


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


class Unavailable(Exception):
    """No answer we can rely on. Look the order up before deciding anything."""


class Refused(Exception):
    """A final no. Asking again will not help."""


class Forged(Exception):
    """Not authentic. Nothing is recorded."""


class Malformed(Exception):
    """A settlement document that cannot be read; the message says where and why."""


# What every adapter can do


class Intermediary(Protocol):
    """Built per merchant account: ``Adapter(settings, http)``. The entry point names the class."""

    facts: ClassVar[Facts]
    settings: ClassVar[tuple[Setting, ...]]

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None: ...

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """Our order number in the form this intermediary accepts. Pure."""
        ...

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """Open a checkout. Asking again with the same reference opens no second one."""
        ...

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        """Ask how the order stands. One order may have met several transfers."""
        ...

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """Verify over the raw bytes, then translate. ``()`` is authentic and nothing to us."""
        ...

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """Say the verdict the way this intermediary wants to hear it."""
        ...


# What only some can do. Having the methods is the whole opt-in.


@runtime_checkable
class Refunds(Protocol):
    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        """Ask once; a repeat with the same reference makes no second refund."""
        ...

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome: ...


@runtime_checkable
class Cancellations(Protocol):
    def cancel(self, order: PaymentOrder) -> Outcome:
        """Close a checkout before a second attempt. ``Received`` when it was paid meanwhile."""
        ...


@runtime_checkable
class SettlementFiles(Protocol):
    def read_settlement(self, document: BinaryIO, profile: Profile) -> Settlement:
        """Read one settlement document; raises ``Malformed``."""
        ...


@runtime_checkable
class SettlementFeed(Protocol):
    def fetch_settlement(self, batch: str) -> bytes:
        """Fetch the settlement document of one batch, for ``read_settlement``."""
        ...
