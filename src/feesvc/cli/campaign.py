"""``feesvc campaign``: try to break the service, by a seed that makes the same trial again."""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from feesvc import campaigns, logs


def command(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(campaigns.NAMES)}.")],
    seed: Annotated[int | None, typer.Option(help="What to try; without it, chance.")] = None,
    short: Annotated[bool, typer.Option("--short", help="A trial of seconds.")] = False,
    days: Annotated[int, typer.Option(help="Days of a campaign that plays days.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the folder with the logs of what ran there.")
    ] = False,
) -> None:
    """Try to break the service with stand-ins, in memory or on a PostgreSQL of its own.

    Exit code 0: nothing was found; 1: something was, and the seed to find it again is printed.
    """
    if name not in campaigns.NAMES:
        choice = ", ".join(campaigns.NAMES)
        raise typer.BadParameter(f"choose one of {choice}", param_hint="NAME")
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    console = Console(stderr=True, highlight=False)
    console.print(f"campaign {name}, seed {seed}{', short' if short else ''}")
    folder = Path(tempfile.mkdtemp(prefix="feesvc-campaign-"))
    logs.configure("json", "info", (folder / "log").open("ab", buffering=0))
    begun = time.monotonic()

    def say(words: str) -> None:
        console.print(f"{time.monotonic() - begun:7.1f} s  {words}")

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # end what was started
    try:
        found = campaigns.run(name, campaigns.Trial(seed, short, folder, say, days))
    except Exception:  # noqa: BLE001 - whatever it is, it is told whole
        # Not left to ``cli.main``, which knows some of them for trouble outside of the program and
        # says a word at most: here whatever breaks a trial off is what the trial was to find.
        console.print(traceback.format_exc(), markup=False)
        console.print(f"campaign {name}, seed {seed}: broken off, nothing was judged")
        raise typer.Exit(1) from None
    finally:
        if keep:
            console.print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        said = {"campaign": name, "seed": seed, "figures": found.figures, "faults": found.faults}
        print(json.dumps(said, ensure_ascii=False))
    else:
        for figure, value in found.figures.items():
            print(f"{value:>10,} {figure}")
    for fault in found.faults:
        console.print(f"[red]fault[/] (seed {seed}): {escape(fault)}")
    raise typer.Exit(1 if found.faults else 0)
