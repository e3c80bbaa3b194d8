"""What VNPAY answers to look-ups: which answers count, and what their codes mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from feesvc.intermediary import (
    Ended,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    Reversed,
    Unavailable,
)
from feesvc.testing.intermediary import NOON, Stage
from feesvc.testing.intermediary.stage import only
from feesvc.testing.intermediary.wires import altering, answering
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart
from feesvc_vnpay.counterpart.api import rephrased_answer
from feesvc_vnpay.counterpart.forms import QUERY_ANSWER_ORDER
from feesvc_vnpay.counterpart.wire import HASH_KEY

CODES = ["01", "02", "03", "04", "42", "94", "97", "99", "", "0"]


class LookUpStage(Stage):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    def asked_with(self, order: PaymentOrder, **changes: str | None) -> Outcome:
        """The outcome of VNPAY's own answer with something else in it, signed by VNPAY."""
        named = {f"vnp_{name}": value for name, value in changes.items()}
        with self.wire.spoiled(altering(lambda body: rephrased_answer(body, named))):
            return only(self.look_up(order))


class TestLookUps(LookUpStage):
    def test_an_answer_that_nobody_signed_is_none(self) -> None:
        order, _ = self.paid(self.order())

        def unsigned(body: bytes) -> bytes:
            answer = json.loads(body)
            del answer["vnp_SecureHash"]
            return json.dumps(answer).encode()

        with self.wire.spoiled(altering(unsigned)), pytest.raises(Unavailable, match="signed"):
            self.look_up(order)

    def test_an_answer_signed_by_another_is_none(self) -> None:
        order, _ = self.paid(self.order())
        stranger = self.connect(self.rotated(keep_previous=False))
        with pytest.raises(Unavailable, match="signed"):
            self.look_up(order, stranger)

    def test_an_answer_signed_with_the_previous_key_counts(self) -> None:
        order, _ = self.paid(self.order())
        kept: list[bytes] = []

        def keep(body: bytes) -> bytes:
            kept.append(body)
            return body

        with self.wire.spoiled(altering(keep)):
            self.look_up(order)
        with self.wire.spoiled(answering(200, kept[0])):
            overlapping = self.connect(self.rotated(keep_previous=True))
            assert isinstance(only(self.look_up(order, overlapping)), Received)
            retired = self.connect(self.rotated(keep_previous=False))
            with pytest.raises(Unavailable, match="signed"):
                self.look_up(order, retired)

    @pytest.mark.parametrize("field", QUERY_ANSWER_ORDER)
    def test_no_signed_field_can_be_changed(self, field: str) -> None:
        order, _ = self.paid(self.order())

        def change(body: bytes) -> bytes:
            answer = json.loads(body)
            answer[field] = answer.get(field, "") + "1"
            return json.dumps(answer).encode()

        with self.wire.spoiled(altering(change)), pytest.raises(Unavailable, match="signed"):
            self.look_up(order)

    @pytest.mark.parametrize("field", ["TxnRef", "TmnCode", "Command"])
    def test_an_answer_about_something_else_is_none(self, field: str) -> None:
        order, _ = self.paid(self.order())
        with pytest.raises(Unavailable, match=f"another vnp_{field}"):
            self.asked_with(order, **{field: "x"})

    @pytest.mark.parametrize("code", CODES)
    def test_a_code_that_is_no_answer_ends_nothing(self, code: str) -> None:
        order, _ = self.paid(self.order())
        with pytest.raises(Unavailable):
            self.asked_with(order, ResponseCode=code)

    def test_an_order_that_vnpay_does_not_know_is_pending_for_good(self) -> None:
        order, _ = self.paid(self.order())
        assert self.asked_with(order, ResponseCode="91") == Pending(reference=order.reference)
        self.clock.advance(timedelta(days=400))
        never = self.order(2)
        assert only(self.look_up(never)) == Pending(reference=never.reference)

    @pytest.mark.parametrize("status", ["00", "01", "02", "04", "05", "06", "07", "09", "88"])
    def test_each_status_of_a_payment(self, status: str) -> None:
        order, transaction = self.paid(self.order())
        told = self.asked_with(order, TransactionStatus=status)
        match status:
            case "00":
                assert isinstance(told, Received) and told.transaction == transaction
            case "01":
                assert told == Pending(reference=order.reference)
            case "02":
                assert isinstance(told, Ended)
            case "04":
                assert isinstance(told, Reversed) and told.transaction == transaction
            case _:
                assert told == Pending(reference=order.reference, code=f"status_{status}")

    def test_a_refund_in_a_payments_place_is_no_payment(self) -> None:
        order, _ = self.paid(self.order())
        for kind in ("02", "03", "", "77"):
            told = self.asked_with(order, TransactionType=kind)
            assert isinstance(told, Pending) and told.code.startswith("type_")

    @pytest.mark.parametrize("change", [
        {"Amount": "11500001"}, {"Amount": "1e7"}, {"Amount": None}, {"TransactionNo": "0"},
        {"TransactionNo": None}, {"PayDate": "20261399000000"}, {"PayDate": None},
        {"TransactionStatus": None},
    ])  # fmt: skip
    def test_money_that_cannot_be_read_is_no_answer(self, change: dict[str, str | None]) -> None:
        order, _ = self.paid(self.order())
        with pytest.raises(Unavailable, match="cannot be read"):
            self.asked_with(order, **change)

    def test_what_is_asked_is_what_was_recorded_before_sending(self) -> None:
        order, _ = self.paid(self.order())
        late = replace(order, asked_at=NOON + timedelta(hours=12, minutes=30))
        self.adapter.look_up(late)
        sent = json.loads(self.wire.requests[-1].read())
        assert sent["vnp_TransactionDate"] == "20261120120000"
        assert sent["vnp_CreateDate"] == "20261121003000"
        assert "vnp_TransactionNo" not in sent

    def test_no_two_look_ups_share_a_request_id(self) -> None:
        self.paid(self.order())
        for number in (1, 2, 1):
            self.look_up(self.order(number))
        ids = [json.loads(r.read())["vnp_RequestId"] for r in self.wire.requests[-3:]]
        assert len(set(ids)) == 3
        assert all(len(each) == 32 for each in ids)


class TestTheWire(LookUpStage):
    def test_a_key_goes_out_in_no_request(self) -> None:
        order, _ = self.paid(self.order())
        self.look_up(order)
        for request in self.wire.requests:
            assert HASH_KEY not in f"{request.url}{request.headers}{request.read()!r}"

    def test_json_is_sent_by_post(self) -> None:
        self.look_up(self.order())
        request = self.wire.requests[-1]
        assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
        assert request.url == httpx.URL(self.settings()["api_url"])
