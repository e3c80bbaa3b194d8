"""Stripe keeps the contract of intermediaries, of refunds, cancellations and settlements."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

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
        """The API's answers for the payout put together by hand, a transaction on each line."""
        batch = self.stand_in.pay_out("vnd")
        payout = self._answer(f"/v1/payouts/{batch}")
        asked = f"payout={batch}&limit=100&expand[]=data.source"
        page = self._answer(f"/v1/balance_transactions?{asked}")
        assert page["has_more"] is False
        lines = b",\n".join(json.dumps(move).encode() for move in page["data"])
        head = b'{"payout": %s, "pages": [{"has_more": false, "data": [\n'
        return batch, head % json.dumps(payout).encode() + lines + b"\n]}]}\n"

    def _answer(self, target: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.settings()['secret_key']}"}
        answer: dict[str, Any] = self.http.get(BASE_URL + target, headers=headers).json()
        return answer


class TestStripe(
    StripeStage, IntermediaryContract, RefundContract, CancellationContract, SettlementContract
):
    pass
