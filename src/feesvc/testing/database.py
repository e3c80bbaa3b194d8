"""Pytest fixtures that give each test a migrated PostgreSQL database of its own.

One embedded server per test process serves all of its tests; each database is a copy of one that
was migrated once. FEESVC_TEST_OWNER_URL and FEESVC_TEST_URL name another server instead: the
first one's role must be allowed to create databases, the second one is the service's.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from feesvc.embedded import Database, Server, discard, running

__all__ = ["bare_database", "database", "database_server", "discard", "migrated"]


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """The server of this test process; its data is gone afterwards."""
    owner_url = os.environ.get("FEESVC_TEST_OWNER_URL")
    if owner_url:
        url = os.environ["FEESVC_TEST_URL"]
        yield Server(owner_url=owner_url, url=url, admin_url=owner_url)
        return
    folder = Path(tempfile.mkdtemp(prefix="feesvc-test-"))
    try:
        with running(folder, durable=False) as server:
            yield server
    finally:
        discard(folder)


@pytest.fixture(scope="session")
def migrated(database_server: Server) -> Iterator[str]:
    """The name of a database that is migrated, unused, and a template for others."""
    from feesvc import migrations  # only where a database is wanted at all

    template = database_server.create(_name())
    migrations.apply(template.owner_url, database_server.service_role)
    yield template.name
    database_server.drop(template.name)


@pytest.fixture
def database(database_server: Server, migrated: str) -> Iterator[Database]:
    """A fresh, migrated database: ``owner_url`` and ``url``."""
    fresh = database_server.create(_name(), template=migrated)
    yield fresh
    database_server.drop(fresh.name)


@pytest.fixture
def bare_database(database_server: Server) -> Iterator[Database]:
    """A fresh database with nothing in it, for what makes its own tables."""
    fresh = database_server.create(_name())
    yield fresh
    database_server.drop(fresh.name)


def _name() -> str:
    return f"feesvc_test_{uuid4().hex[:12]}"
