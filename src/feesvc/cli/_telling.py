"""Telling on the command line: amounts as people write them, tables, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from feesvc.money import Money

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def as_json(said: object) -> None:
    print(json.dumps(said, ensure_ascii=False))


def amount(said: Mapping[str, Any]) -> str:
    """115,000 VND; 12.34 USD."""
    return str(Money(said["amount"], said["currency"]))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table on the terminal; the columns in ``right`` are numbers."""
    drawn = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        drawn.add_column(column, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    Console(soft_wrap=False).print(drawn)
