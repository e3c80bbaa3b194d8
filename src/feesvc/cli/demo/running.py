"""Running the demo: start, register, walk, hold the books against the hand's, show, serve."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec
from rich.console import Console

from feesvc.cli.demo import books
from feesvc.cli.demo.asking import Refused
from feesvc.cli.demo.registering import Town, open_window, registered
from feesvc.cli.demo.script import worked_by_hand
from feesvc.cli.demo.showing import show_balances, show_cases, show_ways
from feesvc.cli.demo.starting import started
from feesvc.cli.demo.walking import Case, walk

WIDE = 110
"""Columns where nobody's terminal says how many."""


def run(folder: Path, *, once: bool, as_json: bool, keep: bool) -> int:
    """The exit code: 0 when all is as worked by hand, or as it was kept."""
    console = Console(quiet=as_json, highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    begun = time.monotonic()
    try:
        with _interruptible(), started(folder, keep=keep, usual_ports=not once) as demo:
            console.print(f"Everything runs, after {time.monotonic() - begun:.1f} s: {demo.url}")
            with registered(demo) as town:
                console.print("Agencies, officers and sample fees are on record.")
                wrong = _walked(town, console, as_json=as_json) if demo.fresh else 0
                console.print(f"All of it took {time.monotonic() - begun:.1f} s.\n")
                if not once:
                    open_window(town)
                    show_ways(console, town)
                    signal.pause()
                return wrong
    except KeyboardInterrupt:
        console.print("\nStopped; nothing is left running.")
        return 0 if not once else 130
    except (Refused, TimeoutError) as error:
        print(f"feesvc: {error}", file=sys.stderr)
        return 1


def _walked(town: Town, console: Console, *, as_json: bool) -> int:
    cases: list[Case] = []
    with console.status("") as status:
        for case in walk(town):
            cases.append(case)
            status.update(f"{len(cases)} cases walked: {case.title}")
    raised = sum(len(case.assessments) for case in cases)
    show_cases(console, cases, books.assessments(town, raised))
    outcome = books.outcome(town)
    if as_json:
        print(msgspec.json.encode(outcome).decode())
    show_balances(console, town, outcome)
    wrong = books.differences(outcome, worked_by_hand())
    for line in wrong:
        print(f"feesvc: not as worked by hand: {line}", file=sys.stderr)
    if not wrong:
        console.print("[green]Every balance is as worked by hand.[/]")
    return 1 if wrong else 0


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, in order; Ctrl-C also when a shell ran us aside."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
