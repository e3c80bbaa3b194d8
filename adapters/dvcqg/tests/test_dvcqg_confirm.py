"""A Confirm: which is believed, what it says, and how it is answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feesvc.intermediary import (
    Forged,
    Notification,
    Pending,
    Received,
    Verdict,
)
from feesvc.money import Money
from feesvc.testing.intermediary import Stage
from feesvc.testing.intermediary.stage import only
from feesvc_dvcqg import Dvcqg
from feesvc_dvcqg.counterpart import DvcqgCounterpart
from feesvc_dvcqg.counterpart.wire import CONFIRM_HASHED, SECRET, hash_of


class DvcqgStage(Stage):
    adapter_class = Dvcqg
    counterpart_class = DvcqgCounterpart


class TestConfirm(DvcqgStage):
    def genuine(self) -> Notification:
        if not hasattr(self, "_kept"):
            self._kept = self.paid_notification()
        return self._kept

    def confirmed(self, **changes: Any) -> Notification:
        """A Confirm that says something else, signed as the platform would."""
        genuine = self.genuine()
        message = json.loads(genuine.body) | changes
        message["MaXacThuc"] = hash_of(message, CONFIRM_HASHED, SECRET)
        return replace(genuine, body=json.dumps(message).encode())

    @pytest.mark.parametrize(
        "change",
        [
            {"SoTien": 115000}, {"SoTien": "115000.0"}, {"SoTien": "0115000"}, {"SoTien": "-1"},
            {"SoTien": "0"}, {"SoTien": "1e5"}, {"SoTien": "+1"}, {"SoTien": ["115000"]},
            {"SoTien": "１１５０００"}, {"SoTien": " 115000"}, {"MaTienTe": "vnd"},
            {"MaTienTe": "VNDX"}, {"ThoiGianGD": "20261120250000"}, {"ThoiGianGD": "now"},
            {"ThoiGianGD": "2026112012000"}, {"MaGiaoDich": ""}, {"MaGiaoDich": "a\x00"},
            {"MaGiaoDich": {}}, {"MaThamChieu": ""}, {"MaLoi": 0}, {"MaDoiTac": ""},
            {"ThongTinGiaoDich": "a|b"}, {"MaNganHang": "a\nb"}, {"MaThamChieu": "x" * 256},
        ],
    )  # fmt: skip
    def test_what_the_platform_would_never_sign_is_not_believed(
        self, change: dict[str, Any]
    ) -> None:
        assert self.adapter.read_notification(self.confirmed())
        with pytest.raises(Forged):
            self.adapter.read_notification(self.confirmed(**change))

    def test_a_bar_does_not_move_the_amount(self) -> None:
        """What OpenCPS would believe: the same hash over values that are cut elsewhere."""
        genuine = self.genuine()
        message = json.loads(genuine.body)
        shifted = message | {
            "MaThamChieu": f"{message['MaThamChieu']}|{message['SoTien']}",
            "SoTien": message["MaTienTe"], "MaTienTe": message["MaGiaoDich"],
            "MaGiaoDich": message["MaNganHang"], "MaNganHang": message["ThoiGianGD"],
            "ThoiGianGD": message["ThongTinGiaoDich"], "ThongTinGiaoDich": "",
        }  # fmt: skip
        with pytest.raises(Forged):
            self.adapter.read_notification(replace(genuine, body=json.dumps(shifted).encode()))

    def test_a_confirm_is_posted(self) -> None:
        with pytest.raises(Forged):
            self.adapter.read_notification(replace(self.genuine(), method="GET"))

    def test_the_hash_is_lower_case(self) -> None:
        genuine = self.genuine()
        message = json.loads(genuine.body)
        message["MaXacThuc"] = message["MaXacThuc"].upper()
        with pytest.raises(Forged):
            self.adapter.read_notification(replace(genuine, body=json.dumps(message).encode()))

    @pytest.mark.parametrize("code", ["99", "01", "000", "0", "OK"])
    def test_every_other_code_is_pending(self, code: str) -> None:
        outcome = only(self.adapter.read_notification(self.confirmed(MaLoi=code)))
        expected = f"ma_loi_{code.lower()}"
        assert outcome == Pending(reference=self.order().reference, code=expected)

    def test_money_of_another_partner_and_currency_is_told_as_it_is(self) -> None:
        other = only(self.adapter.read_notification(self.confirmed(MaDoiTac="OTHER")))
        assert isinstance(other, Received) and other.merchant == "OTHER"
        dollars = only(self.adapter.read_notification(self.confirmed(MaTienTe="USD")))
        assert isinstance(dollars, Received) and dollars.amount == Money(115_000, "USD")

    def test_another_kind_of_message_is_nothing_to_us(self) -> None:
        assert tuple(self.adapter.read_notification(self.confirmed(LoaiBanTin="REFUND"))) == ()

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_it_is_answered_in_the_platforms_words(self, verdict: Verdict) -> None:
        genuine = self.genuine()
        message = json.loads(genuine.body)
        reply = self.adapter.acknowledge(genuine, verdict)
        said = json.loads(reply.body)
        good = verdict in {Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING}
        assert reply.status == 200
        assert said["MaLoi"] == ("00" if good else "99")
        assert said["MoTaLoi"] == ("Thành công" if good else "Các lỗi khác")
        assert set(said) == {
            "MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc",
        }  # fmt: skip
        echoed = "" if verdict is Verdict.FORGED else message["MaXacThuc"]
        assert said["MaXacThuc"] == echoed

    def test_what_cannot_be_parsed_is_answered_all_the_same(self) -> None:
        for body in (b"", b"[]", b'{"MaThamChieu":1}', b"\xff"):
            broken = replace(self.genuine(), body=body)
            assert b'"MaXacThuc": ""' in self.adapter.acknowledge(broken, Verdict.TRY_AGAIN).body
