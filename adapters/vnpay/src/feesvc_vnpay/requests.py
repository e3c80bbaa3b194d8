"""What is sent to VNPAY: the parameters of a payment link, of ``querydr`` and of ``refund``."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from feesvc.intermediary import PaymentOrder, RefundOrder
from feesvc_vnpay.configuration import Configuration
from feesvc_vnpay.fields import GMT7, in_hundredths, stamp

VERSION = "2.1.0"
LOCALES = {"vi": "vn", "en": "en"}


def payment(account: Configuration, order: PaymentOrder) -> dict[str, str]:
    """The same each time it is asked for: VNPAY's day of the order is that of its placing."""
    payer_ip = re.fullmatch("[0-9A-Fa-f.:]{7,45}", order.payer_ip)
    return {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": account.tmn_code,
        "vnp_Amount": in_hundredths(order.amount),
        "vnp_BankCode": account.bank_code,
        "vnp_CreateDate": stamp(order.placed_at),
        "vnp_ExpireDate": stamp(order.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": order.payer_ip if payer_ip else account.server_ip,
        "vnp_Locale": LOCALES[order.locale],
        "vnp_OrderInfo": order.description[:255] or order.reference,
        "vnp_OrderType": account.order_type,
        "vnp_ReturnUrl": order.return_url,
        "vnp_TxnRef": order.reference,
    }


def query(account: Configuration, order: PaymentOrder) -> dict[str, str]:
    """How does this payment stand?"""
    return _query(account, order.reference, order.placed_at, order.asked_at, order.reference)


def refund_query(account: Configuration, order: RefundOrder) -> dict[str, str]:
    """How does this refund stand? By the number that VNPAY gave it, where we know one."""
    asked = _query(
        account, order.payment_reference, order.payment_placed_at, order.asked_at, order.reference
    )
    return {**asked, "vnp_TransactionNo": order.handle} if order.handle else asked


def refund(account: Configuration, order: RefundOrder) -> dict[str, str]:
    """The request id is the refund's own, so that a repeat within the day is known as one."""
    whole = order.whole and order.amount == order.transaction_amount
    return {
        "vnp_RequestId": order.reference,
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": account.tmn_code,
        "vnp_TransactionType": "02" if whole else "03",
        "vnp_TxnRef": order.payment_reference,
        "vnp_Amount": in_hundredths(order.amount),
        "vnp_TransactionNo": order.transaction,
        "vnp_TransactionDate": stamp(order.payment_placed_at),
        "vnp_CreateBy": account.refund_user,
        "vnp_CreateDate": stamp(order.asked_at),
        "vnp_IpAddr": account.server_ip,
        "vnp_OrderInfo": described(order),
    }


def described(order: RefundOrder) -> str:
    """What VNPAY files a refund under: it names our reference, so that we know it again."""
    return f"Hoan tien {order.reference}"


def _query(
    account: Configuration, reference: str, placed_at: datetime, asked_at: datetime, about: str
) -> dict[str, str]:
    moment = asked_at.astimezone(GMT7).isoformat(timespec="microseconds")
    return {
        # Once a day each: made of what is asked after and when, so that no two askings share one.
        "vnp_RequestId": hashlib.sha256(f"querydr {about} {moment}".encode()).hexdigest()[:32],
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": account.tmn_code,
        "vnp_TxnRef": reference,
        "vnp_OrderInfo": f"Tra cuu {reference}",
        "vnp_TransactionDate": stamp(placed_at),
        "vnp_CreateDate": stamp(asked_at),
        "vnp_IpAddr": account.server_ip,
    }
