"""The account's own truth: its transfers as they stand, in the words of the shared books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from feesvc.money import Money
from feesvc.testing.books import Returned, Taken
from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.shapes import Shape


def transfers(account: Account) -> Iterator[Taken]:
    """``fee`` is the commission without its tax, ``refunded`` what has reached payers."""
    for charge in reversed(list(account.listed("charge"))):
        if charge["paid"]:
            yield _taken(account, charge)


def refunds(account: Account) -> Iterator[Returned]:
    """Those that the merchant asked for and that reached the payer."""
    for refund in reversed(list(account.listed("refund"))):
        if refund["status"] == "succeeded" and refund["metadata"]:
            yield Returned(
                reference=refund["metadata"].get("reference", ""),
                handle=refund["id"],
                transaction=refund["payment_intent"],
                amount=Money(refund["amount"], refund["currency"].upper()),
                at=as_time(refund["created"]),
                state="paid",
            )


def as_time(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)


def _taken(account: Account, charge: Shape) -> Taken:
    currency = charge["currency"].upper()
    refunds = [r for r in account.listed("refund") if r["charge"] == charge["id"]]
    paid = [refund for refund in refunds if refund["status"] == "succeeded"]
    asked = [refund for refund in paid if refund["metadata"]]
    disputes = [d for d in account.listed("dispute") if d["charge"] == charge["id"]]
    held = [d["amount"] for d in disputes if d["balance_transactions"] and d["status"] != "won"]
    move = account.find("balance_transaction", charge["balance_transaction"])
    commission = [fee["amount"] for fee in move["fee_details"] if fee["type"] == "stripe_fee"]
    return Taken(
        transaction=charge["payment_intent"],
        reference=account.reference_of(charge),
        amount=Money(charge["amount"], currency),
        fee=Money(sum(commission), currency),
        at=as_time(charge["created"]),
        refunded=Money(sum(refund["amount"] for refund in asked), currency),
        disputed=Money(sum(held), currency),
        reversed_at=as_time(paid[0]["created"]) if paid and not asked else None,
    )
