"""Translates payOS's payment links and webhooks into outcomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from feesvc.intermediary import Ended, Outcome, PaymentOrder, Pending, Received, code_of
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money
from feesvc_payos.fields import Fields

SKEW = timedelta(minutes=10)
"""How far payOS's clock may be behind ours."""
WAITING = {"PENDING", "PROCESSING"}
TEST: Mapping[str, Any] = {
    "orderCode": 123,
    "description": "VQRIO123",
    "reference": "TF230204212323",
    "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
}
"""What payOS sends, signed, to a webhook that is being registered: the sample of its documents."""


def is_ours(link: Fields, order: PaymentOrder) -> bool:
    """Whether this link was opened for this order, not for an earlier one of the same code."""
    if str(link.whole("orderCode", 1)) != order.reference:
        raise Unreadable("another order")
    opened = link.moment("createdAt")
    return link.whole("amount", 1) == order.amount.amount and opened >= order.placed_at - SKEW


def link_outcomes(link: Fields, order: PaymentOrder) -> Sequence[Outcome]:
    """Every transfer that the order met; where there is none, how it stands.

    A link that expires or is cancelled when part was paid keeps its transfers: money is money.
    """
    if not is_ours(link, order):
        return [Pending(reference=order.reference, code="another_order")]
    met = list(dict.fromkeys(_transfers(link, order.reference)))
    if len({transfer.transaction for transfer in met}) != len(met):
        raise Unreadable("two transfers of one reference")
    if met:
        return met
    status = link.text("status", 40)
    if status in WAITING and not link.whole("amountPaid"):
        return [Pending(reference=order.reference)]
    at = _ended_at(link, status, order)
    if at is None or link.whole("amountPaid"):
        return [Pending(reference=order.reference, code=code_of(f"{status} without a transfer"))]
    return [Ended(reference=order.reference, reason=status.lower(), at=at)]


def told_outcomes(data: Fields) -> Sequence[Outcome]:
    """What a webhook's signed data tells: one transfer, or a code that wants a look-up."""
    if all(data.told.get(name) == value for name, value in TEST.items()):
        return ()
    reference, code = str(data.whole("orderCode", 1)), data.text("code", 40)
    if code != "00":
        return [Pending(reference=reference, code=code_of(code))]
    try:
        amount = Money(data.whole("amount", 1), data.text("currency", 3))
    except ValueError as problem:
        raise Unreadable("currency") from problem
    at = data.moment("transactionDateTime")
    transaction = data.text("reference")
    return [Received(reference=reference, transaction=transaction, amount=amount, at=at)]


def _transfers(link: Fields, reference: str) -> Sequence[Received]:
    return [
        Received(
            reference=reference,
            transaction=transfer.text("reference"),
            amount=Money(transfer.whole("amount", 1), "VND"),
            at=transfer.moment("transactionDateTime"),
        )
        for transfer in link.each("transactions")
    ]


def _ended_at(link: Fields, status: str, order: PaymentOrder) -> datetime | None:
    """When no money came any more; payOS tells it of cancelled links only."""
    match status:
        case "CANCELLED":
            return link.moment("canceledAt")
        case "EXPIRED":
            return order.expires_at
        case "FAILED":
            return order.asked_at
        case _:
            return None
