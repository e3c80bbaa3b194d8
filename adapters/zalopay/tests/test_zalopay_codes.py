"""Every code of ZaloPay's tables, as the answer to a checkout and to a look-up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    Unavailable,
)
from feesvc.testing.intermediary import Stage
from feesvc.testing.intermediary.wires import altering, answering
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart

ENDED = {-54: "expired", -322: "expired", -329: "cancelled"}
NO_ANSWER = (-401, -402, -403, -405, 406, -429, -500, -999)
FAILURES = (0, 1, 2, -32, -33, -34, -35, -43, -63, -88, -135, -217, -301, -332, -333, -4711)
DAILY_LIMITS = (-1330, -1333, -1340, -1343, 4, 0)


class CodeStage(Stage):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart
    page_given_once = True

    @property
    def zalopay(self) -> ZaloPayCounterpart:
        return cast("ZaloPayCounterpart", self.counterpart)

    @contextmanager
    def told(self, **changes: Any) -> Iterator[None]:
        """ZaloPay's answers with these fields changed; None leaves one out."""

        def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
            body = {**json.loads(inner.handle_request(request).read()), **changes}
            body = {name: value for name, value in body.items() if value is not None}
            return answering(200, json.dumps(body).encode())(request, inner)

        with self.wire.spoiled(spoil):
            yield

    def asked(self, operation: str) -> list[dict[str, Any]]:
        return [
            json.loads(request.content)
            for request in self.wire.requests
            if request.url.path == f"/v2/{operation}"
        ]


class TestLookUps(CodeStage):
    def stands(self, code: int, sub: int | None, after: timedelta = timedelta()) -> Outcome:
        order = self.presented(self.order())
        self.clock.advance(after)
        with self.told(return_code=code, sub_return_code=sub):
            [outcome] = self.look_up(order)
        return outcome

    @pytest.mark.parametrize("sub", ENDED)
    def test_a_final_code_ends_an_order(self, sub: int) -> None:
        ended = self.stands(2, sub)
        assert isinstance(ended, Ended) and ended.reason == ENDED[sub]

    @pytest.mark.parametrize("sub", [None, 0, 1, 2, -54, -999_999])
    def test_what_is_under_way_is_pending(self, sub: int | None) -> None:
        assert self.stands(3, sub) == Pending(reference=self.order().reference)

    def test_an_unknown_order_is_pending(self) -> None:
        for after in (timedelta(), timedelta(days=1)):
            self.setup_method()
            assert self.stands(2, -101, after) == Pending(reference=self.order().reference)

    @pytest.mark.parametrize("sub", [None, *FAILURES])
    def test_a_failure_may_be_tried_again_until_the_order_ends(self, sub: int | None) -> None:
        name = "2" if sub is None else f"2_{abs(sub)}"
        for after in (timedelta(), timedelta(minutes=29)):
            self.setup_method()
            pending = self.stands(2, sub, after)
            assert pending == Pending(reference=self.order().reference, code=name)
        self.setup_method()
        ended = self.stands(2, sub, timedelta(minutes=30))
        assert isinstance(ended, Ended) and ended.reason == f"failed_{name}"

    @pytest.mark.parametrize("code", DAILY_LIMITS)
    def test_any_other_code_is_pending_and_named(self, code: int) -> None:
        for after in (timedelta(), timedelta(days=1)):
            self.setup_method()
            pending = self.stands(code, None, after)
            assert pending == Pending(reference=self.order().reference, code=str(abs(code)))

    @pytest.mark.parametrize("code", [*NO_ANSWER, -92])
    def test_what_is_said_of_our_question_says_nothing_of_the_order(self, code: int) -> None:
        for spoken in ({"return_code": code, "sub_return_code": None},
                       {"return_code": 2, "sub_return_code": code}):  # fmt: skip
            if code == -92 and spoken["return_code"] == code:
                continue
            self.setup_method()
            order, _ = self.paid(self.order())
            with self.told(**spoken), pytest.raises(Unavailable, match=str(code)):
                self.look_up(order)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"sub_return_code": -101}, "1_101"), ({"sub_return_code": 3}, "1_3"),
         ({"is_processing": True}, "1_1")],
        ids=str,
    )  # fmt: skip
    def test_a_success_that_is_contradicted_is_pending(
        self, changes: dict[str, Any], code: str
    ) -> None:
        order, _ = self.paid(self.order())
        with self.told(**changes):
            [outcome] = self.look_up(order)
        assert outcome == Pending(reference=order.reference, code=code)

    @pytest.mark.parametrize(
        "changes",
        [{"amount": 0}, {"amount": "115000"}, {"amount": None}, {"zp_trans_id": 0},
         {"zp_trans_id": None}, {"zp_trans_id": "x"}, {"server_time": "now"},
         {"is_processing": "no"}, {"return_code": "1"}, {"return_code": True},
         {"return_code": None}, {"sub_return_code": "1"}],
        ids=str,
    )  # fmt: skip
    def test_an_answer_of_another_form_is_no_answer(self, changes: dict[str, Any]) -> None:
        order, _ = self.paid(self.order())
        with self.told(**changes), pytest.raises(Unavailable):
            self.look_up(order)

    def test_without_its_own_time_a_payment_has_that_of_the_question(self) -> None:
        order, _ = self.paid(self.order())
        with self.told(server_time=None, is_processing=None, sub_return_code=None):
            [received] = self.look_up(order)
        assert isinstance(received, Received) and received.at == self.clock()

    def test_without_a_callback_the_look_up_tells_after_a_quarter_of_an_hour(self) -> None:
        order = self.presented(self.order())
        self.counterpart.pay(order.reference)
        self.counterpart.outbox.drain()
        self.clock.advance(timedelta(minutes=15))
        assert isinstance(self.look_up(order)[0], Received)

    def test_an_order_that_was_not_paid_in_time_has_ended(self) -> None:
        order = self.presented(self.order())
        self.clock.advance(timedelta(minutes=15))
        [ended] = self.look_up(order)
        assert isinstance(ended, Ended) and ended.reason == "expired"


class TestCheckouts(CodeStage):
    @pytest.mark.parametrize("code", [*NO_ANSWER[1:], -33, 2, 3, 0, 5, -54])
    def test_any_other_code_is_no_answer(self, code: int) -> None:
        for spoken in ({"return_code": code, "sub_return_code": None},
                       {"return_code": 2, "sub_return_code": code}):  # fmt: skip
            self.setup_method()
            with self.told(**spoken), pytest.raises(Unavailable, match="create"):
                self.adapter.request_payment(self.order())

    @pytest.mark.parametrize("spoken", [(2, -401), (-401, None)])
    def test_a_request_that_opened_nothing_is_refused(self, spoken: tuple[int, int | None]) -> None:
        code, sub = spoken
        self.zalopay.api.handlers["create"] = lambda *_: {
            "return_code": code, "sub_return_code": sub
        }  # fmt: skip
        with pytest.raises(Refused, match="bad_request"):
            self.adapter.request_payment(self.order())

    @pytest.mark.parametrize(
        "changes",
        [{"order_url": None}, {"order_url": ""}, {"order_url": "javascript:alert(1)"},
         {"order_url": 5}, {"qr_code": 5}, {"sub_return_code": -68}, {"is_processing": True}],
        ids=str,
    )  # fmt: skip
    def test_a_checkout_of_another_form_is_no_answer(self, changes: dict[str, Any]) -> None:
        with self.told(**changes), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    def test_a_code_to_scan_is_handed_on(self) -> None:
        with self.told(qr_code="00020101021226"):
            assert self.adapter.request_payment(self.order()).qr == "00020101021226"

    def test_what_is_sent(self) -> None:
        order = self.order()
        self.adapter.request_payment(order)
        [asked] = self.asked("create")
        assert asked["app_time"] == int(order.placed_at.timestamp()) * 1000
        assert json.loads(asked["embed_data"]) == {"redirecturl": order.return_url}
        assert (asked["item"], asked["app_user"]) == ("[]", "feesvc")
        assert asked["expire_duration_seconds"] == 900
        assert asked["app_trans_id"] == order.reference == "261120_k7f2q9_1"

    @pytest.mark.parametrize(("lives", "told"), [(60, 300), (901, 901), (10**8, 2_592_000)])
    def test_an_order_lives_as_long_as_zalopay_lets_it(self, lives: int, told: int) -> None:
        order = self.order()
        until = order.placed_at + timedelta(seconds=lives)
        self.adapter.request_payment(replace(order, expires_at=until))
        assert self.asked("create")[0]["expire_duration_seconds"] == told

    def test_the_day_of_a_reference_is_that_of_viet_nam(self) -> None:
        last = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)
        for at, day in ((last, "261120"), (last + timedelta(seconds=1), "261121")):
            assert self.adapter.reference_for("k7f2q9", 7, at) == f"{day}_k7f2q9_7"


class TestOrderNumberTaken(CodeStage):
    """The first answer is lost, and ZaloPay does not give it again: never a second checkout."""

    def lost(self) -> PaymentOrder:
        order = self.order()
        with self.wire.spoiled(altering(lambda body: body[:9])), pytest.raises(Unavailable):
            self.adapter.request_payment(order)
        return order

    def ask_again(self, order: PaymentOrder) -> object:
        self.clock.advance(timedelta(milliseconds=1))
        return self.adapter.request_payment(replace(order, asked_at=self.clock()))

    def test_an_open_order_stays_unavailable(self) -> None:
        order = self.lost()
        for _ in range(3):
            with pytest.raises(Unavailable, match="page is lost"):
                self.ask_again(order)
        assert self.counterpart.checkouts(order.reference) == 1
        assert {asked["app_trans_id"] for asked in self.asked("create")} == {order.reference}

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

    def test_a_refused_repeat_of_an_open_order_is_no_end(self) -> None:
        """The repeat comes too late for its own time, while the first order can still be paid."""
        order = self.lost()
        self.zalopay.api.handlers["create"] = lambda *_: {"return_code": -401}
        with pytest.raises(Unavailable):
            self.ask_again(order)
