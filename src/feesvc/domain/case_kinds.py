"""Case kinds: what can be wrong, by code, with the days that the work on it may take.

Codes of a letter and two digits are those of the taxonomy of differences (F, A, S, B, T, G); the
codes N are facts of an intermediary that contradict what is on record and carry no money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from feesvc.domain.aggregate import Refusal

SATURDAY = 5


class UnknownCaseCode(Refusal):
    """There is no such kind of case"""


@dataclass(frozen=True, slots=True)
class CaseKind:
    """``days`` are working days, Monday to Friday, from the day on which the case was opened."""

    name_en: str
    name_vi: str
    days: int


KINDS: Mapping[str, CaseKind] = {
    "A08": CaseKind("Payment without end", "Lệnh thanh toán không có kết quả cuối", 1),
    "N01": CaseKind("Refund without end", "Hoàn tiền không có kết quả cuối", 1),
    "N02": CaseKind(
        "Refund paid of another amount", "Số tiền hoàn khác với lệnh hoàn", 2
    ),
    "N03": CaseKind(
        "Dispute that does not fit its transfer", "Khiếu nại không khớp với lần chuyển tiền", 2
    ),
    "N04": CaseKind("Reversal of an unknown transfer", "Đảo giao dịch không rõ nguồn", 2),
    "N05": CaseKind("Dispute of an unknown transfer", "Khiếu nại giao dịch không rõ nguồn", 2),
    "N06": CaseKind("Payment ended after its money came", "Báo thất bại sau khi đã thu tiền", 1),
    "N07": CaseKind("Codes that contradict each other", "Mã trả lời mâu thuẫn", 1),
    "N08": CaseKind("Transaction told in two ways", "Mã giao dịch đã dùng cho khoản khác", 1),
    "N09": CaseKind("Money told again after its refund", "Báo thành công sau khi đã hoàn tiền", 2),
    "N10": CaseKind("Money in another currency", "Tiền nhận khác loại tiền của lệnh", 3),
    "N11": CaseKind("Money for another merchant", "Tiền ghi cho đơn vị chấp nhận khác", 1),
    "N12": CaseKind("Refund that we never sent", "Hoàn tiền không do ta yêu cầu", 1),
    "N13": CaseKind("Money of an impossible amount", "Số tiền không thể có", 1),
    "N14": CaseKind("Notified of an order that we never placed", "Báo về lệnh không do ta tạo", 1),
}  # fmt: skip


def kind_of(code: str) -> CaseKind:
    """Raises ``UnknownCaseCode``."""
    if code not in KINDS:
        raise UnknownCaseCode(code[:40])
    return KINDS[code]


def due_after(day: date, days: int) -> date:
    """The day that is ``days`` working days later: weekends are none, public holidays still are."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day
