"""Following: a process runs until it is told to stop, alone, and waits for what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from feesvc import metrics
from feesvc.reacting import Process
from feesvc.reacting.bookmarks import Bookmarks, Taken
from feesvc.reacting.runner import PASSING, Runner
from feesvc.reacting.waking import Waking
from feesvc.store import Store

LONGEST_PAUSE = 60.0
STANDBY_PAUSE = 5.0
"""How often a standby asks whether the active runner is gone."""

log = structlog.get_logger(__name__)


async def catch_up(runner: Runner, advance: Callable[[int], object] = lambda count: None) -> None:
    """Run a process until there is nothing to do just now; ``advance`` hears of positions."""
    async with Waking(runner) as waking:
        while True:
            before = runner.bookmark.position
            woken = await waking.turn()
            busy = await runner.follow() or woken
            advance(runner.bookmark.position - before)
            if not busy and not waking.under_way:
                return
            if not busy:
                await waking.pause(asyncio.Event(), LONGEST_PAUSE)


async def follow(
    process: Process,
    store: Store,
    bookmarks: Bookmarks,
    *,
    clock: Callable[[], datetime],
    stopped: asyncio.Event,
    poll_seconds: float = 1.0,
    transient: tuple[type[Exception], ...] = (),
) -> None:
    """Run a process until ``stopped``; stands by while another runner is active.

    Raises ``ProcessStopped``. After a transient error it waits, longer each time, and goes on
    with the same event: the order is kept.
    """
    passing = (*PASSING, *transient)
    pause = poll_seconds
    while not stopped.is_set():
        try:
            async with bookmarks.take(process.name) as bookmark:
                runner = Runner(process, bookmark, store, clock, transient)
                async with Waking(runner) as waking:
                    while not stopped.is_set():
                        busy = await waking.turn()
                        busy = await runner.follow() or busy
                        metrics.process_lag.labels(process.name).set(runner.lag)
                        pause = poll_seconds
                        if not busy:
                            await waking.pause(stopped, poll_seconds)
        except Taken:
            await _pause(stopped, STANDBY_PAUSE)
        except passing as error:
            log.warning("process.retry", process=process.name, seconds=pause, error=str(error))
            await _pause(stopped, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _pause(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
