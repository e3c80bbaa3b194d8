"""Amounts between ``Money`` and Stripe: the same whole number, for the currencies we accept.

Stripe counts in the smallest unit of a currency: 1000 is 10 USD, and 1000 is 1000 VND, which is
on its zero-decimal list (https://docs.stripe.com/currencies#zero-decimal). That is our minor unit
of ISO 4217 except for the currencies in ``OTHER_UNIT``, which are therefore never converted.
"""

from __future__ import annotations

from feesvc.intermediary import Limits, Refused
from feesvc.money import Money

ZERO_DECIMAL = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
    "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
"""Currencies that Stripe counts in whole units (docs.stripe.com/currencies, read 2026)."""

OTHER_UNIT = frozenset({"ISK", "MGA", "UGX"})
"""Where Stripe's unit is not ISO 4217's: ISK and UGX are sent with two decimals, MGA without."""

EIGHT_DIGITS = 99_999_999
"""The largest amount of one charge, in any currency, in Stripe's own words "up to eight digits".

https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount. Dearer currencies
are not special: 99,999,999 VND, about 3,800 USD, is the most that one payment can carry.
"""

ACCEPTED = {
    "VND": Limits(minimum=13_000, maximum=EIGHT_DIGITS),
    "USD": Limits(minimum=50, maximum=EIGHT_DIGITS),
}
"""What we ask for. The minimum is 0.50 USD "or equivalent in charge currency".

Stripe converts at the day's rate, so the figure for VND (0.50 USD at 26,000) is a guide: a payment
near it may still be refused by Stripe as ``amount_too_small``.
"""


class UnknownUnit(ValueError):
    """An amount in a currency whose unit at Stripe is not ISO 4217's minor unit."""


def to_stripe(money: Money) -> tuple[int, str]:
    """The amount and the lower-case currency that Stripe expects; ``Refused`` if not accepted."""
    if money.currency not in ACCEPTED:
        raise Refused(f"currency_{money.currency.lower()}")
    return money.amount, money.currency.lower()


def from_stripe(amount: int, currency: str) -> Money:
    """What Stripe reports, in any currency whose unit is ISO 4217's; else ``UnknownUnit``."""
    code = currency.upper()
    if code in OTHER_UNIT:
        raise UnknownUnit(f"amounts in {code} have another unit at Stripe")
    return Money(amount, code)
