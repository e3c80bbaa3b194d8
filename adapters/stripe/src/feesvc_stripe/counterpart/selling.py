"""Checkout sessions and the payments they meet, as Stripe keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.refusals import invalid
from feesvc_stripe.counterpart.shapes import Shape, a_charge, a_payment_intent, a_session

SHORTEST = int(timedelta(minutes=30).total_seconds())
LONGEST = int(timedelta(hours=24).total_seconds())


def check_session(account: Account, asked: dict[str, Any]) -> None:
    """What Stripe validates beyond types: one currency, the amount's limits, the time to live."""
    prices = [item["price_data"] for item in asked["line_items"]]
    if len({price["currency"] for price in prices}) != 1:
        raise invalid("All prices on a Checkout Session must use the same currency.", "line_items")
    total, currency = _total(asked), prices[0]["currency"]
    if total < account.tariff.minimum[currency]:
        message = "The Checkout Session's total amount must convert to at least 50 cents."
        raise invalid(message, "line_items", "amount_too_small")
    if total > account.tariff.maximum:
        message = f"The total amount must be no more than {account.tariff.maximum} {currency}."
        raise invalid(message, "line_items", "amount_too_large")
    lives = asked.get("expires_at", account.now() + LONGEST) - account.now()
    if lives < SHORTEST:
        message = "The `expires_at` timestamp must be at least 30 minutes from creation."
        raise invalid(message, "expires_at")
    if lives > LONGEST:
        message = "The `expires_at` timestamp must be less than 24 hours from creation."
        raise invalid(message, "expires_at")


def open_session(account: Account, asked: dict[str, Any], page: str) -> Shape:
    """A session whose page is at ``page`` followed by its id."""
    identifier, total = account.new_id("cs_test"), _total(asked)
    currency = asked["line_items"][0]["price_data"]["currency"]
    account.line_items[identifier] = list(_items(identifier, asked, currency))
    kept = (
        "cancel_url", "client_reference_id", "customer_email", "locale", "metadata",
        "submit_type", "success_url",
    )  # fmt: skip
    session = a_session(
        id=identifier,
        amount_subtotal=total,
        amount_total=total,
        created=account.now(),
        currency=currency,
        expires_at=asked.get("expires_at", account.now() + LONGEST),
        url=f"{page}{identifier}",
        **{name: asked[name] for name in kept if name in asked},
    )
    account.intents_asked[identifier] = asked.get("payment_intent_data", {})
    account.open_sessions[identifier] = session["expires_at"]
    account.refer(identifier, session["client_reference_id"] or identifier)
    return account.keep(session)


def expire_session(account: Account, session: Shape) -> Shape:
    if session["status"] != "open":
        raise invalid(
            f"Only Checkout Sessions with a status in ['open'] can be expired. This Checkout "
            f"Session has a status of `{session['status']}`.",
        )
    session["status"], session["url"] = "expired", None
    account.open_sessions.pop(session["id"])
    account.emit("checkout.session.expired", session)
    return session


def expire_due(account: Account) -> None:
    """Close the sessions whose time has passed."""
    for identifier, ends_at in list(account.open_sessions.items()):
        if ends_at <= account.now():
            expire_session(account, account.find("checkout.session", identifier))


def pay_session(account: Account, session: Shape, amount: int) -> Shape:
    """The payer pays ``amount``. Returns the PaymentIntent, succeeded."""
    tariff, currency = account.tariff, session["currency"]
    intent = _intent_of(account, session)
    charge = _charge(account, intent, amount, "succeeded")
    commission = tariff.commission(amount, currency)
    fees = (
        ("stripe_fee", "Stripe processing fees", commission),
        ("tax", "VAT", tariff.tax(commission)),
    )
    charge["balance_transaction"] = account.move("charge", "charge", amount, charge, fees)["id"]
    intent.update(
        amount=amount, amount_received=amount, latest_charge=charge["id"], status="succeeded",
        payment_method=charge["payment_method"], last_payment_error=None,
    )  # fmt: skip
    session.update(
        amount_subtotal=amount, amount_total=amount, payment_intent=intent["id"],
        payment_status="paid", status="complete", url=None,
    )  # fmt: skip
    account.open_sessions.pop(session["id"], None)
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    account.emit("checkout.session.completed", session)
    return intent


def decline_session(account: Account, session: Shape) -> Shape:
    """The bank declines a card. The session stays open, so that another can be tried."""
    intent = _intent_of(account, session)
    charge = _charge(account, intent, intent["amount"], "failed")
    charge.update(failure_code="card_declined", failure_message="Your card was declined.")
    intent.update(
        latest_charge=charge["id"],
        last_payment_error={
            "charge": charge["id"],
            "code": "card_declined",
            "decline_code": "generic_decline",
            "message": "Your card was declined.",
            "type": "card_error",
        },
    )
    session["payment_intent"] = intent["id"]
    account.emit("payment_intent.payment_failed", intent)
    return intent


def _total(asked: dict[str, Any]) -> int:
    return sum(item["price_data"]["unit_amount"] * item["quantity"] for item in asked["line_items"])


def _items(session: str, asked: dict[str, Any], currency: str) -> Iterator[Shape]:
    for number, item in enumerate(asked["line_items"], 1):
        price = item["price_data"]
        amount = price["unit_amount"] * item["quantity"]
        yield {
            "id": f"li_{session.rpartition('_')[2]}{number:03d}",
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": amount,
            "amount_tax": 0,
            "amount_total": amount,
            "currency": currency,
            "description": price["product_data"]["name"],
            "quantity": item["quantity"],
        }


def _intent_of(account: Account, session: Shape) -> Shape:
    if session["payment_intent"]:
        return account.find("payment_intent", session["payment_intent"])
    intent = a_payment_intent(
        id=account.new_id("pi"),
        amount=session["amount_total"],
        created=account.now(),
        currency=session["currency"],
        **account.intents_asked[session["id"]],
    )
    account.refer(intent["id"], account.reference_of(session))
    return account.keep(intent)


def _charge(account: Account, intent: Shape, amount: int, status: str) -> Shape:
    """A charge takes its description and metadata from its PaymentIntent."""
    return account.keep(
        a_charge(
            id=account.new_id("ch"),
            amount=amount,
            created=account.now(),
            currency=intent["currency"],
            description=intent["description"],
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            status=status,
        )
    )
