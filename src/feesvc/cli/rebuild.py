"""``feesvc rebuild``: fill a projection anew from the first event, beside the live one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.progress import Progress

from feesvc import plugins, settings
from feesvc.application.drifting import tell_drift
from feesvc.assembly import open_house
from feesvc.projecting.checking import Drift
from feesvc.projecting.checking import check as compare
from feesvc.projecting.rebuilding import ClosedPeriodChanged, rebuild
from feesvc.store.following import LogReader


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Projections; without a name, all of them.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say what the log would change.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Rebuild projections, as the role of FEESVC_OWNER_URL. Readers go on until the swap.

    Nothing is swapped when a closed period would change: exit code 1. With --check the log is
    replayed beside the live tables, and where those differ a case is opened (G04): exit code 1.
    """
    installed = plugins.projections()
    for name in names or []:
        if name not in installed:
            there = ", ".join(installed) or "none"
            raise typer.BadParameter(f"{name!r} is not installed; there is {there}")
    told = settings.load()
    owner_url, service_url = told.need_owner_url(), told.need_database_url()
    role = str(conninfo_to_dict(service_url).get("user") or "")
    if check:
        drifted = _check(told, names or list(installed), quiet=as_json)
        _say(drifted, as_json)
        raise typer.Exit(1 if any(drifted.values()) else 0)
    reached: dict[str, int] = {}
    with LogReader(service_url) as log:
        for name in names or installed:
            with _shown(name, quiet=as_json) as progress:
                try:
                    reached[name] = rebuild(owner_url, role, installed[name], log, progress)
                except ClosedPeriodChanged as refused:
                    typer.echo(f"feesvc: {refused}; nothing was swapped", err=True)
                    raise typer.Exit(1) from None
    if as_json:
        print(json.dumps({"rebuilt": reached}))
    else:
        print("\n".join(f"rebuilt {name} up to position {n}" for name, n in reached.items()))


def _check(told: settings.Settings, names: list[str], *, quiet: bool) -> dict[str, list[str]]:
    """By projection, the tables that are not what the log says; each becomes a case."""
    owner_url, installed = told.need_owner_url(), plugins.projections()
    found: dict[str, list[Drift]] = {}
    with LogReader(told.need_database_url()) as log:
        head = log.head()
        for name in names:
            with _shown(name, quiet=quiet) as progress:
                found[name] = compare(owner_url, installed[name], log, progress)
    asyncio.run(_tell(told, head, found))
    return {name: [drift.table for drift in drifts] for name, drifts in found.items()}


async def _tell(told: settings.Settings, head: int, found: Mapping[str, list[Drift]]) -> None:
    if not any(found.values()):
        return
    async with open_house(told) as house:
        for name, drifts in found.items():
            tables = {drift.table: drift.agencies for drift in drifts}
            act = house.act(house.store.ids.of("check", name, head), "process:rebuild")
            await tell_drift(house, act, name, head, tables)


def _say(drifted: Mapping[str, list[str]], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"drifted": drifted}))
        return
    for name, tables in drifted.items():
        said = f"differs in {', '.join(tables)}" if tables else "is what the log says"
        print(f"{name} {said}")


@contextmanager
def _shown(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, so that the output can be piped."""
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda position, head: bar.update(task, completed=position, total=head)
