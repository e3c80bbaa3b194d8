"""The port for payment intermediaries: what an adapter is given and what it answers.

An adapter translates between these words and one intermediary's wire format. It decides nothing,
stores nothing, retries nothing, and reads no clock and no environment. It is synchronous; the
service calls it in that intermediary's own bounded pool of threads.
``feesvc.testing.intermediary`` checks one.

Errors: ``Unavailable`` no answer to rely on (look the order up before deciding anything) ·
``Refused`` a final no · ``Forged`` not authentic, nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, ClassVar, Literal, Protocol, runtime_checkable

import httpx

from feesvc.intermediary.orders import (
    Notification,
    OrderLine,
    PaymentOrder,
    RefundOrder,
    Verdict,
)
from feesvc.intermediary.outcomes import (
    Checkout,
    Disputed,
    Ended,
    LineKind,
    NoBill,
    Outcome,
    Pending,
    Profile,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOutcome,
    Reply,
    Reversed,
    Settlement,
    SettlementLine,
    code_of,
)

__all__ = [
    "BankTransfers",
    "BillInquiry",
    "Cancellations",
    "Checkout",
    "Disputed",
    "Ended",
    "Facts",
    "Forged",
    "Intermediary",
    "Limits",
    "LineKind",
    "Malformed",
    "NoBill",
    "Notification",
    "OrderLine",
    "Outcome",
    "PaymentOrder",
    "Pending",
    "Profile",
    "Received",
    "RefundAccepted",
    "RefundFailed",
    "RefundOrder",
    "RefundOutcome",
    "Refunded",
    "Refunds",
    "Refused",
    "Reply",
    "Reversed",
    "Setting",
    "Settlement",
    "SettlementFeed",
    "SettlementFiles",
    "SettlementLine",
    "SettlementTables",
    "Unavailable",
    "Verdict",
    "code_of",
]

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


class Unavailable(Exception):
    """No answer we can rely on. Look the order up before deciding anything."""


class Refused(Exception):
    """A final no. Asking again will not help. Its text is a code: 1 to 40 of a-z, 0-9, ``_``."""


class Forged(Exception):
    """Not authentic. Nothing is recorded."""


class Malformed(Exception):
    """A settlement document that cannot be read; the message says where and why.

    ``code``: F04 as a whole, F05 for a line, F06 where it does not add up to what it declares.
    """

    def __init__(self, why: str, *, code: Literal["F04", "F05", "F06"] = "F04") -> None:
        super().__init__(why)
        self.code = code


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
class BillInquiry(Protocol):
    """An outside channel asks what a dossier owes, and its payer pays there."""

    def read_inquiry(self, notification: Notification) -> str:
        """The dossier that is asked after; raises ``Forged``."""
        ...

    def answer_inquiry(self, notification: Notification, bill: PaymentOrder | NoBill) -> Reply:
        """Tell what is to be paid, or why nothing is, in the channel's own words."""
        ...


@runtime_checkable
class BankTransfers(Protocol):
    """The money comes to the agency's own bank account, and only the bank tells of it."""

    def references_in(self, narrative: str) -> Sequence[str]:
        """Our references in a bank's remittance text, however banks mangle it; maybe none."""
        ...


@runtime_checkable
class SettlementFiles(Protocol):
    def read_settlement(self, document: BinaryIO, profile: Profile) -> Settlement:
        """Read one settlement document; raises ``Malformed``."""
        ...


@runtime_checkable
class SettlementTables(Protocol):
    """Settles by tables (delimited text, spreadsheets) whose columns a profile explains."""

    settlement_profiles: ClassVar[Mapping[str, str]]
    """Layouts by name, as the TOML of ``feesvc.statement.profile``: where an account starts."""


@runtime_checkable
class SettlementFeed(Protocol):
    def fetch_settlement(self, batch: str) -> bytes:
        """Fetch the settlement document of one batch, for ``read_settlement``."""
        ...
