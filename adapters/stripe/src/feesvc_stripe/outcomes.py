"""What Stripe's objects mean in the words of the port: pure functions from JSON to outcomes.

A transfer is named by its PaymentIntent (``pi_…``). It alone stands on every object that speaks
of the money: the session, the charge, the refund and the dispute, so that look-up, webhook and
settlement agree; the charge id is missing from the session. One session has one PaymentIntent, and
a PaymentIntent succeeds with one charge.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from feesvc.intermediary import (
    Disputed,
    Ended,
    Outcome,
    Pending,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOutcome,
    Reversed,
)
from feesvc.money import Money, total
from feesvc_stripe.reading import (
    JsonObject,
    Unreadable,
    identity,
    member,
    members,
    metadata,
    moment,
    money,
    text,
    text_or_empty,
    whole,
)

REFERENCE = "reference"
"""The metadata name of our reference: of the payment on sessions, of the refund on refunds."""

INQUIRIES = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")
"""States of a dispute in which no money was taken: a question of the bank, or one averted."""


def session_reference(session: JsonObject) -> str:
    """Our reference, or empty for a session that was not opened by us."""
    return text_or_empty(session, "client_reference_id") or metadata(session, REFERENCE)


def received(session: JsonObject, at: datetime, merchant: str = "") -> Received:
    amount = money(session, "amount_total")
    if amount.amount <= 0:
        raise Unreadable("amount_total is not more than nothing")
    return Received(
        reference=session_reference(session),
        transaction=_named(identity(session, "payment_intent"), session),
        amount=amount,
        at=at,
        merchant=merchant,
    )


def session_outcomes(session: JsonObject, now: datetime | None) -> Iterator[Outcome]:
    """How a retrieved session stands, its PaymentIntent and charge expanded.

    ``now`` is Stripe's clock: Stripe does not say when a session was closed before its time.
    """
    if text_or_empty(session, "payment_status") == "paid":
        charge = member(member(session, "payment_intent"), "latest_charge")
        yield received(session, moment(charge, "created"))
        yield from _undone(session, charge)
    elif text_or_empty(session, "status") == "expired":
        closed = moment(session, "expires_at")
        yield ended(session, "expired", min(closed, now) if now else closed)
    elif text_or_empty(session, "status") == "complete" and _given_up(session):
        yield ended(session, "payment_failed", now or moment(session, "expires_at"))
    else:
        yield Pending(reference=session_reference(session))


def ended(session: JsonObject, reason: str, at: datetime) -> Ended:
    return Ended(reference=session_reference(session), reason=reason, at=at)


def _given_up(session: JsonObject) -> bool:
    """A delayed payment method failed after the session was completed: nothing more will come."""
    intent = session.get("payment_intent")
    return isinstance(intent, dict) and intent.get("status") in (
        "requires_payment_method",
        "canceled",
    )


def _undone(session: JsonObject, charge: JsonObject) -> Iterator[Reversed]:
    """The whole charge was given back, and not by us: our refunds carry our reference."""
    if charge.get("refunded") is not True or not isinstance(charge.get("refunds"), dict):
        return
    refunds = members(member(charge, "refunds"), "data")
    ours = [refund for refund in refunds if metadata(refund, REFERENCE)]
    if refunds and not ours:
        yield Reversed(
            reference=session_reference(session),
            transaction=identity(session, "payment_intent"),
            at=max(moment(refund, "created") for refund in refunds),
            reason=text_or_empty(refunds[0], "reason") or "refunded_at_stripe",
        )


def refund_outcome(refund: JsonObject, at: datetime) -> RefundOutcome:
    """How a refund of ours stands. ``at``: when Stripe said so."""
    reference, handle = metadata(refund, REFERENCE), text(refund, "id")
    match text_or_empty(refund, "status"):
        case "succeeded":
            amount = money(refund, "amount")
            return Refunded(reference=reference, handle=handle, amount=amount, at=at)
        case "pending" | "requires_action":
            return RefundAccepted(reference=reference, handle=handle)
        case "failed" | "canceled" as status:
            return RefundFailed(
                reference=reference,
                reason=text_or_empty(refund, "failure_reason") or status,
                at=at,
                handle=handle,
                returned=_returned(refund),
            )
        case _:
            return Pending(reference=reference)


def _returned(refund: JsonObject) -> bool:
    """Whether it had left our balance: then Stripe has put it back (docs.stripe.com/refunds)."""
    moved = ("balance_transaction", "failure_balance_transaction")
    return any(identity(refund, name) for name in moved)


def disputed(dispute: JsonObject, at: datetime) -> Disputed | None:
    """Where a dispute stands; None while no money was taken.

    ``amount`` is what is disputed, at every stage. A part that Stripe gives back of a lost
    dispute stands in the settlement, as a line of its own.
    """
    status = text_or_empty(dispute, "status")
    if not status or status in INQUIRIES:
        return None
    return Disputed(
        dispute=text(dispute, "id"),
        transaction=_named(identity(dispute, "payment_intent"), dispute),
        stage="won" if status == "won" else "lost" if status == "lost" else "opened",
        amount=money(dispute, "amount"),
        at=at,
        fee=_dispute_fee(dispute),
    )


def _dispute_fee(dispute: JsonObject) -> Money | None:
    """What Stripe took for the withdrawal, beside the disputed amount itself."""
    moves = members(dispute, "balance_transactions") if "balance_transactions" in dispute else []
    fees = [money(move, "fee") for move in moves if whole(move, "amount") < 0]
    return total(fees, fees[0].currency) if fees else None


def _named(intent: str, of: JsonObject) -> str:
    """The transfer's name; objects older than PaymentIntents have a charge only."""
    return intent or text(of, "charge")
