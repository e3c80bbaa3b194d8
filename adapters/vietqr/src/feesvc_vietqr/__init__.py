"""VietQR and VNPAY-QR: a code that the payer's bank turns into a transfer to the agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

import httpx

from feesvc.intermediary import (
    BankTransfers,
    Checkout,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Refused,
    Reply,
    Setting,
    Verdict,
)
from feesvc_vietqr import codes, references
from feesvc_vietqr.payees import MERCHANT, SETTINGS, payee_of

DONG = "704"
DYNAMIC = "12"


class VietQr(BankTransfers):
    """One account of an agency. Computes everything, calls nobody, is called by nobody.

    Only the bank statement tells of money: ``references_in`` finds our orders in its texts.
    """

    facts: ClassVar[Facts] = Facts(
        name_vi="Chuyển khoản VietQR",
        name_en="Bank transfer by VietQR",
        currencies={"VND": Limits(minimum=1, maximum=499_999_999)},
        charge_borne_by="payer",
        trust="authoritative",
        variable_amount=True,
    )
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        self._payee = payee_of(settings)
        self._terminal = settings.get("terminal", "")

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return references.written(epoch, number)

    def request_payment(self, order: PaymentOrder) -> Checkout:
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        fields = {
            "01": DYNAMIC,
            **self._payee,
            "53": DONG,
            "54": str(order.amount.amount),
            "58": "VN",
            "62": codes.template(self._additional(order.reference)),
        }
        return Checkout(qr=codes.written(fields))

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        return (Pending(reference=order.reference),)

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        raise Forged("banks do not call")

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        return Reply(status=404, body=b'{"error":"no_callback"}')

    def references_in(self, narrative: str) -> Sequence[str]:
        return references.found_in(narrative)

    def _additional(self, reference: str) -> dict[str, str]:
        """The reference as the purpose, which banks put into the transfer's text.

        A VNPAY merchant's code has it as the bill number too.
        """
        fields = {"08": reference}
        if MERCHANT in self._payee:
            fields["01"] = reference
        if self._terminal:
            fields["07"] = self._terminal
        return fields
