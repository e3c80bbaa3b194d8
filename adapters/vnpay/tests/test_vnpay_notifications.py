"""What of VNPAY's notifications is refused, what their codes mean, and what is answered."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from feesvc.intermediary import (
    Ended,
    Forged,
    Notification,
    Outcome,
    Pending,
    Received,
    Reversed,
)
from feesvc.testing.intermediary import NOON, Stage
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart
from feesvc_vnpay.counterpart.wire import HASH_KEY, encode, hmac_sha512, signed_query

PAID = {
    "vnp_Amount": "11500000",
    "vnp_BankCode": "NCB",
    "vnp_BankTranNo": "VNP14000001",
    "vnp_CardType": "ATM",
    "vnp_OrderInfo": "Le phi 115 nghin",
    "vnp_PayDate": "20261120120000",
    "vnp_ResponseCode": "00",
    "vnp_TmnCode": "FEESVC01",
    "vnp_TransactionNo": "14000001",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": "261120k7f2q9N1",
}


class VnpayStage(Stage):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    def read(self, query: str | bytes) -> Outcome:
        raw = query.encode() if isinstance(query, str) else query
        notification = Notification(method="GET", query=raw, headers={}, body=b"", received_at=NOON)
        [outcome] = self.adapter.read_notification(notification)
        return outcome

    def said(self, **changes: str) -> Outcome:
        fields = {**PAID, **{f"vnp_{name}": value for name, value in changes.items()}}
        return self.read(signed_query(fields, HASH_KEY))

    def refused(self, query: str | bytes, why: str = ".") -> None:
        with pytest.raises(Forged, match=why):
            self.read(query)


class TestAuthenticity(VnpayStage):
    def test_the_genuine_one_is_money(self) -> None:
        assert isinstance(self.said(), Received)

    @pytest.mark.parametrize("hashed", ["md5", "sha1", "sha256", "sha512"])
    @pytest.mark.parametrize("named", ["", "MD5", "SHA256", "SHA512"])
    def test_no_other_algorithm_is_ever_believed(self, hashed: str, named: str) -> None:
        """The key before the text, as protocol 2.0 had it, and keyed hashes of another length."""
        text = signed_query(PAID, HASH_KEY).rpartition("&")[0]
        kind = f"&vnp_SecureHashType={named}" if named else ""
        prefixed = hashlib.new(hashed, (HASH_KEY + text).encode()).hexdigest()
        self.refused(f"{text}&vnp_SecureHash={prefixed}{kind}")
        if hashed != "sha512":
            keyed = hmac.new(HASH_KEY.encode(), text.encode(), hashed).hexdigest()
            self.refused(f"{text}&vnp_SecureHash={keyed}{kind}")

    @pytest.mark.parametrize("named", ["MD5", "SHA256", "md5", "none", "0"])
    def test_an_algorithm_named_in_the_message_is_not_taken(self, named: str) -> None:
        self.refused(f"{signed_query(PAID, HASH_KEY)}&vnp_SecureHashType={named}", "algorithm")

    @pytest.mark.parametrize("named", ["SHA512", "HmacSHA512", ""])
    def test_the_name_of_the_one_algorithm_changes_nothing(self, named: str) -> None:
        query = f"{signed_query(PAID, HASH_KEY)}&vnp_SecureHashType={named}"
        assert self.read(query) == self.said()

    @pytest.mark.parametrize(
        "spoil",
        [
            "{q}&vnp_Amount=1", "vnp_Amount=1&{q}", "{q}&vnp_Amount=11500000", "{q}&vnp_Amount[]=1",
            "{q}&vnp_Amount%5B%5D=1", "{q}&%76np_Amount=1", "{q}&vnp_Amount", "{q}&", "&{q}",
            "{q}&=1", "{q}&vnp_=1", "{q}&vnp_A.b=1", "{q}&x=%00", "{q}&x=%0a", "{q}&x=%C0%AF",
            "{q}&x=%ED%A0%80", "{q}&x=%FF", "{q}&x=%", "{q}&x=%4", "{q}&x=%zz", "{q}&x= y",
            "{q}&x=a=b", "{q}&x=1&x=2", "\ufeff{q}", "{q}&x=%E2%80%AE", "?{q}",
            "{q}&vnp_SecureHash=0", "{q}&vnp_Extra=1", "{q}&vnp_Amount[]=", "{q}&vnp_A.b=",
        ],
    )  # fmt: skip
    def test_a_query_with_two_meanings_or_none_is_refused(self, spoil: str) -> None:
        self.refused(spoil.format(q=signed_query(PAID, HASH_KEY)))

    def test_raw_octets_beyond_ascii_are_refused(self) -> None:
        genuine = signed_query(PAID, HASH_KEY).encode()
        for extra in (b"&x=\x00", b"&x=\xc3\xa9", b"&x=\x7f", b"&x=\n", b"&x=\xff"):
            self.refused(genuine + extra)

    def test_a_long_query_and_many_parameters_are_refused(self) -> None:
        genuine = signed_query(PAID, HASH_KEY)
        self.refused(genuine + "&x=" + "1" * 9_000, "long")
        self.refused(genuine + "".join(f"&x{n}=1" for n in range(100)), "long")
        self.refused("a=1&" * 2_000_000, "long")

    def test_a_signature_under_no_key_is_none(self) -> None:
        self.refused(signed_query(PAID, ""), "another signature")

    def test_what_is_not_signed_is_not_read(self) -> None:
        genuine = signed_query(PAID, HASH_KEY)
        for extra in ("amount=1", "Vnp_Amount=1", "VNP_AMOUNT=1", "vnp_Promotion=", "a[]=1"):
            assert self.read(f"{genuine}&{extra}") == self.said()

    def test_a_value_that_was_emptied_is_missed(self) -> None:
        genuine = signed_query(PAID, HASH_KEY)
        for name, value in PAID.items():
            self.refused(genuine.replace(f"{name}={encode(value)}", f"{name}="), "signature")
        self.refused(genuine.rpartition("&")[0], "no signature")
        self.refused(genuine.rpartition("=")[0] + "=", "no signature")
        self.refused(genuine[:-1], "no signature")

    def test_a_space_is_a_space_however_it_is_written(self) -> None:
        genuine = signed_query(PAID, HASH_KEY)
        assert "Le+phi" in genuine
        assert self.read(genuine.replace("+", "%20")) == self.said()
        assert self.read(genuine.replace("vnp_", "%76np_")) == self.said()

    def test_a_signature_over_percent_twenty_is_not_vnpays(self) -> None:
        text = signed_query(PAID, HASH_KEY).rpartition("&")[0].replace("+", "%20")
        self.refused(f"{text}&vnp_SecureHash={hmac_sha512(HASH_KEY, text)}", "another signature")

    def test_a_value_encoded_twice_is_another_value(self) -> None:
        genuine = signed_query(PAID, HASH_KEY)
        self.refused(genuine.replace("+", "%2520"), "another signature")
        self.refused(genuine.replace("+", "%2B"), "another signature")

    def test_an_ampersand_in_a_value_splits_nothing(self) -> None:
        info = "phi&vnp_ResponseCode=00&vnp_Amount=1"
        told = self.said(OrderInfo=info, ResponseCode="51", TransactionStatus="02")
        assert isinstance(told, Ended)
        query = signed_query({**PAID, "vnp_OrderInfo": info}, HASH_KEY)
        self.refused(query.replace("%26", "&").replace("%3D", "="))

    def test_only_a_get_without_a_body_is_vnpays(self) -> None:
        genuine = Notification(
            method="GET", query=signed_query(PAID, HASH_KEY).encode(), headers={}, body=b"",
            received_at=NOON,
        )  # fmt: skip
        moved = replace(genuine, query=b"", body=genuine.query, method="POST")
        for changed in (replace(genuine, method="POST"), replace(genuine, body=b"x=1"), moved):
            with pytest.raises(Forged):
                self.adapter.read_notification(changed)


class TestSignedNonsense(VnpayStage):
    """What VNPAY would never sign is no money, though it is signed."""

    @pytest.mark.parametrize(
        ("name", "value"),
        [("Amount", value) for value in (
            "1e7", "0x10", "011500000", "+11500000", "-11500000", "11500000.00", "0", "١١٥٠٠٠٠٠",
            "１１５０００００", "1150 0000", "1234567890123", " 11500000",
        )] + [("PayDate", value) for value in (
            "20261320120000", "20260230120000", "2026112012000", "now", "20261120250000", "0" * 14,
        )] + [("TransactionNo", value) for value in ("0", "000", "14a", "1" * 16, "-1")]
        + [("ResponseCode", value) for value in ("0", "000", "00 ", "０0")]
        + [("TransactionStatus", value) for value in ("0", "ok")]
        + [("TxnRef", value) for value in ("a b", "x" * 101, "é")] + [("TmnCode", "A-B")],
    )  # fmt: skip
    def test_a_field_of_another_form_is_not_believed(self, name: str, value: str) -> None:
        with pytest.raises(Forged, match=f"vnp_{name}"):
            self.said(**{name: value})

    @pytest.mark.parametrize("name", [
        "Amount", "PayDate", "TransactionNo", "ResponseCode", "TransactionStatus", "TxnRef",
        "TmnCode",
    ])  # fmt: skip
    def test_a_field_that_is_not_there_is_not_guessed(self, name: str) -> None:
        with pytest.raises(Forged, match=f"vnp_{name}"):
            self.said(**{name: ""})

    @pytest.mark.parametrize("amount", ["11500001", "11499999", "150", "1"])
    def test_a_part_of_a_dong_is_asked_about(self, amount: str) -> None:
        assert self.said(Amount=amount) == Pending(
            reference=PAID["vnp_TxnRef"], code="no_whole_dong"
        )

    def test_another_currency_is_asked_about(self) -> None:
        assert self.said(CurrCode="VND") == self.said()
        assert self.said(CurrCode="USD") == Pending(reference=PAID["vnp_TxnRef"], code="currency")

    def test_another_merchant_is_named(self) -> None:
        told = self.said(TmnCode="OTHER001")
        assert isinstance(told, Received) and told.merchant == "OTHER001"


class TestCodes(VnpayStage):
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("09", "no_internet_banking"), ("10", "authentication_failed"), ("11", "expired"),
            ("12", "code_12"), ("13", "wrong_otp"), ("24", "cancelled"),
            ("51", "insufficient_funds"), ("65", "daily_limit"), ("75", "bank_maintenance"),
            ("79", "code_79"), ("99", "other"),
        ],
    )  # fmt: skip
    def test_a_payment_that_did_not_succeed_has_ended(self, code: str, reason: str) -> None:
        told = self.said(ResponseCode=code, TransactionStatus="02", TransactionNo="0")
        assert isinstance(told, Ended) and told.reason == reason
        without_time = self.said(ResponseCode=code, TransactionStatus="02", PayDate="")
        assert isinstance(without_time, Ended) and without_time.at == NOON

    @pytest.mark.parametrize("code", ["00", "07", "24", "51", "99", "42"])
    @pytest.mark.parametrize("status", ["00", "01", "02", "04", "05", "06", "07", "09", "55"])
    def test_a_pair_of_codes_is_money_only_when_both_say_so(self, code: str, status: str) -> None:
        told = self.said(ResponseCode=code, TransactionStatus=status)
        if (code, status) == ("00", "00"):
            assert isinstance(told, Received)
        elif status == "04" and code != "00":
            assert isinstance(told, Reversed) and told.transaction == PAID["vnp_TransactionNo"]
        elif status == "02" and code in {"24", "51", "99"}:
            assert isinstance(told, Ended)
        else:
            assert told == Pending(reference=PAID["vnp_TxnRef"], code=f"{code}_{status}")
