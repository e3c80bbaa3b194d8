"""What ZaloPay would never sign, what is not believed although it is, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from feesvc.intermediary import Forged, Notification, Received, Verdict
from feesvc.testing.intermediary import NOON, Stage
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart
from feesvc_zalopay.counterpart.wire import KEY1, KEY2, mac


class Refusals(Stage):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart
    page_given_once = True

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

    def sealed(self, data: str, key: str = KEY2) -> Notification:
        """``data`` signed as it stands."""
        body = json.dumps({"data": data, "mac": mac(key, data), "type": 1})
        return replace(self.genuine(), body=body.encode())

    def outer(self, **changes: Any) -> Notification:
        content = {**json.loads(self.genuine().body), **changes}
        content = {name: value for name, value in content.items() if value is not None}
        return replace(self.genuine(), body=json.dumps(content).encode())

    def is_forged(self, notification: Notification) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(notification)


class TestSignedNonsense(Refusals):
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("amount", "115000"), ("amount", 115000.0), ("amount", -1), ("amount", 0),
            ("amount", True), ("amount", [115000]), ("amount", None), ("amount", 10**16),
            ("zp_trans_id", None), ("zp_trans_id", 0), ("zp_trans_id", "0261"),
            ("zp_trans_id", "x"), ("zp_trans_id", 1.5), ("zp_trans_id", -5), ("zp_trans_id", True),
            ("zp_trans_id", "２６１"), ("zp_trans_id", "1" * 21),
            ("app_trans_id", ""), ("app_trans_id", 5), ("app_trans_id", None),
            ("app_trans_id", "a\u0000"), ("app_trans_id", "a" * 41), ("app_trans_id", "a\n"),
            ("app_id", "2553"), ("app_id", None), ("app_id", 2553.0),
            ("server_time", None), ("server_time", "now"), ("server_time", 0),
            ("server_time", 10**15),
        ],
    )  # fmt: skip
    def test_a_field_of_another_form_is_not_believed(self, name: str, value: Any) -> None:
        self.is_forged(self.resigned({f"data.{name}": value}))

    def test_the_rephrased_message_itself_is_believed(self) -> None:
        [received] = self.adapter.read_notification(self.resigned({"data.amount": 114_999}))
        assert isinstance(received, Received) and received.amount.amount == 114_999
        assert received.merchant == ""
        [other] = self.adapter.read_notification(self.resigned({"data.app_id": 2554}))
        assert isinstance(other, Received) and other.merchant == "2554"

    def test_a_number_and_its_text_name_one_transfer(self) -> None:
        [genuine] = self.adapter.read_notification(self.genuine())
        assert isinstance(genuine, Received)
        changes = {"data.zp_trans_id": genuine.transaction}
        assert self.adapter.read_notification(self.resigned(changes)) == [genuine]

    @pytest.mark.parametrize(
        "data",
        ["", "null", "[]", "{", "[" * 5_000, "1", '{"amount":1,"amount":2}', '{"amount":NaN}',
         '{"amount":1}', '{"zp_trans_id":1}', '"{}"'],
    )  # fmt: skip
    def test_signed_text_of_another_form_is_not_believed(self, data: str) -> None:
        self.is_forged(self.sealed(data))

    def test_a_field_that_stands_twice_in_signed_text_is_not_believed(self) -> None:
        data = json.loads(self.genuine().body)["data"]
        assert self.adapter.read_notification(self.sealed(data))
        self.is_forged(self.sealed(data[:-1] + ',"amount":1}'))

    def test_signed_text_without_money_is_nothing_to_us(self) -> None:
        told = self.adapter.read_notification(self.sealed('{"app_id":2553,"binding_id":"1"}'))
        assert tuple(told) == ()


class TestOutside(Refusals):
    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b"NaN", b'{"data":{},"mac":"x"}',
         b"\xef\xbb\xbf{}", b'{"data":"\\ud800","mac":"' + b"0" * 64 + b'"}'],
    )  # fmt: skip
    def test_a_body_of_another_form_is_not_believed(self, body: bytes) -> None:
        self.is_forged(replace(self.genuine(), body=body))

    @pytest.mark.parametrize("method", ["GET", "PUT", "post"])
    def test_only_a_post_is_a_callback(self, method: str) -> None:
        self.is_forged(replace(self.genuine(), method=method))

    def test_a_mac_of_another_form_is_not_believed(self) -> None:
        given = json.loads(self.genuine().body)["mac"]
        for other in (given.upper(), given[:-1], given + "0", "", None, [given], 5, f" {given}"):
            self.is_forged(self.outer(mac=other))

    def test_a_name_that_stands_twice_is_not_believed(self) -> None:
        genuine = self.genuine()
        for name in (b"data", b"mac", b"type"):
            self.is_forged(replace(genuine, body=genuine.body[:-1] + b',"' + name + b'":1}'))

    def test_what_is_not_signed_is_not_read(self) -> None:
        read = self.adapter.read_notification(self.genuine())
        for kind in (None, 1, 2, 3, "1", [1]):
            assert self.adapter.read_notification(self.outer(type=kind)) == read
        assert self.adapter.read_notification(self.outer(amount=1, extra={})) == read

    def test_text_too_long_is_not_believed(self) -> None:
        self.is_forged(self.sealed(" " * 20_000 + "{}"))

    def test_the_other_key_signs_no_callback(self) -> None:
        data = json.loads(self.genuine().body)["data"]
        self.is_forged(self.sealed(data, KEY1))
        self.is_forged(self.sealed(data, ""))


class TestRotation(Refusals):
    def test_the_callback_key_rotates_with_an_overlap(self) -> None:
        genuine, settings = self.genuine(), dict(self.settings())
        settings |= {"key2": "another", "key2_previous": KEY2}
        assert self.connect(settings).read_notification(genuine)
        with pytest.raises(Forged):
            self.connect({**settings, "key2_previous": ""}).read_notification(genuine)

    def test_the_request_key_rotates_apart_from_it(self) -> None:
        settings = {**self.settings(), "key1": "another", "key1_previous": KEY1}
        assert self.connect(settings).read_notification(self.genuine())

    def test_an_empty_previous_key_signs_nothing(self) -> None:
        data = json.loads(self.genuine().body)["data"]
        settings = {**self.settings(), "key2_previous": ""}
        with pytest.raises(Forged):
            self.connect(settings).read_notification(self.sealed(data, ""))


class TestAnswers(Refusals):
    @pytest.mark.parametrize(
        ("verdict", "code"),
        [
            (Verdict.RECORDED, 1), (Verdict.DUPLICATE, 2), (Verdict.NOTHING, 1),
            (Verdict.WRONG_AMOUNT, 1), (Verdict.UNKNOWN_ORDER, 3), (Verdict.FORGED, -1),
            (Verdict.TRY_AGAIN, 0),
        ],
    )  # fmt: skip
    def test_each_verdict_has_its_code(self, verdict: Verdict, code: int) -> None:
        strange = Notification(
            method="POST", query=b"", headers={}, body=b"<script>", received_at=NOON
        )
        for seen in (self.genuine(), strange):
            reply = self.adapter.acknowledge(seen, verdict)
            said = json.loads(reply.body)
            assert (reply.status, said["return_code"]) == (200, code)
            assert set(said) == {"return_code", "return_message"}
            assert "script" not in said["return_message"]

    @pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.TRY_AGAIN])
    def test_only_a_zero_brings_it_again(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.paid(self.order())
        assert len(self.notified()) == 1
        self.clock.advance(timedelta(days=1))
        assert self.notified() == []

    def test_it_comes_again_three_times_at_most(self) -> None:
        self.verdict = Verdict.TRY_AGAIN
        self.paid(self.order())
        came = []
        for _ in range(9):
            came += self.notified()
            self.clock.advance(timedelta(hours=1))
        assert len(came) == 4 and len({one.body for one in came}) == 1

    def test_a_decline_is_never_told(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        assert self.notified() == []
