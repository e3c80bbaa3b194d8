"""``feesvc bench``: measure the rows of the design's bars against something else, in one run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from feesvc.benching import ROWS, Figure, Stage, measure
from feesvc.rubbish import look_less_often


def command(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(ROWS)}; without it, all.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    scale: Annotated[
        float, typer.Option(min=0.0001, max=10, help="A part of the full size, for a quick look.")
    ] = 1.0,
    rounds: Annotated[int, typer.Option(min=1, help="Interleaved rounds.")] = 3,
    cold: Annotated[
        bool, typer.Option(help="In the row demo: also from a fresh clone with empty caches.")
    ] = False,
) -> None:
    """Measure on an embedded, durable PostgreSQL that is gone afterwards.

    Exit code 0: measured, whatever the figures say; 1: it could not be measured.
    """
    if name and name not in ROWS:
        raise typer.BadParameter(f"choose one of {', '.join(ROWS)}", param_hint="NAME")
    look_less_often()  # as the service's own processes do; both sides of a comparison gain by it
    console = Console(stderr=True)
    figures: list[Figure] = []
    with _staged(scale, rounds, console) as stage:
        stage.cold = cold
        for row in [name] if name else ROWS:
            console.print(f"[bold]{row}[/bold]  load {os.getloadavg()[0]:.1f}")
            figures += measure(row, stage)
    if as_json:
        print(json.dumps([figure.as_json() for figure in figures], indent=2))
    else:
        Console().print(_table(figures))


@contextmanager
def _staged(scale: float, rounds: int, console: Console) -> Iterator[Stage]:
    from feesvc.embedded import discard, running

    folder = Path(tempfile.mkdtemp(prefix="feesvc-bench-"))
    try:
        with running(folder) as server:
            yield Stage(server, scale, rounds, lambda words: console.print(f"  {words}"))
    finally:
        discard(folder)


def _table(figures: Sequence[Figure]) -> Table:
    table = Table()
    for column in ("row", "ours", "other", "unit", "ratio", "bar", "", "the other one is"):
        right = column in {"ours", "other", "ratio", "bar"}
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for figure in figures:
        table.add_row(
            figure.name, _short(figure.ours), _short(figure.other), figure.unit,
            f"{figure.ratio:.2f}", f"{'≤' if figure.ceiling else '≥'} {figure.bar:g}",
            "pass" if figure.passes else "short", figure.against,
        )  # fmt: skip
    return table


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
