"""The library's recorder interfaces on our log: one round trip, dense positions, no lost events."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import randbits
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from eventsourcing import postgres
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    InterfaceError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)
from eventsourcing.utils import retry
from psycopg import Cursor

from feesvc.domain.aggregate import HOUSE
from feesvc.store import Command
from feesvc.store.mapper import FormedEvent, FormedNotification
from feesvc.store.packing import Packed, PackedEvent, append_arguments
from feesvc.store.statements import statement

_PRINCIPAL = "library"
_LAST_VERSION = 2**31 - 1
_LAST_POSITION = 2**63 - 1
_retried = retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
_PAGE = 500
_POLL = 0.5


class LogAggregateRecorder(AggregateRecorder):
    """Streams of one log. A retry after a lost reply is the same command."""

    def __init__(self, datastore: postgres.PostgresDatastore, log: str) -> None:
        self.datastore = datastore
        self.log = log

    def create_table(self) -> None:
        """Create the log, as the owner; nothing happens when it is there."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(statement("create_log"), {"log": self.log})

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        self._append(stored_events, kwargs.get("tracking"))
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        arguments = {
            "log": self.log,
            "stream": originator_id,
            "gt": -1 if gt is None else gt,
            "lte": _LAST_VERSION if lte is None else lte,
            "limit": limit,
        }
        rows = self._select("library_stream_back" if desc else "library_stream", arguments)
        return [FormedEvent(*row.values()) for row in rows]

    def _append(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> Sequence[int]:
        command = Command(id=uuid4(), principal=_PRINCIPAL, actor=_PRINCIPAL, events=())
        packed = Packed(command, tuple(_packed(event) for event in events), 0, randbits(63))
        arguments = append_arguments(self.log, [packed], gaps=True)
        positions: Sequence[int] = self._record(arguments, tracking, len(events))
        return positions

    @_retried
    def _record(
        self, arguments: dict[str, Any], tracking: Tracking | None, count: int
    ) -> Sequence[int]:
        with self.datastore.transaction(commit=True) as cursor:
            if tracking is not None:
                self._track(cursor, tracking)
            if not count:
                return []
            cursor.execute(statement("append"), arguments, prepare=True)
            row = cursor.fetchone()
            assert row is not None
            if row["verdict"] != "recorded":
                raise IntegrityError("another version of the stream was recorded first")
            return list(range(row["first"], row["last"] + 1))

    def _track(self, cursor: Cursor[Any], tracking: Tracking) -> None:
        raise TypeError(f"{type(self).__name__} keeps no tracking: {tracking}")

    @_retried
    def _select(self, name: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        with self.datastore.get_connection() as connection:
            cursor = connection.cursor(binary=True)
            return cursor.execute(statement(name), arguments, prepare=True).fetchall()


class LogApplicationRecorder(LogAggregateRecorder, ApplicationRecorder):
    """A log with its positions as notification ids: they are dense and never out of order."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        return self._append(stored_events, kwargs.get("tracking"))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        arguments = {
            "log": self.log,
            "start": (start or 0) + (start is not None and not inclusive_of_start),
            "stop": _LAST_POSITION if stop is None else stop,
            "topics": list(topics) or None,
            "limit": limit,
        }
        rows = self._select("library_log", arguments)
        return [
            FormedNotification(
                id=row["position"],
                originator_id=row["stream"],
                originator_version=row["version"],
                topic=row["topic"],
                state=row["state"],
                form=row["form"],
            )
            for row in rows
        ]

    def max_notification_id(self) -> int | None:
        rows = self._select("head", {"log": self.log})
        return rows[0]["position"] or None if rows else None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, gt, topics)


class LogProcessRecorder(
    LogApplicationRecorder, postgres.PostgresTrackingRecorder, ProcessRecorder
):
    """Events and the tracking of what they answer, in one transaction."""

    def __init__(
        self, datastore: postgres.PostgresDatastore, log: str, tracking_table_name: str
    ) -> None:
        postgres.PostgresTrackingRecorder.__init__(
            self, datastore, tracking_table_name=tracking_table_name
        )
        self.log = log

    def create_table(self) -> None:
        postgres.PostgresTrackingRecorder.create_table(self)
        LogApplicationRecorder.create_table(self)

    def _track(self, cursor: Cursor[Any], tracking: Tracking) -> None:
        cursor.execute(
            self.insert_tracking_statement,
            {
                "application_name": tracking.application_name,
                "notification_id": tracking.notification_id,
            },
        )
        if cursor.fetchone() is None:
            raise IntegrityError(f"{tracking} was recorded before")


class LogSubscription(Subscription[ApplicationRecorder]):
    """Reads on after each NOTIFY, and every half second in case one was lost."""

    def __init__(
        self, recorder: LogApplicationRecorder, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._reader = recorder
        self._after = gt or 0
        self._wanted = topics
        self._page: list[Notification] = []
        self._stopped = Event()

    def stop(self) -> None:
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._page and not self._stopped.is_set():
            head = self._reader.max_notification_id() or 0
            self._page = list(
                self._reader.select_notifications(
                    self._after, _PAGE, topics=self._wanted, inclusive_of_start=False
                )
            )[::-1]
            if not self._page:
                self._after = max(self._after, head)  # what lies between has other topics
                self._wait()
        if self._stopped.is_set():
            raise StopIteration
        notification = self._page.pop()
        self._after = notification.id
        return notification

    def _wait(self) -> None:
        with self._reader.datastore.get_connection() as connection:
            connection.execute("LISTEN feesvc")
            # Recorded between the last look and LISTEN: no notification of that will come.
            if (self._reader.max_notification_id() or 0) > self._after:
                return
            for _ in connection.notifies(timeout=_POLL, stop_after=1):
                pass


def _packed(event: StoredEvent) -> PackedEvent:
    stream = event.originator_id
    if not isinstance(stream, UUID):
        raise TypeError("streams of our log are UUIDs")
    form = getattr(event, "form", 1)
    return PackedEvent(HOUSE, stream, event.originator_version, event.topic, form, event.state)
