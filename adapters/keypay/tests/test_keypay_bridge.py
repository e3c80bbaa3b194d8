"""KeyPay's bridge keeps the contract of hints, and that of bill inquiries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from feesvc.intermediary import (
    Ended,
    Forged,
    Notification,
    OrderLine,
    PaymentOrder,
    Pending,
    Received,
    Refused,
    Unavailable,
    Verdict,
)
from feesvc.money import Money
from feesvc.testing.intermediary import (
    NOON,
    BillInquiryContract,
    DeclarationContract,
    HintContract,
    PaymentContract,
    Stage,
    TroubleContract,
)
from feesvc.testing.intermediary.stage import BASE_URL, NOTIFY_URL, only
from feesvc.testing.intermediary.wires import answering
from feesvc_keypay import KeyPayBridge
from feesvc_keypay.checksum import PAYMENT, check_sum
from feesvc_keypay.counterpart import KeyPayBridgeCounterpart
from feesvc_keypay.counterpart.bridge import KEY_1, KEY_2, sum_of


class BridgeStage(Stage):
    adapter_class = KeyPayBridge
    counterpart_class = KeyPayBridgeCounterpart
    wire_reference = r"kp[0-9a-z]{6}[0-9]{1,15}"

    @property
    def bridge(self) -> KeyPayBridge:
        return cast("KeyPayBridge", self.adapter)

    @property
    def portal(self) -> KeyPayBridgeCounterpart:
        return cast("KeyPayBridgeCounterpart", self.counterpart)

    def told(self, **changes: str) -> KeyPayBridge:
        return KeyPayBridge({**self.settings(), **changes}, self.http)

    def inquiry(self, dossier: str) -> Notification:
        request = self.portal.inquiry(dossier)
        return Notification(
            method=request.method, query=request.url.query, headers=dict(request.headers),
            body=request.read(), received_at=NOON,
        )  # fmt: skip

    def sent(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.wire.requests[-1].content)
        return message


class TestKeyPayBridge(
    BridgeStage,
    DeclarationContract,
    PaymentContract,
    HintContract,
    TroubleContract,
    BillInquiryContract,
):
    def test_a_look_up_needs_only_what_was_recorded_before_sending(self) -> None:
        """The bridge says no time: a transfer has that of the look-up which found it."""
        order, _ = self.paid(self.order())
        first, again = only(self.look_up(order)), only(self.look_up(replace(order, handle="")))
        assert isinstance(first, Received) and isinstance(again, Received)
        assert replace(again, at=first.at) == first


class TestSettings(BridgeStage):
    def test_one_key_for_both_ways_is_not_configured(self) -> None:
        with pytest.raises(ValueError, match="two keys"):
            self.told(hash_key_2=KEY_1)


class TestCreate(BridgeStage):
    def test_it_is_signed_with_the_first_key(self) -> None:
        self.adapter.request_payment(self.order())
        message = self.sent()
        reference = self.order().reference
        assert message["check_sum"] == check_sum(
            ["0", "CLIENT-DEMO", "PAY", "115000", reference, "3.0"], KEY_1
        )
        assert message["check_sum"] != sum_of(message, PAYMENT, KEY_2)

    def test_fees_and_charges_stand_apart_and_postage_with_neither(self) -> None:
        self.presented(_mixed(self.order()))
        [posted] = [r for r in self.wire.requests if r.url.path.endswith("createtransaction")]
        bill = json.loads(posted.content)["bill_info"]
        assert [row["LoaiPhiLePhi"] for row in bill["PhiLePhi"]] == ["1", "2"]
        assert [item["SoTien"] for item in bill["DSKhoanNop"]] == ["50000", "40000", "25000"]
        assert bill["MaDVC"] == "1.004379.01" and bill["MaHoSo"] == self.order().dossier

    @pytest.mark.parametrize("error", ["1", "", None, "00", True])
    def test_no_word_but_0_opens_anything_and_none_is_a_final_no(self, error: object) -> None:
        answer = json.dumps({"error": error, "payment_url": "https://pay.test/x"}).encode()
        with self.wire.spoiled(answering(200, answer)), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    @pytest.mark.parametrize("url", ["", "javascript:alert(1)", None])
    def test_a_page_that_is_no_address_is_not_shown(self, url: object) -> None:
        answer = json.dumps({"error": "0", "payment_url": url}).encode()
        with self.wire.spoiled(answering(200, answer)), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(Refused, match="currency"):
            self.adapter.request_payment(replace(self.order(), amount=Money(115_000, "USD")))

    def test_a_bar_is_not_signed(self) -> None:
        with pytest.raises(Refused, match="bar_in_value"):
            self.told(client_id="a|b").request_payment(self.order())


class TestDetail(BridgeStage):
    def said(self, answer: object) -> object:
        with self.wire.spoiled(answering(200, json.dumps(answer).encode())):
            return only(self.look_up(self.order()))

    def test_a_failure_ends_it_when_it_was_asked(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        ended = only(self.look_up(order))
        assert ended == Ended(reference=order.reference, reason="failed", at=self.clock())

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ({"error": "0", "data": {"status": 1}}, ""),
            ({"error": "0", "data": {"status": "1"}}, ""),
            ({"error": "0", "data": {"status": "7"}}, "status_7"),
            ({"error": "0", "data": {"status": -1}}, "status_1"),
            ({"error": "5", "data": {"status": "0"}}, "error_5"),
            ({"error": 3}, "error_3"),
        ],
    )
    def test_every_other_state_is_pending_and_says_which(self, answer: object, code: str) -> None:
        assert self.said(answer) == Pending(reference=self.order().reference, code=code)

    @pytest.mark.parametrize(
        "data",
        [
            {"status": 0}, {"status": 0, "trans_amount": "0"}, {"status": 0, "trans_amount": -1},
            {"status": 0, "trans_amount": "1e5"}, {"status": True, "trans_amount": "1"},
            {"status": 0, "trans_amount": "1", "transaction_id": "kpother1"}, [], None, "0",
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_no_answer(self, data: object) -> None:
        with pytest.raises(Unavailable):
            self.said({"error": "0", "data": data})

    def test_unheard_of_words_can_be_configured(self) -> None:
        other = self.told(detail_paid="DONE", detail_within="", detail_failed="", detail_pending="")
        answer = {"error": 0, "status": "DONE", "trans_amount": 115_000}
        with self.wire.spoiled(answering(200, json.dumps(answer).encode())):
            received = only(self.look_up(self.order(), other))
        assert isinstance(received, Received) and received.amount == Money(115_000, "VND")


class TestCallback(BridgeStage):
    def confirmed(self, **changes: Any) -> Notification:
        if not hasattr(self, "_kept"):
            self._kept = self.paid_notification()
        message = json.loads(self._kept.body) | changes
        message["check_sum"] = sum_of(message, PAYMENT, KEY_2)
        return replace(self._kept, body=json.dumps(message).encode())

    def test_our_own_key_does_not_confirm(self) -> None:
        message = json.loads(self.confirmed().body)
        message["check_sum"] = sum_of(message, PAYMENT, KEY_1)
        with pytest.raises(Forged):
            self.adapter.read_notification(
                replace(self.confirmed(), body=json.dumps(message).encode())
            )

    @pytest.mark.parametrize("status", [0, 1, "0", -1, None, "paid"])
    def test_the_status_is_not_signed_and_not_believed(self, status: object) -> None:
        told = self.adapter.read_notification(self.confirmed(status=status))
        assert tuple(told) == (Pending(reference=self.order().reference),)

    @pytest.mark.parametrize(
        "changes",
        [
            {"trans_amount": 115000}, {"transaction_id": ""}, {"transaction_id": "a|b"},
            {"version": None}, {"addition_fee": ["0"]}, {"command": "PAY\n"},
            {"transaction_code": None}, {"transaction_code": 7}, {"transaction_code": "a b"},
        ],
    )  # fmt: skip
    def test_what_the_bridge_would_never_sign_is_not_believed(
        self, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(self.confirmed(**changes))

    def test_another_client_is_nothing_to_us(self) -> None:
        assert tuple(self.adapter.read_notification(self.confirmed(client_id="X"))) == ()

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_it_is_answered_in_the_bridges_words(self, verdict: Verdict) -> None:
        reply = self.adapter.acknowledge(self.confirmed(), verdict)
        good = verdict in {Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING}
        assert reply.status == 200
        assert json.loads(reply.body) == {
            "return_code": 0 if good else -1, "return_msg": "success" if good else "error",
        }  # fmt: skip


class TestInquiry(BridgeStage):
    def test_without_a_token_nobody_is_answered(self) -> None:
        for token in ("", "kpb_token_other"):
            with pytest.raises(Forged):
                self.told(inquiry_token=token).read_inquiry(self.inquiry("D-1"))

    def test_a_bill_is_told_line_by_line(self) -> None:
        reply = self.bridge.answer_inquiry(self.inquiry("D-1"), _mixed(self.order()))
        said = json.loads(reply.body)
        assert said["error_code"] == 1
        bill = said["message"]
        assert bill["MaTraCuuTT"] == f"{self.order().dossier}20261120120000"
        assert bill["transaction_id"] == self.order().reference
        assert [row["SoTien"] for row in bill["PhiLePhi"]] == ["50000", "40000"]
        assert len(bill["DSKhoanNop"]) == 3

    def test_nothing_owed_is_0_and_an_unknown_dossier_is_less(self) -> None:
        asked = self.inquiry("D-1")
        nothing = json.loads(self.bridge.answer_inquiry(asked, "nothing_owed").body)
        unknown = json.loads(self.bridge.answer_inquiry(asked, "unknown_dossier").body)
        assert nothing == {"error_code": 0, "message": []}
        assert unknown == {"error_code": -1, "message": []}

    def test_what_was_told_can_be_paid_there_and_is_found(self) -> None:
        order = self.order()
        reply = self.bridge.answer_inquiry(self.inquiry(order.dossier), order)
        assert self.portal.told(reply.body) == order.reference
        self.counterpart.pay(order.reference)
        received = only(self.look_up(order))
        assert isinstance(received, Received) and received.amount == order.amount
        nothing = self.bridge.answer_inquiry(self.inquiry(order.dossier), "nothing_owed")
        assert self.portal.told(nothing.body) == ""


class TestTheOtherSide(BridgeStage):
    @pytest.mark.parametrize(
        "change",
        [
            {"trans_amount": "1"}, {"trans_amount": 115000}, {"check_sum": "0" * 64},
            {"extra": "1"}, {"bill_info": {}}, {"version": "2.0"}, {"addition_fee": "1"},
        ],
    )  # fmt: skip
    def test_a_create_of_another_form_opens_nothing(self, change: dict[str, Any]) -> None:
        self.adapter.request_payment(self.order())
        message = self.sent() | change
        self.counterpart.ledger.orders.clear()
        answer = self.http.post(f"{BASE_URL}/kpdvcqg/createtransaction", json=message)
        assert answer.json()["error"] == "1"
        assert self.counterpart.ledger.orders == {}

    def test_it_rephrases_what_it_said_under_any_key(self) -> None:
        genuine = self.paid_notification()
        message = httpx.Request("POST", NOTIFY_URL, content=genuine.body)
        settings = {**self.settings(), "hash_key_2": "another"}
        changes = {"trans_amount": "7", "status": None}
        changed = json.loads(self.counterpart.rephrased(message, changes, settings).read())
        assert changed["trans_amount"] == "7" and "status" not in changed
        assert changed["check_sum"] == sum_of(changed, PAYMENT, "another")


def _mixed(order: PaymentOrder) -> PaymentOrder:
    amounts = (("fee", 50_000), ("charge", 40_000), ("postal", 25_000))
    lines = tuple(
        OrderLine(kind=kind, item=kind, name=f"Khoản {kind}", amount=Money(amount, "VND"))  # type: ignore[arg-type]
        for kind, amount in amounts
    )
    return replace(order, lines=lines)
