"""The worker: follows the log into every installed projection, and runs the processes.

Each projection has a thread of its own, the processes share one event loop. What stops stays
stopped: it is said in the log and in the metrics, the others go on, and the worker's exit code
tells at the end.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime

import psycopg
import structlog

from feesvc import metrics, plugins, processes
from feesvc.application.folder import InboxFolder
from feesvc.application.house import Busy, House
from feesvc.assembly import open_house, utc_now
from feesvc.people import PeopleUnavailable
from feesvc.projecting import Projection
from feesvc.projecting.digesting import statuses
from feesvc.projecting.runner import ProjectionStopped, Runner
from feesvc.reacting import Process
from feesvc.reacting.following import follow
from feesvc.reacting.postgres import PostgresBookmarks
from feesvc.reacting.runner import ProcessStopped
from feesvc.settings import Settings
from feesvc.store.following import LogReader

JOIN_SECONDS = 60.0
"""A batch under way is finished first."""
REPORT_SECONDS = 2.0

log = structlog.get_logger(__name__)


def work(
    settings: Settings,
    stopping: threading.Event | None = None,
    now: Callable[[], datetime] = utc_now,
) -> int:
    """Work until SIGTERM or SIGINT, or until ``stopping`` is set; returns the exit code.

    1 when something had stopped by itself, or when nothing is left that could go on. Raises
    ``NotInstalled`` when no projection is, ``Misconfigured``, ``StoreUnavailable``.
    """
    installed = plugins.projections()
    if not installed:
        raise plugins.NotInstalled(
            "no projection is installed: `uv sync --all-packages --locked` installs all of them, "
            "a plain sync drops every one"
        )
    worker = _Worker(settings, stopping or threading.Event(), now)
    try:
        with asyncio.Runner() as loop:
            loop.run(worker.work(installed))
    finally:
        worker.stopping.set()
        worker.join()
        metrics.leave()
    return 1 if worker.failures else 0


class _Worker:
    def __init__(
        self, settings: Settings, stopping: threading.Event, now: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.now = now
        self.stopping = stopping
        self.failures: list[BaseException] = []
        self._url = settings.need_database_url()
        self._threads: list[threading.Thread] = []

    async def work(self, installed: Mapping[str, Projection]) -> None:
        stopped = asyncio.Event()
        self._listen(stopped)
        async with open_house(self.settings, self.now) as house:
            for projection in installed.values():
                self._start(projection)
            following = [
                asyncio.create_task(self._follow(process, house, stopped))
                for process in processes.every(house)
            ]
            if self.settings.inbox_folder is not None:
                inbox = InboxFolder(house, self.settings.inbox_folder)
                watching = inbox.watch(stopped, self.settings.worker_poll_seconds)
                following.append(asyncio.create_task(watching))
            log.info("worker.started", count=len(installed) + len(following))
            while not self.stopping.is_set() and self._anything_left(following):
                await asyncio.to_thread(self._report)
                await asyncio.to_thread(self.stopping.wait, REPORT_SECONDS)
            stopped.set()
            await asyncio.gather(*following)
        log.info("worker.stopped", count=len(self.failures))

    def join(self) -> None:
        for thread in self._threads:
            thread.join(JOIN_SECONDS)

    def _listen(self, stopped: asyncio.Event) -> None:
        """A signal lets what is under way come to its end; a commit is never cancelled."""
        if threading.current_thread() is not threading.main_thread():
            return

        def stop() -> None:
            self.stopping.set()
            stopped.set()

        for received in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(received, stop)

    def _start(self, projection: Projection) -> None:
        thread = threading.Thread(target=self._project, args=[projection], name=projection.name)
        self._threads.append(thread)
        thread.start()

    def _project(self, projection: Projection) -> None:
        with ExitStack() as stack:
            reader = stack.enter_context(LogReader(self._url))
            batch = self.settings.worker_batch
            runner = stack.enter_context(Runner(self._url, projection, reader, batch))
            try:
                runner.run(self.stopping)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                self._stopped("projection", projection.name, error)

    async def _follow(self, process: Process, house: House, stopped: asyncio.Event) -> None:
        bookmarks = PostgresBookmarks(self._url, house.store.log)
        poll = self.settings.worker_poll_seconds
        try:
            await follow(
                process, house.store, bookmarks, clock=house.now, stopped=stopped,
                poll_seconds=poll, transient=(Busy, PeopleUnavailable),
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            self._stopped("process", process.name, error)

    def _stopped(self, kind: str, name: str, error: Exception) -> None:
        """Nothing starts it again: a person mends the cause, and the worker is restarted."""
        self.failures.append(error)
        metrics.stopped.labels(kind, name).set(1)
        at = error.position if isinstance(error, ProcessStopped | ProjectionStopped) else None
        log.error("follower.stopped", position=at, exc_info=error, **{kind: name})

    def _report(self) -> None:
        try:
            with psycopg.connect(self._url, connect_timeout=5) as connection:
                for status in statuses(connection):
                    metrics.projection_lag.labels(status.name).set(status.lag)
        except psycopg.OperationalError:
            log.warning("worker.lag_unknown")

    def _anything_left(self, following: list[asyncio.Task[None]]) -> bool:
        alive = any(thread.is_alive() for thread in self._threads)
        return alive or not all(task.done() for task in following)
