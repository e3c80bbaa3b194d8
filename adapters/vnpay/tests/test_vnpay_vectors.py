"""Signatures that others published (``vectors.json`` names each source), against both sides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest

from feesvc.intermediary import Forged, Notification, Received, Unavailable
from feesvc.money import Money
from feesvc.testing.intermediary import NOON
from feesvc_vnpay import Vnpay
from feesvc_vnpay.calling import QUERY_SIGNED, REFUND_SIGNED, Api
from feesvc_vnpay.counterpart import wire
from feesvc_vnpay.fields import GMT7
from feesvc_vnpay.signing import barred, canonical_query, is_signed, signature

VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))["vectors"]
}
TODAY = {name: v for name, v in VECTORS.items() if v["algorithm"] == "HMAC-SHA512"}
LEGACY = {name: v for name, v in VECTORS.items() if v["algorithm"].startswith("MD5")}


def adapter(secret: str, tmn_code: str = "NAGTEST1") -> Vnpay:
    settings: Mapping[str, str] = {
        "tmn_code": tmn_code,
        "hash_secret": secret,
        "pay_url": "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
        "api_url": "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction",
        "server_ip": "203.0.113.10",
        "order_type": "other",
        "refund_user": "feesvc",
    }
    return Vnpay(settings, httpx.Client())


def notified(query: str) -> Notification:
    return Notification(method="GET", query=query.encode(), headers={}, body=b"", received_at=NOON)


def test_both_kinds_are_there() -> None:
    assert len(TODAY) == 7 and len(LEGACY) == 2


@pytest.mark.parametrize("name", TODAY)
def test_both_sides_sign_as_was_published(name: str) -> None:
    vector = TODAY[name]
    secret, text, expected = vector["secret"], vector["canonical"], vector["expected"]
    assert signature(secret, text) == expected
    assert wire.hmac_sha512(secret, text) == expected
    assert is_signed(expected, text, [secret])
    assert not is_signed(expected, text + " ", [secret])
    assert not is_signed(expected, text, ["", secret + "0"])


@pytest.mark.parametrize("name", [n for n, v in TODAY.items() if v["kind"] in {"ipn", "raw"}])
def test_both_sides_write_the_query_as_was_published(name: str) -> None:
    text = TODAY[name]["canonical"]
    pairs = (pair.split("=") for pair in text.split("&"))
    given = {key: unquote_plus(value) for key, value in pairs}
    scattered = {**dict(reversed(given.items())), "vnp_SecureHash": "x", "vnp_Empty": ""}
    assert canonical_query(scattered) == text
    assert wire.signed_query(given, "k").rpartition("&vnp_SecureHash=")[0] == text


@pytest.mark.parametrize(
    ("name", "names"),
    [(n, QUERY_SIGNED if v["kind"] == "querydr-request" else REFUND_SIGNED)
     for n, v in TODAY.items() if v["kind"] in {"querydr-request", "refund-request"}],
)  # fmt: skip
def test_requests_are_barred_in_the_published_order(name: str, names: tuple[str, ...]) -> None:
    vector = TODAY[name]
    values = vector["canonical"].split("|")
    assert len(values) == len(names)
    fields = dict(zip(names, values, strict=True))
    assert fields["vnp_Version"] == "2.1.0"
    assert fields["vnp_Command"] in {"querydr", "refund"}
    assert signature(vector["secret"], barred(fields, names)) == vector["expected"]


def test_values_are_encoded_as_php_does() -> None:
    """Of PHP's manual for ``urlencode``: all but letters, digits, "-", "_", "." is escaped."""
    given = {"vnp_A": "~ !'()*-_.", "vnp_B": "Lệ&=%+/"}
    text = "vnp_A=%7E+%21%27%28%29%2A-_.&vnp_B=L%E1%BB%87%26%3D%25%2B%2F"
    assert canonical_query(given) == text
    assert wire.signed_query(given, "k").rpartition("&vnp_SecureHash=")[0] == text


def test_a_published_notification_is_money() -> None:
    vector = VECTORS["nag_ipn_success"]
    query = f"{vector['canonical']}&vnp_SecureHash={vector['expected']}"
    [received] = adapter(vector["secret"]).read_notification(notified(query))
    assert received == Received(
        reference="01M3V7ME00PAYMENT000000001",
        transaction="14600001",
        amount=Money(600_000, "VND"),
        at=datetime(2026, 10, 1, 15, 2, 30, tzinfo=GMT7),
    )
    with pytest.raises(Forged):
        adapter(vector["secret"][::-1]).read_notification(notified(query))


def test_a_published_notification_of_another_merchant_says_so() -> None:
    vector = VECTORS["ipn_success_lehuygiang28"]
    query = f"{vector['canonical']}&vnp_SecureHash={vector['expected']}"
    [received] = adapter(vector["secret"]).read_notification(notified(query))
    assert isinstance(received, Received)
    assert (received.amount, received.merchant) == (Money(10_000, "VND"), "TEST_TMN_CODE")


def test_a_signature_is_these_digits_and_no_others() -> None:
    vector = VECTORS["nag_ipn_success"]
    for spelling in (str.upper, str.title, str.swapcase):
        query = f"{vector['canonical']}&vnp_SecureHash={spelling(vector['expected'])}"
        with pytest.raises(Forged, match="no signature"):
            adapter(vector["secret"]).read_notification(notified(query))


@pytest.mark.parametrize("named", ["", "&vnp_SecureHashType=MD5", "&vnp_SecureHashType=SHA256"])
def test_a_legacy_notification_is_forged_whatever_it_calls_its_algorithm(named: str) -> None:
    vector = LEGACY["legacy_md5_ipn_2017"]
    query = f"{vector['canonical']}&vnp_SecureHash={vector['expected']}{named}"
    with pytest.raises(Forged):
        adapter(vector["secret"], vector["input"]["vnp_TmnCode"]).read_notification(notified(query))


def test_a_legacy_answer_to_a_look_up_is_no_answer() -> None:
    vector = LEGACY["legacy_md5_query_success"]
    answer = dict(pair.split("=") for pair in vector["canonical"].split("&"))
    answer |= {"vnp_SecureHash": vector["expected"], "vnp_Command": "querydr"}
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)))
    asked = {"vnp_Command": "querydr", "vnp_TmnCode": "COCOSIN", "vnp_TxnRef": "1562314234"}
    with pytest.raises(Unavailable, match="not signed"):
        Api("https://vnpay.test", [vector["secret"]], http).ask(asked)
