"""payOS's other side: payment links that meet several transfers, pages, webhooks. Written by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import httpx
from starlette.routing import BaseRoute

from feesvc.testing.books import Order
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.settling import ContractTariff
from feesvc_payos.counterpart.api import Api
from feesvc_payos.counterpart.paycode import paycode
from feesvc_payos.counterpart.settling import LAYOUT
from feesvc_payos.counterpart.wire import (
    ACCOUNT,
    API_KEY,
    BANK,
    CHECKSUM_KEY,
    CLIENT_ID,
    SAMPLE,
    message,
    rephrased,
    webhook,
)


class PayosCounterpart(Counterpart):
    """One channel: a virtual bank account that payOS watches for us."""

    name = "payos"
    settles = LAYOUT
    tariff = ContractTariff(rate_ppm=0)
    """Nothing: the money goes to the merchant's own account, and payOS invoices by itself."""
    transaction_form = "FT26324{:06d}"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.base_url = ""
        self.opened: dict[str, datetime] = {}
        super().__init__(clock)

    words: ClassVar[Mapping[str, str]] = {
        "reference": "data.orderCode",
        "transaction": "data.reference",
        "amount": "data.amount",
        "currency": "data.currency",
        "result": "data.code",
        "at": "data.transactionDateTime",
        "signature": "signature",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["checksum_key"])

    def settings(self, base_url: str) -> Mapping[str, str]:
        self.base_url = base_url
        return {
            "client_id": CLIENT_ID,
            "api_key": API_KEY,
            "checksum_key": CHECKSUM_KEY,
            "api_base": base_url,
            "page_base": f"{base_url}/web/",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return Api(self).routes()

    def open(self, order: Order) -> None:
        """A payment link, by its order code. Raises ``No``."""
        self.ledger.open(order)
        self.opened[order.reference] = self.clock()

    def code_of(self, order: Order) -> str:
        purpose = f"CS{order.handle[:8].upper()} {order.description}"
        return paycode(BANK, ACCOUNT, order.amount.amount, purpose)

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        """One transfer; what is missing when ``amount`` is None and part was paid before."""
        order = self.ledger.order(reference)
        missing = order.amount.amount - self.ledger.met(order)
        if amount is None and order.transactions and missing > 0:
            amount = missing
        return super().pay(reference, amount, late=late)

    def decline(self, reference: str) -> None:
        """The payer's bank says no; payOS does not tell us."""
        self.ledger.end(reference, "declined", self.clock())

    def cancel(self, reference: str) -> None:
        """The payer walks away; payOS does not tell us."""
        self.ledger.end(reference, "cancelled", self.clock())

    def reverse(self, transaction: str) -> None:
        """A transfer between banks is final."""

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        """The latest transfer; payOS tells of nothing else."""
        taken = self.ledger.taken[order.transactions[-1]]
        return webhook(self.notify_url, order, taken)

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        """The sample that payOS tries a webhook with."""
        return lambda: message(self.notify_url, SAMPLE)
