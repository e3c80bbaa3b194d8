"""Pytest fixtures that give each test a migrated PostgreSQL database of its own.

One embedded server per test process serves all of its tests; each database is a copy of one that
was migrated once. FEESVC_TEST_OWNER_URL and FEESVC_TEST_URL name another server instead: the
first one's role must be allowed to create databases, the second one is the service's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from feesvc.embedded import Database, Server, discard, running

__all__ = ["bare_database", "database", "database_server", "discard", "in_memory", "migrated"]

MEMORY = Path("/dev/shm")  # noqa: S108 a folder in it has a name that nobody guesses
ROOM = 4 << 30
"""Bytes that must be free there: a container is often given 64 MB."""
PREFIX = "feesvc-test-"
STARTING = 60.0
"""Seconds in which whoever made a folder there has come to hold it."""


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """The server of this test process; its data is gone afterwards."""
    owner_url = os.environ.get("FEESVC_TEST_OWNER_URL")
    if owner_url:
        url = os.environ["FEESVC_TEST_URL"]
        yield Server(owner_url=owner_url, url=url, admin_url=owner_url)
        return
    with in_memory() as folder, running(folder / "postgres", durable=False) as server:
        yield server


@contextmanager
def in_memory() -> Iterator[Path]:
    """An empty folder, gone afterwards with the server in its ``postgres``, if there is one.

    It is in memory where there is room: copying a database costs a third there of what it costs
    on a disk, and each of a thousand tests has a copy.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    if roomy:
        _tidy_up()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY if roomy else None))
    try:
        with _held(folder):
            yield folder
    finally:
        discard(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """For as long as we live nobody takes it for rubbish; raises ``BlockingIOError``."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def _tidy_up() -> None:
    """Remove what a killed test process left: on a disk it would be in nobody's way."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError), _held(left):
            if time.time() - left.stat().st_mtime < STARTING:
                continue
            discard(left / "postgres")
            shutil.rmtree(left, ignore_errors=True)


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
