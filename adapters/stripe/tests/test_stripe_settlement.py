"""A settlement document of Stripe is read whole, or refused: every sum is checked."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from feesvc.intermediary import Malformed, Profile, Settlement, SettlementLine
from feesvc.money import Money
from feesvc_stripe import Stripe

Change = Callable[[dict[str, Any]], object]


def move(number: int, amount: int, fee: int = 0, **known: Any) -> dict[str, Any]:
    category = known.get("reporting_category", "charge")
    return {
        "id": f"txn_{number}",
        "object": "balance_transaction",
        "amount": amount,
        "created": 1_795_150_800,
        "currency": "usd",
        "exchange_rate": 1.164213,
        "fee": fee,
        "fee_details": [{"amount": fee, "currency": "usd", "type": "stripe_fee"}] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": {"id": f"ch_{number}", "payment_intent": f"pi_{number}", "metadata": {}},
        **known,
    }


def document() -> dict[str, Any]:
    """Two charges, a platform fee, something new, and the payout of 17,000 less what they cost."""
    return {
        "payout": {
            "id": "po_1",
            "amount": 15_900,
            "currency": "usd",
            "arrival_date": 1_795_219_200,
        },
        "pages": [
            {
                "has_more": True,
                "data": [
                    move(1, -15_900, reporting_category="payout", source="po_1"),
                    move(2, 10_000, 500),
                ],
            },
            {
                "has_more": False,
                "data": [
                    move(3, 7_000, 300),
                    move(4, -200, reporting_category="fee", source=None),
                    move(5, -100, reporting_category="something_new", source=None),
                ],
            },
        ],
    }


def read(changed: Any) -> tuple[Settlement, list[SettlementLine]]:
    with httpx.Client() as http:
        stripe = Stripe({"secret_key": "sk_test_x", "webhook_secret": "whsec_x"}, http)
        settlement = stripe.read_settlement(io.BytesIO(json.dumps(changed).encode()), Profile())
    return settlement, list(settlement.lines)


def test_what_adds_to_the_payout_is_plus() -> None:
    settlement, lines = read(document())
    assert (settlement.batch, settlement.net, settlement.count) == ("po_1", Money(15_900, "USD"), 5)
    assert [(line.kind, line.net.amount) for line in lines] == [
        ("payout", -15_900),
        ("payment", 9_500),
        ("payment", 6_700),
        ("fee", -200),
        ("adjustment", -100),
    ]
    assert lines[1].commission == Money(-500, "USD")
    assert [line.transaction for line in lines] == ["", "pi_2", "pi_3", "", ""]


def test_tax_on_a_fee_stands_apart() -> None:
    changed = document()
    changed["pages"][0]["data"][1]["fee_details"] = [
        {"amount": 455, "currency": "usd", "type": "stripe_fee"},
        {"amount": 45, "currency": "usd", "type": "tax"},
    ]
    _, lines = read(changed)
    assert (lines[1].commission.amount, lines[1].tax.amount) == (-455, -45)


def first(of: dict[str, Any]) -> Any:
    return of["pages"][0]["data"][1]


WRONG: dict[str, Change] = {
    "the net is not gross less fee": lambda d: first(d).update(net=9_501),
    "a fee without its parts": lambda d: first(d).update(fee_details=[]),
    "a part of a fee in another currency": lambda d: first(d)["fee_details"][0].update(
        currency="vnd"
    ),
    "a fraction of a cent": lambda d: first(d).update(amount=10_000.5),
    "an amount as text": lambda d: first(d).update(amount="10000"),
    "an amount that is true": lambda d: first(d).update(fee=True),
    "another currency": lambda d: first(d).update(
        currency="vnd", fee_details=[], fee=0, net=10_000
    ),
    "a transfer that is not named": lambda d: first(d).update(source="ch_2"),
    "no category": lambda d: first(d).pop("reporting_category"),
    "no id": lambda d: first(d).pop("id"),
    "a line that is lost": lambda d: d["pages"][1]["data"].pop(),
    "a page that is lost": lambda d: d["pages"].pop(),
    "a line that stands twice": lambda d: d["pages"][1]["data"].append(first(d)),
    "no line of the payout": lambda d: d["pages"][0]["data"].pop(0),
    "a payout of another amount": lambda d: d["payout"].update(amount=15_901),
    "no payout": lambda d: d.pop("payout"),
    "pages that are none": lambda d: d.update(pages={}),
    "no pages": lambda d: d.update(pages=[]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_add_up_is_malformed(wrong: str) -> None:
    changed = document()
    WRONG[wrong](changed)
    with pytest.raises(Malformed):
        read(changed)


def test_a_layout_is_not_asked_for() -> None:
    with httpx.Client() as http:
        stripe = Stripe({"secret_key": "sk_test_x", "webhook_secret": "whsec_x"}, http)
        with pytest.raises(Malformed):
            stripe.read_settlement(io.BytesIO(b"{}"), Profile(layout={"amount": "B"}))
