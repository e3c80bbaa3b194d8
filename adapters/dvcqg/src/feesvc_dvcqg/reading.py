"""Translates what the platform tells into outcomes. Pure."""

from __future__ import annotations

from feesvc.intermediary import Ended, Outcome, PaymentOrder, Pending, Received, code_of
from feesvc.intermediary.strict_json import Unreadable
from feesvc_dvcqg.fields import Fields

DONE = "00"


def confirmed(message: Fields, partner: str) -> Outcome:
    """What a Confirm says. No code but "00" is money, and none is known to be final."""
    result = message.text("MaLoi", 20)
    reference = message.text("MaThamChieu")
    if result != DONE:
        return Pending(reference=reference, code=code_of(f"ma_loi_{result}"))
    return _received(message, partner, loose=False)


def queried(answer: Fields, order: PaymentOrder, partner: str) -> Outcome:
    """How the order stands; raises ``Unreadable`` for an answer that is not about it."""
    result = answer.code("MaLoi")
    if answer.has("MaThamChieu") and answer.text("MaThamChieu") != order.reference:
        raise Unreadable("another MaThamChieu")
    if result != DONE:
        return Pending(reference=order.reference, code=code_of(f"ma_loi_{result}"))
    match answer.code("TrangThaiGD"):
        case "1":
            return _received(answer, partner, loose=True)
        case "3":
            return Pending(reference=order.reference)
        case "4":
            at = answer.moment() if answer.has("ThoiGianGD") else order.asked_at
            return Ended(reference=order.reference, reason="trang_thai_gd_4", at=at)
        case strange:
            return Pending(reference=order.reference, code=code_of(f"trang_thai_gd_{strange}"))


def _received(told: Fields, partner: str, *, loose: bool) -> Received:
    to = told.text("MaDoiTac", 50)
    return Received(
        reference=told.text("MaThamChieu"),
        transaction=told.text("MaGiaoDich"),
        amount=told.money(loose),
        at=told.moment(),
        merchant="" if to == partner else to,
    )
