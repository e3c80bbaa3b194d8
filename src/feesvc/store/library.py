"""The library's persistence module over our log: set ``PERSISTENCE_MODULE=feesvc.store.library``.

Its Application, NotificationLog and subscriptions then read and write our tables. Each application
name is a log of its own; snapshots are another. Connection settings are the library's own
``POSTGRES_*``; ``CREATE_TABLE`` (its default) creates the log, which is the owner's right.
"""

from __future__ import annotations

from eventsourcing import postgres
from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, ProcessRecorder

from feesvc.store.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
)


class Factory(postgres.PostgresFactory):
    """Makes recorders on our log; tracking of other applications' events stays the library's."""

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        log = self._log if purpose == "events" else f"{self._log}_{purpose}"
        recorder = LogAggregateRecorder(self.datastore, log)
        if self.env_create_table():
            recorder.create_table()
        return recorder

    def application_recorder(self) -> ApplicationRecorder:
        recorder = LogApplicationRecorder(self.datastore, self._log)
        if self.env_create_table():
            recorder.create_table()
        return recorder

    def process_recorder(self) -> ProcessRecorder:
        recorder = LogProcessRecorder(self.datastore, self._log, f"{self._log}_tracking")
        if self.env_create_table():
            recorder.create_table()
        return recorder

    @property
    def _log(self) -> str:
        return self.env.name.lower() or "stored"
