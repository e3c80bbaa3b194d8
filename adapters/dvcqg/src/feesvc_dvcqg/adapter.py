"""The adapter of the national portal's payment platform: INIT, Confirm, query."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import ClassVar

import httpx

from feesvc.intermediary import (
    Checkout,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_dvcqg.calling import Platform
from feesvc_dvcqg.fields import Fields, moment_text
from feesvc_dvcqg.reading import DONE, confirmed, queried
from feesvc_dvcqg.receipt import receipt_block
from feesvc_dvcqg.settings import SETTINGS
from feesvc_dvcqg.signing import CONFIRM, INIT, QUERY, signed, verify

SUCCESS, ANY_OTHER_ERROR = "Thành công", "Các lỗi khác"
TAKEN = frozenset({Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING})
PAGE = re.compile("https?://[0-9A-Za-z][!-~]*")
ECHOED = ("MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc")


class Dvcqg:
    """One partner account at the platform. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Nền tảng thanh toán Cổng Dịch vụ công quốc gia",
        name_en="National public service portal payment platform",
        currencies={"VND": Limits(minimum=1, maximum=10_000_000_000)},
        charge_borne_by="agency",
        trust="authoritative",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "dvcqg-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"the payment platform needs the setting {setting.name}")
        self._told = {s.name: settings.get(s.name) or s.default for s in self.settings}
        if self._told["wrapped"] not in {"yes", "no"}:
            raise ValueError("the setting wrapped is yes or no")
        self._secrets = (settings["secret_key"], settings.get("secret_key_previous", ""))
        wrapped = self._told["wrapped"] == "yes"
        self._platform = Platform(http, self._told["access_token"], wrapped=wrapped)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"dvc{epoch}{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        message = self._init(order)
        message["MaXacThuc"] = signed([str(message[name]) for name in INIT], self._secrets[0])
        opened = self._platform.post(self._told["url"], message)
        try:
            if opened.code("MaLoi") != DONE:
                raise Unavailable(f"the platform answered MaLoi {opened.code('MaLoi')}")
            return Checkout(url=_page(opened))
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        """Needs ``query_url`` and ``query_type``: the literal is published nowhere."""
        for name in ("query_url", "query_type"):
            if not self._told[name]:
                raise Unavailable(f"the payment platform needs the setting {name} to look up")
        message = {
            "LoaiBanTin": self._told["query_type"],
            "PhienBan": self._told["version"],
            "MaDoiTac": self._told["partner_code"],
            "MaThamChieu": order.reference,
            "ThoiGianGD": moment_text(order.placed_at),
        }
        message["MaXacThuc"] = signed([message[name] for name in QUERY], self._secrets[0])
        answer = self._platform.post(self._told["query_url"], message)
        try:
            return (queried(answer, order, self._told["partner_code"]),)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        if notification.method != "POST":
            raise Forged("a Confirm is posted")
        try:
            message = Fields.of(notification.body)
        except Unreadable as problem:
            raise Forged(str(problem)) from problem
        verify(message, CONFIRM, self._secrets)
        try:
            if message.line("LoaiBanTin") != self._told["confirm_type"]:
                return ()
            return (confirmed(message, self._told["partner_code"]),)
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """Only "00" and "99" are known: an amount or an order that is wrong gets 99.

        What is echoed is the message's own; a forgery gets nothing of itself back.
        """
        taken = verdict in TAKEN
        said = {
            "MaLoi": DONE if taken else "99",
            "MoTaLoi": SUCCESS if taken else ANY_OTHER_ERROR,
            **dict.fromkeys(ECHOED, ""),
        }
        if verdict is not Verdict.FORGED:
            said |= _echo(notification.body)
        return Reply(status=200, body=json.dumps(said, ensure_ascii=False).encode())

    def _init(self, order: PaymentOrder) -> dict[str, object]:
        """The same for the same order, whenever it is asked for."""
        told = self._told
        return {
            "LoaiBanTin": told["init_type"],
            "PhienBan": told["version"],
            "MaDoiTac": told["partner_code"],
            "MaThamChieu": order.reference,
            "SoTien": str(order.amount.amount),
            "LoaiHinhThanhToan": told["payment_type"],
            "MaKenhThanhToan": told["channel"],
            "MaThietBi": told["device"],
            "NgonNgu": told["language"],
            "MaTienTe": order.amount.currency,
            "MaNganHang": told["bank"],
            "ThongTinGiaoDich": order.description,
            "ThoiGianGD": moment_text(order.placed_at),
            "Ip": order.payer_ip,
            "ThongTinBienLai": receipt_block(order, told),
        }


def _page(opened: Fields) -> str:
    url = opened.text("UrlThanhToan", 2_000)
    if not PAGE.fullmatch(url):
        raise Unreadable("UrlThanhToan")
    return url


def _echo(body: bytes) -> dict[str, str]:
    try:
        message = Fields.of(body)
        return {name: message.line(name) for name in ECHOED}
    except Unreadable:
        return {}
