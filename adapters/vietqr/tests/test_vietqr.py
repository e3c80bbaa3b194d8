"""VietQR keeps the contract of bank transfers; its codes name what its settings say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest

from feesvc.money import Money
from feesvc.testing.books import No
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary import (
    BankTransferContract,
    CheckoutContract,
    CheckoutTroubleContract,
    DeclarationContract,
    NoCallbackContract,
    Stage,
)
from feesvc_vietqr import VietQr
from feesvc_vietqr.codes import read, read_template, written
from feesvc_vietqr.counterpart import MERCHANT, VietQrCounterpart

OWN = {
    "38": "0010A000000727" + "0126" + "0006970415" + "0112113366668888" + "0208QRIBFTTA",
    "53": "704",
    "58": "VN",
}


class VietQrStage(Stage):
    adapter_class = VietQr
    counterpart_class = VietQrCounterpart
    wire_reference = r"[0-9A-Z]{14,23}"

    @property
    def bank(self) -> VietQrCounterpart:
        return cast("VietQrCounterpart", self.counterpart)


class TestVietQr(
    VietQrStage, DeclarationContract, CheckoutContract, CheckoutTroubleContract,
    NoCallbackContract, BankTransferContract,
):  # fmt: skip
    """An account at a bank, by NAPAS."""


class TestVnpayQr(
    VietQrStage, DeclarationContract, CheckoutContract, CheckoutTroubleContract,
    NoCallbackContract, BankTransferContract,
):  # fmt: skip
    """A merchant of VNPAY."""

    def settings(self) -> Mapping[str, str]:
        return {
            "scheme": "vnpay", "merchant_id": MERCHANT, "mcc": "9399",
            "merchant_name": "SO GTVT HA NOI", "city": "HANOI", "terminal": "QUAY 1",
        }  # fmt: skip

    def test_the_reference_is_bill_number_and_purpose(self) -> None:
        fields = read(self.adapter.request_payment(self.order()).qr)
        reference = self.order().reference
        wanted = {"01": reference, "07": "QUAY 1", "08": reference}
        assert read_template(fields["62"]) == wanted
        assert fields["26"] == "0010A00000077501100105313144"
        assert (fields["52"], fields["59"], fields["60"]) == ("9399", "SO GTVT HA NOI", "HANOI")


class TestStaticCode(
    VietQrStage, DeclarationContract, CheckoutContract, NoCallbackContract, BankTransferContract
):
    """The payee copied from the code that the agency's bank issued."""

    def settings(self) -> Mapping[str, str]:
        return {"static_code": written({"01": "11", **OWN})}


class TestCode(VietQrStage):
    def test_a_code_is_what_the_samples_say(self) -> None:
        """All but the purpose as in a public sample: vietnam-qr-pay's first."""
        adapter = self.connect({"bank_bin": "970416", "account": "257678859"})
        code = adapter.request_payment(self.order(1, 10_000)).qr
        reference = self.order().reference
        assert code[:-4] == (
            "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
            f"5303704540510000"
            f"5802VN62{len(reference) + 4:02d}08{len(reference):02d}{reference}6304"
        )

    def test_a_static_code_and_its_parts_make_the_same(self) -> None:
        copied = self.connect({"static_code": written({"01": "11", **OWN})})
        assert copied.request_payment(self.order()) == self.adapter.request_payment(self.order())

    def test_a_card_has_its_own_service(self) -> None:
        card = {"bank_bin": "970415", "account": "9704150000000018", "service": "card"}
        assert "0208QRIBFTTC" in self.connect(card).request_payment(self.order()).qr

    @pytest.mark.parametrize(
        ("settings", "named"),
        [
            ({}, "bank_bin"),
            ({"bank_bin": "970415"}, "account"),
            ({"bank_bin": "97041", "account": "1"}, "bank_bin"),
            ({"bank_bin": "970415", "account": "1" * 20}, "account"),
            ({"bank_bin": "970415", "account": "1 2"}, "account"),
            ({"bank_bin": "970415", "account": "1", "service": "cheque"}, "service"),
            ({"scheme": "swift"}, "scheme"),
            ({"scheme": "vnpay"}, "merchant_id"),
            ({"scheme": "vnpay", "merchant_id": "1"}, "mcc"),
            ({"scheme": "vnpay", "merchant_id": "1", "mcc": "9399"}, "merchant_name"),
            ({"scheme": "vnpay", "merchant_id": "1", "mcc": "9399", "merchant_name": "Sở"},
             "merchant_name"),
            ({"scheme": "vnpay", "merchant_id": "1", "mcc": "9399", "merchant_name": "S"}, "city"),
            ({"static_code": written({"01": "11", **OWN})[:-1] + "!"}, "static_code"),
            ({"static_code": written({"01": "11", **OWN, "53": "840"})}, "static_code"),
            ({"static_code": written({"01": "11", "53": "704", "58": "VN"})}, "static_code"),
            ({"static_code": written({"01": "11", **OWN}), "account": "1"}, "account"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_paid_to_is_refused_by_name(
        self, settings: Mapping[str, str], named: str
    ) -> None:
        with pytest.raises(ValueError, match=named):
            self.connect(settings)

    def test_no_other_epoch_or_number_has_a_reference(self) -> None:
        for epoch, number in (("K7F2Q9", 1), ("k7f2q", 1), ("k7f2q9", 0), ("k7f2q9", 36**10)):
            with pytest.raises(ValueError, match="no reference"):
                self.adapter.reference_for(epoch, number, self.clock())


class TestBanks(VietQrStage):
    def test_an_app_refuses_what_is_not_a_code_for_this_account(self) -> None:
        code = self.adapter.request_payment(self.order()).qr
        other = self.connect({"bank_bin": "970416", "account": "257678859"})
        dollars = code[:-8].replace("5303704", "5303840")
        static = code[:-8].replace("010212", "010211")
        for wrong, word in (
            (code[:-4] + "0000", "crc"),
            (code[:-4] + code[-4:].lower(), "crc"),
            (code[:-5], "length"),
            ("", "tags"),
            (_sealed(dollars), "currency"),
            (_sealed(static), "amount"),
            (other.request_payment(self.order()).qr, "unknown_account"),
        ):
            if wrong != code:
                with pytest.raises(No, match=word):
                    self.bank.scan(wrong)
        assert self.counterpart.checkouts(self.order().reference) == 0

    def test_a_code_is_paid_again_and_late(self) -> None:
        order, first = self.paid(self.order())
        self.clock.advance(timedelta(days=400))
        again = self.counterpart.pay(order.reference, 5_000)
        assert [credit.native_id for credit in self.bank.credits()] == [first, again]
        assert self.bank.credits()[1].value_date.year == 2027

    def test_a_line_comes_later_out_of_order_or_twice(self) -> None:
        slow, quick, twice = (self.presented(self.order(number)) for number in (1, 2, 3))
        self.counterpart.faults.set(Fault.DELAY, slow.reference, times=1)
        self.counterpart.faults.set(Fault.DUPLICATE, twice.reference, times=1)
        ids = [self.counterpart.pay(order.reference) for order in (slow, quick, twice)]
        shown = [credit.native_id for credit in self.bank.credits()]
        assert shown == [ids[1], ids[2], ids[2]]
        self.clock.advance(timedelta(seconds=30))
        assert [credit.native_id for credit in self.bank.credits()] == [*shown, ids[0]]

    def test_a_payer_may_write_something_else(self) -> None:
        order = self.presented(self.order())
        self.bank.pay_writing(order.reference, "nop le phi bang lai xe")
        [credit] = self.bank.credits()
        assert credit.narrative == "nop le phi bang lai xe"
        assert credit.amount == Money(115_000, "VND")

    def test_what_the_banks_moved_stays(self) -> None:
        _, transaction = self.paid(self.order())
        self.counterpart.reverse(transaction)
        assert self.counterpart.books()[transaction].reversed_at is None

    def test_the_page_shows_the_code_and_pays_it(self) -> None:
        code = self.adapter.request_payment(self.order()).qr
        url = "http://counterpart.test/scan"
        assert "<form" in self.http.get(url).text
        led = self.http.post(url, data={"qr": code})
        assert led.headers["location"] == f"/checkout/{self.order().reference}"
        again = self.http.get(url, params={"qr": code})
        assert again.headers["location"] == led.headers["location"]
        page = self.http.get("http://counterpart.test" + led.headers["location"]).text
        assert "115,000 VND" in page and "<svg" in page
        checkout = f"http://counterpart.test/checkout/{self.order().reference}"
        assert self.http.post(checkout, data={"action": "pay"}).status_code == 200
        assert len(self.bank.credits()) == 1
        refused = self.http.post(url, data={"qr": "hello"})
        assert (refused.status_code, refused.json()) == (422, {"error": "length"})


def _sealed(body: str) -> str:
    """The same under the right CRC."""
    return written({tag: value for tag, value in read_template(body).items() if tag != "00"})
