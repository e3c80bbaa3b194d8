"""VNPAY's messages as its own side makes them, sharing no code with the adapter."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

TMN_CODE = "FEESVC01"
HASH_KEY = "COUNTERPARTOFVNPAY0123456789ABCD"
"""Sample keys: they open nothing but this stand-in."""
HANOI = timezone(timedelta(hours=7))
PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
SIGNATURE, TYPE = "vnp_SecureHash", "vnp_SecureHashType"


def encode(text: str) -> str:
    """As PHP's ``urlencode`` does, octet by octet."""
    return "".join(
        "+" if octet == 0x20 else chr(octet) if octet in PLAIN else f"%{octet:02X}"
        for octet in text.encode()
    )


def hmac_sha512(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode(), hashlib.sha512).hex()


def signed_query(parameters: Mapping[str, str], key: str) -> str:
    """The query and, at its end, its signature."""
    kept = sorted((name, value) for name, value in parameters.items() if value != "")
    text = "&".join(
        encode(name) + "=" + encode(value) for name, value in kept if name not in (SIGNATURE, TYPE)
    )
    return f"{text}&{SIGNATURE}={hmac_sha512(key, text)}"


def pipe(fields: Mapping[str, Any], order: Sequence[str], key: str) -> str:
    return hmac_sha512(key, "|".join(str(fields.get(name, "")) for name in order))


def hanoi_time(moment: datetime) -> str:
    return f"{moment.astimezone(HANOI):%Y%m%d%H%M%S}"


def notification(url: str, parameters: Mapping[str, str], key: str) -> httpx.Request:
    """VNPAY calls the address that the merchant registered, with everything in the query."""
    return httpx.Request("GET", f"{url}?{signed_query(parameters, key)}")


def rephrased(message: httpx.Request, changes: Mapping[str, Any], key: str) -> httpx.Request:
    """The notification with other values, signed by ``key``; a signature given is sent as it is."""
    base, _, query = str(message.url).partition("?")
    parameters: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        parameters[name] = decode(value)
    given = {name: value for name, value in changes.items() if name in (SIGNATURE, TYPE)}
    for name, value in changes.items():
        parameters[name] = "" if value is None else str(value)
    text, _, signature = signed_query(parameters, key).rpartition(f"&{SIGNATURE}=")
    for name, value in {SIGNATURE: signature, **given}.items():
        if value is not None:
            text += f"&{name}={encode(str(value))}"
    return httpx.Request("GET", f"{base}?{text}")


def decode(value: str) -> str:
    octets = bytearray()
    raw = value.encode("ascii")
    at = 0
    while at < len(raw):
        if raw[at] == 0x25:
            octets.append(int(raw[at + 1 : at + 3], 16))
            at += 3
        else:
            octets.append(0x20 if raw[at] == 0x2B else raw[at])
            at += 1
    return octets.decode()
