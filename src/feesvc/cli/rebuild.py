"""``feesvc rebuild``: fill a projection anew from the first event, beside the live one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.progress import Progress

from feesvc import plugins, settings
from feesvc.projecting.rebuilding import ClosedPeriodChanged, rebuild
from feesvc.store.following import LogReader


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Projections; without a name, all of them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Rebuild projections, as the role of FEESVC_OWNER_URL. Readers go on until the swap.

    Nothing is swapped when a closed period would change: exit code 1.
    """
    installed = plugins.projections()
    for name in names or []:
        if name not in installed:
            there = ", ".join(installed) or "none"
            raise typer.BadParameter(f"{name!r} is not installed; there is {there}")
    told = settings.load()
    owner_url, service_url = told.need_owner_url(), told.need_database_url()
    role = str(conninfo_to_dict(service_url).get("user") or "")
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


@contextmanager
def _shown(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, so that the output can be piped."""
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda position, head: bar.update(task, completed=position, total=head)
