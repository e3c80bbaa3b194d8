"""Listing: a paged list of a projection, told as a paper as well: all of its pages, row by row.

Columns are what a row says of itself: its amounts, days, names and numbers. Lists within a row are
left to the JSON form.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin, get_type_hints

from fastapi import APIRouter, Response
from pydantic import BaseModel

from feesvc.money import Money
from feesvc.projecting.exporting.answering import Wanted, answer_as, documented
from feesvc.projecting.exporting.tables import Cell, Column, Table

HANOI = timezone(timedelta(hours=7))
PAGE = 200
"""Rows that are read at once: the most that a page of JSON holds."""
EMPTY = inspect.Parameter.empty


def add_listing(
    routes: APIRouter, path: str, ask: Callable[..., Any], row: type[BaseModel]
) -> None:
    """Mount ``ask`` as a GET route that gives a page, or the whole list with ``?format=``.

    It takes ``agency``, ``limit`` and ``cursor`` among what may be asked, and its answers have
    ``items``, of which each is a ``row``, and ``next``.
    """
    hints = get_type_hints(ask, include_extras=True)
    asked = inspect.signature(ask).parameters.values()
    more = (("form", Wanted), ("response", Response))
    required = [one for one in asked if one.default is EMPTY]
    optional = [one for one in asked if one.default is not EMPTY]

    def told(form: Any, response: Response, **wanted: Any) -> Any:
        if form == "json":
            return ask(**wanted)
        table = Table(f"{wanted['agency']}-{path.strip('/')}", _columns(row), _rows(ask, wanted))
        return answer_as(form, lambda: table, response)

    told.__name__, told.__doc__ = ask.__name__, ask.__doc__
    told.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(one.replace(annotation=hints[one.name]) for one in required),
            *(inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=hint)
              for n, hint in more),
            *(one.replace(annotation=hints[one.name]) for one in optional),
        ]
    )  # fmt: skip
    routes.add_api_route(
        path, told, methods=["GET"], response_model=hints["return"], responses=documented()
    )


def _columns(row: type[BaseModel]) -> Sequence[Column]:
    return [Column(name, kind) for name, kind in _told(row)]  # type: ignore[arg-type]


def _told(row: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each field that has a column; before the first amount, the currency of them all."""
    hints = get_type_hints(row)
    currency = False
    for name in row.model_fields:
        kind = _kind(hints[name])
        if kind == "amount" and not currency:
            currency = True
            yield "currency", "text"
        if kind:
            yield name, kind


def _kind(hint: Any) -> str:
    """Empty where it has no column."""
    if get_origin(hint) in (Union, types.UnionType):
        [hint] = [one for one in get_args(hint) if one is not types.NoneType]
    if get_origin(hint) in (list, tuple, dict):
        return ""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return "amount" if {"amount", "currency"} == set(hint.model_fields) else ""
    if isinstance(hint, type) and issubclass(hint, date):
        return "day"
    return "count" if hint is int else "text"


def _rows(ask: Callable[..., Any], wanted: dict[str, Any]) -> Iterator[Sequence[Cell]]:
    cursor = wanted.get("cursor")
    while True:
        page = ask(**{**wanted, "limit": PAGE, "cursor": cursor})
        for row in page.items:
            yield list(_cells(row))
        cursor = page.next
        if cursor is None:
            return


def _cells(row: BaseModel) -> Iterator[Cell]:
    kinds = dict(_told(type(row)))
    money = {name: _money(getattr(row, name)) for name, kind in kinds.items() if kind == "amount"}
    currency = next((one.currency for one in money.values() if one is not None), None)
    for name in kinds:
        if name == "currency" and money:
            yield currency
        else:
            yield money[name] if name in money else _cell(getattr(row, name))


def _money(said: Any) -> Money | None:
    return None if said is None else Money(said.amount, said.currency)


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.astimezone(HANOI).date()
    if isinstance(value, bool):
        return "yes" if value else "no"
    cell: Cell = value
    return cell
