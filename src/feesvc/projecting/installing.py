"""Makes the tables of projections, each in a schema of its own, and lets the service write them."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from feesvc.projecting import Projection
from feesvc.projecting.runner import connect
from feesvc.projecting.statements import statement


class RebuildNeeded(Exception):
    """The database holds another version of a projection's tables than the software brings."""

    def __init__(self, projection: str, installed: int, wanted: int) -> None:
        super().__init__(
            f"projection {projection} is installed in version {installed}, this software brings "
            f"version {wanted}: run `feesvc rebuild {projection}`"
        )
        self.projection = projection


def install(owner_url: str, service_role: str, projections: Iterable[Projection]) -> list[str]:
    """Make what is missing; returns the names of what was made now. Doing it again does nothing.

    A new projection starts before the log's first event. Raises ``RebuildNeeded`` once all that
    could be installed is.
    """
    made: list[str] = []
    outdated: RebuildNeeded | None = None
    for projection in projections:
        with connect(owner_url, projection.name) as connection, connection.transaction():
            connection.execute(statement("install_lock"))
            installed = _installed(connection, projection)
            if installed is None:
                create(connection, projection.name, projection)
                connection.execute(
                    "INSERT INTO feesvc.projection (name, version) VALUES (%s, %s)",
                    [projection.name, projection.version],
                )
                made.append(projection.name)
            elif installed != projection.version:
                outdated = RebuildNeeded(projection.name, installed, projection.version)
                continue
            grant(connection, projection.name, service_role)
    if outdated:
        raise outdated
    return made


def create(connection: Connection[DictRow], schema: str, projection: Projection) -> None:
    """A schema with the projection's empty tables in it, first on this connection's search path."""
    connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    connection.execute(statement("search"), [schema])
    connection.execute(projection.schema.encode())


def grant(connection: Connection[DictRow], schema: str, service_role: str) -> None:
    """The service reads and writes rows there, and changes no table."""
    names = {"schema": Identifier(schema), "role": Identifier(service_role)}
    for right in (
        SQL("GRANT USAGE ON SCHEMA {schema} TO {role}"),
        SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"),
        SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"),
        SQL("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA {schema} TO {role}"),
    ):
        connection.execute(right.format(**names))


def _installed(connection: Connection[DictRow], projection: Projection) -> int | None:
    row = connection.execute(
        "SELECT version FROM feesvc.projection WHERE name = %s", [projection.name]
    ).fetchone()
    return row["version"] if row else None
