"""The counterpart takes nothing that VNPAY's documents would not let it take, and says why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from feesvc.intermediary import Refused
from feesvc.testing.intermediary import NOON, Stage
from feesvc_vnpay import Vnpay, requests
from feesvc_vnpay.calling import QUERY_SIGNED, REFUND_SIGNED
from feesvc_vnpay.configuration import configured
from feesvc_vnpay.counterpart import VnpayCounterpart
from feesvc_vnpay.counterpart.wire import HASH_KEY, pipe, signed_query

API = "http://counterpart.test/merchant_webapi/api/transaction"


class CounterpartStage(Stage):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    def asked(self, request: Mapping[str, Any], key: str = HASH_KEY) -> dict[str, str]:
        names = REFUND_SIGNED if request.get("vnp_Command") == "refund" else QUERY_SIGNED
        signed = {**request, "vnp_SecureHash": pipe(request, names, key)}
        answer: dict[str, str] = self.http.post(API, json=signed).json()
        return answer

    def query(self) -> dict[str, str]:
        return requests.query(configured(self.settings()), self.order())


class TestPaymentPage(CounterpartStage):
    def parameters(self) -> dict[str, str]:
        return requests.payment(configured(self.settings()), self.order())

    def opened(self, query: str) -> int:
        return self.http.get(f"{self.settings()['pay_url']}?{query}").status_code

    def test_a_link_of_the_adapter_opens(self) -> None:
        assert self.opened(signed_query(self.parameters(), HASH_KEY)) == 200

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Version", "2.0.0"), ("Command", "token"), ("TmnCode", "OTHER001"), ("Amount", "0"),
            ("Amount", "1234567890123"), ("Amount", "11500050"), ("Amount", "115000.00"),
            ("CreateDate", "20261320120000"), ("CreateDate", "2026-11-20"), ("ExpireDate", ""),
            ("CurrCode", "USD"), ("IpAddr", "1.1.1"), ("Locale", "vi"), ("OrderInfo", "Lệ phí"),
            ("OrderInfo", "x" * 256), ("OrderInfo", "a;b"), ("OrderType", ""),
            ("ReturnUrl", "http://x"), ("ReturnUrl", "https://x.vn/" + "y" * 250), ("TxnRef", ""),
            ("TxnRef", "a-b"), ("TxnRef", "x" * 101), ("BankCode", "NC"), ("SecureHashType", "MD5"),
            ("Extra", "1"),
        ],
    )  # fmt: skip
    def test_a_parameter_of_another_form_opens_nothing(self, name: str, value: str) -> None:
        changed = {**self.parameters(), f"vnp_{name}": value}
        query = signed_query(changed, HASH_KEY)
        if name == "SecureHashType":
            query += "&vnp_SecureHashType=MD5"
        assert self.opened(query) == 400
        assert self.counterpart.ledger.orders == {}

    def test_a_changed_or_unsigned_link_opens_nothing(self) -> None:
        genuine = signed_query(self.parameters(), HASH_KEY)
        for query in (genuine.replace("11500000", "1100"), genuine.rpartition("&")[0],
                      f"{genuine}&vnp_Amount=100", signed_query(self.parameters(), "other"),
                      _legacy(genuine)):  # fmt: skip
            assert self.opened(query) == 400

    def test_a_reference_stands_for_one_order(self) -> None:
        self.opened(signed_query(self.parameters(), HASH_KEY))
        for change in ({"vnp_Amount": "100"}, {"vnp_OrderInfo": "Other"},
                       {"vnp_CreateDate": "20261120120001"}):  # fmt: skip
            assert self.opened(signed_query({**self.parameters(), **change}, HASH_KEY)) == 400

    def test_the_browser_brings_back_what_vnpay_signed(self) -> None:
        checkout = self.adapter.request_payment(self.order())
        pressed = self.http.post(checkout.url, data={"action": "pay"})
        back = pressed.headers["location"]
        assert back.startswith("https://portal.test/return?")
        fields = dict(parse_qsl(back.partition("?")[2]))
        assert fields["vnp_ResponseCode"] == "00"
        assert signed_query(fields, HASH_KEY) == back.partition("?")[2]

    def test_an_expired_order_cannot_be_paid(self) -> None:
        checkout = self.adapter.request_payment(self.order())
        self.open_page(checkout)
        self.clock.advance(timedelta(minutes=15))
        assert self.http.post(checkout.url, data={"action": "pay"}).status_code == 409


class TestApi(CounterpartStage):
    def test_a_query_of_the_adapter_is_answered(self) -> None:
        self.presented(self.order())
        assert self.asked(self.query())["vnp_ResponseCode"] == "00"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"vnp_TmnCode": "OTHER001"}, "02"), ({"vnp_RequestId": "x" * 33}, "03"),
            ({"vnp_RequestId": "a-b"}, "03"), ({"vnp_Version": "2.0.0"}, "03"),
            ({"vnp_CreateDate": "x"}, "03"), ({"vnp_TransactionDate": "20269920120000"}, "03"),
            ({"vnp_IpAddr": "x"}, "03"), ({"vnp_OrderInfo": ""}, "03"), ({"vnp_Extra": "1"}, "03"),
            ({"vnp_TxnRef": 1}, "03"), ({"vnp_Command": "pay"}, "03"),
            ({"vnp_TxnRef": "unknown"}, "91"), ({"vnp_TransactionDate": "20261120120001"}, "91"),
            ({"vnp_TransactionNo": "99"}, "91"),
        ],
    )  # fmt: skip
    def test_what_is_asked_wrongly_is_refused(self, change: dict[str, Any], code: str) -> None:
        self.paid(self.order())
        answer = self.asked({**self.query(), **change})
        assert answer["vnp_ResponseCode"] == code
        assert ("vnp_SecureHash" in answer) == (code != "02")

    def test_a_wrong_signature_is_97_and_not_signed(self) -> None:
        answer = self.asked(self.query(), key="other")
        assert answer["vnp_ResponseCode"] == "97"
        assert "vnp_SecureHash" not in answer

    def test_a_request_id_is_taken_once_a_day(self) -> None:
        self.presented(self.order())
        assert self.asked(self.query())["vnp_ResponseCode"] == "00"
        assert self.asked(self.query())["vnp_ResponseCode"] == "94"
        self.clock.advance(timedelta(hours=12))
        assert self.asked(self.query())["vnp_ResponseCode"] == "00"

    @pytest.mark.parametrize("content", ["", "[]", "null", '{"a":', "1"])
    def test_a_body_that_is_no_object_is_refused(self, content: str) -> None:
        assert self.http.post(API, content=content).json()["vnp_ResponseCode"] == "03"

    def test_a_payment_that_was_not_made_is_not_refunded(self) -> None:
        order = self.presented(self.order())
        refund = {
            **self.query(), "vnp_RequestId": "r1", "vnp_Command": "refund",
            "vnp_TransactionType": "02", "vnp_Amount": "11500000", "vnp_TransactionNo": "0",
            "vnp_CreateBy": "feesvc",
        }  # fmt: skip
        assert self.asked(refund)["vnp_ResponseCode"] == "95"
        self.counterpart.pay(order.reference)
        assert self.asked({**refund, "vnp_Amount": "11500100"})["vnp_ResponseCode"] == "95"
        assert self.asked({**refund, "vnp_Amount": "100"})["vnp_ResponseCode"] == "95"
        assert self.asked({**refund, "vnp_TransactionType": "01"})["vnp_ResponseCode"] == "03"
        assert self.asked(refund)["vnp_TransactionStatus"] == "05"
        other = {**refund, "vnp_RequestId": "r2", "vnp_TransactionType": "03"}
        assert self.asked({**other, "vnp_Amount": "100"})["vnp_ResponseCode"] == "94"


class TestConfiguration(CounterpartStage):
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("tmn_code", "SHORT"), ("tmn_code", "nine_char"), ("pay_url", "ftp://x"),
            ("pay_url", "https://x.vn/?a=1"), ("pay_url", "http://pay.vnpay.vn/vpcpay.html"),
            ("api_url", "http://sandbox.vnpayment.vn/api"), ("server_ip", "here"),
            ("order_type", "a b"), ("refund_user", "Nguyễn"), ("bank_code", "N"),
        ],
    )  # fmt: skip
    def test_a_setting_of_another_form_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ValueError, match=name):
            self.connect({**self.settings(), name: value})


class TestLinks(CounterpartStage):
    def link(self, **changes: Any) -> dict[str, str]:
        checkout = self.adapter.request_payment(replace(self.order(), **changes))
        return dict(parse_qsl(checkout.url.partition("?")[2]))

    def test_it_says_what_the_documents_ask_for(self) -> None:
        link = self.link()
        assert link.pop("vnp_SecureHash")
        assert link == {
            "vnp_Version": "2.1.0", "vnp_Command": "pay", "vnp_TmnCode": "FEESVC01",
            "vnp_Amount": "11500000", "vnp_CreateDate": "20261120120000",
            "vnp_ExpireDate": "20261120121500", "vnp_CurrCode": "VND",
            "vnp_IpAddr": "203.0.113.7", "vnp_Locale": "vn",
            "vnp_OrderInfo": "Driving licence renewal", "vnp_OrderType": "other",
            "vnp_ReturnUrl": "https://portal.test/return", "vnp_TxnRef": "261120k7f2q9N1",
        }  # fmt: skip

    def test_a_payer_without_an_address_is_given_ours(self) -> None:
        assert self.link(payer_ip="")["vnp_IpAddr"] == "203.0.113.10"
        assert self.link(payer_ip="x&vnp_Amount=1")["vnp_IpAddr"] == "203.0.113.10"
        assert self.link(payer_ip="2001:db8::7")["vnp_IpAddr"] == "2001:db8::7"

    def test_a_repeat_on_another_day_is_the_same_link(self) -> None:
        assert self.link(asked_at=NOON + timedelta(days=1)) == self.link()

    def test_english_is_en(self) -> None:
        assert self.link(locale="en")["vnp_Locale"] == "en"

    @pytest.mark.parametrize("url", ["https://x", "https://x.vn/" + "y" * 250])
    def test_a_return_address_that_vnpay_does_not_take_is_refused(self, url: str) -> None:
        with pytest.raises(Refused, match="return_url_length"):
            self.link(return_url=url)

    def test_a_reference_carries_its_day_in_viet_nam(self) -> None:
        evening = NOON + timedelta(hours=12)
        assert self.adapter.reference_for("k7f2q9", 1, evening).startswith("261121")
        assert self.adapter.reference_for("k7f2q9", 1, evening - timedelta(seconds=1)).startswith(
            "261120"
        )


def _legacy(genuine: str) -> str:
    text = genuine.rpartition("&")[0]
    return f"{text}&vnp_SecureHash={hashlib.md5((HASH_KEY + text).encode()).hexdigest()}"
