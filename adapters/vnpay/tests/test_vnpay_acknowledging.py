"""What VNPAY is answered, how often it asks again, and what its counterpart tells."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from feesvc.intermediary import Ended, Forged, Notification, Outcome, Received, Reversed, Verdict
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary import NOON, Stage
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart


class VnpayStage(Stage):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    def read(self, query: bytes) -> Outcome:
        notification = Notification(
            method="GET", query=query, headers={}, body=b"", received_at=NOON
        )
        [outcome] = self.adapter.read_notification(notification)
        return outcome

    def refused(self, query: bytes, why: str = ".") -> None:
        with pytest.raises(Forged, match=why):
            self.read(query)


class TestAnswers(VnpayStage):
    @pytest.mark.parametrize(
        ("verdict", "code"),
        [
            (Verdict.RECORDED, "00"), (Verdict.NOTHING, "00"), (Verdict.UNKNOWN_ORDER, "01"),
            (Verdict.DUPLICATE, "02"), (Verdict.WRONG_AMOUNT, "04"), (Verdict.FORGED, "97"),
            (Verdict.TRY_AGAIN, "99"),
        ],
    )  # fmt: skip
    def test_each_verdict_is_said_in_vnpays_words(self, verdict: Verdict, code: str) -> None:
        reply = self.adapter.acknowledge(self.paid_notification(), verdict)
        assert (reply.status, reply.media_type) == (200, "application/json")
        assert json.loads(reply.body)["RspCode"] == code
        ends = self.counterpart.acknowledged(httpx.Response(reply.status, content=reply.body))
        assert ends == (verdict in {Verdict.RECORDED, Verdict.NOTHING, Verdict.DUPLICATE})

    @pytest.mark.parametrize("verdict", [
        Verdict.UNKNOWN_ORDER, Verdict.WRONG_AMOUNT, Verdict.FORGED, Verdict.TRY_AGAIN,
    ])  # fmt: skip
    def test_vnpay_tries_ten_times_more_and_then_no_more(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.paid(self.order())
        assert len(self.notified()) == 1
        for _ in range(10):
            self.clock.advance(timedelta(minutes=5) - timedelta(seconds=1))
            assert self.notified() == []
            self.clock.advance(timedelta(seconds=1))
            assert len(self.notified()) == 1
        self.clock.advance(timedelta(days=3))
        assert self.notified() == []

    def test_a_wrong_amount_ends_once_it_is_a_duplicate(self) -> None:
        self.verdict = Verdict.WRONG_AMOUNT
        self.paid(self.order())
        self.notified()
        self.verdict = Verdict.DUPLICATE
        self.clock.advance(timedelta(minutes=5))
        assert len(self.notified()) == 1
        self.clock.advance(timedelta(days=1))
        assert self.notified() == []


class TestWhatIsTold(VnpayStage):
    def test_a_reversal_names_the_transfer(self) -> None:
        order, transaction = self.paid(self.order())
        self.notified()
        self.counterpart.reverse(transaction)
        [notification] = self.notified()
        [undone] = self.adapter.read_notification(notification)
        assert isinstance(undone, Reversed)
        assert (undone.reference, undone.transaction) == (order.reference, transaction)
        assert self.look_up(order) == (replace(undone, at=self.clock()),)

    def test_a_late_reversal_comes_a_minute_later(self) -> None:
        order = self.presented(self.order())
        self.counterpart.faults.set(Fault.LATE_REVERSAL, order.reference)
        self.counterpart.pay(order.reference)
        assert len(self.notified()) == 1
        self.clock.advance(timedelta(minutes=1))
        [notification] = self.notified()
        assert isinstance(self.adapter.read_notification(notification)[0], Reversed)

    def test_a_payer_who_walks_away_is_told_as_cancelled(self) -> None:
        order = self.presented(self.order())
        self.counterpart.cancel(order.reference)
        [notification] = self.notified()
        [ended] = self.adapter.read_notification(notification)
        assert isinstance(ended, Ended) and ended.reason == "cancelled"

    def test_a_rephrased_notification_is_signed_by_the_account(self) -> None:
        self.paid(self.order())
        [genuine] = self.notified()
        words = self.counterpart.words
        sent = self.counterpart.outbox.replies[-1].request
        changed = self.counterpart.rephrased(
            sent, {words["amount"]: "11500100", words["reference"]: "x1"}, self.settings()
        )
        told = self.read(changed.url.query)
        assert isinstance(told, Received)
        assert (told.amount.amount, told.reference) == (115_001, "x1")
        same = self.counterpart.rephrased(sent, {}, self.settings())
        assert same.url.query == genuine.query
        for change in ({words["signature"]: None}, {words["signature"]: "00"},
                       {words["amount"]: None}):  # fmt: skip
            self.refused(self.counterpart.rephrased(sent, change, self.settings()).url.query)
        other = self.counterpart.rephrased(sent, {}, self.rotated(keep_previous=False))
        self.refused(other.url.query, "another signature")
