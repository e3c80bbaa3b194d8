"""What KeyPay's response codes say of an order, as a public code base translates them."""

from __future__ import annotations

from feesvc.intermediary import Ended, Outcome, PaymentOrder, Pending, Received, code_of

PAID = "00"
CANCELLED = "18"
NOT_THERE = "24"
DECLINED = frozenset({"17", "27", "41", "54", "57", "61", "62", "65", "66", "98"})
"""No funds, a holder's details wrong three times, a suspect, expired or locked card, a limit.

Final only in this: the bank said no. Money that comes all the same is taken.
"""


def outcome_of(code: str, order: PaymentOrder) -> Outcome:
    """KeyPay tells neither amount nor time: it takes what the redirect asked, whole or not at all.

    A transfer is therefore called by our own reference, which KeyPay takes once.
    """
    reference = order.reference
    if code == PAID:
        return Received(
            reference=reference, transaction=reference, amount=order.amount, at=order.asked_at
        )
    if code == CANCELLED:
        return Ended(reference=reference, reason="cancelled", at=order.asked_at)
    if code in DECLINED:
        return Ended(reference=reference, reason=f"response_{code}", at=order.asked_at)
    return Pending(
        reference=reference, code="" if code == NOT_THERE else code_of(f"response_{code}")
    )
