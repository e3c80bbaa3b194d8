"""The settings of a MoMo account, and how strict its other side is."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from feesvc.intermediary import Unavailable
from feesvc.testing.intermediary import Stage
from feesvc.testing.intermediary.wires import raising
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart
from feesvc_momo.counterpart.api import SIGNED
from feesvc_momo.counterpart.wire import ACCESS_KEY, SECRET_KEY, signature

GATEWAY = "http://counterpart.test/v2/gateway/api"


class AccountStage(Stage):
    adapter_class = Momo
    counterpart_class = MomoCounterpart


class TestSettings(AccountStage):
    @pytest.mark.parametrize(
        ("name", "value"),
        [("request_type", "payWithCC"), ("refund_query_order", "order"), ("url", "ftp://x"),
         ("url", "momo.vn"), ("url", "http://payment.momo.vn"), ("url", "http://test-payment.momo.vn")],
    )  # fmt: skip
    def test_what_cannot_be_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ValueError, match=name):
            self.connect({**self.settings(), name: value})

    @pytest.mark.parametrize("url", ["https://payment.momo.vn", "https://test-payment.momo.vn/"])
    def test_momo_is_talked_to_over_tls(self, url: str) -> None:
        adapter = self.connect({**self.settings(), "url": url})
        unreachable = self.wire.spoiled(raising(httpx.ConnectError, arrives=False))
        with unreachable, pytest.raises(Unavailable):
            adapter.request_payment(self.order())
        [request] = self.wire.requests
        assert request.url.scheme == "https" and request.url.path == "/v2/gateway/api/create"

    def test_the_page_is_chosen_by_a_setting(self) -> None:
        for request_type in ("captureWallet", "payWithMethod"):
            self.wire.requests.clear()
            adapter = self.connect({**self.settings(), "request_type": request_type})
            number = len(request_type)
            adapter.request_payment(self.order(number))
            assert json.loads(self.wire.requests[0].content)["requestType"] == request_type


class TestStrictness(AccountStage):
    """Its refusals: a stand-in that took anything would prove nothing."""

    def create(self, **changes: Any) -> httpx.Response:
        content = {
            "partnerCode": "MOMO", "requestId": "r1", "amount": 115_000, "orderId": "o-1",
            "orderInfo": "x", "redirectUrl": "https://portal.test/", "ipnUrl": "https://fees.test/",
            "requestType": "captureWallet", "extraData": "", "lang": "vi", "orderExpireTime": 15,
        }  # fmt: skip
        content |= changes
        content = {name: value for name, value in content.items() if value is not None}
        sealed = {"signature": signature(SIGNED["create"], content, ACCESS_KEY, SECRET_KEY)}
        return self.http.post(f"{GATEWAY}/create", json={**sealed, **content})

    def code(self, **changes: Any) -> int:
        code: int = self.create(**changes).json()["resultCode"]
        return code

    def test_what_is_right_is_opened(self) -> None:
        assert self.code() == 0

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"signature": "0" * 64}, 13), ({"partnerCode": "OTHER"}, 13), ({"accessKey": "x"}, 13),
         ({"amount": "115000"}, 20), ({"amount": 999}, 22), ({"amount": 50_000_001}, 22),
         ({"orderId": "o 1"}, 20), ({"orderId": "-o"}, 20), ({"requestId": "r" * 51}, 20),
         ({"requestType": "captureMoMoWallet"}, 20), ({"lang": None}, 20),
         ({"ipnUrl": None}, 20), ({"orderExpireTime": "15"}, 20)],
        ids=str,
    )  # fmt: skip
    def test_what_is_wrong_is_refused(self, changes: dict[str, Any], code: int) -> None:
        assert self.code(**changes) == code
        assert self.counterpart.ledger.orders == {}

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
    def test_what_is_no_object_is_refused(self, body: bytes) -> None:
        headers = {"content-type": "application/json"}
        answer = self.http.post(f"{GATEWAY}/create", content=body, headers=headers)
        assert (answer.status_code, answer.json()["resultCode"]) == (400, 20)

    def test_an_order_number_is_used_once_and_a_request_answered_alike(self) -> None:
        first = self.create().json()
        assert self.create().json() == first
        assert self.code(requestId="r2") == 41
        assert self.code(requestId="r2") == 40

    def test_a_strange_page_is_not_found(self) -> None:
        for token in ("", "x", "TU9NT3x4"):
            url = f"http://counterpart.test/v2/gateway/pay?t={token}"
            assert self.http.get(url).status_code == 404
