"""payOS keeps the contract of intermediaries and cancellations; transfers come one or several."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from feesvc.intermediary import (
    Cancellations,
    Ended,
    Pending,
    Received,
    Refused,
    Unavailable,
)
from feesvc.testing.books import No
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary import CancellationContract, IntermediaryContract, Stage
from feesvc.testing.intermediary.wires import answering
from feesvc_payos import Payos, order_codes
from feesvc_payos.counterpart import PayosCounterpart
from feesvc_payos.counterpart.wire import refused, seal


class PayosStage(Stage):
    adapter_class = Payos
    counterpart_class = PayosCounterpart
    wire_reference = r"[1-9][0-9]{9,15}"
    largest_number = 2**32 - 1
    code_given_once = True

    @property
    def stand_in(self) -> PayosCounterpart:
        return cast("PayosCounterpart", self.counterpart)

    def cancelled(self, order: Any) -> Any:
        assert isinstance(self.adapter, Cancellations)
        return self.adapter.cancel(order)


class TestPayos(PayosStage, IntermediaryContract, CancellationContract):
    """All of it."""


class TestOrderCodes(PayosStage):
    def test_a_code_is_a_whole_number_that_every_language_holds(self) -> None:
        for epoch in ("000000", "zzzzzz", "k7f2q9", "zz9zz9"):
            for number in (1, 2**32 - 1):
                code = order_codes.code_in(self.adapter.reference_for(epoch, number, self.clock()))
                assert 2**32 < code < 2**53
                assert 3 <= len(order_codes.note_of(code)) <= 9

    def test_a_number_that_has_no_room_is_refused(self) -> None:
        for number in (0, -1, 2**32):
            with pytest.raises(ValueError, match="no order code"):
                self.adapter.reference_for("k7f2q9", number, self.clock())

    @pytest.mark.parametrize("reference", ["", "0", "01", "1e5", "-1", "9" * 16, "1/../2", "١"])
    def test_what_is_no_code_is_asked_of_nobody(self, reference: str) -> None:
        order = replace(self.order(), reference=reference)
        for ask in (self.adapter.request_payment, self.adapter.look_up):
            with pytest.raises(ValueError, match="not an order code"):
                ask(order)
        assert self.wire.requests == []


class TestTransfers(PayosStage):
    def test_several_transfers_of_one_order_are_each_received(self) -> None:
        order, first = self.paid(self.order(), 15_000)
        assert self.stands(order) == [(first, 15_000)]
        second = self.counterpart.pay(order.reference, 40_000)
        assert self.stands(order) == [(first, 15_000), (second, 40_000)]
        third = self.counterpart.pay(order.reference)
        assert self.stands(order) == [(first, 15_000), (second, 40_000), (third, 60_000)]
        told = [self.adapter.read_notification(each)[0] for each in self.notified()]
        assert told == list(self.look_up(order))
        with pytest.raises(No, match="not_payable"):
            self.counterpart.pay(order.reference, 1)

    def test_what_came_before_a_link_was_cancelled_is_kept(self) -> None:
        order, transaction = self.paid(self.order(), 15_000)
        assert isinstance(self.cancelled(order), Received)
        assert self.stands(order) == [(transaction, 15_000)]
        late = self.counterpart.pay(order.reference, 1_000, late=True)
        assert self.stands(order) == [(transaction, 15_000), (late, 1_000)]

    def test_what_expires_and_what_fails_ends(self) -> None:
        failed = self.presented(self.order(2))
        self.counterpart.decline(failed.reference)
        [outcome] = self.look_up(failed)
        assert isinstance(outcome, Ended) and outcome.reason == "failed"
        order = self.presented(self.order())
        self.clock.advance(timedelta(minutes=15))
        [outcome] = self.look_up(order)
        assert outcome == Ended(reference=order.reference, reason="expired", at=order.expires_at)
        transaction = self.counterpart.pay(order.reference, late=True)
        assert self.stands(order) == [(transaction, 115_000)]

    def test_a_processing_link_waits_and_a_strange_one_is_asked_about(self) -> None:
        order = self.presented(self.order())
        for status, code in (
            ("PROCESSING", ""),
            ("PAID", "paid_without_a_transfer"),
            ("UNDERPAID", "underpaid_without_a_transfer"),
            ("REFUNDED", "refunded_without_a_transfer"),
        ):
            assert self.told_instead(order, status=status) == Pending(
                reference=order.reference, code=code
            )
        for status in ("PENDING", "EXPIRED", "CANCELLED"):
            told = self.told_instead(order, status=status, amountPaid=1, canceledAt=_THEN)
            assert isinstance(told, Pending) and told.code

    def test_a_link_of_another_order_is_nobodys_money(self) -> None:
        """Two epochs may, once in two million restores, come to one order code."""
        order, _ = self.paid(self.order())
        another = Pending(reference=order.reference, code="another_order")
        assert self.told_instead(order, amount=order.amount.amount + 1) == another
        assert self.told_instead(order, createdAt=_THEN) == another
        later = replace(order, placed_at=order.placed_at + timedelta(days=1))
        assert self.look_up(later) == [another]
        with pytest.raises(Refused, match="other_content"):
            self.adapter.request_payment(later)

    def test_a_signed_answer_of_another_form_is_no_answer(self) -> None:
        order, _ = self.paid(self.order())
        link = self.link(order)
        twice = link["transactions"] * 2
        twice[1] = {**twice[1], "amount": 1}
        for changes in (
            {"orderCode": 1}, {"orderCode": order.reference}, {"amount": "115000"},
            {"createdAt": "yesterday"}, {"createdAt": None}, {"transactions": None},
            {"transactions": [{**link["transactions"][0], "amount": 0}]},
            {"transactions": [{**link["transactions"][0], "amount": -1}]},
            {"transactions": [{**link["transactions"][0], "amount": 1.5}]},
            {"transactions": [{**link["transactions"][0], "reference": ""}]},
            {"transactions": [{**link["transactions"][0], "reference": "null"}]},
            {"transactions": [{**link["transactions"][0], "transactionDateTime": "2026-11-20T1"}]},
            {"transactions": twice}, {"transactions": [1]},
        ):  # fmt: skip
            with pytest.raises(Unavailable):
                self.told_instead(order, **cast("dict[str, Any]", changes))
        assert self.told_instead(order, transactions=link["transactions"] * 2) is not None

    def test_a_time_without_a_zone_is_vietnams(self) -> None:
        order, _ = self.paid(self.order())
        link = self.link(order)
        plain = {**link["transactions"][0], "transactionDateTime": "2026-11-20 12:00:00"}
        assert self.told_instead(order, transactions=[plain]) == self.look_up(order)[0]

    def stands(self, order: Any) -> list[tuple[str, int]]:
        outcomes = self.look_up(order)
        assert all(isinstance(one, Received) for one in outcomes)
        received = cast("list[Received]", list(outcomes))
        assert {one.amount.currency for one in received} == {"VND"}
        return [(one.transaction, one.amount.amount) for one in received]

    def link(self, order: Any) -> dict[str, Any]:
        self.adapter.look_up(order)
        request = self.wire.requests[-1]
        said: dict[str, Any] = self.wire.inner.handle_request(request).json()["data"]
        return said

    def told_instead(self, order: Any, **changes: Any) -> Any:
        """What a look-up makes of the link with other values, signed all the same."""
        data = {**self.link(order), **changes}
        body = {"code": "00", "desc": "success", "data": data, "signature": seal(data)}
        with self.wire.spoiled(answering(200, httpx.Response(200, json=body).content)):
            return self.look_up(order)[0]


_THEN = "2020-01-01T00:00:00+07:00"


class TestAnswers(PayosStage):
    def test_a_lost_answer_leads_to_the_same_page(self) -> None:
        order = self.order()
        self.counterpart.faults.set(Fault.SERVER_ERROR, times=1)
        with pytest.raises(Unavailable):
            self.adapter.request_payment(order)
        again = self.adapter.request_payment(order)
        assert again.qr == "" and again.url.endswith(f"/web/{again.handle}")
        assert "115,000 VND" in self.http.get(again.url).text

    def test_a_code_of_another_order_is_refused(self) -> None:
        self.adapter.request_payment(self.order())
        with pytest.raises(Refused, match="other_content"):
            self.adapter.request_payment(self.order(1, 90_000))

    @pytest.mark.parametrize("code", ["20", "201", "214", "401", "999", ""])
    def test_a_code_that_nobody_signed_ends_nothing(self, code: str) -> None:
        order = self.presented(self.order())
        body = httpx.Response(200, json=refused(code, "no")).content
        for status in (200, 400, 401, 404):
            with self.wire.spoiled(answering(status, body)):
                for ask in (self.adapter.request_payment, self.look_up, self.cancelled):
                    with pytest.raises(Unavailable):
                        ask(order)

    def test_a_code_that_says_unknown_ends_nothing(self) -> None:
        order = self.presented(self.order())
        body = httpx.Response(200, json=refused("101", "none")).content
        with self.wire.spoiled(answering(200, body)):
            assert self.look_up(order) == (Pending(reference=order.reference),)
            assert self.cancelled(order) == Pending(reference=order.reference)
            with pytest.raises(Unavailable):
                self.adapter.request_payment(order)

    def test_an_answer_signed_with_another_key_is_none(self) -> None:
        order, _ = self.paid(self.order())
        other = self.connect({**self.settings(), "checksum_key": "another"})
        with pytest.raises(Unavailable, match="signature"):
            self.look_up(order, other)
        with pytest.raises(Unavailable, match="201"):
            other.request_payment(self.order(2))
        keys = {"checksum_key": "new", "checksum_key_previous": self.settings()["checksum_key"]}
        [received] = self.look_up(order, self.connect({**self.settings(), **keys}))
        assert isinstance(received, Received)

    def test_another_channel_is_not_let_in(self) -> None:
        for name in ("client_id", "api_key"):
            with pytest.raises(Unavailable, match="214"):
                self.connect({**self.settings(), name: "another"}).request_payment(self.order())
        assert self.counterpart.checkouts(self.order().reference) == 0

    def test_payment_and_page_go_where_payos_is_unless_told(self) -> None:
        keys = {name: self.settings()[name] for name in ("client_id", "api_key", "checksum_key")}
        adapter = self.connect(keys)
        handle = adapter.request_payment(self.order()).handle
        assert adapter.request_payment(self.order()).url == f"https://pay.payos.vn/web/{handle}"
        assert {request.url.host for request in self.wire.requests} == {"api-merchant.payos.vn"}
        assert {request.url.scheme for request in self.wire.requests} == {"https"}
