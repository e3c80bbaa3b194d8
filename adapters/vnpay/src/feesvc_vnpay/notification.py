"""VNPAY's notification (IPN): a GET whose query is parsed once, strictly, and then believed or not.

A query has one meaning here: no name twice, no arrays, no broken escapes, UTF-8 without control
characters. ``+`` and ``%20`` are the same space, before and after signing, as VNPAY's rule has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from feesvc.intermediary import Forged, Notification
from feesvc_vnpay.fields import Fields
from feesvc_vnpay.signing import UNSIGNED, canonical_query, is_signed

LONGEST = 8_192
MOST = 64
NAME = re.compile("vnp_[0-9A-Za-z]{1,40}")
ENCODED = re.compile(rb"(?:[!-$'-*,-<>-~+]|%[0-9A-Fa-f]{2})*")
"""Printable ASCII without ``&``, ``=`` and ``%``, which only whole escapes may bring."""
ALGORITHMS = frozenset({"", "SHA512", "HMACSHA512"})
"""What an unsigned ``vnp_SecureHashType`` may say: only what is done anyway."""


def believed(notification: Notification, keys: Sequence[str]) -> Fields:
    """What VNPAY signed of it, nothing else. Raises ``Forged``."""
    if notification.method != "GET" or notification.body:
        raise Forged("not a GET")
    parameters = parsed(notification.query)
    if parameters.get("vnp_SecureHashType", "").upper() not in ALGORITHMS:
        raise Forged("another algorithm")
    given = parameters.get("vnp_SecureHash", "")
    if re.fullmatch("[0-9a-f]{128}", given) is None:
        raise Forged("no signature")
    if not is_signed(given, canonical_query(parameters), keys):
        raise Forged("another signature")
    return Fields({name: parameters[name] for name in parameters.keys() - UNSIGNED})


def parsed(query: bytes) -> dict[str, str]:
    """The parameters that are VNPAY's (``vnp_…``), decoded. Raises ``Forged``."""
    if len(query) > LONGEST or query.count(b"&") >= MOST:
        raise Forged("too long")
    pairs = list(_pairs(query))
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Forged("a name stands twice")
    theirs = {name: value for name, value in pairs if name.startswith("vnp_")}
    if not all(map(NAME.fullmatch, theirs)):
        raise Forged("a name of another form")
    return theirs


def _pairs(query: bytes) -> Iterator[tuple[str, str]]:
    for part in query.split(b"&"):
        name, equals, value = part.partition(b"=")
        if not (name and equals):
            raise Forged("not a query")
        yield _decoded(name), _decoded(value)


def _decoded(raw: bytes) -> str:
    if ENCODED.fullmatch(raw) is None:
        raise Forged("encoded wrongly")
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as problem:
        raise Forged("not UTF-8") from problem
    if not text.isprintable():
        raise Forged("control characters")
    return text
