"""``MaXacThuc``: SHA-256 of the named values between bars, the secret last.

A value with a bar in it would shift its neighbours, so none is signed and none is believed. Each
kind of message has another number of values: no hash of one is a hash of another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from feesvc.intermediary import Forged, Refused
from feesvc.intermediary.strict_json import Unreadable
from feesvc_dvcqg.fields import Fields

INIT = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan",
    "MaKenhThanhToan", "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich",
    "ThoiGianGD", "Ip",
)  # fmt: skip
CONFIRM = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich",
    "MaNganHang", "ThoiGianGD", "ThongTinGiaoDich",
)  # fmt: skip
"""``ThoiGianGD`` stands before ``ThongTinGiaoDich`` here, and after it in INIT."""
QUERY = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
BAR = "|"
HASH = re.compile("[0-9a-f]{64}")


def canonical(values: Sequence[str], secret: str) -> str:
    """What is hashed."""
    return BAR.join((*values, secret))


def signed(values: Sequence[str], secret: str) -> str:
    """Lower-case hex. Raises ``Refused`` for a value with a bar in it."""
    if any(BAR in value for value in values):
        raise Refused("bar_in_value")
    return hashlib.sha256(canonical(values, secret).encode()).hexdigest()


def verify(fields: Fields, names: Sequence[str], secrets: Sequence[str]) -> None:
    """Raises ``Forged`` unless one of ``secrets`` signed these fields. An empty one signs none."""
    try:
        values = [fields.line(name, 1_000) for name in names]
        given = fields.text("MaXacThuc", 64)
    except Unreadable as problem:
        raise Forged(f"a field is missing, or not a text: {problem}") from problem
    if any(BAR in value for value in values) or not HASH.fullmatch(given):
        raise Forged("a value that is never sent")
    if not any(hmac.compare_digest(signed(values, key), given) for key in secrets if key):
        raise Forged("another MaXacThuc")
