"""Stripe keeps the contract of intermediaries, of refunds, cancellations and settlements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from feesvc.testing.intermediary import (
    CancellationContract,
    IntermediaryContract,
    RefundContract,
    SettlementContract,
    Stage,
)
from feesvc.testing.intermediary.stage import BASE_URL
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.stand_in import StripeCounterpart


class StripeStage(Stage):
    adapter_class = Stripe
    counterpart_class = StripeCounterpart
    wire_reference = r"[0-9a-z]{6}-[0-9]{1,15}"
    tolerance = timedelta(seconds=300)

    @property
    def stand_in(self) -> StripeCounterpart:
        return cast("StripeCounterpart", self.counterpart)

    def settled(self) -> tuple[str, bytes]:
        """The answers of the API for the payout, put together by hand."""
        batch = self.stand_in.pay_out("vnd")
        payout = self._answer(f"/v1/payouts/{batch}")
        asked = f"payout={batch}&limit=100&expand[]=data.source"
        page = self._answer(f"/v1/balance_transactions?{asked}")
        return batch, b'{"payout": %s, "pages": [%s]}' % (payout, page)

    def _answer(self, target: str) -> bytes:
        headers: Mapping[str, str] = {"Authorization": f"Bearer {self.settings()['secret_key']}"}
        return self.http.get(BASE_URL + target, headers=headers).content


class TestStripe(
    StripeStage, IntermediaryContract, RefundContract, CancellationContract, SettlementContract
):
    pass
