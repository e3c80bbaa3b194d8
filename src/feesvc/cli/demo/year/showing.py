"""Showing a year: progress while it runs, then rates and books; or both as one JSON document."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from feesvc import plugins, processes
from feesvc.cli.demo.script import Ledger
from feesvc.cli.demo.starting import alone, emptied, log_to
from feesvc.cli.demo.year.content import Slice, slices
from feesvc.cli.demo.year.running import Rate, ledgers, opened, project, react, settled, wrongs
from feesvc.embedded import running
from feesvc.money import Money
from feesvc.settings import Settings


def run_year(folder: Path, dossiers: int, seed: int, *, keep: bool, as_json: bool) -> int:
    """The exit code: 0 when every book adds up to zero, and to what the intermediary holds."""
    console = Console(quiet=as_json, highlight=False)
    content = list(slices(dossiers, seed))
    with ExitStack() as stack:
        stack.enter_context(alone(folder))
        server = stack.enter_context(running(folder / "postgres"))
        if not keep:
            emptied(server, folder)
        log_to(folder)
        secrets = folder / "secrets"
        secrets.mkdir(mode=0o700, exist_ok=True)
        settings = stack.enter_context(
            settled(server.owner_url, server.url, server.service_role, secrets)
        )
        progress = stack.enter_context(_progress(console))
        rates, found, wrong = asyncio.run(_year(settings, content, secrets, progress))
    if as_json:
        print(_document(dossiers, seed, rates, found))
    _show(console, rates, found)
    for line in wrong:
        print(f"feesvc: {line}", file=sys.stderr)
    return 1 if wrong else 0


async def _year(
    settings: Settings, content: Sequence[Slice], secrets: Path, progress: Progress
) -> tuple[list[Rate], tuple[Ledger, ...], list[str]]:
    total = sum(len(slice_.dossiers) for slice_ in content)
    async with opened(settings, content[0], secrets) as year:
        taken = progress.add_task("dossiers", total=total)
        before, begun = await year.house.store.head(), time.perf_counter()
        await year.take(content, lambda: progress.advance(taken))
        seconds = time.perf_counter() - begun
        head = await year.house.store.head()
        rates = [
            Rate(what="dossiers", count=total, seconds=seconds),
            Rate(what="commands", count=sum(year.counted.values()), seconds=seconds),
            Rate(what="events", count=head - before, seconds=seconds),
        ]
        answers = head * len(processes.every(year.house))
        answering = progress.add_task("receipts, refunds", total=answers)
        rates += await react(year, settings, lambda n: progress.advance(answering, n))
        progress.update(answering, completed=answers)
        head = await year.house.store.head()
        for name in plugins.projections():
            task = progress.add_task(name, total=head)
            rates.append(
                await project(settings, name, lambda n, t=task: progress.advance(t, n))  # type: ignore[misc]
            )
        found = await ledgers(settings)
        return rates, found, list(wrongs(found, year))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:>18}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(), console=console,
    )  # fmt: skip


def _show(console: Console, rates: Sequence[Rate], found: Sequence[Ledger]) -> None:
    table = Table(box=None, padding=(0, 1))
    for heading in ("", "count", "seconds", "per second"):
        table.add_column(heading, justify="right")
    for rate in rates:
        table.add_row(
            rate.what, f"{rate.count:,}", f"{rate.seconds:.1f}", f"{rate.per_second:,}"
        )  # fmt: skip
    console.print(table)
    console.print()
    books = Table(box=None, padding=(0, 1))
    for heading in ("book", "debits", "credits", "sum of accounts"):
        books.add_column(heading, justify="right" if heading != "book" else "left")
    for ledger in found:
        sums = (ledger.debits, ledger.credits, sum(ledger.accounts.values()))
        books.add_row(ledger.agency, *(str(Money(one, ledger.currency)) for one in sums))
    console.print(books)


def _document(dossiers: int, seed: int, rates: Sequence[Rate], found: Sequence[Ledger]) -> str:
    said = [
        {"name": r.what, "count": r.count, "seconds": round(r.seconds, 3), "rate": r.per_second}
        for r in rates
    ]
    document = {"dossiers": dossiers, "seed": seed, "rates": said, "ledgers": found}
    return msgspec.json.encode(document).decode()
