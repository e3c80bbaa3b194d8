"""Every resultCode of MoMo's list, as the answer to each question and as a notification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from feesvc.intermediary import (
    Ended,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    Refused,
    Reversed,
    Unavailable,
)
from feesvc.testing.intermediary import Stage
from feesvc.testing.intermediary.wires import altering, answering
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart

NO_MONEY = {
    1001: "insufficient_funds", 1002: "issuer_declined", 1003: "cancelled", 1004: "over_limit",
    1005: "expired", 1006: "cancelled", 1007: "account_inactive", 1017: "cancelled",
    1026: "promotion_rules", 2019: "order_group", 4001: "account_restricted",
    4002: "account_unverified", 4100: "login_failed",
}  # fmt: skip
UNDER_WAY = (1000, 7000, 7002)
WONDER = (45, 47, 98, 99, 1080, 1081, 1088, 9000, 8000, 3, 12345)
NO_ANSWER = (10, 11, 12, 13, 20, 21, 22, 40, 41, 43)


class CodeStage(Stage):
    adapter_class = Momo
    counterpart_class = MomoCounterpart

    @property
    def momo(self) -> MomoCounterpart:
        return cast("MomoCounterpart", self.counterpart)

    @contextmanager
    def told(self, status: int = 200, **changes: Any) -> Iterator[None]:
        """MoMo's answers with these fields changed."""

        def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
            answer = inner.handle_request(request)
            body = {**json.loads(answer.read()), **changes}
            return answering(status, json.dumps(body).encode())(request, inner)

        with self.wire.spoiled(spoil):
            yield

    def asked(self, path: str) -> list[dict[str, Any]]:
        """What was sent to one of MoMo's addresses."""
        return [
            json.loads(request.content)
            for request in self.wire.requests
            if request.url.path.endswith(f"/api/{path}")
        ]


class TestLookUps(CodeStage):
    def stands(self, code: int) -> Outcome:
        order = self.presented(self.order())
        with self.told(resultCode=code):
            [outcome] = self.look_up(order)
        return outcome

    @pytest.mark.parametrize("code", NO_MONEY)
    def test_a_final_code_ends_an_order(self, code: int) -> None:
        ended = self.stands(code)
        assert isinstance(ended, Ended) and ended.reason == NO_MONEY[code]

    @pytest.mark.parametrize("code", UNDER_WAY)
    def test_what_is_under_way_is_pending(self, code: int) -> None:
        assert self.stands(code) == Pending(reference=self.order().reference)

    @pytest.mark.parametrize("code", WONDER)
    def test_a_code_that_says_nothing_of_money_is_pending_and_named(self, code: int) -> None:
        assert self.stands(code) == Pending(reference=self.order().reference, code=str(code))

    @pytest.mark.parametrize("code", NO_ANSWER)
    @pytest.mark.parametrize("status", [200, 400])
    def test_what_is_said_of_our_question_says_nothing_of_the_order(
        self, code: int, status: int
    ) -> None:
        order, _ = self.paid(self.order())
        with self.told(status, resultCode=code), pytest.raises(Unavailable, match=str(code)):
            self.look_up(order)

    def test_an_unknown_order_is_pending(self) -> None:
        assert self.stands(42) == Pending(reference=self.order().reference)

    @pytest.mark.parametrize(
        "changes",
        [{"orderId": "k7f2q9-2"}, {"requestId": "x"}, {"partnerCode": "ANOTHER"}, {"amount": 0},
         {"amount": "115000"}, {"transId": 0}, {"transId": None}, {"lastUpdated": "now"},
         {"resultCode": "0"}, {"resultCode": True}, {"resultCode": 100_000}, {"resultCode": -1},
         {"refundTrans": {}}, {"refundTrans": [1]}],
        ids=str,
    )  # fmt: skip
    def test_an_answer_to_something_else_is_no_answer(self, changes: dict[str, Any]) -> None:
        order, _ = self.paid(self.order())
        with self.told(**changes), pytest.raises(Unavailable):
            self.look_up(order)

    @pytest.mark.parametrize("status", [500, 502, 302, 599])
    def test_a_failing_gateway_gives_no_answer(self, status: int) -> None:
        order, _ = self.paid(self.order())
        with self.told(status), pytest.raises(Unavailable):
            self.look_up(order)

    def test_without_its_own_time_a_payment_has_that_of_the_answer(self) -> None:
        order, _ = self.paid(self.order())
        with self.told(lastUpdated=None):
            [received] = self.look_up(order)
        assert isinstance(received, Received) and received.at == self.clock()

    def test_two_look_ups_never_share_a_request_id(self) -> None:
        order = self.presented(self.order())
        for _ in range(3):
            self.look_up(order)
        ids = [asked["requestId"] for asked in self.asked("query")]
        assert len(set(ids)) == 3 and all(len(id) <= 50 for id in ids)

    def test_the_longest_reference_leaves_room_for_a_request_id(self) -> None:
        reference = self.adapter.reference_for("k7f2q9", 2**48, self.clock())
        assert self.look_up(replace(self.order(), reference=reference)) == [
            Pending(reference=reference)
        ]

    def test_a_refund_that_is_not_ours_undoes_the_transfer(self) -> None:
        order, transaction = self.paid(self.order())
        self.clock.advance(timedelta(minutes=3))
        self.counterpart.reverse(transaction)
        received, undone = self.look_up(order)
        assert isinstance(received, Received) and isinstance(undone, Reversed)
        assert undone.transaction == received.transaction == transaction
        assert undone.at == self.counterpart.books()[transaction].reversed_at


class TestNotifications(CodeStage):
    def test_each_code_is_read_as_a_look_up_reads_it(self) -> None:
        self.paid(self.order())
        [genuine] = self.notified()
        message = httpx.Request("POST", "http://fees.test/x", content=genuine.body)
        for code in (*NO_MONEY, *UNDER_WAY, *WONDER, *NO_ANSWER):
            changed = self.counterpart.rephrased(message, {"resultCode": code}, self.settings())
            [outcome] = self.adapter.read_notification(replace(genuine, body=changed.read()))
            if code in NO_MONEY:
                assert isinstance(outcome, Ended) and outcome.reason == NO_MONEY[code]
            else:
                said = "" if code in UNDER_WAY else str(code)
                assert outcome == Pending(reference=self.order().reference, code=said)

    def test_a_refusal_by_the_payer_is_told(self) -> None:
        order = self.presented(self.order())
        self.counterpart.cancel(order.reference)
        [outcome] = self.adapter.read_notification(self.notified()[0])
        assert isinstance(outcome, Ended) and outcome.reason == "cancelled"


class TestCheckouts(CodeStage):
    @pytest.mark.parametrize("code", [20, 21, 22])
    def test_what_cannot_be_opened_is_refused(self, code: int) -> None:
        with self.told(400, resultCode=code), pytest.raises(Refused):
            self.adapter.request_payment(self.order())

    @pytest.mark.parametrize("code", [10, 11, 12, 13, 42, 43, 45, 47, 98, 99, 1000, 7002, 9000, 5])
    def test_any_other_code_is_no_answer(self, code: int) -> None:
        order = self.order()
        with self.told(resultCode=code), pytest.raises(Unavailable, match=str(code)):
            self.adapter.request_payment(order)

    def test_a_request_in_flight_is_no_answer(self) -> None:
        with self.told(422, resultCode=7000), pytest.raises(Unavailable, match="7000"):
            self.adapter.request_payment(self.order())

    @pytest.mark.parametrize(
        "changes",
        [{"amount": 1}, {"amount": None}, {"payUrl": ""}, {"payUrl": "javascript:alert(1)"},
         {"payUrl": None}, {"qrCodeUrl": 5}, {"orderId": "x"}],
        ids=str,
    )  # fmt: skip
    def test_a_checkout_for_something_else_is_no_answer(self, changes: dict[str, Any]) -> None:
        with self.told(**changes), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    def test_without_a_code_to_scan_there_is_still_a_page(self) -> None:
        with self.told(qrCodeUrl=None):
            checkout = self.adapter.request_payment(self.order())
        assert checkout.url and not checkout.qr

    def test_what_is_sent_holds_nothing_that_could_be_split(self) -> None:
        self.adapter.request_payment(self.order())
        [asked] = self.asked("create")
        assert asked["extraData"] == "" and "accessKey" not in asked
        assert asked["requestId"] == asked["orderId"] == self.order().reference
        assert not {"&", "="} & set(asked["orderInfo"])
        assert asked["orderExpireTime"] == 15 and asked["autoCapture"] is True

    def test_an_address_that_does_not_fit_is_refused(self) -> None:
        order = replace(self.order(), return_url="https://portal.test/" + "x" * 200)
        with pytest.raises(Refused, match="url_too_long"):
            self.adapter.request_payment(order)
        assert self.wire.requests == []


class TestOrderNumberTaken(CodeStage):
    """The first answer is lost, and MoMo does not give it again: never a second checkout."""

    def lost(self, forget: bool = True) -> PaymentOrder:
        order = self.order()
        with self.wire.spoiled(altering(lambda body: body[:9])), pytest.raises(Unavailable):
            self.adapter.request_payment(order)
        if forget:
            self.momo.api.requests.clear()  # the 31 days of a requestId are over
        return order

    def ask_again(self, order: PaymentOrder) -> object:
        self.clock.advance(timedelta(milliseconds=1))
        return self.adapter.request_payment(replace(order, asked_at=self.clock()))

    def test_the_same_request_gets_the_first_page(self) -> None:
        order = self.lost(forget=False)
        assert self.adapter.request_payment(order).url
        assert self.asked("query") == []

    def test_an_open_order_stays_unavailable(self) -> None:
        order = self.lost()
        for _ in range(3):
            with pytest.raises(Unavailable, match="page is lost"):
                self.ask_again(order)
        assert self.counterpart.checkouts(order.reference) == 1
        assert {asked["orderId"] for asked in self.asked("create")} == {order.reference}

    def test_a_paid_order_stays_unavailable_and_a_look_up_tells(self) -> None:
        order = self.lost()
        self.counterpart.pay(order.reference)
        with pytest.raises(Unavailable):
            self.ask_again(order)
        assert isinstance(self.look_up(order)[0], Received)

    @pytest.mark.parametrize("end", ["cancelled", "expired"])
    def test_an_ended_order_is_refused_and_a_new_one_may_be_opened(self, end: str) -> None:
        order = self.lost()
        if end == "cancelled":
            self.counterpart.cancel(order.reference)
        else:
            self.clock.advance(timedelta(minutes=15))
        with pytest.raises(Refused, match="order_ended"):
            self.ask_again(order)

    def test_a_request_that_came_to_nothing_is_made_anew_under_its_own_order(self) -> None:
        order = self.order()
        before = self.momo.api.handlers["create"]

        def maintained(*_: object) -> dict[str, Any]:
            return {"resultCode": 10}

        self.momo.api.handlers["create"] = maintained
        with pytest.raises(Unavailable, match="10"):
            self.adapter.request_payment(order)
        self.momo.api.handlers["create"] = before
        assert self.ask_again(order)
        first, repeat, anew = self.asked("create")
        assert first["requestId"] == repeat["requestId"] != anew["requestId"]
        assert {first["orderId"], repeat["orderId"], anew["orderId"]} == {order.reference}
        assert self.counterpart.checkouts(order.reference) == 1

    def test_a_first_request_that_arrives_meanwhile_wins(self) -> None:
        order = self.order()
        self.adapter.request_payment(order)
        made = 0

        def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
            """40, then not found, then the true answer: by now the order is there."""
            nonlocal made
            made += 1
            codes = {1: 40, 2: 42}
            if made not in codes:
                return inner.handle_request(request)
            asked = json.loads(request.content)
            told = {name: asked[name] for name in ("partnerCode", "orderId", "requestId")}
            body = json.dumps({**told, "resultCode": codes[made]}).encode()
            return answering(400, body)(request, inner)

        with self.wire.spoiled(spoil), pytest.raises(Unavailable, match="41"):
            self.ask_again(order)
        assert self.counterpart.checkouts(order.reference) == 1
