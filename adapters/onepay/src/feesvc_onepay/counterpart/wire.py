"""OnePay's messages as its own side makes them, sharing no code with the adapter."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import httpx

MERCHANT = "FEESVC"
ACCESS_CODE = "FE35C001"
KEY = "0F1E2D3C4B5A69788796A5B4C3D2E1F0"
QUERY_USER = "fee01"
QUERY_WORD = "stand-in-1234"
"""Sample keys: they open nothing but this stand-in."""
HASH = "vpc_SecureHash"


def secure_hash(pairs: Iterable[tuple[str, str]], key: str) -> str:
    """Over the raw pairs, in the order of their names."""
    kept = [
        f"{name}={value}"
        for name, value in sorted(pairs)
        if value and name != HASH and name[:4] in {"vpc_", "user"}
    ]
    made = hmac.digest(binascii.unhexlify(key), "&".join(kept).encode(), hashlib.sha256)
    return binascii.hexlify(made).decode().upper()


def written(parameters: Mapping[str, str], key: str) -> str:
    """The parameters in the order of their names, encoded, the signature last."""
    pairs = sorted((name, value) for name, value in parameters.items() if value and name != HASH)
    text = "&".join(f"{name}={quote_plus(value)}" for name, value in pairs)
    return f"{text}&{HASH}={secure_hash(pairs, key)}"


def rephrased(message: httpx.Request, changes: Mapping[str, Any], key: str) -> httpx.Request:
    """The notification with other values, signed by ``key``; a signature given is sent as it is."""
    base, _, query = str(message.url).partition("?")
    said = dict(parse_qsl(query, strict_parsing=True))
    for name, value in changes.items():
        said[name] = "" if value is None else str(value)
    text, _, made = written(said, key).rpartition(f"&{HASH}=")
    given = changes.get(HASH, made)
    if given is not None:
        text += f"&{HASH}={quote_plus(str(given))}"
    return httpx.Request("GET", f"{base}?{text}")
