"""Showing a month: its days while they pass, then the books, and what is not as it must be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from feesvc.cli.demo.month.content import days, sample_month
from feesvc.cli.demo.month.judging import books, judged_by_hledger, replayed, unfinished
from feesvc.cli.demo.month.living import Month, begun, closed, live
from feesvc.cli.demo.month.papers import save_papers
from feesvc.cli.demo.starting import alone, emptied, log_to
from feesvc.embedded import Database, running
from feesvc.embedded.server import NAME
from feesvc.money import Money


@dataclass
class Ended:
    """What a month came to. ``red`` tells the red items of every sheet, each explained there."""

    books: dict[str, dict[str, int]] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    hledger: str = ""
    papers: list[str] = field(default_factory=list)
    """Names of the files in which its lists and reports were saved."""
    red: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def lived(
    database: Database, folder: Path, count: int, each: int, seed: int, say: Callable[[str], None]
) -> Ended:
    """A month on an empty database, from the first registration to the replay of its books."""
    ended = Ended()
    with begun(database, folder, days(count)[0]) as month:
        live(month, count, each, seed, say)
        closed(month)
        month.country.service.await_followers()
        for office in month.country.offices.values():
            month.caseworkers.work(office)
        month.country.service.await_followers()
        ended.faults += [*month.mornings.faults, *month.closings.faults, *unfinished(month)]
        ended.papers = [file.name for file in save_papers(month, folder)]
        ended.hledger, wrong = judged_by_hledger(month, folder)
        ended.faults += wrong
        ended.red = month.closings.red
        ended.said = dict(sum(_counts(month), start=month.said))
        for code, office in month.country.offices.items():
            found = books(office)
            ended.books[code] = {f"{a} {c}": amount for (a, c), amount in sorted(found.items())}
        month.rest()
        ended.faults += replayed(month.country.service.settings)
    return ended


def _counts(month: Month) -> Iterable[Any]:
    return (month.payers.said, month.mornings.said, month.caseworkers.said, month.closings.said)


def run_month(folder: Path, count: int, each: int, seed: int, *, as_json: bool) -> int:
    """The exit code: 0 when all is remitted, closed and agreed on."""
    console = Console(quiet=as_json, highlight=False)
    with ExitStack() as stack:
        stack.enter_context(alone(folder))
        server = stack.enter_context(running(folder / "postgres"))
        emptied(server, folder)
        log_to(folder)
        console.print(f"{count} days of {sample_month().month}, seed {seed}")
        database = Database(NAME, server.owner_url, server.url)
        ended = lived(database, _papers(folder), count, each, seed, console.print)
    if as_json:
        print(json.dumps(vars(ended), ensure_ascii=False))
    _tell(console, ended)
    return 1 if ended.faults else 0


def _papers(folder: Path) -> Path:
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    for old in papers.iterdir():
        old.unlink()
    return papers


def _tell(console: Console, ended: Ended) -> None:
    for code, accounts in ended.books.items():
        console.print(f"\n{code}")
        for name, amount in accounts.items():
            account, currency = name.split()
            console.print(f"  {account}  {Money(amount, currency)!s:>24}")
    console.print("\n" + ", ".join(f"{count} {what}" for what, count in ended.said.items()))
    console.print(f"{ended.hledger}, {len(ended.papers)} papers are saved")
    for item in ended.red:
        console.print(f"red and explained: {item}")
    for fault in ended.faults:
        console.print(f"[red]not as it must be:[/] {fault}")
    if not ended.faults:
        console.print("[green]The month is remitted and closed; every balance is agreed on.[/]")
