"""ZaloPay's other side: the v2 gateway, a payment page, callbacks, faults. Written by us."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from starlette.routing import BaseRoute

from feesvc.testing.books import Order
from feesvc.testing.counterpart import Counterpart
from feesvc_zalopay.counterpart.api import Api
from feesvc_zalopay.counterpart.settling import LAYOUT
from feesvc_zalopay.counterpart.wire import APP_ID, KEY1, KEY2, callback, milliseconds, rephrased


class ZaloPayCounterpart(Counterpart):
    """Callbacks tell of success only, and are tried three times more when they are asked for.

    Refunds wait (return_code 3) until they are finished or failed. The pauses between callbacks are
    ours: ZaloPay does not publish its own.
    """

    name = "zalopay"
    settles = LAYOUT
    merchant = str(APP_ID)
    transaction_form = "261120{:09d}"
    retry_after = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.api = Api(self)
        super().__init__(clock)

    words: ClassVar[Mapping[str, str]] = {
        "reference": "data.app_trans_id",
        "transaction": "data.zp_trans_id",
        "amount": "data.amount",
        "merchant": "data.app_id",
        "method": "data.channel",
        "at": "data.server_time",
        "signature": "mac",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["key2"])

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {"url": base_url, "app_id": str(APP_ID), "key1": KEY1, "key2": KEY2}

    def routes(self) -> Sequence[BaseRoute]:
        return self.api.routes()

    def acknowledged(self, reply: httpx.Response) -> bool:
        """0 asks for it again; whatever else is said in JSON ends it, well or badly."""
        return _said(reply) not in (0, None)

    def took(self, reply: httpx.Response) -> bool:
        """1 is taken, 2 was taken before; -1 and any other end it as failed."""
        return _said(reply) in (1, 2)

    def reverse(self, transaction: str) -> None:
        """Does nothing: no call and no callback of ZaloPay's would tell of it."""

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request] | None:
        if order.state != "paid":
            return None
        taken = self.ledger.taken[order.transactions[-1]]
        opened = self.api.opened[order.reference]
        content = {
            "app_id": APP_ID,
            "app_trans_id": order.reference,
            "app_time": opened["app_time"],
            "app_user": opened["app_user"],
            "amount": taken.amount.amount,
            "embed_data": opened["embed_data"],
            "item": opened["item"],
            "zp_trans_id": int(taken.transaction),
            "server_time": milliseconds(taken.at),
            "channel": 38,
            "merchant_user_id": "9Q3jzNhyrBnwqtDvSk1DCIYrAaxVu1W7nFXhkQ2RwTE",
            "user_fee_amount": 0,
            "discount_amount": 0,
        }
        data = json.dumps(content, separators=(",", ":"))
        return lambda: callback(order.notify_url or self.notify_url, data, KEY2)

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        """A payer bound their wallet to the merchant: an agreement, without money."""
        content = {
            "app_id": APP_ID, "app_trans_id": "261120_binding", "binding_id": "261120000000007",
            "server_time": milliseconds(self.clock()), "status": 1, "msg_type": 1,
        }  # fmt: skip
        data = json.dumps(content, separators=(",", ":"))
        return lambda: callback(self.notify_url, data, KEY2, kind=2)

    def _end_refund(self, reference: str, *, paid: bool) -> None:
        """``reference`` is the merchant's, or the name that our books know the refund by."""
        known = reference in self.ledger.refunds
        super()._end_refund(reference if known else refund_name(reference), paid=paid)


def refund_name(reference: str) -> str:
    """The m_refund_id under which a merchant asks for a refund of this reference."""
    day, _, rest = reference.partition("_")
    return f"{day}_{APP_ID}_{rest}"


def _said(reply: httpx.Response) -> int | None:
    try:
        code: object = json.loads(reply.content)["return_code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if type(code) is int and reply.is_success else None
