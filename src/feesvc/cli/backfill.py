"""``feesvc backfill``: match a month or a year of files by themselves, without a database."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from feesvc.cli._telling import AsJson, table
from feesvc.domain.match_terms import MatchTerms

AFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
TERMS = MatchTerms()


def command(
    captures: AFile,
    lines: AFile,
    found: Annotated[Path, typer.Argument(dir_okay=False, help="Becomes a Parquet file.")],
    orders: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="References of orders that nobody paid."),
    ] = None,
    days: Annotated[int, typer.Option(min=0, max=30)] = TERMS.days,
    distance: Annotated[int, typer.Option(min=0, max=3)] = TERMS.distance,
    margin: Annotated[int, typer.Option(min=1, max=9)] = TERMS.margin,
    as_json: AsJson = False,
) -> None:
    """Say of each settlement line which capture it is, or why none. Nothing is booked.

    CAPTURES is CSV with the columns id,transaction,reference,amount,currency,day; LINES has
    identity instead of id, and batch last. Amounts are minor units, days 2026-11-22. Exit code 1:
    a file says something else, or cannot be written. Needs the extra "backfill".
    """
    try:
        from feesvc.reconciling.backfill import BadFile, match_files
    except ImportError as error:
        raise typer.BadParameter(f'{error}: install the extra "backfill"') from None
    try:
        terms = dataclasses.replace(TERMS, days=days, distance=distance, margin=margin)
        told = match_files(captures, lines, found, terms, orders)
    except (BadFile, OSError) as refused:
        typer.echo(f"feesvc: {refused}; nothing was written", err=True)
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(dataclasses.asdict(told)))
        return
    rows = [*sorted(told.pairs.items()), *sorted(told.breaks.items())]
    table(("found", "lines"), [(name, f"{count:,}") for name, count in rows], right=(1,))
    print(f"{found} has the SHA-256 {told.result}")
