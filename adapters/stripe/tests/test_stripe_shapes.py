"""The counterpart's objects have the fields of Stripe's own, and real documents are understood."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from feesvc.intermediary import Disputed, Notification
from feesvc.money import Money
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.returning import create_refund, open_dispute, pay_out
from feesvc_stripe.counterpart.selling import open_session, pay_session
from feesvc_stripe.counterpart.stand_in import StripeCounterpart
from feesvc_stripe.counterpart.webhooks import webhook

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
STATEMENTS = Path(__file__).parents[3].parent / "shared" / "data" / "statements"

ON_REQUEST = {"charge": {"refunds"}}
"""Fields that the API answers only when they are expanded."""
IN_SOME_STATES = {
    "charge": {"transfer"},
    "checkout.session": {"redirect_on_completion"},
    "payment_intent": {"payment_record"},
    "refund": {"pending_reason", "failure_reason", "failure_balance_transaction"},
}
"""Fields that the API leaves out in other states, or for accounts unlike ours."""

ORACLES: dict[str, Any] = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "balance_transaction": stripe.BalanceTransaction,
    "payout": stripe.Payout,
    "event": stripe.Event,
}


def statement(name: str) -> str:
    path = STATEMENTS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand: shared/data/statements is not beside this repository")
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    """One of every kind, as the counterpart keeps them."""
    stand_in = StripeCounterpart(lambda: NOON)
    account = stand_in.account
    price = {"currency": "usd", "unit_amount": 20_000, "product_data": {"name": "Cable repair"}}
    asked = {"line_items": [{"quantity": 1, "price_data": price}]}
    session = open_session(account, asked, "http://counterpart.test/c/pay/")
    charge = account.find("charge", pay_session(account, session, 20_000)["latest_charge"])
    create_refund(account, {"charge": charge["id"], "amount": 5_000})
    open_dispute(account, charge, 3_000)
    pay_out(account, "usd")
    return {kind: next(iter(account.listed(kind))) for kind in ORACLES}


@pytest.mark.parametrize("kind", sorted(set(ORACLES) - {"checkout.session", "event"}))
def test_an_object_has_the_fields_of_stripes_fixture(
    objects: dict[str, dict[str, Any]], kind: str
) -> None:
    fixture = json.loads(statement("stripe__openapi/fixtures3_extract.json"))[kind]
    ours = set(objects[kind]) - IN_SOME_STATES.get(kind, set())
    assert ours == set(fixture) - ON_REQUEST.get(kind, set())


@pytest.mark.parametrize("kind", ORACLES)
def test_an_object_has_no_field_that_the_sdk_does_not_know(
    objects: dict[str, dict[str, Any]], kind: str
) -> None:
    known = set(ORACLES[kind].__annotations__)
    fixture_only = {"source"} if kind in {"charge", "payment_intent"} else set()
    assert set(objects[kind]) <= known | fixture_only


@pytest.mark.parametrize("kind", ORACLES)
def test_an_object_has_every_field_that_is_always_there(
    objects: dict[str, dict[str, Any]], kind: str
) -> None:
    always = {
        name
        for name, annotation in ORACLES[kind].__annotations__.items()
        if not any(word in str(annotation) for word in ("Optional", "ClassVar"))
    }
    always -= IN_SOME_STATES.get(kind, set()) | {"deleted"}
    assert always <= set(objects[kind])


def _notified(event: dict[str, Any]) -> tuple[object, ...]:
    stand_in = StripeCounterpart(lambda: NOON)
    now = int(NOON.timestamp())
    sent = webhook(event, "https://fees.test/", now, stand_in.webhook_secrets)
    notification = Notification(
        method="POST",
        query=b"",
        headers=dict(sent.headers),
        body=sent.content,
        received_at=NOON,
    )
    with httpx.Client() as http:
        return tuple(
            Stripe(stand_in.settings("http://x.test"), http).read_notification(notification)
        )


def test_a_lost_dispute_of_the_british_government_is_understood() -> None:
    name = "alphagov__pay-connector/charge_dispute_lost_with_multiple_balance_transactions.json"
    filled = statement(name).replace("{{type}}", "charge.dispute.closed")
    event = json.loads(filled.replace("{{status}}", "lost"))

    assert _notified(event) == (
        Disputed(
            dispute="du_1111111111",
            transaction="pi_1111111111",
            stage="lost",
            amount=Money(6_500, "GBP"),
            at=datetime.fromtimestamp(1_326_853_478, UTC),
            fee=Money(1_500, "GBP"),
        ),
    )


def test_a_payout_notification_says_nothing_of_a_payment() -> None:
    notice = statement("alphagov__pay-connector/payout_notification.json")
    assert _notified(json.loads(notice.replace("{{type}}", "payout.paid"))) == ()
