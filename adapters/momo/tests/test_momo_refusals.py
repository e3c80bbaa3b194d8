"""What MoMo would never sign, and what must not be believed although it is signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from feesvc.intermediary import Forged, Notification, Received, Verdict
from feesvc.testing.intermediary import NOON, Stage
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart
from feesvc_momo.counterpart.wire import ACCESS_KEY, NOTIFIED, SECRET_KEY, signature
from feesvc_momo.signing import verified


class Refusals(Stage):
    adapter_class = Momo
    counterpart_class = MomoCounterpart

    def genuine(self) -> Notification:
        """The same each time within a test."""
        if not hasattr(self, "_kept"):
            self.paid(self.order())
            [self._kept] = self.notified()
        return self._kept

    def resigned(self, changes: Mapping[str, Any]) -> Notification:
        genuine = self.genuine()
        message = httpx.Request("POST", "http://fees.test/x", content=genuine.body)
        changed = self.counterpart.rephrased(message, changes, self.settings())
        return replace(genuine, body=changed.read())

    def is_forged(self, notification: Notification) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(notification)


class TestSignedNonsense(Refusals):
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("amount", "115000"), ("amount", 115000.0), ("amount", -1), ("amount", 0),
            ("amount", True), ("amount", [115000]), ("amount", None), ("amount", 10**16),
            ("resultCode", "0"), ("resultCode", False), ("resultCode", 0.0), ("resultCode", None),
            ("transId", 0), ("transId", "4088000001"), ("transId", None),
            ("responseTime", "now"), ("responseTime", 10**15),
            ("orderId", "k7f2q9-1 "), ("orderId", "-k7f2q9"), ("orderId", "１"), ("orderId", ""),
            ("orderId", ["k7f2q9-1"]), ("orderId", "a" * 65), ("orderId", "k7f2q9-1\u0000"),
            ("partnerCode", ""), ("partnerCode", {}), ("requestId", "x" * 51),
            ("orderInfo", "a&b"), ("orderInfo", "a=b"), ("orderInfo", "a\nb"), ("orderInfo", 1),
            ("message", "paid&resultCode=0"), ("message", "\u200b"), ("message", None),
            ("orderType", "a b"), ("payType", "qr=1"), ("payType", 1),
            ("extraData", "a=b"), ("extraData", "===="), ("extraData", "&"), ("extraData", None),
        ],
    )  # fmt: skip
    def test_a_field_of_another_form_is_not_believed(self, name: str, value: Any) -> None:
        self.is_forged(self.resigned({name: value}))

    def test_the_rephrased_message_itself_is_believed(self) -> None:
        [received] = self.adapter.read_notification(self.resigned({"amount": 114_999}))
        assert isinstance(received, Received) and received.amount.amount == 114_999
        assert received.merchant == ""
        [other] = self.adapter.read_notification(self.resigned({"partnerCode": "ANOTHER"}))
        assert isinstance(other, Received) and other.merchant == "ANOTHER"

    @pytest.mark.parametrize("extra", ["", "eyJhIjoxfQ==", "eyJhIjoxMn0=", "abcd"])
    def test_base64_may_end_in_padding(self, extra: str) -> None:
        assert self.adapter.read_notification(self.resigned({"extraData": extra}))

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b"NaN", b'{"a":1}', b"\xef\xbb\xbf{}",
         b'{"amount":1,"amount":1}', b'{"amount":NaN}', b'{"amount":1e999}'],
    )  # fmt: skip
    def test_a_body_of_another_form_is_not_believed(self, body: bytes) -> None:
        self.is_forged(replace(self.genuine(), body=body))

    def test_a_name_that_stands_twice_is_not_believed(self) -> None:
        genuine = self.genuine()
        for name in json.loads(genuine.body):
            doubled = genuine.body[:-1] + b',"' + name.encode() + b'":0}'
            self.is_forged(replace(genuine, body=doubled))

    @pytest.mark.parametrize("method", ["GET", "PUT", "post"])
    def test_only_a_post_is_a_notification(self, method: str) -> None:
        self.is_forged(replace(self.genuine(), method=method))

    @pytest.mark.parametrize("given", ["upper", "short", "long", "none", "list"])
    def test_a_signature_of_another_form_is_not_believed(self, given: str) -> None:
        genuine = self.genuine()
        fields = json.loads(genuine.body)
        value = fields["signature"]
        fields["signature"] = {
            "upper": value.upper(), "short": value[:-1], "long": value + "0", "none": None,
            "list": [value],
        }[given]  # fmt: skip
        self.is_forged(replace(genuine, body=json.dumps(fields).encode()))

    def test_what_stands_there_unsigned_is_not_read(self) -> None:
        genuine = self.genuine()
        more = {**json.loads(genuine.body), "refundTrans": [{}], "lastUpdated": 1, "userFee": 5}
        read = self.adapter.read_notification(replace(genuine, body=json.dumps(more).encode()))
        assert read == self.adapter.read_notification(genuine)


class TestAmbiguity(Refusals):
    """The same signed text read two ways: a payer's own words become fields of MoMo's."""

    def test_a_declined_payment_cannot_be_split_into_a_paid_one(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        [genuine] = self.notified()
        said = {**json.loads(genuine.body), "accessKey": ACCESS_KEY}
        swallowed = "&".join(
            f"{name}={said[name]}"
            for name in ("orderType", "partnerCode", "payType", "requestId", "responseTime",
                         "resultCode", "transId")
        )  # fmt: skip
        wanted = {**said, "resultCode": 0, "payType": "qr", "responseTime": 1}
        typed = "x&" + "&".join(
            f"{name}={wanted[name]}"
            for name in ("orderType", "partnerCode", "payType", "requestId", "responseTime",
                         "resultCode")
        ) + "&transId=9"  # fmt: skip
        declined = {**said, "orderInfo": typed}
        paid = {**wanted, "orderInfo": "x", "transId": f"9&{swallowed}"}
        seal = signature(NOTIFIED, declined, ACCESS_KEY, SECRET_KEY)
        assert seal == signature(NOTIFIED, paid, ACCESS_KEY, SECRET_KEY), "one text, two readings"
        for content in (declined, paid):
            sealed = {**content, "signature": seal}
            body = json.dumps(sealed, ensure_ascii=False).encode()
            self.is_forged(replace(genuine, body=body))

    def test_a_notification_alone_books_nothing(self) -> None:
        assert self.adapter_class.facts.trust == "hint"


class TestRotation(Refusals):
    @pytest.mark.parametrize("name", ["access_key", "secret_key"])
    def test_each_key_rotates_alone(self, name: str) -> None:
        genuine, settings = self.genuine(), dict(self.settings())
        settings[f"{name}_previous"] = settings[name]
        settings[name] = "another"
        assert self.connect(settings).read_notification(genuine)
        del settings[f"{name}_previous"]
        with pytest.raises(Forged):
            self.connect(settings).read_notification(genuine)

    def test_an_empty_previous_key_signs_nothing(self) -> None:
        genuine = self.genuine()
        fields = json.loads(genuine.body)
        fields["signature"] = signature(NOTIFIED, fields, ACCESS_KEY, "")
        settings = {**self.settings(), "secret_key_previous": ""}
        with pytest.raises(Forged):
            self.connect(settings).read_notification(
                replace(genuine, body=json.dumps(fields).encode())
            )

    def test_without_keys_nothing_is_believed(self) -> None:
        with pytest.raises(Forged):
            verified(self.genuine(), ())


class TestAnswers(Refusals):
    @pytest.mark.parametrize(
        ("verdict", "status"),
        [
            (Verdict.RECORDED, 204), (Verdict.DUPLICATE, 204), (Verdict.NOTHING, 204),
            (Verdict.WRONG_AMOUNT, 204), (Verdict.UNKNOWN_ORDER, 404), (Verdict.FORGED, 400),
            (Verdict.TRY_AGAIN, 503),
        ],
    )  # fmt: skip
    def test_each_verdict_is_a_status_without_a_word(self, verdict: Verdict, status: int) -> None:
        for seen in (self.genuine(), Notification(
            method="POST", query=b"", headers={}, body=b"<x>", received_at=NOON
        )):  # fmt: skip
            reply = self.adapter.acknowledge(seen, verdict)
            assert (reply.status, reply.body) == (status, b"")
