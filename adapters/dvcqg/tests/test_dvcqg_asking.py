"""What the adapter sends: INIT with its receipt, the query, and what it makes of the answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feesvc.intermediary import (
    Ended,
    OrderLine,
    PaymentOrder,
    Pending,
    Received,
    Refused,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.intermediary import NOON, Stage
from feesvc.testing.intermediary.stage import BASE_URL, only
from feesvc.testing.intermediary.wires import answering
from feesvc_dvcqg import Dvcqg
from feesvc_dvcqg.counterpart import DvcqgCounterpart
from feesvc_dvcqg.counterpart.wire import TOKEN


class DvcqgStage(Stage):
    adapter_class = Dvcqg
    counterpart_class = DvcqgCounterpart
    wire_reference = r"dvc[0-9a-z]{6}[0-9]{1,15}"

    def told(self, **changes: str) -> Dvcqg:
        return Dvcqg({**self.settings(), **changes}, self.http)

    def sent(self) -> dict[str, Any]:
        """The last message that the adapter posted."""
        message: dict[str, Any] = json.loads(self.wire.requests[-1].content)
        return message

    def said(self, answer: object, order: PaymentOrder) -> object:
        """What is made of a look-up that is answered so."""
        with self.wire.spoiled(answering(200, json.dumps(answer).encode())):
            return only(self.look_up(order))


class TestInit(DvcqgStage):
    def test_every_kind_of_line_has_its_place(self) -> None:
        kinds = {"fee": 50_000, "charge": 30_000, "postal": 25_000, "advance": 10_000}
        lines = tuple(
            OrderLine(kind=kind, item=f"I-{kind}", name=f"Khoản {kind}", amount=Money(n, "VND"))  # type: ignore[arg-type]
            for kind, n in kinds.items()
        )
        self.presented(replace(self.order(), lines=lines))
        posted = [r for r in self.wire.requests if r.url.path.endswith("/init")][-1]
        receipt = json.loads(posted.content)["ThongTinBienLai"]
        assert receipt["PhiLePhi"] == [
            {
                "LoaiPhiLePhi": "1", "MaPhiLePhi": "I-fee", "TenPhiLePhi": "Khoản fee",
                "SoTien": "50000",
            },
            {
                "LoaiPhiLePhi": "2", "MaPhiLePhi": "I-charge", "TenPhiLePhi": "Khoản charge",
                "SoTien": "30000",
            },
        ]  # fmt: skip
        assert [row["SoTien"] for row in receipt["DSKhoanNop"]] == [
            "50000", "30000", "25000", "10000",
        ]  # fmt: skip

    def test_the_receipt_names_who_gets_the_money_and_what_for(self) -> None:
        self.told(payer_name="Người nộp", service_name="Cấp mới").request_payment(self.order())
        receipt = self.sent()["ThongTinBienLai"]
        assert receipt["MaDVC"] == "1.004379.01" and receipt["MaTTHC"] == "1.004379"
        assert receipt["TenDVC"] == "Cấp mới" and receipt["MaDichVu"] == "2"
        assert receipt["MaDonVi"] == receipt["MaCoQuanQD"] == "000.00.00.G14"
        assert receipt["TKThuHuong"] == "3511.0.1234567.00000"
        assert receipt["MaHoSo"] == self.order().dossier
        assert receipt["HoTenNguoiNop"] == "Người nộp"

    def test_the_clock_has_24_hours_and_is_that_of_hanoi(self) -> None:
        afternoon = datetime(2026, 12, 31, 17, 30, 5, tzinfo=UTC)
        self.adapter.request_payment(replace(self.order(), placed_at=afternoon))
        assert self.sent()["ThoiGianGD"] == "20270101003005"
        self.adapter.request_payment(replace(self.order(2), placed_at=NOON + timedelta(hours=4)))
        assert self.sent()["ThoiGianGD"] == "20261120160000"

    def test_a_repeat_at_another_time_is_the_same_message(self) -> None:
        order = self.order()
        self.adapter.request_payment(order)
        first = self.sent()
        self.adapter.request_payment(replace(order, asked_at=NOON + timedelta(hours=3)))
        assert self.sent() == first

    def test_the_token_is_sent_where_there_is_one(self) -> None:
        self.adapter.request_payment(self.order())
        assert self.wire.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
        without = {k: v for k, v in self.settings().items() if k != "access_token"}
        with pytest.raises(Unavailable, match="401"):
            self.connect(without).request_payment(self.order(2))
        assert "authorization" not in self.wire.requests[-1].headers

    def test_what_a_bar_would_shift_is_not_signed(self) -> None:
        with pytest.raises(Refused, match="bar_in_value"):
            self.adapter.request_payment(replace(self.order(), payer_ip="1|2"))
        assert self.wire.requests == []

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(Refused, match="amount"):
            self.adapter.request_payment(replace(self.order(), amount=Money(115_000, "USD")))

    @pytest.mark.parametrize("code", ["99", "01", "", "0", None, 0, "OK"])
    def test_no_code_but_00_opens_anything_and_none_is_a_final_no(self, code: object) -> None:
        answer = json.dumps({"MaLoi": code, "UrlThanhToan": "https://pay.test/x"}).encode()
        with self.wire.spoiled(answering(200, answer)), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    @pytest.mark.parametrize("url", ["", "javascript:alert(1)", "pay", None, 1, "https://a\nb"])
    def test_a_page_that_is_no_address_is_not_shown(self, url: object) -> None:
        answer = json.dumps({"MaLoi": "00", "UrlThanhToan": url}).encode()
        with self.wire.spoiled(answering(200, answer)), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    def test_an_unheard_of_wrapping_is_not_configured(self) -> None:
        with pytest.raises(ValueError, match="wrapped"):
            self.told(wrapped="perhaps")


class TestLookUp(DvcqgStage):
    @pytest.mark.parametrize("missing", ["query_url", "query_type"])
    def test_what_was_never_published_must_be_told(self, missing: str) -> None:
        with pytest.raises(Unavailable, match=missing):
            self.told(**{missing: ""}).look_up(self.order())
        assert self.wire.requests == []

    def test_it_asks_with_the_time_of_the_order(self) -> None:
        self.look_up(self.order())
        assert self.sent()["ThoiGianGD"] == "20261120120000"
        assert self.sent()["LoaiBanTin"] == "QUERY"

    def test_4_ends_an_order_at_its_time(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        ended = only(self.look_up(order))
        assert ended == Ended(reference=order.reference, reason="trang_thai_gd_4", at=NOON)

    def test_4_without_a_time_ended_when_it_was_asked(self) -> None:
        ended = self.said({"MaLoi": "00", "TrangThaiGD": "4"}, self.order())
        assert isinstance(ended, Ended) and ended.at == self.clock()

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ({"MaLoi": "00", "TrangThaiGD": "3"}, ""),
            ({"MaLoi": "00", "TrangThaiGD": 3}, ""),
            ({"MaLoi": "00", "TrangThaiGD": "2"}, "trang_thai_gd_2"),
            ({"MaLoi": "00", "TrangThaiGD": "04"}, "trang_thai_gd_04"),
            ({"MaLoi": "99", "TrangThaiGD": "4"}, "ma_loi_99"),
            ({"MaLoi": "99", "TrangThaiGD": "1"}, "ma_loi_99"),
            ({"MaLoi": "07"}, "ma_loi_07"),
        ],
    )
    def test_every_other_state_is_pending_and_says_which(self, answer: object, code: str) -> None:
        order = self.order()
        assert self.said(answer, order) == Pending(reference=order.reference, code=code)

    @pytest.mark.parametrize("amount", [115_000, "115000"])
    def test_an_amount_is_a_number_or_a_text(self, amount: object) -> None:
        received = self.said({**self.answer(), "SoTien": amount}, self.order())
        assert isinstance(received, Received) and received.amount == Money(115_000, "VND")

    @pytest.mark.parametrize(
        "change",
        [
            {"SoTien": None}, {"SoTien": 0}, {"SoTien": -1}, {"SoTien": 1.5}, {"SoTien": True},
            {"SoTien": "1e5"}, {"SoTien": "0115000"}, {"MaTienTe": "vnd"}, {"MaGiaoDich": ""},
            {"MaGiaoDich": 7}, {"ThoiGianGD": "20261320120000"}, {"ThoiGianGD": "2026112012"},
            {"MaThamChieu": "dvcother1"}, {"MaDoiTac": None},
        ],
    )  # fmt: skip
    def test_a_paid_order_that_cannot_be_read_is_no_answer(self, change: dict[str, Any]) -> None:
        with pytest.raises(Unavailable):
            self.said({**self.answer(), **change}, self.order())

    def answer(self) -> dict[str, Any]:
        order, _ = self.paid(self.order())
        self.look_up(order)
        seen: dict[str, Any] = self.http.post(
            f"{BASE_URL}/api/query", headers={"authorization": f"Bearer {TOKEN}"}, json=self.sent()
        ).json()
        return seen
