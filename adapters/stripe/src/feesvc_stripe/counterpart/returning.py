"""Refunds, disputes and payouts: how money leaves the account, and comes back."""

from __future__ import annotations

from typing import Any

from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.refusals import invalid, missing
from feesvc_stripe.counterpart.shapes import Shape, a_dispute, a_payout, a_refund


def create_refund(account: Account, asked: dict[str, Any]) -> Shape:
    """A refund that waits for its end. The balance is debited at once."""
    charge = _charge_of(account, asked)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    if not left:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    amount = asked.get("amount", left)
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, "amount")
    refund = a_refund(
        id=account.new_id("re"),
        amount=amount,
        charge=charge["id"],
        created=account.now(),
        currency=charge["currency"],
        metadata=asked.get("metadata", {}),
        payment_intent=charge["payment_intent"],
        pending_reason="processing",
        reason=asked.get("reason"),
        status="pending",
    )
    account.keep(refund)
    refund["balance_transaction"] = account.move("refund", "refund", -amount, refund)["id"]
    _count(charge, amount)
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


def finish_refund(account: Account, refund: Shape) -> None:
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        del refund["pending_reason"]
        account.emit("refund.updated", refund)


def fail_refund(account: Account, refund: Shape) -> None:
    """The bank sends the money back: also a refund that had succeeded can fail."""
    if refund["status"] not in ("pending", "succeeded"):
        return
    refund.pop("pending_reason", None)
    back = account.move("refund_failure", "refund_failure", refund["amount"], refund)
    refund.update(
        status="failed",
        failure_balance_transaction=back["id"],
        failure_reason="expired_or_canceled_card",
    )
    _count(account.find("charge", refund["charge"]), -refund["amount"])
    account.emit("refund.failed", refund)


def open_dispute(account: Account, charge: Shape, amount: int, *, inquiry: bool = False) -> Shape:
    """The payer's bank takes the money back for now; an inquiry only asks."""
    dispute = a_dispute(
        id=account.new_id("du"),
        amount=amount,
        charge=charge["id"],
        created=account.now(),
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
    )
    account.keep(dispute)
    charge["disputed"] = True
    if inquiry:
        dispute.update(status="warning_needs_response", is_charge_refundable=True)
        account.emit("charge.dispute.created", dispute)
        return dispute
    fee = ("stripe_fee", "Dispute fee", account.tariff.dispute_fee[charge["currency"]])
    withdrawal = account.move("dispute", "adjustment", -amount, dispute, (fee,))
    dispute["balance_transactions"] = [withdrawal]
    account.emit("charge.dispute.created", dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(account: Account, dispute: Shape, *, won: bool) -> None:
    """The card network decides. When we win the money comes back, the fee does not."""
    if dispute["status"].startswith("warning"):
        dispute["status"] = "warning_closed"
    else:
        dispute["status"] = "won" if won else "lost"
    account.emit("charge.dispute.closed", dispute)
    if dispute["status"] == "won":
        back = account.move("dispute_reversal", "adjustment", dispute["amount"], dispute)
        dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
        account.emit("charge.dispute.funds_reinstated", dispute)


def pay_out(account: Account, currency: str) -> Shape:
    """An automatic payout of everything that is available; refuses to pay out nothing."""
    moves = account.waiting_to_be_paid_out(currency)
    amount = sum(move["net"] for move in moves)
    if amount <= 0:
        message = "You have insufficient funds in your Stripe account."
        raise invalid(message, code="balance_insufficient")
    payout = a_payout(
        id=account.new_id("po"),
        amount=amount,
        arrival_date=account.now() // 86_400 * 86_400,
        created=account.now(),
        currency=currency,
        destination="ba_counterpart",
    )
    account.keep(payout)
    out = account.move("payout", "payout", -amount, payout)
    payout["balance_transaction"] = out["id"]
    for move in [*moves, out]:
        account.payout_of[move["id"]] = payout["id"]
    account.emit("payout.paid", payout, reference="")
    account.emit("payout.reconciliation_completed", payout, reference="")
    return payout


def _charge_of(account: Account, asked: dict[str, Any]) -> Shape:
    if "payment_intent" in asked:
        intent = account.find("payment_intent", asked["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            message = f"PaymentIntent {intent['id']} does not have a successful charge to refund."
            raise invalid(message, "payment_intent")
        return account.find("charge", intent["latest_charge"])
    if "charge" in asked:
        return account.find("charge", asked["charge"], "charge")
    raise missing("payment_intent")


def _count(charge: Shape, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
