"""Migrations of the core's tables: numbered SQL files, each applied once, in order, for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

import psycopg
from psycopg import Connection, errors

from feesvc.migrations.opening import open_default_log

__all__ = ["MigrationRefused", "apply", "pending"]

_LOCK = 7_305_414_093
"""Key of the advisory lock: only one process at a time migrates a database."""


class MigrationRefused(Exception):
    """The database is not what these files made of it, or the service's role is missing."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: bytes
    sha256: str


def apply(owner_url: str, service_role: str) -> list[str]:
    """Bring a database up to date as its owner; returns the names of the files applied now.

    Each file is a transaction of its own. Doing it again does nothing. ``service_role`` gets the
    service's rights from the files named ``rights*.sql``, which run each time. Raises
    ``MigrationRefused``.
    """
    names = []
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        db.execute(_text("migration.sql"))
        _require_role(db, service_role)
        for migration in _missing(db):
            with db.transaction():
                db.execute(migration.sql)
                db.execute(
                    "INSERT INTO feesvc.migration (number, name, sha256) VALUES (%s, %s, %s)",
                    [migration.number, migration.name, migration.sha256],
                )
            names.append(migration.name)
        with db.transaction():
            db.execute("SELECT set_config('feesvc.service_role', %s, true)", [service_role])
            for name in sorted(_names("rights")):
                db.execute(_text(name))
        open_default_log(db, datetime.now(UTC))
    return names


def pending(url: str) -> list[str]:
    """The names of files not yet applied, for a readiness check; raises ``MigrationRefused``."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as db:
        try:
            return [migration.name for migration in _missing(db)]
        except (errors.UndefinedTable, errors.InvalidSchemaName, errors.InsufficientPrivilege):
            return [migration.name for migration in _migrations()]


def _missing(db: Connection) -> Iterator[Migration]:
    rows = db.execute("SELECT number, sha256 FROM feesvc.migration").fetchall()
    applied: dict[int, str] = dict(rows)
    for migration in _migrations():
        sha256 = applied.get(migration.number)
        if sha256 is None:
            yield migration
        elif sha256 != migration.sha256:
            raise MigrationRefused(
                f"{migration.name} was applied with other text than it has now: "
                "an applied migration is never edited, add another"
            )


def _migrations() -> list[Migration]:
    found = []
    for name in _names(""):
        if name[:4].isdigit():
            sql = _text(name)
            found.append(Migration(int(name[:4]), name, sql, hashlib.sha256(sql).hexdigest()))
    return sorted(found, key=lambda migration: migration.number)


def _require_role(db: Connection, role: str) -> None:
    if db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        raise MigrationRefused(f"there is no role {role!r} for the service: create it first")


def _names(prefix: str) -> list[str]:
    names = [entry.name for entry in files(__package__).iterdir()]
    return [name for name in names if name.startswith(prefix) and name.endswith(".sql")]


def _text(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
