"""PayGov: refused until it is told what nobody knows; then it keeps the contract of hints."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from feesvc.application.desk import Desk, SettingMissing
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Ended,
    Forged,
    Intermediary,
    PaymentOrder,
    Pending,
    Received,
    Refunds,
    Refused,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.at_once import at_once
from feesvc.testing.intermediary import (
    DeclarationContract,
    HintContract,
    PaymentContract,
    Stage,
    TroubleContract,
)
from feesvc.testing.intermediary.stage import BASE_URL, NOTIFY_URL, only
from feesvc.testing.intermediary.wires import answering
from feesvc.testing.world import World
from feesvc_paygov import PayGov
from feesvc_paygov.counterpart import ACCESS, AUTH, TOKEN, PayGovCounterpart

UNKNOWN = (
    "checksum_url", "notification_reference", "query_url", "query_reference", "query_status",
    "query_amount", "query_paid",
)  # fmt: skip
SIGNING = {
    "access_key": "AK-1",
    "service_code": "DVC",
    "checksum_digest": "sha256",
    "checksum_values": "accessKey,orderId,amount,requestCode,secret",
    "checksum_separator": "|",
    "checksum_secret": "pg_sum_1",
}


class PayGovStage(Stage):
    adapter_class = PayGov
    counterpart_class = PayGovCounterpart
    wire_reference = r"pg[0-9a-z]{6}[0-9]{1,15}"

    def told(self, **changes: str) -> PayGov:
        return PayGov({**self.settings(), **changes}, self.http)

    def sent(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.wire.requests[-1].content)
        return message


class TestPayGov(PayGovStage, DeclarationContract, PaymentContract, HintContract, TroubleContract):
    def test_a_look_up_needs_only_what_was_recorded_before_sending(self) -> None:
        """No time is told: a transfer has that of the look-up which found it."""
        order, _ = self.paid(self.order())
        first, again = only(self.look_up(order)), only(self.look_up(replace(order, handle="")))
        assert isinstance(first, Received) and isinstance(again, Received)
        assert replace(again, at=first.at) == first

    def test_a_message_of_another_account_is_forged(self) -> None:
        """PayGov is asked whether it is authentic; whoever may not ask is told nothing."""
        self._unanswered(self.connect(self.rotated(keep_previous=False)))

    def test_a_rotated_key_is_believed_until_it_is_retired(self) -> None:
        """There is no key here that verifies anything, so none overlaps."""
        self._unanswered(self.connect(self.rotated(keep_previous=True)))

    def test_it_has_no_refunds(self) -> None:
        assert not isinstance(self.adapter, Refunds)

    def _unanswered(self, adapter: Intermediary) -> None:
        notification = self.paid_notification()
        with pytest.raises(Unavailable, match="401"):
            adapter.read_notification(notification)


class TestRefusedToBeConfigured(PayGovStage):
    @pytest.mark.parametrize("name", UNKNOWN)
    def test_no_account_is_opened_without_what_nobody_knows(self, name: str) -> None:
        without = {k: v for k, v in self.settings().items() if k != name}
        with pytest.raises(ValueError, match=name):
            self.connect(without)
        desk = Desk({"paygov": PayGov}, resolve=str)
        with pytest.raises(SettingMissing, match=name):
            desk.check_settings("paygov", without)

    def test_everything_that_lacks_is_named_at_once(self) -> None:
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is what is tested
            self.connect({})
        assert all(name in str(refused.value) for name in UNKNOWN)

    def test_a_token_or_the_way_to_one_is_needed(self) -> None:
        for gone in ("token_url", "token_auth"):
            with pytest.raises(ValueError, match="token"):
                self.told(**{gone: ""})
        fixed = self.told(token=TOKEN, token_url="", token_auth="")
        self.open_page(fixed.request_payment(self.order()))

    @pytest.mark.parametrize("gone", [name for name in SIGNING if name != "checksum_separator"])
    def test_a_partner_that_signs_must_be_told_how(self, gone: str) -> None:
        with pytest.raises(ValueError, match=gone):
            self.told(**{**SIGNING, gone: ""})

    def test_a_partner_that_is_known_to_sign_is_refused_without_the_rule(self) -> None:
        with pytest.raises(ValueError, match="checksum_digest"):
            self.told(partner_code="PAYGOV-HAUGIANG")

    @pytest.mark.parametrize(
        "change",
        [
            {"checksum_digest": "crc32"}, {"checksum_values": "accessKey,orderId"},
            {"checksum_values": "secret,price"},
        ],
    )  # fmt: skip
    def test_a_rule_of_another_kind_is_refused(self, change: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="checksum_"):
            self.told(**{**SIGNING, **change})


class TestCreate(PayGovStage):
    def test_it_asks_for_a_token_and_sends_what_is_known(self) -> None:
        self.adapter.request_payment(self.order())
        token, create = self.wire.requests[-2:]
        assert token.headers["auth"] == AUTH and token.content == b""
        assert create.headers["authorization"] == f"Bearer {TOKEN}"
        assert create.headers["lgspaccesstoken"] == ACCESS
        order = self.order()
        assert self.sent() == {
            "partnerCode": "PAYGOV-DEMO", "returnUrl": order.return_url,
            "orderId": f"000.00.01.G14-{order.dossier}-01", "amount": 115_000,
            "orderInfo": order.description, "requestCode": order.reference,
            "ipAddress": order.payer_ip,
        }  # fmt: skip

    @pytest.mark.parametrize("digest", ["sha256", "md5", "hmac_sha256"])
    def test_it_signs_by_the_rule_that_it_was_told(self, digest: str) -> None:
        signing = self.told(**{**SIGNING, "checksum_digest": digest})
        with pytest.raises(Unavailable):  # this partner's gateway wants no checksum
            signing.request_payment(self.order())
        message = self.sent()
        text = f"AK-1|{message['orderId']}|115000|{message['requestCode']}|pg_sum_1".encode()
        made = {
            "sha256": hashlib.sha256(text).hexdigest(),
            "md5": hashlib.md5(text).hexdigest(),
            "hmac_sha256": hmac.new(b"pg_sum_1", text, hashlib.sha256).hexdigest(),
        }
        assert message["checksum"] == made[digest]
        assert (message["accessKey"], message["serviceCode"]) == ("AK-1", "DVC")

    @pytest.mark.parametrize(
        "answer", [{}, {"data": {}}, {"data": {"url": "x"}}, {"data": None}, {"error_code": "1"}]
    )
    def test_an_answer_without_a_page_is_none(self, answer: object) -> None:
        fixed = self.told(token=TOKEN)
        with (
            self.wire.spoiled(answering(200, json.dumps(answer).encode())),
            pytest.raises(Unavailable),
        ):
            fixed.request_payment(self.order())

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(Refused, match="currency"):
            self.adapter.request_payment(replace(self.order(), amount=Money(115_000, "USD")))


class TestLookUp(PayGovStage):
    def said(self, answer: object, order: PaymentOrder) -> object:
        with self.wire.spoiled(answering(200, json.dumps(answer).encode())):
            return only(self.look_up(order, self.told(token=TOKEN)))

    @pytest.mark.parametrize(
        ("status", "code"),
        [("01", ""), ("07", "status_07"), (3, "status_3"), ("x y", "status_x_y")],
    )
    def test_every_other_status_is_pending_and_says_which(self, status: object, code: str) -> None:
        order = self.order()
        told = self.said({"data": {"status": status}}, order)
        assert told == Pending(reference=order.reference, code=code)

    def test_a_failure_ends_it_when_it_was_asked(self) -> None:
        order = self.order()
        ended = self.said({"data": {"status": "02"}}, order)
        assert ended == Ended(reference=order.reference, reason="failed", at=self.clock())

    @pytest.mark.parametrize("where", ["at the top", "within"])
    def test_an_answer_that_names_another_order_is_none(self, where: str) -> None:
        order = self.order()
        for named, other in ((order.reference, False), ("pgk7f2q999", True)):
            within: dict[str, object] = {"status": "00", "amount": order.amount.amount}
            answer: dict[str, object] = {"data": within}
            (within if where == "within" else answer)["requestCode"] = named
            if other:
                with pytest.raises(Unavailable, match="another"):
                    self.said(answer, order)
            else:
                assert isinstance(self.said(answer, order), Received)

    @pytest.mark.parametrize("url", ["http://[", "//paygov.vn/x", "javascript:x", "\ud800"])
    def test_a_page_that_is_no_address_is_no_checkout(self, url: str) -> None:
        fixed = self.told(token=TOKEN)
        body = json.dumps({"data": {"url": url}}).encode()
        with self.wire.spoiled(answering(200, body)), pytest.raises(Unavailable):
            fixed.request_payment(self.order())

    @pytest.mark.parametrize(
        "data",
        [{"status": "00"}, {"status": "00", "amount": 0}, {"status": "00", "amount": "1.5"}, {}, 1],
    )
    def test_what_cannot_be_read_is_no_answer(self, data: object) -> None:
        with pytest.raises(Unavailable):
            self.said({"data": data}, self.order())


class TestTheOtherSide(PayGovStage):
    def test_a_stranger_is_answered_401(self) -> None:
        for path in ("Authentication/Token", "PayGov/paygate", "PayGov/CheckSumUrlReturn"):
            assert self.http.post(f"{BASE_URL}/api/v1/{path}", json={}).status_code == 401

    def test_it_rephrases_what_it_said_as_itself_or_as_a_stranger(self) -> None:
        genuine = self.paid_notification()
        message = httpx.Request("POST", NOTIFY_URL, content=genuine.body)
        changes = {"amount": 7, "paygate": None}
        for auth, believed in ((AUTH, True), ("pg_auth_other", False)):
            settings = {**self.settings(), "token_auth": auth}
            changed = self.counterpart.rephrased(message, changes, settings).read()
            said = json.loads(changed)
            assert said["amount"] == 7 and "paygate" not in said
            try:
                assert self.adapter.read_notification(replace(genuine, body=changed))
                assert believed
            except Forged:
                assert not believed


def test_a_hint_makes_us_look_and_the_look_up_books() -> None:
    world = World(names=("paygov",))
    world.found("G14")
    account = world.open_account("G14", "paygov", world.settings("paygov"))
    owed = at_once(world.assessment("G14", ("fee", 85_000), ("charge", 30_000)))
    payment = world.ask(account, owed)
    counterpart = world.counterparts["paygov"]
    counterpart.pay(payment.reference)
    counterpart.outbox.deliver = world.deliver
    counterpart.outbox.drain()
    assert at_once(world.see(owed)).state == "paid"
    [received] = [one.event for one in world.log() if isinstance(one.event, Transfer.Received)]
    assert received.source == "look_up" and received.amount == Money(115_000, "VND")
