"""The payment platform's adapter keeps the contract, straight and through a gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from feesvc.intermediary import (
    Refunds,
    Unavailable,
)
from feesvc.testing.intermediary import IntermediaryContract, Stage
from feesvc.testing.intermediary.stage import BASE_URL
from feesvc.testing.intermediary.wires import answering
from feesvc_dvcqg import Dvcqg
from feesvc_dvcqg.counterpart import DvcqgCounterpart
from feesvc_dvcqg.counterpart.wire import CONFIRM_HASHED, TOKEN, hash_of


class DvcqgStage(Stage):
    adapter_class = Dvcqg
    counterpart_class = DvcqgCounterpart
    wire_reference = r"dvc[0-9a-z]{6}[0-9]{1,15}"


class TestDvcqg(DvcqgStage, IntermediaryContract):
    def test_it_has_no_refunds(self) -> None:
        assert not isinstance(self.adapter, Refunds)


class TestDvcqgThroughAGateway(DvcqgStage, IntermediaryContract):
    def settings(self) -> Mapping[str, str]:
        told = super().settings()
        urls = {"url": f"{BASE_URL}/lgsp/init", "query_url": f"{BASE_URL}/lgsp/query"}
        return {**told, **urls, "wrapped": "yes"}

    @pytest.mark.parametrize(
        "answer",
        [
            {"error_code": "1", "message": "{}"}, {"error_code": "0"}, {"message": "{}"},
            {"error_code": "0", "message": {"MaLoi": "00"}}, {"error_code": "0", "message": "[]"},
            {"error_code": "0", "message": '{"MaLoi":"00","MaLoi":"00"}'},
        ],
    )  # fmt: skip
    def test_a_wrapping_of_another_form_is_no_answer(self, answer: object) -> None:
        with (
            self.wire.spoiled(answering(200, json.dumps(answer).encode())),
            pytest.raises(Unavailable),
        ):
            self.adapter.request_payment(self.order())


class TestTheOtherSide(DvcqgStage):
    """The counterpart is strict: what an adapter might get wrong does not pass."""

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda m: m | {"SoTien": 115000},
            lambda m: m | {"Extra": "1"},
            lambda m: m | {"SoTien": "1"},
            lambda m: m | {"MaXacThuc": m["MaXacThuc"][:-1] + "0"},
            lambda m: {k: v for k, v in m.items() if k != "Ip"},
            lambda m: m | {"ThongTinBienLai": {}},
            lambda m: (
                m | {"ThongTinBienLai": m["ThongTinBienLai"] | {"DSKhoanNop": [], "PhiLePhi": []}}
            ),
        ],
    )
    def test_an_init_of_another_form_opens_nothing(self, spoil: Any) -> None:
        self.adapter.request_payment(self.order())
        sent = json.loads(self.wire.requests[-1].content)
        message = spoil(sent)
        headers = {"authorization": f"Bearer {TOKEN}"}
        self.counterpart.ledger.orders.clear()
        answer = self.http.post(f"{BASE_URL}/api/init", json=message, headers=headers)
        assert answer.json()["MaLoi"] == "99"
        assert self.counterpart.ledger.orders == {}

    def test_another_amount_for_the_same_reference_is_refused(self) -> None:
        self.adapter.request_payment(self.order())
        with pytest.raises(Unavailable, match="99"):
            self.adapter.request_payment(self.order(1, 7))

    def test_a_stranger_is_answered_401(self) -> None:
        answer = httpx.Client(transport=self.wire).post(f"{BASE_URL}/api/query", json={})
        assert answer.status_code == 401

    def test_it_rephrases_what_it_said_under_any_key(self) -> None:
        self.paid(self.order())
        caught: list[httpx.Request] = []

        def catch(request: httpx.Request) -> httpx.Response:
            caught.append(request)
            return httpx.Response(200, json={"MaLoi": "00"})

        self.counterpart.outbox.deliver = catch
        self.counterpart.outbox.drain()
        settings = {**self.settings(), "secret_key": "another_secret"}
        words = self.counterpart.words
        changes = {words["amount"]: "7", words["method"]: None}
        changed = self.counterpart.rephrased(caught[0], changes, settings)
        message = json.loads(changed.read())
        assert message["SoTien"] == "7" and "MaNganHang" not in message
        assert message["MaXacThuc"] == hash_of(message, CONFIRM_HASHED, "another_secret")
