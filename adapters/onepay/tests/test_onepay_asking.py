"""OnePay's look-ups, links and settings: what counts as an answer, what is asked, what is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

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
from feesvc.testing.intermediary.stage import only
from feesvc.testing.intermediary.wires import Spoil, altering, answering
from feesvc_onepay import Onepay
from feesvc_onepay.counterpart import OnepayCounterpart
from feesvc_onepay.counterpart.wire import HASH, KEY, QUERY_WORD, secure_hash, written

OTHER_KEY = f"00{KEY[2:]}"


class AskingStage(Stage):
    adapter_class = Onepay
    counterpart_class = OnepayCounterpart
    wire_reference = "[0-9A-Za-z]{1,40}"

    def asked_with(self, order: PaymentOrder, **changes: str) -> Outcome:
        """The outcome of OnePay's own answer with something else in it, signed by OnePay."""

        def alter(body: bytes) -> bytes:
            said = dict(parse_qsl(body.decode()))
            return written({**said, **{f"vpc_{n}": v for n, v in changes.items()}}, KEY).encode()

        with self.wire.spoiled(altering(alter)):
            return only(self.look_up(order))

    def no_answer(self, order: PaymentOrder, spoil: Spoil) -> None:
        with self.wire.spoiled(spoil), pytest.raises(Unavailable):
            self.look_up(order)


class TestLookUps(AskingStage):
    def test_an_answer_that_nobody_signed_is_none(self) -> None:
        """Old gateways answer unsigned: such an answer books nothing."""
        order, _ = self.paid(self.order())
        self.no_answer(order, altering(lambda body: body.rpartition(b"&")[0]))
        self.no_answer(order, answering(200, b"vpc_DRExists=N"))

    def test_an_answer_signed_by_another_is_none(self) -> None:
        order, _ = self.paid(self.order())

        def alter(body: bytes) -> bytes:
            return written(dict(parse_qsl(body.decode())), OTHER_KEY).encode()

        self.no_answer(order, altering(alter))

    def test_no_part_of_an_answer_can_be_changed(self) -> None:
        order, _ = self.paid(self.order())
        genuine: list[bytes] = []

        def keep(body: bytes) -> bytes:
            genuine.append(body)
            return body

        with self.wire.spoiled(altering(keep)):
            self.look_up(order)
        [body] = genuine
        names = [f"{name}=".encode() for name, _ in parse_qsl(body.decode())]
        assert b"vpc_DRExists=" in names
        for name in names:
            for spoiled in (name + b"1", b"x="):
                self.no_answer(order, answering(200, body.replace(name, spoiled)))
            self.no_answer(order, answering(200, body + b"&" + name + b"1"))

    @pytest.mark.parametrize(("name", "value"), [
        ("MerchTxnRef", "x"), ("Merchant", "OTHER"), ("DRExists", "M"), ("DRExists", ""),
        ("TxnResponseCode", ""), ("Amount", ""), ("Amount", "1e5"), ("TransactionNo", "0"),
        ("OrderInfo", "a&vpc_Amount=1"),
    ])  # fmt: skip
    def test_a_signed_answer_about_something_else_is_none(self, name: str, value: str) -> None:
        order, _ = self.paid(self.order())
        with pytest.raises(Unavailable):
            self.asked_with(order, **{name: value})

    @pytest.mark.parametrize("code", ["3", "6"])
    def test_no_word_from_a_bank_is_no_final_no(self, code: str) -> None:
        """For cards these say that the bank did not answer: the money may have moved."""
        order, _ = self.paid(self.order())
        told = self.asked_with(order, TxnResponseCode=code)
        assert told == Pending(reference=order.reference, code=f"code_{code}")

    @pytest.mark.parametrize("code", ["0", "1", "7", "99", "100", "300", "21", "X"])
    def test_each_code_of_a_payment(self, code: str) -> None:
        order, transaction = self.paid(self.order())
        told = self.asked_with(order, TxnResponseCode=code)
        if code == "0":
            assert isinstance(told, Received) and told.transaction == transaction
            assert told.at == self.clock()
        elif code in {"1", "99", "21"}:
            assert isinstance(told, Ended)
        else:
            assert isinstance(told, Pending)
            assert told.code == ("" if code in {"100", "300"} else f"code_{code.lower()}")

    def test_an_order_that_onepay_does_not_know_is_pending_for_good(self) -> None:
        self.clock.advance(timedelta(days=400))
        assert only(self.look_up(self.order())) == Pending(reference=self.order().reference)

    def test_money_that_is_no_whole_dong_or_no_dong_is_asked_about(self) -> None:
        order, _ = self.paid(self.order())
        assert self.asked_with(order, Amount="11500050") == Pending(
            reference=order.reference, code="no_whole_dong"
        )
        assert self.asked_with(order, CurrencyCode="USD") == Pending(
            reference=order.reference, code="currency"
        )

    def test_the_password_goes_in_the_body_alone(self) -> None:
        self.look_up(self.order())
        request = self.wire.requests[-1]
        assert request.method == "POST"
        assert QUERY_WORD not in str(request.url) + str(request.headers)
        sent = dict(parse_qsl(request.read().decode()))
        assert sent["vpc_Password"] == QUERY_WORD
        assert sent.pop(HASH) == secure_hash(sent.items(), KEY)


class TestLinks(AskingStage):
    def link(self, **changes: Any) -> dict[str, str]:
        checkout = self.adapter.request_payment(replace(self.order(), **changes))
        return dict(parse_qsl(checkout.url.partition("?")[2]))

    def test_it_says_what_the_samples_say(self) -> None:
        link = self.link()
        assert link.pop(HASH) == secure_hash(link.items(), KEY)
        assert link == {
            "vpc_Version": "2", "vpc_Command": "pay", "vpc_AccessCode": "FE35C001",
            "vpc_Merchant": "FEESVC", "vpc_Locale": "vn", "vpc_Currency": "VND",
            "vpc_MerchTxnRef": "k7f2q9N1", "vpc_OrderInfo": "Driving licence renewal",
            "vpc_Amount": "11500000", "vpc_ReturnURL": "https://portal.test/return",
            "vpc_TicketNo": "203.0.113.7", "AgainLink": "https://portal.test/return",
            "Title": "Driving licence renewal",
        }  # fmt: skip

    def test_long_descriptions_are_cut_and_other_addresses_replaced(self) -> None:
        assert self.link(description="x" * 80)["vpc_OrderInfo"] == "x" * 34
        assert self.link(description="")["vpc_OrderInfo"] == "k7f2q9N1"
        assert self.link(payer_ip="2001:db8::7")["vpc_TicketNo"] == "203.0.113.10"
        assert self.link(locale="en")["vpc_Locale"] == "en"

    @pytest.mark.parametrize("url", [
        "https://portal.test/return?a=1", "https://portal.test/return?a&b", "https://x.vn/=",
    ])  # fmt: skip
    def test_a_return_address_that_could_split_the_signed_text_is_refused(self, url: str) -> None:
        with pytest.raises(Refused, match="ambiguous_to_sign"):
            self.link(return_url=url)

    def test_a_description_that_could_split_the_signed_text_is_refused(self) -> None:
        with pytest.raises(Refused, match="ambiguous_to_sign"):
            self.link(description="a&vpc_Amount=1")

    def test_a_return_address_that_is_too_long_is_refused(self) -> None:
        with pytest.raises(Refused, match="return_url_length"):
            self.link(return_url="https://x.vn/" + "y" * 250)


class TestTheCounterpart(AskingStage):
    def opened(self, changes: dict[str, str], key: str = KEY) -> int:
        link = self.adapter.request_payment(self.order()).url
        said = {**dict(parse_qsl(link.partition("?")[2])), **changes}
        return self.http.get(f"{self.settings()['pay_url']}?{written(said, key)}").status_code

    @pytest.mark.parametrize(("name", "value"), [
        ("Amount", "0"), ("Amount", "11500050"), ("Amount", "1" * 11), ("Merchant", "OTHER"),
        ("AccessCode", "00000000"), ("Command", "refund"), ("Version", "3"), ("Locale", "vi"),
        ("Currency", "USD"), ("MerchTxnRef", "a-b"), ("MerchTxnRef", "x" * 41),
        ("OrderInfo", "Lệ phí"), ("OrderInfo", "x" * 35), ("ReturnURL", "ftp://x"),
        ("TicketNo", "here"), ("TicketNo", ""), ("Extra", "1"),
    ])  # fmt: skip
    def test_a_parameter_of_another_form_opens_nothing(self, name: str, value: str) -> None:
        assert self.opened({f"vpc_{name}": value}) == 400
        assert self.counterpart.ledger.orders == {}

    def test_a_link_signed_by_another_opens_nothing(self) -> None:
        assert self.opened({}) == 200
        assert self.opened({"vpc_MerchTxnRef": "other"}, key=OTHER_KEY) == 400
        assert self.opened({"vpc_Amount": "100"}) == 400, "a reference stands for one order"

    @pytest.mark.parametrize(("name", "value"), [
        ("User", "other"), ("Password", "other"), ("AccessCode", "x"), ("Command", "pay"),
    ])  # fmt: skip
    def test_who_may_not_ask_is_told_nothing(self, name: str, value: str) -> None:
        order, _ = self.paid(self.order())
        self.look_up(order)
        said = dict(parse_qsl(self.wire.requests[-1].read().decode()))
        said[f"vpc_{name}"] = value
        body = {**said, HASH: secure_hash(said.items(), KEY)}
        answer = self.http.post(self.settings()["query_url"], data=body)
        assert answer.status_code == 400 and "vpc_" not in answer.text
        unsigned = urlencode({k: v for k, v in said.items() if k != HASH})
        refused = self.http.post(self.settings()["query_url"], content=unsigned)
        assert refused.status_code == 400

    def test_the_browser_brings_back_what_onepay_signed(self) -> None:
        checkout = self.adapter.request_payment(self.order())
        pressed = self.http.post(checkout.url, data={"action": "pay"})
        back = pressed.headers["location"].partition("?")[2]
        said = dict(parse_qsl(back))
        assert said["vpc_TxnResponseCode"] == "0"
        assert said.pop(HASH) == secure_hash(said.items(), KEY)


class TestConfiguration(AskingStage):
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("merchant", "a b"), ("access_code", "123456789"), ("hash_key", "no hexadecimal"),
            ("hash_key", "ABC"), ("hash_key", "AB" * 15), ("pay_url", "ftp://x"),
            ("pay_url", "http://onepay.vn/paygate/vpcpay.op"), ("query_url", "https://x.vn/?a=1"),
            ("query_url", "http://mtf.onepay.vn/x"), ("query_user", "a&b"),
            ("query_password", "a&b=c"), ("server_ip", "::1"), ("server_ip", "here"),
            ("hash_key_previous", "zz"),
        ],
    )  # fmt: skip
    def test_a_setting_of_another_form_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ValueError, match=name.removesuffix("_previous")) as refused:
            self.connect({**self.settings(), name: value})
        assert value not in str(refused.value) or not name.startswith(("hash", "query_password"))
