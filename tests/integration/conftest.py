"""A running service and a town in it, for the tests of what is said over HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from feesvc.assembly import prepare_database
from feesvc.embedded import Database, Server
from feesvc.testing.file_desk import FileDesk
from feesvc.testing.ground import KEY, Ground
from feesvc.testing.said_and_captured import at_head
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


@pytest.fixture(scope="session")
def lasting_service(database_server: Server, furnished: str) -> Iterator[RunningService]:
    """One service for all tests of this process that are content with an agency of their own."""
    lasting = database_server.create(f"feesvc_test_{uuid4().hex[:12]}", template=furnished)
    with running_service(lasting) as running:
        yield running
    database_server.drop(lasting.name)


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[RunningService]:
    """A service of its own on a database of its own, but for tests marked ``lasting``; its worker
    runs within ``working``.
    """
    if _shares(request):
        yield request.getfixturevalue("lasting_service")
        return
    with running_service(request.getfixturevalue("database")) as running:
        yield running


@pytest.fixture
def desk(town: Town) -> FileDesk:
    """The files of the town's agency, as its finance staff send them."""
    return FileDesk(town, books="agency_ledger/trial-balance", cases="case_list/cases")


@pytest.fixture
def ground(database: Database, tmp_path: Path) -> Iterator[Ground]:
    """Matching over rows that a test puts down itself, without a service."""
    prepare_database(database.owner_url, "feesvc_service")
    (tmp_path / "key").write_text(KEY)
    made = Ground(database, f"file:{tmp_path / 'key'}")
    at_head(made.db)
    yield made
    made.db.close()


@pytest.fixture
def town(request: pytest.FixtureRequest, service: RunningService) -> Town:
    """G14; among others of a lasting service, under a code that no other has."""
    if not _shares(request):
        return found_town(service, "sandbox")
    number = next(_COUNT)
    return found_town(service, "sandbox", f"K{number}", f"PORTAL-{number}")


_COUNT = itertools.count(100)


def _shares(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("lasting") is not None
