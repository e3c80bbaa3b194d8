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
    month: Annotated[
        bool, typer.Option("--month", help="Take three agencies through a month, to its close.")
    ] = False,
    days: Annotated[int, typer.Option(min=2, max=31, help="The month's last days.")] = 31,
    each: Annotated[
        int, typer.Option(min=1, max=1_000, help="A day's dossiers at each account, with --month.")
    ] = 4,
    dossiers: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="How many, with --year.")
    ] = 67_791,
    seed: Annotated[int, typer.Option(help="What happens in the year or the month.")] = 2026,
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
    at = folder or _project() / ".data" / ("month" if month else "year" if year else "demo")
    if month:
        from feesvc.cli.demo.month.showing import run_month

        raise typer.Exit(run_month(at, days, each, seed, as_json=as_json))
    if year:
        from feesvc.cli.demo.year.showing import run_year

        raise typer.Exit(run_year(at, dossiers, seed, keep=keep, as_json=as_json))
    from feesvc.cli.demo.running import run

    raise typer.Exit(run(at, once=once, as_json=as_json, keep=keep))


def _project() -> Path:
    """The checkout that we stand in, or where we are called."""
    checkout = Path(__file__).parents[4]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
