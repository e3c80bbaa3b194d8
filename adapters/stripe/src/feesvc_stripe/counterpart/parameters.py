"""The parameters that each request of the counterpart takes: a part of those that Stripe takes.

Names and types follow https://docs.stripe.com/api. What Stripe knows and we do not is refused as
unknown, so that nothing is sent whose meaning was never thought of here.
"""

from __future__ import annotations

from collections.abc import Mapping

from feesvc_stripe.counterpart.forms import (
    Field,
    Required,
    choice,
    either,
    flag,
    integer,
    listing,
    marks,
    record,
    text,
    url,
)

CURRENCY = choice("usd", "vnd")
EXPAND = listing(text(200), longest=20)
LOCALE = choice("auto", "en", "en-GB", "fr", "ja", "ko", "vi", "zh")

PRODUCT = record(
    {"name": Required(text(250)), "description": text(), "metadata": marks},
)
PRICE = record(
    {
        "currency": Required(CURRENCY),
        "unit_amount": Required(integer(0)),
        "product_data": Required(PRODUCT),
    }
)
SESSION: Mapping[str, Field | Required] = {
    "adaptive_pricing": record({"enabled": flag}),
    "cancel_url": url,
    "client_reference_id": text(200),
    "customer_email": text(512),
    "expand": EXPAND,
    "expires_at": integer(0),
    "line_items": Required(
        listing(record({"price_data": Required(PRICE), "quantity": Required(integer(1, 999_999))}))
    ),
    "locale": LOCALE,
    "metadata": marks,
    "mode": Required(choice("payment")),
    "payment_intent_data": record({"description": text(1000), "metadata": marks}),
    "payment_method_types": listing(choice("card")),
    "submit_type": choice("auto", "book", "donate", "pay"),
    "success_url": Required(url),
    "ui_mode": choice("hosted_page"),
}

REFUND: Mapping[str, Field | Required] = {
    "amount": integer(1),
    "charge": text(),
    "expand": EXPAND,
    "metadata": marks,
    "payment_intent": text(),
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
}

ONLY_EXPAND: Mapping[str, Field | Required] = {"expand": EXPAND}

TIME = either(
    integer(0),
    record({"gt": integer(0), "gte": integer(0), "lt": integer(0), "lte": integer(0)}),
)
PAGED: Mapping[str, Field | Required] = {
    "created": TIME,
    "ending_before": text(),
    "expand": EXPAND,
    "limit": integer(1, 100),
    "starting_after": text(),
}

FILTERS: Mapping[str, Mapping[str, Field | Required]] = {
    "checkout.session": {
        **PAGED,
        "payment_intent": text(),
        "status": choice("complete", "expired", "open"),
    },
    "payment_intent": PAGED,
    "charge": {**PAGED, "payment_intent": text()},
    "refund": {**PAGED, "charge": text(), "payment_intent": text()},
    "dispute": {**PAGED, "charge": text(), "payment_intent": text()},
    "balance_transaction": {
        **PAGED,
        "currency": CURRENCY,
        "payout": text(),
        "source": text(),
        "type": text(),
    },
    "payout": {**PAGED, "status": text()},
    "event": {**PAGED, "type": text()},
}
