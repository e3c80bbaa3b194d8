"""The store over the library's own PostgreSQL recorder in threads: to compare with, nothing else.

For benchmarks only. It keeps its own tables in the schema ``stock``; what a command left (its id,
fingerprint, answer, agencies) stands in a second table, written in the recorder's transaction. The
stock table keeps no form number, so an event is read in its class's current form.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from typing import Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InvalidSqlStatementName, PipelineAborted

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.ids import Ids
from feesvc.store import Answer, Appended, Command, StoreUnavailable, Unstorable, Verdict
from feesvc.store.mapper import FormedEvent, LogMapper, fold
from feesvc.store.opening import opening
from feesvc.store.packing import refuse_unstorable
from feesvc.store.stock_recorder import StockRecorder

Result = TypeVar("Result")
ATTEMPTS = 4
"""How often an insert is tried whose refusal the library's pipeline does not tell."""


class StockStore:
    """The port as the library alone would carry it: one command, one transaction, one lock."""

    log = "stock"

    def __init__(self, url: str, threads: int, namespace: UUID) -> None:
        """``url``: a role that may create a schema. ``threads``: also so many connections."""
        settings = conninfo_to_dict(url)
        self.epoch = "stock1"
        self.ids = Ids(namespace)
        self._mapper = LogMapper()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="stock")
        self._datastore = PostgresDatastore(
            dbname=str(settings.get("dbname", "")),
            host=str(settings.get("host", "")),
            port=str(settings.get("port", "5432")),
            user=str(settings.get("user", "")),
            password=str(settings.get("password", "")),
            pool_size=threads,
            schema="stock",
        )
        self._recorder = StockRecorder(self._datastore)
        self._recorder.create_table()
        self._numbers = count(1)

    @classmethod
    async def open(cls, url: str, threads: int, namespace: UUID, at: datetime) -> Self:
        """A store whose log holds ``log.opened``, as every log does."""
        store = cls(url, threads, namespace)
        await store.append(opening(namespace, at))
        return store

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        def rebuild() -> dict[UUID, Aggregate]:
            found = {}
            for stream in ids:
                stored = self._recorder.select_events(stream)
                events = [self._mapper.to_domain_event(event) for event in stored]
                aggregate = fold(None, events)
                if aggregate is not None:
                    found[stream] = aggregate
            return found

        return await self._in_thread(rebuild)

    async def peek(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        return await self.load(ids)

    async def append(self, command: Command) -> Appended:
        return await self._in_thread(lambda: self._append(command))

    def _append(self, command: Command) -> Appended:
        refuse_unstorable(command)
        stored = [self._mapper.to_stored_event(event) for _, event in command.events]
        try:
            positions = self._inserted(stored, command)
        except IntegrityError:
            # Its own id, or a stream that another command reached first: the id tells.
            first_time = self._recorder.find(command.id)
            return first_time or Appended(verdict=Verdict.STALE)
        except DataError as error:
            raise Unstorable(str(error)) from error
        # The time of recording would cost another round trip: the stock table keeps none.
        return Appended(
            verdict=Verdict.RECORDED,
            first=positions[0],
            last=positions[-1],
            fingerprint=command.fingerprint,
            answered=command.answer is not None,
            answer=command.answer,
        )

    def _inserted(self, stored: list[FormedEvent], command: Command) -> Sequence[int]:
        # The end of the library's pipeline may hide what an insert was refused for, under load time
        # and again: whoever came first is on record by then, or the streams are to be read anew.
        # What a refused pipeline was to prepare its connection takes for prepared: ask another one.
        for _ in range(ATTEMPTS):
            try:
                return self._recorder.insert_events(stored, command=command) or [0]
            except (OperationalError, ProgrammingError) as error:
                if not isinstance(error.__cause__, (PipelineAborted, InvalidSqlStatementName)):
                    raise
        raise IntegrityError("refused, for a reason that its pipeline hid")

    async def find(self, command: UUID) -> Appended | None:
        return await self._in_thread(lambda: self._recorder.find(command))

    async def answer(self, command: UUID, answer: Answer) -> None:
        if not await self._in_thread(lambda: self._recorder.keep_answer(command, answer)):
            raise LookupError(f"command {command} was never recorded")

    async def history(
        self, stream: UUID, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        return await self._in_thread(lambda: self._recorder.history(stream, after, limit))

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> Sequence[Recorded]:
        return await self._in_thread(lambda: self._recorder.read(after, limit, topics))

    async def head(self) -> int:
        return await self._in_thread(lambda: self._recorder.max_notification_id() or 0)

    async def numbers(self) -> int:
        return next(self._numbers)

    async def close(self) -> None:
        self._threads.shutdown()
        self._datastore.close()

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        loop = asyncio.get_running_loop()
        # Shielded: a caller that goes away cancels nothing that is being committed.
        running = loop.run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(running)
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error
