"""The settings of a ZaloPay app, and how strict its other side is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from feesvc.intermediary import Refused, Unavailable
from feesvc.testing.intermediary import NOON, Stage
from feesvc.testing.intermediary.wires import raising
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart
from feesvc_zalopay.counterpart.api import SIGNED
from feesvc_zalopay.counterpart.wire import KEY1, KEY2, mac

GATEWAY = "http://counterpart.test/v2"
NOW = int(NOON.timestamp()) * 1000


class AccountStage(Stage):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart


class TestSettings(AccountStage):
    @pytest.mark.parametrize(
        ("name", "value"),
        [("app_id", "two"), ("app_id", "0"), ("app_id", "２"), ("app_id", "-1"),
         ("minimum", "1e3"), ("maximum", "x"), ("url", "ftp://x"), ("url", "zalopay.vn"),
         ("url", "http://openapi.zalopay.vn"), ("url", "http://sb-openapi.zalopay.vn")],
    )  # fmt: skip
    def test_what_cannot_be_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ValueError, match=name):
            self.connect({**self.settings(), name: value})

    @pytest.mark.parametrize(
        "url", ["https://openapi.zalopay.vn", "https://sb-openapi.zalopay.vn/"]
    )
    def test_zalopay_is_talked_to_over_tls(self, url: str) -> None:
        adapter = self.connect({**self.settings(), "url": url})
        unreachable = self.wire.spoiled(raising(httpx.ConnectError, arrives=False))
        with unreachable, pytest.raises(Unavailable):
            adapter.request_payment(self.order())
        [request] = self.wire.requests
        assert request.url.scheme == "https" and request.url.path == "/v2/create"

    def test_an_account_may_have_bounds_of_its_own(self) -> None:
        bounds = {"minimum": "10000", "maximum": "20000"}
        adapter = self.connect({**self.settings(), **bounds})
        for amount in (9_999, 20_001):
            with pytest.raises(Refused, match="amount"):
                adapter.request_payment(self.order(1, amount))
        assert self.wire.requests == []
        for number, amount in enumerate((10_000, 20_000), 1):
            assert adapter.request_payment(self.order(number, amount)).url

    def test_who_pays_is_a_name_that_we_choose(self) -> None:
        adapter = self.connect({**self.settings(), "app_user": "so-tu-phap"})
        adapter.request_payment(self.order())
        assert b'"app_user":"so-tu-phap"' in self.wire.requests[0].content


class TestStrictness(AccountStage):
    """Its refusals: a stand-in that took anything would prove nothing."""

    def ask(self, operation: str, content: dict[str, Any], key: str = KEY1) -> dict[str, Any]:
        content = {"app_id": 2553, **content}
        said = {**content, "key1": KEY1}
        text = "|".join(str(said.get(name)) for name in SIGNED[operation].split())
        sealed = {"mac": mac(key, text), **content}
        sealed = {name: value for name, value in sealed.items() if value is not None}
        answer: dict[str, Any] = self.http.post(f"{GATEWAY}/{operation}", json=sealed).json()
        return answer

    def create(self, key: str = KEY1, **changes: Any) -> int:
        content = {
            "app_user": "x", "app_trans_id": "261120_a_1", "app_time": NOW, "amount": 115_000,
            "item": "[]", "embed_data": "{}", "description": "x", "callback_url": "https://f.test/",
        }  # fmt: skip
        code: int = self.ask("create", {**content, **changes}, key)["sub_return_code"]
        return code

    def test_what_is_right_is_opened_once(self) -> None:
        assert [self.create(), self.create(), self.create(amount=5)] == [1, -68, -68]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"mac": "0" * 64}, -402), ({"app_id": 2554}, -402), ({"key": KEY2}, -402),
         ({"amount": "115000"}, -401), ({"amount": 0}, -401), ({"amount": None}, -401),
         ({"app_trans_id": "261119_a_1"}, -401), ({"app_trans_id": "261120_" + "a" * 34}, -401),
         ({"app_time": NOW - 900_001}, -401), ({"app_time": NOW + 900_001}, -401),
         ({"app_time": str(NOW)}, -401), ({"item": "{}"}, -401), ({"embed_data": "x"}, -401),
         ({"app_user": ""}, -401), ({"description": "x" * 257}, -401),
         ({"expire_duration_seconds": 299}, -401), ({"callback_url": None}, -401)],
        ids=str,
    )  # fmt: skip
    def test_what_is_wrong_is_refused(self, changes: dict[str, Any], code: int) -> None:
        assert self.create(**changes) == code
        assert self.counterpart.ledger.orders == {}

    def test_a_day_begins_at_midnight_in_viet_nam(self) -> None:
        late = NOON.replace(hour=17)
        self.clock.now = late
        at = int(late.timestamp()) * 1000
        assert self.create(app_time=at) == -401
        assert self.create(app_time=at, app_trans_id="261121_a_1") == 1

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
    def test_what_is_no_object_is_refused(self, body: bytes) -> None:
        for operation in SIGNED:
            answer = self.http.post(f"{GATEWAY}/{operation}", content=body).json()
            assert (answer["return_code"], answer["sub_return_code"]) == (2, -401)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"m_refund_id": "261120-2553-a"}, -24), ({"m_refund_id": "261120_2554_a"}, -26),
         ({"m_refund_id": "261119_2553_a"}, -25), ({"timestamp": NOW - 900_001}, -13),
         ({"zp_trans_id": "9"}, -101), ({"amount": 115_001}, -14), ({"amount": 0}, -14),
         ({"description": "x" * 101}, -24), ({}, 2)],
        ids=str,
    )  # fmt: skip
    def test_a_wrong_refund_is_refused(self, changes: dict[str, Any], code: int) -> None:
        _, transaction = self.paid(self.order())
        content = {"m_refund_id": "261120_2553_a", "zp_trans_id": transaction, "amount": 115_000,
                   "timestamp": NOW, "description": "x"}  # fmt: skip
        assert self.ask("refund", {**content, **changes})["sub_return_code"] == code
        assert len(self.counterpart.ledger.refunds) == (code == 2)

    def test_a_strange_page_is_not_found(self) -> None:
        for token in ("", "x", "MjYxMTIwX3g="):
            url = f"http://counterpart.test/openinapp?order={token}"
            assert self.http.get(url).status_code == 404
