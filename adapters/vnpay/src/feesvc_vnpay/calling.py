"""Calls to VNPAY's API (``querydr``, ``refund``): signed both ways, and which answers count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx

from feesvc.intermediary import Unavailable, strict_json
from feesvc_vnpay.fields import Fields, Unreadable
from feesvc_vnpay.signing import barred, is_signed, signature

QUERY_SIGNED = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
REFUND_SIGNED = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType",
    "vnp_TxnRef", "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
REFUND_ANSWERED = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode",
    "vnp_TxnRef", "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo",
    "vnp_TransactionType", "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip
QUERY_ANSWERED = (*REFUND_ANSWERED, "vnp_PromotionCode", "vnp_PromotionAmount")
FORMS = {
    "querydr": (QUERY_SIGNED, QUERY_ANSWERED),
    "refund": (REFUND_SIGNED, REFUND_ANSWERED),
}
"""Per command: what is signed of the request, and of the answer, in this order."""


class Api:
    """Raises ``Unavailable`` for anything but an answer that VNPAY signed about what was asked."""

    def __init__(self, url: str, keys: Sequence[str], http: httpx.Client) -> None:
        self._url = url
        self._keys = keys
        self._http = http

    def ask(self, request: Mapping[str, str]) -> Fields:
        """Send a request, signed with the current key; returns the signed fields of the answer."""
        command = request["vnp_Command"]
        asks, answers = FORMS[command]
        signed = {**request, "vnp_SecureHash": signature(self._keys[0], barred(request, asks))}
        try:
            answer = self._http.post(self._url, json=signed)
        except httpx.HTTPError as problem:
            raise Unavailable(f"{command}: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"{command}: answered {answer.status_code}")
        try:
            fields = _object(answer.content)
        except Unreadable as problem:
            raise problem.unavailable() from problem
        given = fields.get("vnp_SecureHash", "").lower()
        if not is_signed(given, barred(fields, answers), self._keys):
            raise Unavailable(f"{command}: the answer is not signed by VNPAY")
        for name in ("vnp_Command", "vnp_TmnCode", "vnp_TxnRef"):
            if fields.get(name) != request[name]:
                raise Unavailable(f"{command}: the answer is about another {name}")
        return Fields({name: fields[name] for name in answers if name in fields})


def _object(body: bytes) -> dict[str, str]:
    """One JSON object of texts; null stands for what is missing. Raises ``Unreadable``."""
    try:
        fields = strict_json.read(body)
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if not isinstance(fields, dict):
        raise Unreadable("not an object")
    told = {name: value for name, value in fields.items() if value is not None}
    if not all(isinstance(value, str) for value in told.values()):
        raise Unreadable("a field that is no text")
    return told
