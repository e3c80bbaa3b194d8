"""The library's side: its JSON mapper with our value types registered, and its own tables."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_type_hints
from uuid import UUID

from eventsourcing.persistence import (
    Cipher,
    Compressor,
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Mapper,
    Transcoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

import feesvc.domain
from feesvc.embedded import Database
from feesvc.money import Money


class DateAsISO(Transcoding):
    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        return obj.isoformat()

    def decode(self, data: str) -> date:
        return date.fromisoformat(data)


class ValueAsDict(Transcoding):
    """One of our frozen value types, as its fields."""

    def __init__(self, kind: type[Any]) -> None:
        self.type = kind
        self.name = kind.__name__.lower()
        self._fields = [field.name for field in dataclasses.fields(kind)]
        # JSON has no tuples: what is one in our type is made one again.
        hints = get_type_hints(kind)
        self._tuples = [name for name in self._fields if str(hints[name]).startswith("tuple")]

    def encode(self, obj: Any) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in self._fields}

    def decode(self, data: dict[str, Any]) -> Any:
        for name in self._tuples:
            data[name] = tuple(data[name])
        return self.type(**data)


class JsonMapper(Mapper[UUID]):
    """The library's mapper over its JSON transcoder, which is told of our value types."""

    def __init__(
        self,
        transcoder: Transcoder | None = None,
        compressor: Compressor | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        known = transcoder or JSONTranscoder()
        assert isinstance(known, JSONTranscoder)
        for transcoding in _transcodings():
            known.register(transcoding)
        super().__init__(known, compressor, cipher)


@cache
def _transcodings() -> tuple[Transcoding, ...]:
    """Built-in ones, and one for each value type of the domain."""
    kinds: set[type[Any]] = {Money}
    for module in iter_modules(feesvc.domain.__path__):
        for _, kind in inspect.getmembers(import_module(f"feesvc.domain.{module.name}")):
            if inspect.isclass(kind) and dataclasses.is_dataclass(kind) and _is_value(kind):
                kinds.add(kind)
    values = [ValueAsDict(kind) for kind in sorted(kinds, key=lambda kind: kind.__name__)]
    return (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO(), DateAsISO(), *values)


def _is_value(kind: type[Any]) -> bool:
    return kind.__module__.startswith("feesvc.domain.") and "Event" not in {
        base.__name__ for base in kind.__mro__
    }


def environment(database: Database) -> dict[str, str]:
    """How the library is told where its database is."""
    where = conninfo_to_dict(database.owner_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "MAPPER_TOPIC": f"{__name__}:JsonMapper",
        "POSTGRES_DBNAME": str(where["dbname"]),
        "POSTGRES_HOST": str(where["host"]),
        "POSTGRES_PORT": str(where.get("port", 5432)),
        "POSTGRES_USER": str(where["user"]),
        "POSTGRES_PASSWORD": str(where.get("password", "")),
    }


@contextmanager
def datastore(database: Database, pool: int = 2) -> Iterator[PostgresDatastore]:
    """The library's connections to a database, as its owner."""
    told = environment(database)
    found = PostgresDatastore(
        told["POSTGRES_DBNAME"], told["POSTGRES_HOST"], told["POSTGRES_PORT"],
        told["POSTGRES_USER"], told["POSTGRES_PASSWORD"], pool_size=pool,
    )  # fmt: skip
    try:
        yield found
    finally:
        found.close()
