"""The contract of projections: what every one keeps, whatever it answers. Inherit it.

class TestTheirs(ProjectionContract):
    projection = TheirProjection()
    def events(self) -> Sequence[Recorded]: ...
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from feesvc.domain.aggregate import Recorded
from feesvc.embedded import Database
from feesvc.projecting import Db, Projection
from feesvc.projecting.digesting import digest
from feesvc.projecting.installing import install
from feesvc.projecting.rebuilding import rebuild
from feesvc.projecting.runner import Runner, connect
from feesvc.testing.recorded import ListedLog

SERVICE = "feesvc_service"
QUALIFIED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|COPY|ON)\s+(\w+)\.\w", re.IGNORECASE)


class ProjectionContract:
    """Needs the fixture ``database`` of ``feesvc.testing.database``."""

    projection: ClassVar[Projection]

    def events(self) -> Sequence[Recorded]:
        """A story of its events in log order, with times and agencies that differ."""
        raise NotImplementedError

    def test_it_is_named_as_a_schema_and_a_segment_of_urls(self) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,50}", self.projection.name)
        assert self.projection.version >= 1
        assert self.projection.events

    def test_its_tables_are_never_qualified(self) -> None:
        assert not QUALIFIED.search(self.projection.schema)

    @pytest.mark.parametrize("batch", [1, 3, 1000])
    def test_batches_of_any_size_write_the_same_rows(self, database: Database, batch: int) -> None:
        self._project(database, batch)
        first = self._digest(database)
        self._empty(database)
        self._project(database, 7)
        assert self._digest(database) == first

    def test_a_rebuild_equals_the_live_tables(self, database: Database) -> None:
        self._project(database, 2)
        live = self._digest(database)
        rebuild(database.owner_url, SERVICE, self.projection, ListedLog(self.events()))
        assert self._digest(database) == live

    def test_doing_nothing_again_changes_nothing(self, database: Database) -> None:
        self._project(database, 1000)
        live = self._digest(database)
        self._project(database, 1000)
        assert self._digest(database) == live

    def test_its_routes_can_be_mounted_and_are_synchronous(self) -> None:
        def nowhere() -> AbstractContextManager[Db]:
            raise NotImplementedError

        app = FastAPI()
        prefix = f"/v1/agencies/{{agency}}/{self.projection.name}"
        router = self.projection.routes(nowhere)
        app.include_router(router, prefix=prefix)
        routes = [route for route in router.routes if isinstance(route, APIRoute)]
        assert routes, "a projection that nobody can ask anything"
        for route in routes:
            assert route.methods == {"GET"}
            assert "async" not in type(route.endpoint).__name__
            assert not route.endpoint.__code__.co_flags & 0x80, "routes are plain functions"
        assert app.openapi()["paths"]

    def _project(self, database: Database, batch: int) -> None:
        install(database.owner_url, SERVICE, [self.projection])
        with Runner(database.url, self.projection, ListedLog(self.events()), batch) as runner:
            runner.catch_up()

    def _digest(self, database: Database) -> str:
        with connect(database.url, self.projection.name) as connection:
            return digest(connection.cursor(), self.projection.name)

    def _empty(self, database: Database) -> None:
        with connect(database.owner_url, self.projection.name) as connection:
            connection.execute(f"DROP SCHEMA {self.projection.name} CASCADE".encode())
            connection.execute("DELETE FROM feesvc.projection")
