"""The read route: the two-sided sheet of a span of days, as JSON, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request, Response

from feesvc.domain.closing import Attested, Awaiting, Item
from feesvc.money import Money
from feesvc.projecting import Db, OpenDb, position_of, span_of
from feesvc.projecting.exporting import Cell, Column, Table, Wanted, amounts, answer_as, documented
from feesvc_daily_reconciliation.statements import statement

LATEST = 2**63 - 1
SUMS = ("captured", "gross", "commission", "tax", "net", "credited", "residual")
COLUMNS = (
    Column("day", "day"), Column("intermediary"), Column("type"), Column("currency"),
    Column("items", "count"), *amounts(*SUMS), Column("open", "count"),
    Column("unexplained", "count"), Column("codes"),
)  # fmt: skip


def routes(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/daily_reconciliation``. Raises ``BadQuery``."""
    router = APIRouter()

    @router.get(
        "/sheet", summary="Both sides by intermediary, type and day", responses=documented()
    )
    def sheet(
        request: Request, agency: str, form: Wanted, response: Response,
        period: Annotated[str, Query(description="2026, 2026-Q3, 2026-11 or 2026-11-21")],
        known_at: Annotated[str, Query(description="as known at this position of the log")] = "",
        intermediary: str | None = None,
        currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
    ) -> Response:  # fmt: skip
        """captured - gross = residual; gross = commission + tax + net; credited is of net."""
        if getattr(request.state, "portal", None) is not None:
            raise HTTPException(404)
        span = span_of(period)
        known = position_of(known_at) if known_at else LATEST
        with open_db() as db:
            rows = rows_of(db, agency, span.first, span.last, known, intermediary, currency)
        if form == "json":
            content = {"agency": agency, "period": period, "rows": [_row(row) for row in rows]}
            written = Response(msgspec.json.encode(content), media_type="application/json")
            written.headers.raw.extend(response.headers.raw)
            return written
        name = f"{agency}-daily-reconciliation-{period}"
        about = {"agency": agency, "period": period, "as known at": known_at}
        return answer_as(form, lambda: Table(name, COLUMNS, _cells(rows), about), response)

    return router


def rows_of(
    db: Db, agency: str, first: date, last: date, known: int, intermediary: str | None = None,
    currency: str | None = None,
) -> Sequence[Mapping[str, Any]]:  # fmt: skip
    asked = {
        "agency": agency, "first": first, "last": last, "known": known,
        "intermediary": intermediary, "currency": currency,
    }  # fmt: skip
    return db.execute(statement("sheet"), asked).fetchall()


def attest(db: Db, agency: str, first: date, last: date, known: int) -> Attested:
    """Item 5: red where a residual is left that no open case explains, but for what nobody settled
    anything of: whether that only waits for its term (S01) others know.
    """
    rows = rows_of(db, agency, first, last, known)
    facts = [
        f"{row['day']} {row['intermediary']} {row['kind']} {row['currency']}: captured "
        f"{row['captured']}, settled {row['gross']}, residual {row['residual']}, "
        f"{row['unexplained'] - row['awaiting']} of {row['open']} unexplained "
        f"{' '.join(row['codes'])}".rstrip()
        for row in rows
        if row["open"]
    ]
    red = any(row["unexplained"] > row["awaiting"] for row in rows)
    told = (f"{len(rows)} rows, {len(facts)} with a residual", *facts)
    return Attested(
        items=(Item(item="5 three-way", source="daily_reconciliation", red=red, facts=told),),
        awaiting=tuple(
            Awaiting(
                intermediary=row["intermediary"], kind=row["kind"], day=row["day"],
                items=row["awaiting"], amount=Money(row["awaited"], row["currency"]),
            )
            for row in rows if row["awaiting"]
        ),
    )  # fmt: skip


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    money = {name: {"amount": row[name], "currency": row["currency"]} for name in SUMS}
    return {
        "day": row["day"], "intermediary": row["intermediary"], "type": row["kind"],
        "items": row["items"], **money, "open": row["open"], "unexplained": row["unexplained"],
        "codes": row["codes"],
    }  # fmt: skip


def _cells(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield (
            row["day"], row["intermediary"], row["kind"], row["currency"], row["items"],
            *(Money(row[name], row["currency"]) for name in SUMS), row["open"],
            row["unexplained"], " ".join(row["codes"]),
        )  # fmt: skip
