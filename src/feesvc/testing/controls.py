"""The routes every counterpart has beside its API: the payment page, its faults, its books."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.faults import Fault

if TYPE_CHECKING:
    from feesvc.testing.counterpart import Counterpart


def control_routes(counterpart: Counterpart) -> Sequence[Route]:
    """``/checkout/{reference}`` (the page), ``/_faults`` and ``/_books``."""

    async def checkout(request: Request) -> Response:
        return await payment_page(counterpart, request, request.path_params["reference"])

    async def faults(request: Request) -> Response:
        return await _faults(counterpart, request)

    async def books(request: Request) -> Response:
        return JSONResponse(_books(counterpart))

    return (
        Route("/checkout/{reference}", checkout, methods=["GET", "POST"]),
        Route("/_faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/_books", books),
    )


async def payment_page(counterpart: Counterpart, request: Request, reference: str) -> Response:
    """GET shows the order; POST takes ``action`` (pay, decline, cancel), ``amount``, ``fault``.

    A provider with its own checkout address routes it here. JSON is answered to those who ask for
    it; a browser is sent back to the portal.
    """
    try:
        order = counterpart.ledger.order(reference)
        if request.method == "POST":
            _press(counterpart, order, await _form(request))
    except (No, ValueError) as problem:
        status = 404 if str(problem) == "unknown_order" else 409
        return JSONResponse({"error": str(problem)}, status_code=status)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"reference": reference, "state": order.state})
    if request.method == "POST" and order.return_url:
        return RedirectResponse(order.return_url, status_code=303)
    return HTMLResponse(_rendered(counterpart, order))


def _press(counterpart: Counterpart, order: Order, form: dict[str, str]) -> None:
    if form.get("fault"):
        counterpart.faults.set(Fault(form["fault"]), order.reference, times=1)
    match form.get("action"):
        case "pay":
            amount = form.get("amount", "").strip()
            asked = str(order.amount.amount)
            counterpart.pay(order.reference, int(amount) if amount not in {"", asked} else None)
        case "decline":
            counterpart.decline(order.reference)
        case "cancel":
            counterpart.cancel(order.reference)
        case _:
            raise No("unknown_action")


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await request.body()).decode(), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _rendered(counterpart: Counterpart, order: Order) -> str:
    page = files("feesvc.testing").joinpath("payment_page.html").read_text("utf-8")
    faults = "".join(f'<option value="{fault.value}">{fault.value}</option>' for fault in Fault)
    shown = {
        "intermediary": counterpart.name,
        "reference": order.reference,
        "description": order.description,
        "money": str(order.amount),
        "amount": str(order.amount.amount),
        "state": order.state,
        "disabled": "" if order.state == "open" else "disabled",
        "return_url": order.return_url,
    }
    for name, value in shown.items():
        page = page.replace("{{" + name + "}}", html.escape(value))
    code = counterpart.code_of(order)
    drawn = segno.make(code, error="m", micro=False).svg_inline(scale=4) if code else ""
    return page.replace("{{faults}}", faults).replace("{{code}}", drawn)


async def _faults(counterpart: Counterpart, request: Request) -> Response:
    """GET lists; POST ``{"fault": "hang", "order": "…", "times": 1}`` sets; DELETE heals all."""
    if request.method == "DELETE":
        counterpart.faults.clear()
    elif request.method == "POST":
        try:
            wanted = json.loads(await request.body())
            order, times = wanted.get("order", ""), wanted.get("times")
            if not (isinstance(order, str) and (times is None or type(times) is int)):
                raise ValueError("order is text, times a whole number")
            counterpart.faults.set(Fault(wanted["fault"]), order, times)
        except (ValueError, KeyError, AttributeError) as problem:
            return JSONResponse({"error": f"not a fault: {problem}"}, status_code=422)
    return JSONResponse(counterpart.faults.listed())


def _books(counterpart: Counterpart) -> dict[str, dict[str, object]]:
    def wire(money: Money) -> dict[str, object]:
        return {"amount": money.amount, "currency": money.currency}

    return {
        transaction: {
            "reference": taken.reference,
            "amount": wire(taken.amount),
            "fee": wire(taken.fee),
            "refunded": wire(taken.refunded),
            "disputed": wire(taken.disputed),
            "reversed_at": taken.reversed_at.isoformat() if taken.reversed_at else None,
            "at": taken.at.isoformat(),
        }
        for transaction, taken in counterpart.books().items()
    }
