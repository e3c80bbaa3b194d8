"""What VNPAY's documents demand of each field that a merchant sends, and what they sign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feesvc.testing.books import No
from feesvc_vnpay.counterpart.wire import HANOI

DATE = "[0-9]{14}"
PLAIN_TEXT = "[0-9A-Za-z .,:_-]{1,255}"
COMMON = {
    "vnp_Version": r"2\.1\.0",
    "vnp_TmnCode": "[0-9A-Za-z]{8}",
    "vnp_TxnRef": "[0-9A-Za-z]{1,100}",
    "vnp_OrderInfo": PLAIN_TEXT,
    "vnp_CreateDate": DATE,
    "vnp_IpAddr": "[0-9A-Fa-f.:]{7,45}",
}
PAY = {
    **COMMON,
    "vnp_Command": "pay",
    "vnp_Amount": "[1-9][0-9]{0,11}",
    "vnp_ExpireDate": DATE,
    "vnp_CurrCode": "VND",
    "vnp_Locale": "vn|en",
    "vnp_OrderType": ".{1,100}",
    "vnp_ReturnUrl": "https?://.{3,248}",
}
ASKED = {**COMMON, "vnp_RequestId": "[0-9A-Za-z]{1,32}", "vnp_TransactionDate": DATE}
QUERY = {**ASKED, "vnp_Command": "querydr"}
REFUND = {
    **ASKED,
    "vnp_Command": "refund",
    "vnp_TransactionType": "02|03",
    "vnp_Amount": "[1-9][0-9]{0,11}",
    "vnp_TransactionNo": "[0-9]{1,15}",
    "vnp_CreateBy": ".{1,245}",
}
OPTIONAL = {"vnp_BankCode": "[0-9A-Za-z]{3,20}", "vnp_TransactionNo": "[0-9]{1,15}"}

QUERY_ORDER = [
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
]  # fmt: skip
REFUND_ORDER = [
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType",
    "vnp_TxnRef", "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
]  # fmt: skip
REFUND_ANSWER_ORDER = [
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode",
    "vnp_TxnRef", "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo",
    "vnp_TransactionType", "vnp_TransactionStatus", "vnp_OrderInfo",
]  # fmt: skip
QUERY_ANSWER_ORDER = [*REFUND_ANSWER_ORDER, "vnp_PromotionCode", "vnp_PromotionAmount"]


def check(fields: Mapping[str, Any], form: Mapping[str, str]) -> None:
    """Raises ``No("format")``: each demanded field of its form, and none that is unknown."""
    known = {*form, *OPTIONAL, "vnp_SecureHash"}
    if not set(form) <= set(fields) <= known:
        raise No("format")
    for name, value in fields.items():
        demanded = form.get(name) or OPTIONAL.get(name, ".*")
        if not isinstance(value, str) or not re.fullmatch(demanded, value):
            raise No("format")
    for name in ("vnp_CreateDate", "vnp_ExpireDate", "vnp_TransactionDate"):
        if name in fields:
            moment(fields[name])
    if "vnp_Amount" in fields and not fields["vnp_Amount"].endswith("00"):
        raise No("format")


def moment(stamp: str) -> datetime:
    """A time in Việt Nam, which must be one."""
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
    except ValueError as problem:
        raise No("format") from problem
