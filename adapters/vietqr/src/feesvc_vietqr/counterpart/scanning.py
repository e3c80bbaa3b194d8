"""How a payer's banking app reads a code, strictly; it shares no code with who wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feesvc.testing.books import No

APPLICATIONS = {"A000000727": "38", "A000000775": "26"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What the app shows before the payer confirms."""

    payee: str
    """Bank and account, or the merchant's id."""
    amount: int
    purpose: str


def scanned(code: str) -> Scanned:
    """A dynamic code in đồng. Raises ``No`` with one word for what is wrong with it."""
    fields = dict(_fields(code))
    tags = list(fields)
    if (tags[0], tags[-1], fields["00"]) != ("00", "63", "01"):
        raise No("frame")
    if f"{_crc(code[:-4].encode('ascii')):04X}" != fields["63"]:
        raise No("crc")
    if fields.get("53") != "704" or fields.get("58") != "VN":
        raise No("currency")
    if fields.get("01") != "12" or not re.fullmatch("[1-9][0-9]{0,12}", fields.get("54", "")):
        raise No("amount")
    purpose = dict(_fields(fields.get("62", ""))).get("08", "")
    if not re.fullmatch("[0-9A-Za-z ]{1,25}", purpose):
        raise No("purpose")
    return Scanned(payee=_payee(fields), amount=int(fields["54"]), purpose=purpose)


def _payee(fields: dict[str, str]) -> str:
    named = [tag for tag in fields if "26" <= tag <= "51"]
    if len(named) != 1:
        raise No("payee")
    inner = dict(_fields(fields[named[0]]))
    if APPLICATIONS.get(inner.get("00", "")) != named[0]:
        raise No("application")
    if named[0] == "26":
        if not all(fields.get(tag) for tag in ("52", "59", "60")):
            raise No("merchant")
        return inner.get("01", "")
    beneficiary = dict(_fields(inner.get("01", "")))
    bank, account = beneficiary.get("00", ""), beneficiary.get("01", "")
    if not re.fullmatch("[0-9]{6}", bank) or not re.fullmatch("[0-9A-Za-z]{1,19}", account):
        raise No("account")
    if inner.get("02") not in {"QRIBFTTA", "QRIBFTTC"}:
        raise No("service")
    return f"{bank} {account}"


def _fields(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    rest = text
    while rest:
        head = re.match("([0-9]{2})([0-9]{2})", rest, re.ASCII)
        if head is None or len(rest) < 4 + int(head[2]) or not rest.isascii():
            raise No("length")
        found.append((head[1], rest[4 : 4 + int(head[2])]))
        rest = rest[4 + int(head[2]) :]
    if not found or len({tag for tag, _ in found}) != len(found):
        raise No("tags")
    return found


def _crc(content: bytes) -> int:
    """CRC-16 bit by bit: polynomial 0x1021, start 0xFFFF, nothing reflected."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
            register &= 0xFFFF
    return register
