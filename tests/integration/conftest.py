"""A running service and a town in it, for the tests of what is said over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from feesvc.assembly import prepare_database
from feesvc.embedded import Database, Server
from feesvc.testing.service import RunningService, running_service
from feesvc.testing.town import Town, found_town


@pytest.fixture(scope="session")
def furnished(database_server: Server, migrated: str) -> Iterator[str]:
    """The name of a database with the tables of every projection, a template for others."""
    template = database_server.create(f"feesvc_test_{uuid4().hex[:12]}", template=migrated)
    prepare_database(template.owner_url, database_server.service_role)
    yield template.name
    database_server.drop(template.name)


@pytest.fixture
def database(
    request: pytest.FixtureRequest, database_server: Server, migrated: str
) -> Iterator[Database]:
    """A fresh, migrated database; where a service is to run on it, with the projections' tables."""
    serves = "service" in request.fixturenames
    template = request.getfixturevalue("furnished") if serves else migrated
    fresh = database_server.create(f"feesvc_test_{uuid4().hex[:12]}", template=template)
    yield fresh
    database_server.drop(fresh.name)


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    """A service of its own on a database of its own; its worker runs within ``working``."""
    with running_service(database) as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> Town:
    return found_town(service, "sandbox")
