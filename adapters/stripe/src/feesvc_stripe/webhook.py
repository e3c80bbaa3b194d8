"""What each event of a Stripe webhook says, in the words of the port.

Event types: https://docs.stripe.com/api/events/types. A type that is not listed here is authentic
and nothing to us. Stripe delivers more than once and in any order, so nothing here depends on what
came before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from feesvc.intermediary import Outcome, Pending
from feesvc_stripe.outcomes import (
    REFERENCE,
    disputed,
    ended,
    received,
    refund_outcome,
    session_reference,
)
from feesvc_stripe.reading import (
    JsonObject,
    member,
    metadata,
    moment,
    parse_object,
    text_or_empty,
)

Reading: TypeAlias = Callable[[JsonObject, JsonObject, datetime], Sequence[Outcome]]
"""Event, its object, when Stripe says that it happened."""


def read_event(body: bytes) -> Sequence[Outcome]:
    """The outcomes of one event; raises ``Unreadable`` where a known event is not as documented."""
    event = parse_object(body)
    reading = READINGS.get(text_or_empty(event, "type"))
    if reading is None or text_or_empty(event, "object") != "event":
        return ()
    return reading(event, member(member(event, "data"), "object"), moment(event, "created"))


def _completed(event: JsonObject, session: JsonObject, at: datetime) -> Sequence[Outcome]:
    """Paid, or with a delayed method still on its way."""
    if text_or_empty(session, "mode") not in ("payment", ""):
        return ()
    if text_or_empty(session, "payment_status") == "paid":
        return (received(session, at, merchant=text_or_empty(event, "account")),)
    return (Pending(reference=session_reference(session)),)


def _session_failed(_: JsonObject, session: JsonObject, at: datetime) -> Sequence[Outcome]:
    return (ended(session, "payment_failed", at),)


def _session_expired(_: JsonObject, session: JsonObject, at: datetime) -> Sequence[Outcome]:
    return (ended(session, "expired", at),)


def _attempt_failed(_: JsonObject, intent: JsonObject, __: datetime) -> Sequence[Outcome]:
    """One card was declined; the page lets the payer try another, so the session goes on."""
    return (Pending(reference=metadata(intent, REFERENCE)),)


def _refund(_: JsonObject, refund: JsonObject, at: datetime) -> Sequence[Outcome]:
    """Ours carry our reference. Others are told by ``charge.refunded``."""
    return (refund_outcome(refund, at),) if metadata(refund, REFERENCE) else ()


def _charge_refunded(_: JsonObject, charge: JsonObject, __: datetime) -> Sequence[Outcome]:
    """Given back in whole, and it does not say by whom: look the order up."""
    reference = metadata(charge, REFERENCE)
    if not reference or charge.get("refunded") is not True:
        return ()
    return (Pending(reference=reference, code="charge_refunded"),)


def _dispute(_: JsonObject, dispute: JsonObject, at: datetime) -> Sequence[Outcome]:
    outcome = disputed(dispute, at)
    return (outcome,) if outcome else ()


READINGS: dict[str, Reading] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": _completed,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _session_expired,
    "payment_intent.payment_failed": _attempt_failed,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
    "charge.refunded": _charge_refunded,
    "charge.dispute.created": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
}
