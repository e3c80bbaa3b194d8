"""Which form a reader asks for, and the answer in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Annotated, Any, Literal, TypeAlias

from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from feesvc.projecting.asking import BadQuery
from feesvc.projecting.exporting import as_csv, as_xlsx
from feesvc.projecting.exporting.tables import Table

Form: TypeAlias = Literal["json", "csv", "xlsx", "hledger"]
TYPES: dict[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "hledger": "text/x-hledger; charset=utf-8",
}
SMALL = 1024 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in a form of its own, piece by piece."""

    name: str
    pieces: Iterator[bytes]


def wanted(
    request: Request,
    format: Annotated[
        Form | None,
        Query(description="json, csv, xlsx; hledger for a journal. Goes before the Accept header"),
    ] = None,
) -> Form:
    """The form asked for by ``?format=``, else by Accept, else JSON."""
    if format is not None:
        return format
    accepted = [part.partition(";")[0].strip() for part in _accepted(request).split(",")]
    for form, kind in TYPES.items():
        if form != "json" and kind.partition(";")[0] in accepted:
            return form
    return "json"


def _accepted(request: Request) -> str:
    return str(request.headers.get("accept", "")).lower()


Wanted: TypeAlias = Annotated[Form, Depends(wanted)]


def documented(*more: Form) -> dict[int | str, dict[str, Any]]:
    """What a route with papers says of itself in OpenAPI."""
    forms: Sequence[Form] = ("csv", "xlsx", *more)
    content: dict[str, Any] = {TYPES[form].partition(";")[0]: {} for form in forms}
    return {200: {"description": "The page, or the whole as a paper", "content": content}}


def answer_as(form: Form, paper: Callable[[], Table | Paper], response: Response) -> Response:
    """The paper in that form. Headers set on the way are kept.

    A table is read up to its first row before anything is sent, so that a bad question is refused
    as one. Raises ``BadQuery`` where there is no such form of it.
    """
    made = paper()
    if isinstance(made, Table):
        made = _as(form, made)
    first = next(made.pieces, b"")
    sent = StreamingResponse(chain([first], made.pieces), media_type=TYPES[form])
    sent.headers.raw.extend(response.headers.raw)
    ending = "journal" if form == "hledger" else form
    sent.headers["Content-Disposition"] = f'attachment; filename="{made.name}.{ending}"'
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _as(form: Form, table: Table) -> Paper:
    if form == "csv":
        return Paper(table.name, as_csv.written(table))
    if form == "xlsx":
        return Paper(table.name, _workbook(table))
    raise BadQuery(f"there is no {form} of this")


def _workbook(table: Table) -> Iterator[bytes]:
    """A workbook is a zip and ends with its table of contents: written whole, then sent."""
    with tempfile.SpooledTemporaryFile(SMALL) as file:
        as_xlsx.write(table, file)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
