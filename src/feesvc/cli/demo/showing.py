"""Showing: what became of each case, every trial balance, and where to look next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from feesvc.cli.demo.asking import token_of
from feesvc.cli.demo.registering import Town
from feesvc.cli.demo.script import Ledger, Outcome, script
from feesvc.cli.demo.walking import Case
from feesvc.cli.sample import sample
from feesvc.money import Money

STATES = {"paid": "green", "open": "yellow"}


def show_cases(console: Console, cases: Iterable[Case], found: Mapping[str, Any]) -> None:
    table = Table(title="What was walked", title_justify="left", box=None, padding=(0, 1))
    for heading in ("Case", "Agency", "Owed now", "State", "Receipt"):
        table.add_column(heading, justify="right" if heading == "Owed now" else "left")
    for case in cases:
        title = f"{case.title}\n[dim]  {case.note}[/]" if case.note else case.title
        for id in case.assessments:
            said, state = found[id], found[id]["state"]
            receipt = f"{said['receipt_series']} {said['receipt_number']}"
            table.add_row(
                title, said["agency"], str(Money(**said["total"])),
                f"[{STATES.get(state, 'default')}]{state}[/]",
                receipt if said["receipt_number"] else "–",
            )  # fmt: skip
            title = ""
    console.print(table)
    console.print()


def show_balances(console: Console, town: Town, outcome: Outcome) -> None:
    """Each book with its accounts' names, debits less credits."""
    at = f"/agencies/{outcome.ledgers[0].agency}/{script().ledger}/accounts"
    chart = {row["account"]: row["name"] for row in town.people["auditor"].get(at)["accounts"]}
    names = {agency.code: agency.name_en for agency in sample().agencies}
    for ledger in outcome.ledgers:
        title = f"{ledger.agency}  {names[ledger.agency]}, {ledger.currency}"
        console.print(_trial_balance(title, ledger, chart))
        console.print()
    counts = outcome.counts
    console.print(
        f"{counts.events:,} events: {counts.assessments} assessments, {counts.payments} payments, "
        f"{counts.transfers} transfers, {counts.refunds} refunds."
    )


def _trial_balance(title: str, ledger: Ledger, chart: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1), show_footer=True)
    table.add_column("Account", footer="Turnover")
    table.add_column("", footer=f"[dim]{_shown(ledger.credits, ledger)} of credits[/]")
    table.add_column("Debits − credits", justify="right", footer=_shown(ledger.debits, ledger))
    for account, amount in ledger.accounts.items():
        shown = Text(_shown(amount, ledger), style="" if amount else "dim")
        table.add_row(account, f"{chart[account]['en']} [dim]· {chart[account]['vi']}[/]", shown)
    return table


def _shown(amount: int, ledger: Ledger) -> str:
    return str(Money(amount, ledger.currency))


def show_ways(console: Console, town: Town) -> None:
    """Addresses, credentials of this start, and lines that work when pasted."""
    demo = town.demo
    console.rule("[bold]Where to look next", align="left")
    rows = [
        ("A sample portal: pay through any of them", f"{demo.issuer.url}/"),
        ("The API, described", f"{demo.url}/docs"),
        ("Metrics", f"{demo.url}/metrics"),
        ("Log", str(demo.log_file)),
        ("Stand-in of each merchant account", ""),
        *((f"  {s.account.name} ({s.account.agency})", f"{s.url}/_books") for s in demo.stand_ins),
    ]
    grid = Table.grid(padding=(0, 2))
    for row in rows:
        grid.add_row(*row)
    console.print(Padding(grid, (0, 0, 1, 1)))
    console.print("Paste these. KEY is the portal's, TOKEN the finance officer's, for an hour;")
    console.print(f"[dim]. {shell_file(town)}[/] says the same words again in another terminal.\n")
    print(pasteable(town))
    console.print("[bold]Ctrl-C[/] stops everything.")


def pasteable(town: Town) -> str:
    """Lines for a shell, with this start's addresses and credentials."""
    demo = town.demo
    lines = files("feesvc.cli.sample").joinpath("next_steps.sh").read_text("utf-8")
    for word, meant in (
        ("LEDGER", script().ledger), ("REGISTER", script().register), ("BACK", demo.return_url),
    ):  # fmt: skip
        lines = re.sub(rf"(?<=[/\"]){word}\b", meant, lines)
    return f"{shell_words(town)}\n{lines}"


def shell_words(town: Town) -> str:
    """What this start is called in a shell: addresses, credentials, the city's card account."""
    demo = town.demo
    words = {
        "API": f"{demo.url}/v1", "ISSUER": demo.issuer.url, "KEY": town.portal.credential,
        "TOKEN": token_of(demo.issuer.url, "finance"), "ACCOUNT": town.accounts["city-cards"],
    }  # fmt: skip
    return "".join(f"{name}={meant}\n" for name, meant in words.items())


def shell_file(town: Town) -> Path:
    """Write the words where another terminal can read them; nobody else can."""
    path = town.demo.log_file.parent / "env"
    path.touch(0o600)
    path.write_text(shell_words(town))
    return path
