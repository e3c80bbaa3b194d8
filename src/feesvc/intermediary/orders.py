"""What an intermediary's adapter is given: orders, refunds, notifications, our verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from feesvc.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of what is paid: intermediaries that know fees and charges get them apart.

    ``surcharge``: the intermediary's own commission, where its contract has the payer bear it.
    """

    kind: Literal["fee", "charge", "postal", "advance", "surcharge"]
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
    asked_at: datetime
    """When this very request or look-up is made: adapters read no clock."""
    return_url: str
    notify_url: str
    handle: str = ""
    """The intermediary's own id of the checkout, once it gave one (``Checkout.handle``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to give back. ``reference`` names the refund, ``transaction`` the transfer."""

    reference: str
    payment_reference: str
    payment_placed_at: datetime
    """When the payment was asked for, as its order said (``PaymentOrder.placed_at``)."""
    transaction: str
    transaction_amount: Money
    amount: Money
    whole: bool
    """The whole transfer is given back, nothing of it was before."""
    reason: str
    placed_at: datetime
    asked_at: datetime
    """When this very request or look-up is made: adapters read no clock."""
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
    source: str = ""
    """The address it came from, as our own edge saw it."""


class Verdict(Enum):
    """What became of a notification. Each intermediary wants to hear it in its own way."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong amount"
    UNKNOWN_ORDER = "unknown order"
    NOTHING = "nothing to us"
    FORGED = "forged"
    TRY_AGAIN = "try again"
