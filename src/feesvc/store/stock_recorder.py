"""The library's own recorder, with what a command left in tables beside: for benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor

from feesvc.domain.aggregate import Recorded
from feesvc.store import Answer, Appended, Command
from feesvc.store.arrays import Integers, Texts, Uuids
from feesvc.store.forms import form_named
from feesvc.store.mapper import Row, recorded_of
from feesvc.store.packing import verdict_of
from feesvc.store.statements import statement


class StockRecorder(PostgresApplicationRecorder):
    """Stock inserts; the hook writes the command in the same transaction, before the lock."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, events_table_name="stock_events")

    def create_table(self) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS stock")
            cursor.execute(statement("stock_tables"))
        super().create_table()

    def _insert_events(
        self, curs: Cursor[Any], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> None:
        command: Command = kwargs["command"]
        answer = command.answer
        curs.execute(
            statement("stock_command"),
            {
                "id": command.id,
                "principal": command.principal,
                "fingerprint": command.fingerprint,
                "actor": command.actor,
                "cause": command.cause,
                "status": answer.status if answer else None,
                "location": answer.location if answer else None,
                "answer": answer.body if answer else None,
                "streams": Uuids.of([event.originator_id for _, event in command.events]),
                "versions": Integers.of([event.originator_version for _, event in command.events]),
                "agencies": Texts.of([agency for agency, _ in command.events]),
            },
            prepare=True,
        )

    def find(self, command: UUID) -> Appended | None:
        rows = self._rows("stock_find", id=command)
        return verdict_of(tuple(rows[0].values())) if rows else None

    def keep_answer(self, command: UUID, answer: Answer) -> bool:
        """The first answer stands; says whether the command is on record."""
        rows = self._rows(
            "stock_answer",
            id=command,
            status=answer.status,
            location=answer.location,
            answer=answer.body,
        )
        return bool(rows)

    def history(self, stream: UUID, after: int, limit: int | None) -> list[Recorded]:
        rows = self._rows("stock_history", stream=stream, after=after, limit=limit)
        return recorded_of([_row(row) for row in rows])

    def read(self, after: int, limit: int, topics: Sequence[str]) -> list[Recorded]:
        arguments = {"after": after, "limit": limit, "topics": list(topics) or None}
        return recorded_of([_row(row) for row in self._rows("stock_read", **arguments)])

    def _rows(self, name: str, **arguments: object) -> list[dict[str, Any]]:
        with self.datastore.get_connection() as connection:
            return connection.execute(statement(name), arguments, prepare=True).fetchall()


def _row(row: dict[str, Any]) -> Row:
    form = form_named(row["topic"]).number
    return (
        row["position"],
        row["stream"],
        row["version"],
        row["topic"],
        form,
        bytes(row["state"]),
        row["agency"],
        row["recorded_at"],
        row["actor"],
        row["command"],
        row["cause"],
    )
