"""The read routes: the figures of a declaration, the proof of remittance, and remittances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, TypeAlias

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request, Response

from feesvc.money import Money
from feesvc.projecting import Db, OpenDb, cursor_of, parts_of, position_of, span_of
from feesvc.projecting.exporting import Cell, Column, Table, Wanted, amounts, answer_as, documented
from feesvc_remittances.statements import statement

LATEST = 2**63 - 1
FIGURES = (
    "collected", "returned", "retained", "budget", "remitted", "owed_before", "owed_after",
)  # fmt: skip
PROOF = ("budget", "remitted", "debited", "confirmed", "owed", "in_flight", "unconfirmed")
SAID = ("id", "reference", "execute_on", "entries", "state", "state_on", "proof", "agrees")
SENT = ("amount", "set_off")
Known: TypeAlias = Annotated[str, Query(description="as known at this position of the log")]
Currency: TypeAlias = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]


def routes(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/remittances``. Raises ``BadQuery``."""
    router = APIRouter()
    _reports(router, open_db)

    @router.get(
        "/list", responses=documented(), summary="Remittances, newest first, and their proof"
    )
    def remittances(
        request: Request, agency: str, form: Wanted, response: Response, state: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str = "",
    ) -> Response:  # fmt: skip
        _for_officers(request)
        if form != "json":
            columns = (*(Column(name) for name in SAID), Column("currency"), *amounts(*SENT))
            rows = _listed(open_db, agency, state)
            table = Table(f"{agency}-remittances", columns, rows)
            return answer_as(form, lambda: table, response)
        items, following = _page(open_db, agency, state, limit, cursor)
        said = [_remittance(row) for row in items]
        return _answer({"agency": agency, "items": said, "next": following}, response)

    return router


def _reports(router: APIRouter, open_db: OpenDb) -> None:
    @router.get(
        "/declaration", responses=documented(),
        summary="Figures of the monthly declaration, or of a year's settlement, by fee and codes",
    )  # fmt: skip
    def declaration(
        request: Request, agency: str, form: Wanted, response: Response,
        period: Annotated[str, Query(description="2026-11 for a month, 2026 for a year")],
        known_at: Known = "", currency: Currency = None,
    ) -> Response:  # fmt: skip
        """owed_before + budget - remitted = owed_after. The form that they go into is not ours."""
        _for_officers(request)
        span = span_of(period)
        with open_db() as db:
            rows = _rows(db, "declaration", agency, span.first, span.last, known_at, currency)
        if form == "json":
            said = [_declared(row) for row in rows]
            return _answer({"agency": agency, "period": period, "rows": said}, response)
        columns = (
            Column("currency"), Column("kind"), Column("item"), Column("name"), Column("codes"),
            *amounts(*FIGURES),
        )  # fmt: skip
        name = f"{agency}-declaration-{period}"
        told = Table(name, columns, _cells(rows, ("kind", "item", "name_vi"), FIGURES))
        return answer_as(form, lambda: told, response)

    @router.get(
        "/proof", responses=documented(),
        summary="Receipts for the budget against what was paid and confirmed, by codes",
    )  # fmt: skip
    def proof(
        request: Request, agency: str, form: Wanted, response: Response,
        as_of: Annotated[str, Query(description="up to the end of this plain time")],
        known_at: Known = "", currency: Currency = None,
    ) -> Response:  # fmt: skip
        """owed stands on 2400, in_flight on 2410; unconfirmed was paid, no more."""
        _for_officers(request)
        last = span_of(as_of).last
        with open_db() as db:
            rows = _rows(db, "proof", agency, last, last, known_at, currency)
        if form == "json":
            said = [{"codes": row["codes"], **_sums(row, PROOF)} for row in rows]
            return _answer({"agency": agency, "as_of": last, "rows": said}, response)
        columns = (Column("currency"), Column("codes"), *amounts(*PROOF))
        told = Table(f"{agency}-remittance-proof-{last}", columns, _cells(rows, (), PROOF))
        return answer_as(form, lambda: told, response)


def _page(
    open_db: OpenDb, agency: str, state: str | None, limit: int, cursor: str
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    before = parts_of(cursor, int)[0] if cursor else None
    asked = {"agency": agency, "state": state, "before": before, "rows": limit + 1}
    with open_db() as db:
        rows = db.execute(statement("search"), asked).fetchall()
    following = cursor_of(rows[limit - 1]["position"]) if len(rows) > limit else None
    return rows[:limit], following


def _listed(open_db: OpenDb, agency: str, state: str | None) -> Iterator[Sequence[Cell]]:
    """All of them, a page at a time."""
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = _page(open_db, agency, state, 200, cursor)
        for row in rows:
            money = (Money(row[name], row["currency"]) for name in SENT)
            yield *(_said(row[name]) for name in SAID), row["currency"], *money


def _said(value: Any) -> Cell:
    return None if value is None else str(value)


def _rows(
    db: Db, name: str, agency: str, first: date, last: date, known_at: str, currency: str | None
) -> Sequence[Mapping[str, Any]]:
    asked = {
        "agency": agency, "first": first, "last": last, "currency": currency,
        "known": position_of(known_at) if known_at else LATEST,
    }  # fmt: skip
    return db.execute(statement(name), asked).fetchall()


def _declared(row: Mapping[str, Any]) -> dict[str, Any]:
    about = {"kind": row["kind"], "item": row["item"], "name": row["name_vi"]}
    return {**about, "codes": row["codes"], **_sums(row, FIGURES)}


def _sums(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: {"amount": row[name], "currency": row["currency"]} for name in names}


def _remittance(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in SAID}, **_sums(row, SENT)}


def _cells(
    rows: Sequence[Mapping[str, Any]], about: Sequence[str], sums: Sequence[str]
) -> Iterator[Sequence[Cell]]:
    for row in rows:
        codes = " ".join(f"{name}={code}" for name, code in sorted(row["codes"].items()))
        money = (Money(row[name], row["currency"]) for name in sums)
        yield row["currency"], *(row[name] for name in about), codes, *money


def _for_officers(request: Request) -> None:
    if getattr(request.state, "portal", None) is not None:
        raise HTTPException(404)


def _answer(content: dict[str, Any], response: Response) -> Response:
    written = Response(msgspec.json.encode(content), media_type="application/json")
    written.headers.raw.extend(response.headers.raw)
    return written
