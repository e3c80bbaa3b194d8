"""The classic KeyPay keeps the contract of intermediaries whose callbacks are hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from feesvc.intermediary import (
    BillInquiry,
    Ended,
    Forged,
    Notification,
    PaymentOrder,
    Pending,
    Received,
    Refused,
    Unavailable,
    Verdict,
)
from feesvc.money import Money
from feesvc.testing.books import No
from feesvc.testing.intermediary import (
    DeclarationContract,
    HintContract,
    PaymentContract,
    Stage,
    TroubleContract,
)
from feesvc.testing.intermediary.stage import BASE_URL, NOTIFY_URL, only
from feesvc.testing.intermediary.wires import answering
from feesvc_keypay import KeyPay
from feesvc_keypay.counterpart import KeyPayCounterpart
from feesvc_keypay.counterpart.classic import BACK, REDIRECT, SECRET, hash_of, md5
from feesvc_keypay.hashing import REQUEST, RETURNED, is_signed, query_hash, secure_hash


class Sha256Counterpart(KeyPayCounterpart):
    told = "sha256 lower"


class KeyPayStage(Stage):
    adapter_class = KeyPay
    counterpart_class = KeyPayCounterpart
    wire_reference = r"kp[0-9a-z]{6}[0-9]{1,15}x"

    def told(self, **changes: str) -> KeyPay:
        return KeyPay({**self.settings(), **changes}, self.http)


class KeyPayContract(
    KeyPayStage, DeclarationContract, PaymentContract, HintContract, TroubleContract
):
    def test_another_amount_is_read_as_it_is(self) -> None:
        """The page takes exactly what the redirect asks, and no message could say otherwise."""
        with pytest.raises(No, match="amount"):
            self.paid(self.order(), 7)

    def test_a_look_up_needs_only_what_was_recorded_before_sending(self) -> None:
        """KeyPay says no time: a transfer has that of the look-up which found it."""
        order, _ = self.paid(self.order())
        first, again = only(self.look_up(order)), only(self.look_up(replace(order, handle="")))
        assert isinstance(first, Received) and isinstance(again, Received)
        assert replace(again, at=first.at) == first

    def test_it_is_asked_no_bills(self) -> None:
        assert not isinstance(self.adapter, BillInquiry)


class TestKeyPay(KeyPayContract):
    pass


class TestKeyPayBySha256(KeyPayContract):
    counterpart_class = Sha256Counterpart


class TestSettings(KeyPayStage):
    @pytest.mark.parametrize("name", ["digest", "hex_case", "query_hex_case"])
    def test_a_word_of_another_kind_is_not_configured(self, name: str) -> None:
        with pytest.raises(ValueError, match=name):
            self.told(**{name: "sha512"})

    def test_keypay_itself_is_not_asked_over_plain_http(self) -> None:
        """An answer names no order: on the way one order's could be given to another."""
        for host in ("keypay.vn", "webservices.keypay.vn", "WebServices.KeyPay.VN:80"):
            with pytest.raises(ValueError, match="query_url"):
                self.told(query_url=f"http://{host}/resources/generic/QuerryBillStatus")
        self.told(query_url="https://webservices.keypay.vn/resources/generic/QuerryBillStatus")


class TestRedirect(KeyPayStage):
    def test_it_is_signed_over_the_values_in_the_order_of_their_names(self) -> None:
        values = self.redirect(self.order())
        joined = SECRET + "".join(values[name] for name in REDIRECT)
        assert values["secure_hash"] == md5(joined).upper()
        assert self.wire.requests == []

    def test_every_value_of_the_signature_holds(self) -> None:
        checkout = self.adapter.request_payment(self.order())
        values = dict(parse_qsl(checkout.url.partition("?")[2], keep_blank_values=True))
        for name in REDIRECT:
            url = f"{BASE_URL}/process?{urlencode({**values, name: values[name] + '1'})}"
            assert self.http.get(url).status_code == 422, name
        assert self.counterpart.ledger.orders == {}

    def test_the_amount_cannot_lend_a_digit_to_the_reference(self) -> None:
        """Values touch each other: 15,000 for another order has the hash of 115,000 for ours."""
        values = self.redirect(self.order())
        reference = values["merchant_trans_id"]
        moved = {**values, "merchant_trans_id": reference + "1", "net_cost": "15000"}
        assert self.http.get(f"{BASE_URL}/process?{urlencode(moved)}").status_code == 200
        self.counterpart.pay(reference + "1")
        assert only(self.look_up(self.order())) == Pending(reference=reference)

    def test_it_speaks_the_payers_language(self) -> None:
        assert self.redirect(self.order())["current_locale"] == "vn"
        assert self.redirect(replace(self.order(), locale="en"))["current_locale"] == "en"

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(Refused, match="currency"):
            self.adapter.request_payment(replace(self.order(), amount=Money(115_000, "USD")))

    def redirect(self, order: PaymentOrder) -> dict[str, str]:
        url = self.adapter.request_payment(order).url
        return dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))


class TestComingBack(KeyPayStage):
    def back(self, **changes: str) -> Notification:
        """What the browser brings back, signed as KeyPay would."""
        if not hasattr(self, "_kept"):
            self._kept = self.paid_notification()
        values = dict(parse_qsl(self._kept.query.decode(), keep_blank_values=True)) | changes
        values["secure_hash"] = hash_of(values, BACK, SECRET, "md5 upper")
        return replace(self._kept, query=urlencode(values).encode())

    def test_it_may_be_posted_too(self) -> None:
        genuine = self.back()
        posted = replace(genuine, method="POST", body=genuine.query, query=b"")
        assert self.adapter.read_notification(posted) == self.adapter.read_notification(genuine)
        for doubled in (replace(posted, query=b"a=1"), replace(genuine, body=b"a=1")):
            with pytest.raises(Forged):
                self.adapter.read_notification(doubled)

    def test_a_parameter_that_stands_twice_is_forged(self) -> None:
        genuine = self.back()
        with pytest.raises(Forged):
            self.adapter.read_notification(replace(genuine, query=genuine.query + b"&tax=0"))

    @pytest.mark.parametrize(
        "changes", [{"merchant_trans_id": ""}, {"response_code": ""}, {"trans_id": "a\nb"}]
    )
    def test_signed_nonsense_is_forged(self, changes: dict[str, str]) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(self.back(**changes))

    def test_another_merchant_is_nothing_to_us(self) -> None:
        assert tuple(self.adapter.read_notification(self.back(merchant_code="1"))) == ()

    def test_a_failure_that_was_cut_into_a_success_is_no_more_than_a_question(self) -> None:
        """The same hash: 17 became 00 by taking digits from its neighbours."""
        order = self.presented(self.order(2, 1_150_000))
        self.counterpart.decline(order.reference)
        [failed] = self.notified()
        values = dict(parse_qsl(failed.query.decode(), keep_blank_values=True))
        cut = {**values, "net_cost": "11500", "response_code": "00", "service_code": "17720"}
        assert is_signed(cut, [SECRET], "md5 upper")
        forged = replace(failed, query=urlencode(cut).encode())
        assert tuple(self.adapter.read_notification(forged)) == (
            Pending(reference=order.reference),
        )
        assert isinstance(only(self.look_up(order)), Ended)

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_the_portal_is_told_by_status(self, verdict: Verdict) -> None:
        status = {Verdict.FORGED: 400, Verdict.UNKNOWN_ORDER: 404, Verdict.TRY_AGAIN: 503}
        assert self.adapter.acknowledge(self.back(), verdict).status == status.get(verdict, 200)


class TestStatus(KeyPayStage):
    def said(self, code: str, spoil: Mapping[str, str] | None = None) -> object:
        number = "011"
        answer = {"n": number, "c": code, "h": md5(number + code + SECRET), **(spoil or {})}
        body = f"{answer['n']}|{answer['c']}|{answer['h']}".encode()
        with self.wire.spoiled(answering(200, body, "text/plain")):
            return only(self.look_up(self.order()))

    def test_it_asks_with_a_hash_of_its_own(self) -> None:
        self.look_up(self.order())
        asked = self.wire.requests[-1].url.params
        reference = self.order().reference
        assert asked["secure_hash"] == md5(f"{reference}{reference}898989{SECRET}")

    def test_a_success_is_the_whole_amount(self) -> None:
        received = self.said("00")
        assert isinstance(received, Received)
        assert received.amount == self.order().amount
        assert received.transaction == received.reference == self.order().reference

    def test_a_payer_who_walked_away_has_ended_it(self) -> None:
        ended = self.said("18")
        assert isinstance(ended, Ended) and ended.reason == "cancelled"

    @pytest.mark.parametrize("code", ["17", "27", "41", "54", "57", "61", "62", "65", "66", "98"])
    def test_a_no_of_the_bank_has_ended_it(self, code: str) -> None:
        ended = self.said(code)
        assert isinstance(ended, Ended) and ended.reason == f"response_{code}"

    @pytest.mark.parametrize(
        "code", ["01", "02", "03", "04", "06", "08", "21", "25", "26", "97", "99", "40", "88"]
    )
    def test_every_other_code_is_pending_and_says_which(self, code: str) -> None:
        reference = self.order().reference
        assert self.said(code) == Pending(reference=reference, code=f"response_{code}")

    def test_what_the_bank_does_not_know_is_pending(self) -> None:
        assert self.said("24") == Pending(reference=self.order().reference)

    @pytest.mark.parametrize(
        "spoil",
        [
            {"h": md5("01100")}, {"h": ""}, {"h": "0" * 32}, {"c": "0"}, {"c": "000"},
            {"c": "OK"}, {"n": "010"}, {"n": "a|b"}, {"n": "ố"},
        ],
    )  # fmt: skip
    def test_an_answer_of_another_form_is_no_answer(self, spoil: dict[str, str]) -> None:
        assert isinstance(self.said("00"), Received)
        with pytest.raises(Unavailable):
            self.said("00", spoil)

    def test_an_answer_under_the_previous_key_is_heard(self) -> None:
        order, _ = self.paid(self.order())
        asking = self.connect(self.rotated(keep_previous=True))
        body = f"010|00|{md5(f'01000{SECRET}')}".encode()
        with self.wire.spoiled(answering(200, body, "text/plain")):
            assert isinstance(only(self.look_up(order, asking)), Received)


class TestHashes(KeyPayStage):
    """Self-made, held against sums taken by coreutils: no published vector exists."""

    VALUES: Mapping[str, str] = {
        "command": "pay", "country_code": "+84", "currency_code": "704", "current_locale": "vn",
        "good_code": "G1", "merchant_code": "898989", "merchant_trans_id": "T1",
        "net_cost": "115000", "return_url": "https://portal.test/r", "service_code": "720",
        "ship_fee": "0", "tax": "0", "version": "1.0", "desc_1": "not signed",
        "response_code": "00", "trans_id": "KP1", "bank_code": "null",
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ("md5 upper", "A597F33A1DD46F882D57174A5AE65065"),
            ("md5 lower", "a597f33a1dd46f882d57174a5ae65065"),
            ("sha256 lower", "2ef41a421e535039ac0c20cd3e0f3e9cb52955e3569990c91398842734300569"),
        ],
    )
    def test_of_a_redirect(self, told: str, expected: str) -> None:
        assert secure_hash(self.VALUES, REQUEST, "TEST-SECRET", told) == expected
        assert hash_of(self.VALUES, REDIRECT, "TEST-SECRET", told) == expected

    def test_of_the_way_back_and_of_the_status(self) -> None:
        signed = {**self.VALUES, "secure_hash": "B055492B3F3CB45D1DB53CF0CD6126C6"}
        assert is_signed(signed, ["", "TEST-SECRET"], "md5 upper")
        assert not is_signed(signed, ["", "another"], "md5 upper")
        assert not is_signed({**signed, "secure_hash": "ố"}, ["TEST-SECRET"], "md5 upper")
        assert frozenset(BACK) == RETURNED
        assert (
            query_hash(["T1", "G1", "", "898989"], "TEST-SECRET", "lower")
            == "69a800768d8ef1930ee37f6b09d7c993"
        )


class TestTheOtherSide(KeyPayStage):
    def test_a_status_for_another_merchant_or_hash_is_refused(self) -> None:
        url = f"{BASE_URL}/resources/generic/QuerryBillStatus"
        for params, code in (({"merchant_code": "1"}, "01"), ({"merchant_code": "898989"}, "02")):
            assert self.http.get(url, params=params).text.split("|")[1] == code

    def test_it_rephrases_what_it_said_under_any_key(self) -> None:
        genuine = self.paid_notification()
        message = httpx.Request("GET", f"{NOTIFY_URL}?{genuine.query.decode()}")
        settings: dict[str, Any] = {**self.settings(), "secret_key": "another"}
        changes = {"net_cost": 7, "bank_code": None}
        changed = self.counterpart.rephrased(message, changes, settings)
        values = dict(parse_qsl(changed.url.query.decode()))
        assert values["net_cost"] == "7" and "bank_code" not in values
        assert is_signed(values, ["another"], "md5 upper")
