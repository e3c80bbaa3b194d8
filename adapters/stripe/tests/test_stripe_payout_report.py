"""The payout report of the counterpart is read by the profiles of its two currencies."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc.testing.intermediary.tabling import Said, meant
from feesvc.testing.settling import Movement
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.stand_in import StripeCounterpart


class PayoutReport(SettlementTableContract):
    """The report names no merchant, no reference of ours and no totals."""

    adapter_class = Stripe
    counterpart_class = StripeCounterpart
    declares_totals = False

    def meant(self, one: Movement) -> Said:
        said = meant(one)
        return (*said[:3], "", *said[4:])


class TestInDong(PayoutReport):
    table_currency = "VND"


class TestInDollars(PayoutReport):
    table_currency = "USD"
