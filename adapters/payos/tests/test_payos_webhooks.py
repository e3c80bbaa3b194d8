"""Webhooks of payOS: what is not believed, what is nothing to us, what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feesvc.intermediary import Forged, Notification, Pending, Received, Verdict
from feesvc.money import Money
from feesvc.testing.intermediary import Stage
from feesvc_payos import Payos
from feesvc_payos.counterpart import PayosCounterpart
from feesvc_payos.counterpart.wire import CHECKSUM_KEY, SAMPLE, mac, message, rephrased, seal


class TestWebhooks(Stage):
    adapter_class = Payos
    counterpart_class = PayosCounterpart
    wire_reference = r"[1-9][0-9]{9,15}"

    def said(self, changes: dict[str, Any], key: str = CHECKSUM_KEY) -> Notification:
        """The notification of one payment with other values, signed all the same."""
        if not self.counterpart.books():
            self.paid(self.order())
        order = self.counterpart.ledger.order(self.order().reference)
        say = self.counterpart.announce_payment(order)
        assert say is not None
        return self.notification(rephrased(say(), changes, key).read())

    def notification(self, body: bytes) -> Notification:
        headers = {"content-type": "application/json"}
        return Notification(
            method="POST", query=b"", headers=headers, body=body, received_at=self.clock()
        )

    def test_a_webhook_is_posted(self) -> None:
        genuine = self.said({})
        assert self.adapter.read_notification(genuine)
        for method in ("GET", "PUT", "post"):
            with pytest.raises(Forged):
                self.adapter.read_notification(replace(genuine, method=method))

    def test_a_transfer_is_told_in_vietnams_time(self) -> None:
        told = self.adapter.read_notification(self.said({}))
        assert list(told) == [
            Received(
                reference=self.order().reference, transaction="FT26324000001",
                amount=Money(115_000, "VND"), at=datetime(2026, 11, 20, 5, 0, tzinfo=UTC),
            )
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "changes",
        [
            {"data.amount": "115000"}, {"data.amount": 115_000.0}, {"data.amount": -1},
            {"data.amount": 0}, {"data.amount": True}, {"data.amount": [115_000]},
            {"data.amount": 2**53}, {"data.amount": None}, {"data.orderCode": "5"},
            {"data.orderCode": 0}, {"data.orderCode": 1.5}, {"data.orderCode": None},
            {"data.reference": ""}, {"data.reference": "null"}, {"data.reference": "undefined"},
            {"data.reference": 7}, {"data.reference": "a\x00b"}, {"data.reference": "x" * 201},
            {"data.currency": "vnd"}, {"data.currency": "VNDD"}, {"data.currency": None},
            {"data.code": None}, {"data.code": 0}, {"data.transactionDateTime": "now"},
            {"data.transactionDateTime": "2026-11-20T12:00:00"},
            {"data.transactionDateTime": "2026-13-20 12:00:00"}, {"data": []}, {"data": None},
            {"signature": ""}, {"signature": None}, {"signature": "0" * 64}, {"signature": 1},
            {"signature": ["a"]}, {"signature": "ké"}, {"data.extra": {"a": 1}},
            {"data.extra": 1.5},
        ],
        ids=str,
    )  # fmt: skip
    def test_what_payos_would_not_sign_is_not_believed(self, changes: dict[str, Any]) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(self.said(changes))

    def test_a_value_that_could_be_two_fields_is_not_believed(self) -> None:
        """The same signature holds for both readings: only the look-up can tell."""
        code = self.order().reference
        split = {"data.description": f"x&orderCode={code}", "data.desc": "a=b"}
        for place, value in split.items():
            with pytest.raises(Forged, match="two fields"):
                self.adapter.read_notification(self.said({place: value}))
        with pytest.raises(Forged, match="two fields"):
            self.adapter.read_notification(self.said({"data.a&b": "c"}))

    def test_a_signature_holds_for_one_reading_only(self) -> None:
        honest = {"a": "1", "b": "2&c=3"}
        moved = {"a": "1", "b": "2", "c": "3"}
        assert seal(honest) == seal(moved) == mac("a=1&b=2&c=3")
        body = {"data": {**SAMPLE, **honest}, "signature": seal({**SAMPLE, **honest})}
        with pytest.raises(Forged, match="two fields"):
            self.adapter.read_notification(self.notification(json.dumps(body).encode()))

    def test_what_is_outside_the_signed_data_decides_nothing(self) -> None:
        genuine = self.adapter.read_notification(self.said({}))
        unsigned: tuple[dict[str, Any], ...] = (
            {"code": "99"}, {"success": False}, {"desc": "failed"}, {"data2": {}},
        )  # fmt: skip
        for changes in unsigned:
            assert self.adapter.read_notification(self.said(changes)) == genuine

    def test_a_code_that_is_not_success_is_looked_up(self) -> None:
        told = self.adapter.read_notification(self.said({"data.code": "A1-b"}))
        assert list(told) == [Pending(reference=self.order().reference, code="a1_b")]

    def test_a_field_that_payos_adds_is_signed_and_does_no_harm(self) -> None:
        for value in ("x", 1, True, None, "null"):
            [told] = self.adapter.read_notification(self.said({"data.newField": value}))
            assert isinstance(told, Received)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b"null", b"1e999"])
    def test_a_body_of_another_form_is_not_believed(self, body: bytes) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(self.notification(body))

    def test_a_name_that_stands_twice_is_not_believed(self) -> None:
        body = self.said({}).body
        for doubled in (
            body.replace(b'"amount":', b'"amount":1,"amount":'),
            body.replace(b'{"code"', b'{"signature":"a","code"', 1),
        ):
            assert doubled != body
            with pytest.raises(Forged, match="twice"):
                self.adapter.read_notification(self.notification(doubled))

    def test_half_a_character_is_not_believed(self) -> None:
        data = {**SAMPLE, "description": "\ud800"}
        body = json.dumps({"data": data, "signature": seal(data)}).encode()
        with pytest.raises(Forged):
            self.adapter.read_notification(self.notification(body))

    def test_the_sample_of_a_registration_is_nothing_to_us(self) -> None:
        sample = self.notification(message("https://fees.test", SAMPLE).read())
        assert self.adapter.read_notification(sample) == ()
        others = ({"reference": "TF1"}, {"orderCode": 124}, {"paymentLinkId": "a" * 32})
        for other in others:
            data = {**SAMPLE, **other}
            told = self.adapter.read_notification(
                self.notification(message("https://fees.test", data).read())
            )
            assert len(told) == 1, "only the whole sample is one"

    def test_any_2xx_ends_it_and_nothing_else_does(self) -> None:
        seen = self.notification(b"{}")
        status = {verdict: self.adapter.acknowledge(seen, verdict).status for verdict in Verdict}
        assert {v for v, code in status.items() if not 200 <= code < 300} == {
            Verdict.FORGED, Verdict.TRY_AGAIN,
        }  # fmt: skip
        assert self.adapter.acknowledge(seen, Verdict.RECORDED).body == b'{"success":true}'
