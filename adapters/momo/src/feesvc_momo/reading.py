"""Translates MoMo's resultCodes into outcomes of payments and refunds. Pure.

Codes and meanings: developers.momo.vn, List Result Codes. Only a code that MoMo marks final, and
that says what became of the payment, ends one; any other is pending, and asked about again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from feesvc.intermediary import (
    Ended,
    Outcome,
    Pending,
    Received,
    Refunded,
    RefundFailed,
    RefundOutcome,
    Reversed,
)
from feesvc_momo.fields import Fields

PAID = 0
DUPLICATE_REQUEST, DUPLICATE_ORDER, UNKNOWN_ORDER = 40, 41, 42
UNDER_WAY = frozenset({1000, 7000, 7002})
"""Not final, and nothing to wonder about. 9000 (authorised, not captured) we never ask for."""
NO_MONEY = {
    1001: "insufficient_funds",
    1002: "issuer_declined",
    1003: "cancelled",
    1004: "over_limit",
    1005: "expired",
    1006: "cancelled",
    1007: "account_inactive",
    1017: "cancelled",
    1026: "promotion_rules",
    2019: "order_group",
    4001: "account_restricted",
    4002: "account_unverified",
    4100: "login_failed",
}
"""Final, by our word. 98 and 99 are marked final too, but do not say what became of the payment."""
FAILED = 1080
NEVER_REFUNDED = {1081: "already_refunded", 1088: "not_eligible"}
OURS = re.compile(r"[0-9a-z]{6}-[0-9]{1,15}(\.[1-9])?")
"""The order numbers that we give. A refund under any other was made at MoMo, not by us."""


def payment_outcome(told: Fields, at: datetime, partner: str) -> Outcome:
    """What a notification or a look-up says of an order. ``partner`` is our own code."""
    reference, code = told.text("orderId"), told.whole("resultCode")
    if code == PAID:
        to = told.text("partnerCode")
        return Received(
            reference=reference,
            transaction=told.transaction(),
            amount=told.money(),
            at=at,
            merchant="" if to == partner else to,
        )
    if code in NO_MONEY:
        return Ended(reference=reference, reason=NO_MONEY[code], at=at)
    return Pending(reference=reference, code="" if code in UNDER_WAY else str(code))


def undone(told: Fields, received: Received) -> Sequence[Reversed]:
    """The transfer given back in whole by a refund that is not ours."""
    if not told.has("refundTrans"):
        return ()
    return [
        Reversed(
            reference=received.reference,
            transaction=received.transaction,
            at=refund.moment("createdTime"),
            reason="refunded_at_momo",
        )
        for refund in told.each("refundTrans")
        if refund.whole("resultCode") == PAID
        and refund.money() == received.amount
        and not OURS.fullmatch(refund.text("orderId"))
    ]


def refund_outcome(reference: str, told: Fields, at: datetime, *, again: bool) -> RefundOutcome:
    """What became of one attempt at a refund. ``again`` says that an earlier one had failed.

    A second attempt that MoMo finds refunded already contradicts the failure of the first: that is
    for a person to look at, and no failure.
    """
    code = told.whole("resultCode")
    if code == PAID:
        return Refunded(reference=reference, handle=told.transaction(), amount=told.money(), at=at)
    if code in NEVER_REFUNDED and not again:
        return RefundFailed(reference=reference, reason=NEVER_REFUNDED[code], at=at)
    return Pending(reference=reference, code="" if code in UNDER_WAY else str(code))
