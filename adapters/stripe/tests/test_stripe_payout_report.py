"""The payout report of the counterpart is read by the profiles of its two currencies."""

from __future__ import annotations

from feesvc.money import Money
from feesvc.testing.intermediary import SettlementTableContract
from feesvc.testing.intermediary.tabling import Said, meant
from feesvc.testing.settling import Movement
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.settling import CONTRACT
from feesvc_stripe.counterpart.stand_in import StripeCounterpart
from feesvc_stripe.counterpart.tariff import Tariff


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


def test_what_is_charged_is_what_the_contract_says_within_one_unit() -> None:
    """Rounded down it would be two units away of 239,467 đồng: no fee that anybody agreed on."""
    tariff = Tariff()
    for amount in (239_467, *range(13_000, 1_000_000, 7)):
        charged = tariff.commission(amount, "vnd")
        charged += tariff.tax(charged)
        commission, tax = CONTRACT.of(Money(amount, "VND"))
        assert abs(charged - commission.amount - tax.amount) <= 1
