"""feesvc-stripe: payments and refunds through Stripe's hosted Checkout."""

from __future__ import annotations

from feesvc_stripe.adapter import Stripe

__all__ = ["Stripe"]
