"""ZaloPay's messages as its other side makes them, sharing no code with the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

APP_ID = 2553
KEY1 = "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL"
KEY2 = "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"
"""The public credentials of app 2553 of ZaloPay's sandbox (docs.zalopay.vn)."""


def mac(key: str, text: str) -> str:
    """HMAC-SHA256 over the text as it stands."""
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def callback(url: str, data: str, key: str, kind: int = 1) -> httpx.Request:
    """``data`` is text inside the JSON; the mac covers that text. ``kind``: 2 is an agreement."""
    body = json.dumps({"data": data, "mac": mac(key, data), "type": kind}).encode()
    headers = {"content-type": "application/json"}
    return httpx.Request("POST", url, content=body, headers=headers)


def rephrased(message: httpx.Request, changes: Mapping[str, Any], key: str) -> httpx.Request:
    """With other values in these fields; those of ``data`` are named ``data.…``."""
    outer = json.loads(message.read())
    inner = json.loads(outer["data"])
    for place, value in changes.items():
        within, _, name = place.rpartition(".")
        target = inner if within == "data" else outer
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    if "data" not in changes:
        outer["data"] = json.dumps(inner, separators=(",", ":"))
    outer["mac"] = mac(key, str(outer.get("data", "")))
    headers = {"content-type": "application/json"}
    return httpx.Request("POST", message.url, content=json.dumps(outer).encode(), headers=headers)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
