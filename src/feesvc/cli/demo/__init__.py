"""``feesvc demo``: the whole road on this machine, from the sample fees to the ledgers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    once: Annotated[bool, typer.Option("--once", help="Walk the cases, print, stop.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, in minor units.")
    ] = False,
    year: Annotated[bool, typer.Option("--year", help="Take a year's dossiers instead.")] = False,
    dossiers: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="How many, with --year.")
    ] = 67_791,
    seed: Annotated[int, typer.Option(help="The year's content, with --year.")] = 2026,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the books of last time.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where the data stands; emptied at each start.")
    ] = None,
) -> None:
    """Start everything on this machine, load the sample fees, walk real cases, show the books.

    With --once it exits 0 only if every balance is as worked by hand; otherwise it goes on serving
    until Ctrl-C. Nothing is needed but this: the database is an embedded one, the intermediaries
    are stand-ins, and no money moves.
    """
    at = folder or _project() / ".data" / ("year" if year else "demo")
    if year:
        from feesvc.cli.demo.year.showing import run_year

        raise typer.Exit(run_year(at, dossiers, seed, keep=keep, as_json=as_json))
    from feesvc.cli.demo.running import run

    raise typer.Exit(run(at, once=once, as_json=as_json, keep=keep))


def _project() -> Path:
    """The checkout that we stand in, or where we are called."""
    checkout = Path(__file__).parents[4]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
