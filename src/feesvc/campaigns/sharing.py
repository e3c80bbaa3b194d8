"""Sharing out: work that needs no database, done here or by a process for each core."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from feesvc import logs

J = TypeVar("J")
R = TypeVar("R")


def each(work: Callable[[J], R], jobs: Sequence[J], *, here: bool) -> Iterator[R]:
    """``work`` of each job, in their order. ``work`` is a module's own function."""
    if here or len(jobs) < 2:
        yield from (in_a_loop(work, job) for job in jobs)
        return
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn"), _quiet) as pool:
        yield from pool.map(partial(in_a_loop, work), jobs)


def in_a_loop(work: Callable[[J], R], job: J) -> R:
    """``work`` while an event loop runs: what sleeps needs one to ask for a timer."""

    async def go() -> R:
        return work(job)

    return asyncio.run(go())


def _quiet() -> None:
    """Everybody would write to the same file at once; what went wrong is in what is returned."""
    logs.configure("json", "error", open(os.devnull, "wb"))  # noqa: SIM115 for good
