"""Translates the sandbox's payments and refunds into outcomes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.intermediary import (
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
from feesvc_sandbox.fields import Fields

NO_MONEY = frozenset({"declined", "cancelled", "expired"})


def told_outcomes(message: Fields, merchant: str) -> Sequence[Outcome]:
    """What a notification tells; nothing where it is of a kind we do not follow."""
    match message.text("type"):
        case "payment.paid" | "payment.ended":
            return payment_outcomes(message.fields("payment"), merchant)
        case "payment.reversed":
            told = payment_outcomes(message.fields("payment"), merchant)
            return [outcome for outcome in told if isinstance(outcome, Reversed)]
        case "refund.paid" | "refund.failed":
            return [refund_outcome(message.fields("refund"))]
        case _:
            return ()


def payment_outcomes(payment: Fields, merchant: str) -> Sequence[Outcome]:
    """Every transfer the order met, and what was undone of them; else how the order stands."""
    reference = payment.text("reference")
    to = payment.text("merchant")
    outcomes: list[Outcome] = []
    for transfer in payment.each("transfers"):
        received = Received(
            reference=reference,
            transaction=transfer.text("transaction"),
            amount=transfer.money(),
            at=transfer.moment("at"),
            merchant="" if to == merchant else to,
        )
        outcomes.append(received)
        if transfer.has("reversed_at"):
            outcomes.append(
                Reversed(
                    reference=reference,
                    transaction=received.transaction,
                    at=transfer.moment("reversed_at"),
                    reason=transfer.text("reason"),
                )
            )
    status = payment.text("status")
    if not outcomes and status in NO_MONEY:
        return [Ended(reference=reference, reason=status, at=payment.moment("ended_at"))]
    return outcomes or [Pending(reference=reference)]


def refund_outcome(refund: Fields) -> RefundOutcome:
    reference, handle = refund.text("reference"), refund.text("id")
    match refund.text("status"):
        case "accepted":
            return RefundAccepted(reference=reference, handle=handle)
        case "paid":
            amount, at = refund.money(), refund.moment("at")
            return Refunded(reference=reference, handle=handle, amount=amount, at=at)
        case "failed":
            reason, at = refund.text("reason"), refund.moment("at")
            return RefundFailed(reference=reference, handle=handle, reason=reason, at=at)
        case _:
            return Pending(reference=reference)
