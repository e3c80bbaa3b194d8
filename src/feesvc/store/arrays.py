"""Arrays in PostgreSQL's binary format: one parameter carries a column of many commands."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import ClassVar, Self
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_HEADER = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i")
_NULL = _LENGTH.pack(-1)


class _Array(bytes):
    """An array as the server reads it. Subclasses name the element's and the array's type."""

    ELEMENT: ClassVar[int]
    ARRAY: ClassVar[int]

    @classmethod
    def of_bytes(cls, elements: Iterable[bytes | None]) -> Self:
        parts = [b""]
        count = nulls = 0
        for element in elements:
            count += 1
            if element is None:
                nulls = 1
                parts.append(_NULL)
            else:
                parts.append(_LENGTH.pack(len(element)))
                parts.append(element)
        header = _HEADER.pack(1 if count else 0, nulls, cls.ELEMENT, count, 1)
        parts[0] = header if count else header[:12]  # an empty array has no dimension
        return cls(b"".join(parts))


class Uuids(_Array):
    ELEMENT, ARRAY = 2950, 2951

    @classmethod
    def of(cls, elements: Iterable[UUID]) -> Self:
        return cls.of_bytes([element.int.to_bytes(16, "big") for element in elements])


class Texts(_Array):
    ELEMENT, ARRAY = 25, 1009

    @classmethod
    def of(cls, elements: Iterable[str | None]) -> Self:
        return cls.of_bytes([None if text is None else text.encode() for text in elements])


class Byteas(_Array):
    ELEMENT, ARRAY = 17, 1001


class Integers(_Array):
    ELEMENT, ARRAY = 23, 1007
    WIDTH: ClassVar[int] = 4

    @classmethod
    def of(cls, elements: Iterable[int | None]) -> Self:
        """Raises ``OverflowError`` for a number that the column cannot hold."""
        width = cls.WIDTH
        return cls.of_bytes(
            [None if n is None else n.to_bytes(width, "big", signed=True) for n in elements]
        )


class Bigints(Integers):
    ELEMENT, ARRAY = 20, 1016
    WIDTH = 8


class Smallints(Integers):
    ELEMENT, ARRAY = 21, 1005
    WIDTH = 2


def _register(kind: type[_Array]) -> None:
    class ArrayDumper(Dumper):
        format = Format.BINARY
        oid = kind.ARRAY

        def dump(self, obj: _Array) -> Buffer:
            return obj

    psycopg.adapters.register_dumper(kind, ArrayDumper)


for _kind in (Uuids, Texts, Byteas, Integers, Bigints, Smallints):
    _register(_kind)
