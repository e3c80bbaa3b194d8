"""What the counterpart charges and which amounts it takes: sample figures, as Stripe has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

MOST = 99_999_999
"""Eight digits in any currency (docs.stripe.com/api/payment_intents/create, ``amount``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Amounts in minor units by lower-case currency, rates in parts per million."""

    rate_ppm: int = 29_000
    flat: Mapping[str, int] = field(default_factory=lambda: {"usd": 30, "vnd": 7_500})
    tax_ppm: int = 100_000
    """Tax on the commission, charged beside it."""
    dispute_fee: Mapping[str, int] = field(default_factory=lambda: {"usd": 1_500, "vnd": 380_000})
    minimum: Mapping[str, int] = field(default_factory=lambda: {"usd": 50, "vnd": 13_000})
    maximum: int = MOST
    available_after: timedelta = timedelta()
    """How long after a charge its money may be paid out."""

    def commission(self, amount: int, currency: str) -> int:
        """The commission without its tax, to the nearest unit."""
        return _nearest(amount, self.rate_ppm) + self.flat[currency]

    def tax(self, commission: int) -> int:
        return _nearest(commission, self.tax_ppm)


def _nearest(amount: int, ppm: int) -> int:
    return (amount * ppm + 500_000) // 1_000_000
