"""VietQR's other side: the payer's banking app, and the agency's bank. Written by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import BankCredit, No, Order, Taken
from feesvc.testing.counterpart import HELD_BACK, Counterpart
from feesvc.testing.faults import Fault
from feesvc_vietqr.counterpart.narratives import mangled
from feesvc_vietqr.counterpart.scanning import scanned

BANK, ACCOUNT, MERCHANT = "970415", "113366668888", "0105313144"
PAYEES = {f"{BANK} {ACCOUNT}", MERCHANT}
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
APP = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>VietQR</title>
<p>Ứng dụng ngân hàng thử · a stand-in for a banking app. No money moves.</p>
<form method="post"><label>Nội dung mã QR · the code's text<br>
<textarea name="qr" rows="5" cols="60"></textarea></label><br>
<button>Quét · scan</button></form></html>
"""


@dataclass(frozen=True, slots=True)
class _Line:
    credit: BankCredit
    shown_at: datetime


class VietQrCounterpart(Counterpart):
    """Two banks in one: a code scanned here may be paid any number of times, in any amount."""

    name = "vietqr"
    transaction_form = "FT26324{:06d}"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._codes: dict[str, str] = {}
        self._lines: list[_Line] = []
        super().__init__(clock)

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {"scheme": "napas", "bank_bin": BANK, "account": ACCOUNT}

    def routes(self) -> Sequence[BaseRoute]:
        return (Route("/scan", self._app, methods=["GET", "POST"]),)

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request] | None:
        return None

    def code_of(self, order: Order) -> str:
        return self._codes.get(order.reference, "")

    def scan(self, code: str) -> str:
        return self._scan(code).reference

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        """Whoever has the code can pay it: it knows no end and no expiry."""
        with self.ledger.lock:
            return self._credited(super().pay(reference, amount, late=True), "")

    def pay_writing(self, reference: str, narrative: str, amount: int | None = None) -> str:
        """The payer pays, and the bank's text is this one instead of ours."""
        with self.ledger.lock:
            return self._credited(super().pay(reference, amount, late=True), narrative)

    def reverse(self, transaction: str) -> None:
        """A transfer between banks is final."""

    def credits(self) -> Sequence[BankCredit]:
        now = self.clock()
        with self.ledger.lock:
            shown = [line for line in self._lines if line.shown_at <= now]
        return [line.credit for line in sorted(shown, key=lambda line: line.shown_at)]

    def _scan(self, code: str) -> Order:
        seen = scanned(code)
        if seen.payee not in PAYEES:
            raise No("unknown_account")
        wanted = Order(
            reference=seen.purpose, amount=Money(seen.amount, "VND"), description=seen.payee,
            several=True,
        )  # fmt: skip
        order = self.ledger.open(wanted)
        self._codes[order.reference] = code
        return order

    def _credited(self, transaction: str, narrative: str) -> str:
        taken = self.ledger.taken[transaction]
        order = self.ledger.order(taken.reference)
        held = [HELD_BACK[fault] for fault in HELD_BACK if self._happens(fault, order)]
        shown_at = taken.at + max(held, default=timedelta())
        line = _Line(self._credit(taken, narrative), shown_at)
        self._lines += [line] * (2 if self._happens(Fault.DUPLICATE, order) else 1)
        return transaction

    def _credit(self, taken: Taken, narrative: str) -> BankCredit:
        number = len(self.ledger.taken) - 1
        return BankCredit(
            native_id=taken.transaction,
            amount=taken.amount,
            value_date=taken.at.astimezone(VIETNAM).date(),
            narrative=narrative or mangled(taken.reference, number),
            counterparty_account="0011001932418",
            counterparty_name="NGUYEN VAN A",
        )

    async def _app(self, request: Request) -> Response:
        """Takes the text of a code as ``qr``, in the query or in a form; leads to its page."""
        code = request.query_params.get("qr", "")
        if request.method == "POST":
            form = parse_qs((await request.body()).decode(), keep_blank_values=True)
            code = form.get("qr", [""])[-1].strip()
        elif not code:
            return HTMLResponse(APP)
        try:
            order = self._scan(code)
        except No as problem:
            return JSONResponse({"error": str(problem)}, status_code=422)
        return RedirectResponse(f"/checkout/{order.reference}", status_code=303)
