"""The VietQR text that payOS shows and tells with a payment link."""

from __future__ import annotations

from collections.abc import Iterable


def paycode(bank: str, account: str, amount: int, purpose: str) -> str:
    """A dynamic code for one transfer in đồng to a virtual account."""
    payee = _fields([("00", bank), ("01", account)])
    application = _fields([("00", "A000000727"), ("01", payee), ("02", "QRIBFTTA")])
    body = _fields(
        [
            ("00", "01"), ("01", "12"), ("38", application), ("53", "704"),
            ("54", str(amount)), ("58", "VN"), ("62", _fields([("08", purpose)])),
        ]
    )  # fmt: skip
    register = 0xFFFF
    for byte in (body + "6304").encode("ascii"):
        register ^= byte << 8
        for _ in range(8):
            register = register << 1 ^ (0x11021 if register & 0x8000 else 0)
    return f"{body}6304{register:04X}"


def _fields(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in fields)
