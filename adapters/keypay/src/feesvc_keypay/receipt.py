"""``bill_info``: what the national portal prints on the receipt, phí and lệ phí apart. Unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feesvc.intermediary import OrderLine, PaymentOrder

FEES_AND_CHARGES = "2"
"""``MaDichVu``; 1 are penalties, which no assessment of ours is."""
ON_RECEIPT = {"fee": "fee_row", "charge": "charge_row"}
"""The setting that holds ``LoaiPhiLePhi`` of a line's kind."""


def receipt_block(order: PaymentOrder, told: Mapping[str, str]) -> dict[str, Any]:
    """Every field that the portal knows; ``told`` are the merchant account's settings.

    ``PhiLePhi`` holds a row for each fee and each charge. Postage and advances are neither, and a
    receipt must not call them so: they stand in ``DSKhoanNop`` alone, where every line stands and
    which adds up to the amount.
    """
    empty = (
        "MaLoaiHinhThuPhat", "TenLoaiHinhThuPhat", "KhoBac", "NgayQD", "SoQD", "ThoiGianViPham",
        "DiaDiemViPham", "TenNguoiViPham", "TaiKhoanThuNSNN", "HuyenNguoiNop", "TinhNguoiNop",
    )  # fmt: skip
    return {
        "MaDichVu": FEES_AND_CHARGES,
        "MaDVC": told["procedure_code"] + told["service_suffix"],
        "TenDVC": told["service_name"] or told["procedure_name"],
        "MaTTHC": told["procedure_code"],
        "TenTTHC": told["procedure_name"],
        "MaDonVi": told["unit_code"],
        "TenDonVi": told["unit_name"],
        "MaHoSo": order.dossier,
        "PhiLePhi": [_row(line, told) for line in order.lines if line.kind in ON_RECEIPT],
        "TKThuHuong": told["account_number"],
        "MaNHThuHuong": told["account_bank"],
        "TenTKThuHuong": told["account_name"],
        # A public code base says of these two that they repeat the unit.
        "MaCoQuanQD": told["unit_code"],
        "TenCoQuanQD": told["unit_name"],
        "NoiDungThanhToan": order.description,
        "HoTenNguoiNop": told["payer_name"],
        "SoCMNDNguoiNop": told["payer_number"],
        "DiaChiNguoiNop": told["payer_address"],
        "DSKhoanNop": [
            {"NoiDung": line.name, "SoTien": str(line.amount.amount)} for line in order.lines
        ],
        **dict.fromkeys(empty, ""),
    }


def _row(line: OrderLine, told: Mapping[str, str]) -> dict[str, str]:
    return {
        "LoaiPhiLePhi": told[ON_RECEIPT[line.kind]],
        "MaPhiLePhi": line.item,
        "TenPhiLePhi": line.name,
        "SoTien": str(line.amount.amount),
    }
