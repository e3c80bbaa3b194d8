"""The library's way of projecting: its ProjectionRunner, one of our projections in its view."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from eventsourcing import projection as library
from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresTrackingRecorder,
)
from psycopg.sql import SQL, Identifier

from feesvc.benching.library import environment
from feesvc.benching.telling import Teller
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.embedded import Database
from feesvc.projecting import Projection

PATIENCE = 600.0
OPENED = 1
"""Our log has one event before these, so that positions are one more."""


class Stored(Application[UUID]):
    name = "stored"


class LedgerView(PostgresTrackingRecorder):
    """Tables of one of our projections: its rows and the tracking are one transaction."""

    projection: ClassVar[Projection]

    def apply(self, recorded: Recorded, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self.projection.apply([recorded], cursor)
            self._insert_tracking(cursor, tracking)


class OneByOne(library.Projection[LedgerView]):
    """Adds to each event what its stored form does not say."""

    name = "oneByOne"
    topics: tuple[str, ...] = ()
    agencies: ClassVar[Mapping[UUID, str]]

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        event: Aggregate.Event = domain_event
        at: datetime = event.timestamp
        at = at.replace(hour=5, minute=0, second=0)
        recorded = Recorded(
            tracking.notification_id + OPENED, event, self.agencies[event.originator_id], at,
            "bench", event.originator_id, "",
        )  # fmt: skip
        self.view.apply(recorded, tracking)


def prepare(connections: PostgresDatastore, database: Database, projection: Projection) -> None:
    """Make the library's tables, and let its connections find the projection's."""
    PostgresApplicationRecorder(connections).create_table()
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(
            SQL("ALTER DATABASE {} SET search_path = {}, public").format(
                Identifier(database.name), Identifier(projection.name)
            )
        )


def run_library(database: Database, projection: Projection, teller: Teller) -> float:
    """Seconds until the library's runner has come to the end of what is stored."""
    LedgerView.projection = projection
    OneByOne.topics = tuple(event.TOPIC for event in projection.events)
    OneByOne.agencies = {told.stream: told.agency for told in teller.events()}
    last = max(
        number
        for number, told in enumerate(teller.events(), 1)
        if told.topic in OneByOne.topics
    )  # fmt: skip
    begun = time.perf_counter()
    with library.ProjectionRunner(
        application_class=Stored, projection_class=OneByOne, view_class=LedgerView,
        env=environment(database),
    ) as runner:  # fmt: skip
        runner.wait(last, PATIENCE)
        return time.perf_counter() - begun
