"""The parameters that open a Checkout session for an order, and when it may have been opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from feesvc.intermediary import PaymentOrder
from feesvc.money import total
from feesvc_stripe.amounts import to_stripe
from feesvc_stripe.encoding import Parameter, Parameters
from feesvc_stripe.outcomes import REFERENCE

SHORTEST = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
"""A session lives from 30 minutes to 24 hours (docs.stripe.com/api/checkout/sessions/create)."""

LEEWAY = timedelta(minutes=5)
"""For what passes between our clock and Stripe's: Stripe counts from when it is asked."""

MOST_LINES = 100
"""Line items of one session in payment mode."""


def closes_at(order: PaymentOrder) -> datetime:
    """When the session ends: as the order says, moved into Stripe's window.

    It depends on the order alone, so a repeat sends the same parameters. And it is within 24 hours
    of the order, the time for which Stripe keeps an idempotency key: a repeat that comes too late
    for the key asks for a time that is past, and is refused. No second session can be opened.
    """
    return max(
        order.placed_at + SHORTEST + LEEWAY, min(order.expires_at, order.placed_at + LONGEST)
    )


def opened_within(order: PaymentOrder) -> tuple[datetime, datetime]:
    """Between which times Stripe can have opened it, clocks being ``LEEWAY`` apart at most."""
    return order.placed_at - LEEWAY, closes_at(order) - SHORTEST + LEEWAY


def session_parameters(order: PaymentOrder) -> Parameters:
    """A one-time payment, on Stripe's own page, in the order's currency and no other."""
    marks: Parameters = {REFERENCE: order.reference}
    return {
        "mode": "payment",
        "client_reference_id": order.reference,
        "line_items": _line_items(order),
        "metadata": marks,
        "payment_intent_data": {"description": order.description, "metadata": marks},
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "expires_at": int(closes_at(order).timestamp()),
        "locale": order.locale,
        "adaptive_pricing": {"enabled": False},
    }


def _line_items(order: PaymentOrder) -> list[Parameter]:
    """The order's lines where they make up its amount; else one line over the whole."""
    lines = [line for line in order.lines if line.amount]
    adds_up = (
        0 < len(lines) <= MOST_LINES
        and all(line.amount.currency == order.amount.currency for line in lines)
        and total((line.amount for line in lines), order.amount.currency) == order.amount
    )
    named = [(line.name, line.amount) for line in lines] if adds_up else []
    items: list[Parameter] = []
    for name, amount in named or [(order.description, order.amount)]:
        units, currency = to_stripe(amount)
        product: Parameters = {"name": name[:250] or order.reference}
        price: Parameters = {"currency": currency, "unit_amount": units, "product_data": product}
        items.append({"quantity": 1, "price_data": price})
    return items
