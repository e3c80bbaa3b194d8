"""The demo's sample portal: pay a fee through any intermediary, and see what the portal is told."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from feesvc.application.house import HANOI
from feesvc.cli.demo.asking import Refused
from feesvc.cli.demo.script import script
from feesvc.money import Money

if TYPE_CHECKING:
    from feesvc.cli.demo.registering import Town

SHOWN = 20
"""Payments on the page: the last ones of this start."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment that the page asked for."""

    dossier: str
    through: str
    payment: str


class Portal:
    """Speaks to the service as any portal does, with its key and over HTTP."""

    def __init__(self) -> None:
        self.town: Town | None = None
        self._asked: list[Asked] = []
        self._typed: set[str] = set()

    def routes(self) -> Sequence[Route]:
        return (
            Route("/", self._page),
            Route("/back", self._page),
            Route("/pay", self._pay, methods=["POST"]),
            Route("/payments/{id}/qr.svg", self._code),
            Route("/payments/{id}/scan", self._scan),
            Route("/payments/{id}/cancel", self._cancel, methods=["POST"]),
        )

    def _page(self, request: Request) -> Response:
        """Also where payers come back to: coming back changes nothing."""
        page = files("feesvc.cli.demo").joinpath("portal.html").read_text("utf-8")
        choices, payments = "", ""
        if self.town is not None:
            self._type_bank_lines(self.town)
            choices = "".join(_choice(choice) for choice in self._choices(self.town))
            payments = "".join(self._told(self.town, one) for one in self._asked[: -SHOWN - 1 : -1])
        for name, shown in (
            ("amount", str(_fee())), ("choices", choices), ("payments", payments),
        ):  # fmt: skip
            page = page.replace("{{" + name + "}}", shown)
        return HTMLResponse(page)

    async def _pay(self, request: Request) -> Response:
        account = parse_qs((await request.body()).decode())["account"][0]
        assert self.town is not None
        return await run_in_threadpool(self._opened, self.town, account)

    def _opened(self, town: Town, account: str) -> Response:
        day, number = datetime.now(HANOI).date(), len(self._asked) + 1
        dossier = f"{script().portal_agency}.99-{day:%y%m%d}-{number:04d}"
        share = {"agency": script().portal_agency, "lines": [{"item": script().portal_item}]}
        circumstances = {"channel": "online", "submitted_on": town.submitted_on}
        body = {"dossier": dossier, "shares": [share], "circumstances": circumstances}
        raised = town.portal.post("/assessments", body)["assessments"]
        asking = {"assessments": [one["id"] for one in raised], "account": account}
        try:
            said = town.portal.post("/payments", {**asking, "return_url": town.demo.return_url})
        except Refused as refused:
            return HTMLResponse(f"<p>{html.escape(str(refused))}</p>", status_code=502)
        self._asked.append(Asked(dossier, said["intermediary"], said["id"]))
        return RedirectResponse(said["url"] or "/", status_code=303)

    async def _cancel(self, request: Request) -> Response:
        assert self.town is not None
        path = f"/payments/{request.path_params['id']}/cancellation"
        try:
            await run_in_threadpool(self.town.portal.post, path)
        except Refused as refused:
            return HTMLResponse(f"<p>{html.escape(str(refused))}</p>", status_code=409)
        return RedirectResponse("/", status_code=303)

    def _code(self, request: Request) -> Response:
        assert self.town is not None
        path = f"/payments/{request.path_params['id']}/qr.svg"
        return Response(self.town.portal.fetched(path), media_type="image/svg+xml")

    def _scan(self, request: Request) -> Response:
        """As a payer whose banking app scans the code: it opens its own page."""
        assert self.town is not None
        said = self.town.portal.get(f"/payments/{request.path_params['id']}")
        for stand_in in self.town.demo.stand_ins:
            if stand_in.account.intermediary == said["intermediary"]:
                reference = stand_in.counterpart.scan(said["qr"])
                return RedirectResponse(f"{stand_in.url}/checkout/{reference}", status_code=303)
        raise AssertionError("a code of nobody that is played here")

    def _type_bank_lines(self, town: Town) -> None:
        """As a finance officer who types in what the agency's bank statement shows by now."""
        account = script().portal_bank
        for stand_in in town.demo.stand_ins:
            for line in stand_in.counterpart.credits():
                if line.native_id in self._typed:
                    continue
                town.people["finance"].post(
                    f"/agencies/{script().portal_agency}/bank-credits",
                    {
                        "account": {"bank": account.bank, "number": account.number},
                        "reference": line.native_id, "amount": line.amount.amount,
                        "currency": line.amount.currency, "booked_on": str(line.value_date),
                        "narrative": line.narrative, "payer_name": line.counterparty_name,
                        "payer_account": line.counterparty_account,
                    },
                )  # fmt: skip
                self._typed.add(line.native_id)

    def _choices(self, town: Town) -> list[dict[str, Any]]:
        fee = _fee()
        at = f"/agencies/{script().portal_agency}/intermediaries"
        said = town.portal.get(at, amount=fee.amount, currency=fee.currency)
        choices: list[dict[str, Any]] = said["intermediaries"]
        return choices

    def _told(self, town: Town, asked: Asked) -> str:
        said = town.portal.get(f"/payments/{asked.payment}")
        cells = [asked.dossier, asked.through, f"{said['state']} · {said['reference']}"]
        cells.append("đã nộp · paid" if said["paid"] else "chưa · not yet")
        row = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        return f"<tr>{row}<td>{_ways(asked.payment, said)}</td></tr>"


def _choice(choice: dict[str, Any]) -> str:
    limits, currency = choice["limits"], choice["currency"]
    takes = [Money(limits[end], currency) for end in ("minimum", "maximum")] if limits else []
    cells = [
        f"{choice['name_vi']} · {choice['name_en']}", " – ".join(map(str, takes)),
        choice["refunds"], choice["health"],
    ]  # fmt: skip
    row = "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells)
    button = (
        f'<form method="post" action="/pay"><button name="account" value="{choice["account"]}">'
        "Nộp · pay</button></form>"
    )
    return f"<tr>{row}<td>{button if choice['fits'] else ''}</td></tr>"


def _ways(payment: str, said: dict[str, Any]) -> str:
    """What can still be done about it: its page, its code, calling it off."""
    if said["state"] != "presented":
        return ""
    ways = (
        f'<a href="{html.escape(said["url"])}">trang thanh toán · page</a>' if said["url"] else ""
    )
    if said["qr"] and not said["url"]:
        ways += f'<a href="/payments/{payment}/scan">quét · scan</a>'
    if said["qr"]:
        ways += f'<img class="qr" alt="QR" src="/payments/{payment}/qr.svg">'
    return (
        f'{ways}<form method="post" action="/payments/{payment}/cancel">'
        "<button>Hủy · call it off</button></form>"
    )


def _fee() -> Money:
    return Money(script().portal_amount, "VND")
