"""OnePay's notifications: the published vector, what is refused, what the codes mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from feesvc.intermediary import Ended, Forged, Notification, Outcome, Pending, Received, Verdict
from feesvc.money import Money
from feesvc.testing.intermediary import NOON, Stage
from feesvc_onepay import Onepay
from feesvc_onepay.counterpart import OnepayCounterpart, wire
from feesvc_onepay.counterpart.wire import HASH, KEY, written
from feesvc_onepay.signing import canonical, is_signed, signature

VECTOR: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))[
    "vectors"
][0]
PAID = {
    "vpc_Amount": "11500000",
    "vpc_Command": "pay",
    "vpc_CurrencyCode": "VND",
    "vpc_Locale": "vn",
    "vpc_MerchTxnRef": "k7f2q9N1",
    "vpc_Merchant": "FEESVC",
    "vpc_OrderInfo": "Le phi 115 nghin",
    "vpc_TransactionNo": "16000001",
    "vpc_TxnResponseCode": "0",
    "vpc_Version": "2",
}
GENUINE = written(PAID, KEY)


class OnepayStage(Stage):
    adapter_class = Onepay
    counterpart_class = OnepayCounterpart
    wire_reference = "[0-9A-Za-z]{1,40}"

    def read(self, query: str | bytes) -> Outcome:
        raw = query.encode() if isinstance(query, str) else query
        notification = Notification(method="GET", query=raw, headers={}, body=b"", received_at=NOON)
        [outcome] = self.adapter.read_notification(notification)
        return outcome

    def said(self, **changes: str) -> Outcome:
        return self.read(written({**PAID, **{f"vpc_{n}": v for n, v in changes.items()}}, KEY))

    def refused(self, query: str | bytes, why: str = ".") -> None:
        with pytest.raises(Forged, match=why):
            self.read(query)


class TestTheVector(OnepayStage):
    def test_both_sides_sign_as_was_published(self) -> None:
        fields = {name: str(value) for name, value in VECTOR["input"].items()}
        text, expected = VECTOR["canonical"], VECTOR["expected"]
        assert canonical(dict(reversed(fields.items()))) == text
        assert signature(VECTOR["secret"], text) == expected
        assert wire.secure_hash(fields.items(), VECTOR["secret"]) == expected
        assert is_signed(expected, text, ["", VECTOR["secret"]])
        assert not is_signed(expected, text, ["", KEY])
        assert not is_signed(expected.lower(), text, [VECTOR["secret"]])

    def test_the_key_is_read_as_hexadecimal(self) -> None:
        text = VECTOR["canonical"]
        as_text = hmac.new(VECTOR["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        assert as_text.upper() != VECTOR["expected"]

    def test_the_published_notification_is_a_payment_of_one_dong(self) -> None:
        adapter = self.connect({**self.settings(), "hash_key": VECTOR["secret"],
                                "merchant": "ONEPAY"})  # fmt: skip
        fields = {**VECTOR["input"], HASH: VECTOR["expected"]}
        query = urlencode(fields).encode()
        notification = Notification(
            method="GET", query=query, headers={}, body=b"", received_at=NOON
        )
        told = adapter.read_notification(notification)
        assert told == (
            Received(
                reference="201803210919102006754784", transaction="1625746",
                amount=Money(1, "VND"), at=NOON,
            ),
        )  # fmt: skip
        with pytest.raises(Forged):
            self.read(urlencode(fields))


class TestAuthenticity(OnepayStage):
    def test_the_genuine_one_is_read(self) -> None:
        assert isinstance(self.said(), Received)

    @pytest.mark.parametrize("hashed", ["md5", "sha1", "sha256", "sha512"])
    @pytest.mark.parametrize("named", ["", "MD5", "SHA256"])
    def test_no_other_algorithm_is_ever_believed(self, hashed: str, named: str) -> None:
        text = canonical(PAID)
        query = GENUINE.rpartition("&")[0]
        kind = f"&vpc_SecureHashType={named}" if named else ""
        for made in (
            hashlib.new(hashed, (KEY + text).encode()).hexdigest(),
            hmac.new(KEY.encode(), text.encode(), hashed).hexdigest(),
            hmac.new(bytes.fromhex(KEY), text.encode(), hashed).hexdigest(),
        ):
            for spelled in {made.upper(), made} - {GENUINE.rpartition("=")[2]}:
                self.refused(f"{query}&{HASH}={spelled}{kind}")

    @pytest.mark.parametrize(
        "spoil",
        [
            "{q}&vpc_Amount=1", "vpc_Amount=1&{q}", "{q}&vpc_Amount[]=1", "{q}&vpc_A%5B%5D=1",
            "{q}&%76pc_Amount=1", "{q}&vpc_Amount", "{q}&", "&{q}", "{q}&=1", "{q}&vpc_=1",
            "{q}&x=%00", "{q}&x=%0a", "{q}&x=%C0%AF", "{q}&x=%FF", "{q}&x=%", "{q}&x=%zz",
            "{q}&x=a=b", "{q}&x=1&x=2", "\ufeff{q}", "{q}&vpc_Extra=1", "{q}&user_Extra=1",
            "{q}&vpc_SecureHash=0", "{q}&vpc_SecureHashType=MD5",
        ],
    )  # fmt: skip
    def test_a_query_with_two_meanings_or_none_is_refused(self, spoil: str) -> None:
        self.refused(spoil.format(q=GENUINE))

    @pytest.mark.parametrize("value", [
        "a&vpc_TxnResponseCode=0", "a&vpc_Amount=1", "a=b", "a&b", "=", "&",
    ])  # fmt: skip
    def test_a_signed_value_that_could_split_is_refused(self, value: str) -> None:
        self.refused(written({**PAID, "vpc_OrderInfo": value}, KEY), "two ways")

    def test_the_text_split_in_another_way_is_refused(self) -> None:
        """One signature, two readings: paid under a number, and a number that says 'paid'."""
        number = f"{PAID['vpc_TransactionNo']}&vpc_TxnResponseCode=0"
        split = {**PAID, "vpc_TransactionNo": number, "vpc_TxnResponseCode": ""}
        assert canonical(split) == canonical(PAID)
        self.refused(written(split, KEY), "two ways")

    def test_a_signature_under_no_key_is_none(self) -> None:
        self.refused(written(PAID, ""), "another signature")

    def test_what_is_not_signed_is_not_read(self) -> None:
        for extra in ("Amount=1", "Vpc_Amount=1", "amount[]=1", "vpc_Promotion="):
            assert self.read(f"{GENUINE}&{extra}") == self.said()

    def test_a_space_is_a_space_however_it_is_written(self) -> None:
        assert "Le+phi" in GENUINE
        assert self.read(GENUINE.replace("+", "%20")) == self.said()
        self.refused(GENUINE.replace("+", "%2520"), "another signature")

    def test_a_signature_is_these_digits_and_no_others(self) -> None:
        head, _, digits = GENUINE.rpartition("=")
        for spelling in (str.lower, str.title, str.swapcase):
            self.refused(f"{head}={spelling(digits)}", "no signature")
        for digits_too in ("", digits[:-1], digits + "0", "0" * 64):
            self.refused(f"{head}={digits_too}")
        self.refused(GENUINE.rpartition("&")[0], "no signature")

    def test_a_long_query_and_many_parameters_are_refused(self) -> None:
        self.refused(GENUINE + "&x=" + "1" * 9_000, "long")
        self.refused(GENUINE + "".join(f"&x{n}=1" for n in range(100)), "long")
        self.refused("a=1&" * 2_000_000, "long")

    def test_only_a_get_without_a_body_is_onepays(self) -> None:
        genuine = Notification(
            method="GET", query=GENUINE.encode(), headers={}, body=b"", received_at=NOON
        )
        for changed in (replace(genuine, method="POST"), replace(genuine, body=b"x")):
            with pytest.raises(Forged, match="GET"):
                self.adapter.read_notification(changed)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("Amount", value) for value in (
            "1e7", "0x10", "011500000", "+1", "-1", "115.00", "0", "", "١١٥", "１１５", "1" * 13,
        )] + [("TransactionNo", value) for value in ("", "0", "00", "a b", "é", "1" * 41)]
        + [("TxnResponseCode", value) for value in ("", "00000", "0 ", "０")]
        + [("MerchTxnRef", value) for value in ("", "a b", "x" * 41)]
        + [("Merchant", value) for value in ("", "A-B")],
    )  # fmt: skip
    def test_a_signed_field_of_another_form_is_not_believed(self, name: str, value: str) -> None:
        with pytest.raises(Forged, match=f"vpc_{name}"):
            self.said(**{name: value})


class TestCodes(OnepayStage):
    @pytest.mark.parametrize("code", ["1", "4", "5", "8", "9", "10", "11", "12", "13", "21", "99"])
    def test_a_payment_that_was_not_made_has_ended(self, code: str) -> None:
        told = self.said(TxnResponseCode=code, TransactionNo="0")
        assert isinstance(told, Ended) and told.at == NOON
        assert (told.reason == "cancelled") == (code == "99")

    @pytest.mark.parametrize("code", ["3", "6", "7", "2", "00", "253", "B", "E"])
    def test_a_code_that_is_not_known_is_asked_about(self, code: str) -> None:
        told = self.said(TxnResponseCode=code)
        assert told == Pending(reference="k7f2q9N1", code=f"code_{code.lower()}")

    @pytest.mark.parametrize("code", ["100", "300"])
    def test_a_payment_under_way_is_pending(self, code: str) -> None:
        assert self.said(TxnResponseCode=code) == Pending(reference="k7f2q9N1")

    def test_another_currency_and_a_part_of_a_dong_are_asked_about(self) -> None:
        assert self.said(CurrencyCode="USD") == Pending(reference="k7f2q9N1", code="currency")
        assert self.said(Amount="11500001") == Pending(reference="k7f2q9N1", code="no_whole_dong")

    def test_another_merchant_is_named(self) -> None:
        told = self.said(Merchant="OTHER")
        assert isinstance(told, Received) and told.merchant == "OTHER"


class TestAnswers(OnepayStage):
    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_onepay_is_told_received_or_not(self, verdict: Verdict) -> None:
        reply = self.adapter.acknowledge(self.paid_notification(), verdict)
        refused = verdict in {Verdict.FORGED, Verdict.TRY_AGAIN}
        wanted = "responsecode=0&desc=confirm-fail"
        if not refused:
            wanted = "responsecode=1&desc=confirm-success"
        assert (reply.status, reply.body.decode()) == (200, wanted)
        answer = httpx.Response(reply.status, content=reply.body)
        assert self.counterpart.acknowledged(answer) is not refused

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
        changed = self.counterpart.rephrased(sent, {words["amount"]: "11500100"}, self.settings())
        told = self.read(changed.url.query)
        assert isinstance(told, Received) and told.amount == Money(115_001, "VND")
        same = self.counterpart.rephrased(sent, {}, self.settings())
        assert same.url.query == genuine.query
        for change in ({words["signature"]: None}, {words["signature"]: "00"},
                       {words["amount"]: None}):  # fmt: skip
            self.refused(self.counterpart.rephrased(sent, change, self.settings()).url.query)
        other = self.counterpart.rephrased(sent, {}, self.rotated(keep_previous=False))
        self.refused(other.url.query, "another signature")
