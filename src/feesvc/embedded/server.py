"""What callers see of a running server: its URLs, and databases made and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from feesvc.embedded.cluster import EmbeddedError

NAME = "feesvc"
OWNER = "feesvc_owner"
SERVICE = "feesvc_service"
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Database:
    """One database, and the two ways in."""

    name: str
    owner_url: str
    """For migrations and swaps."""
    url: str
    """For the service itself, which may append and read, and change nothing."""


class Server:
    """A PostgreSQL server on which databases can be made: embedded, or one a test run names."""

    def __init__(
        self, socket_folder: str = "", *, owner_url: str = "", url: str = "", admin_url: str = ""
    ) -> None:
        """Either the socket folder of an embedded server, or URLs of another one.

        The role of ``admin_url`` must be able to create databases owned by that of ``owner_url``.
        """
        here = quote(socket_folder, safe="")
        self.owner_url = owner_url or f"postgresql://{OWNER}@/{NAME}?host={here}&port=5432"
        self.url = url or f"postgresql://{SERVICE}@/{NAME}?host={here}&port=5432"
        self._admin_url = admin_url or f"postgresql://{SUPERUSER}@/postgres?host={here}&port=5432"

    @property
    def service_role(self) -> str:
        """The role that migrations grant the service's rights to."""
        return urlsplit(self.url).username or SERVICE

    def require_durable(self) -> None:
        """Raise ``EmbeddedError`` unless what is committed survives a power cut."""
        with self._admin() as connection:
            for setting in ("fsync", "full_page_writes"):
                row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
                if row != ("on",):
                    raise EmbeddedError(f"The server of this directory runs without {setting}.")

    def prepare(self) -> None:
        """Make the roles and the database ``feesvc`` where they are missing."""
        roles = files(__package__).joinpath("roles.sql").read_bytes()
        with self._admin() as connection:
            connection.execute(roles)
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
            if found.fetchone() is None:
                self.create(NAME)

    def create(self, name: str, template: str | None = None) -> Database:
        """A new database owned by the owner role, a copy of ``template`` when one is named.

        Copied as files: twice as fast here as through the log, and no log is kept of a copy.
        """
        with self._admin() as connection:
            connection.execute(
                SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    Identifier(name),
                    Identifier(urlsplit(self.owner_url).username or OWNER),
                    Identifier(template or "template0"),
                )
            )
        return Database(name, _renamed(self.owner_url, name), _renamed(self.url, name))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it; none is fine too."""
        with self._admin() as connection:
            connection.execute(
                SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
            )

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._admin_url, autocommit=True)


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
