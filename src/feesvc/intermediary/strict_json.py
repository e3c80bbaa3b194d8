"""JSON of intermediaries read strictly: one meaning per message, or none.

Forgers and proxies bring what lenient readers take each in their own way: a name that stands twice,
``NaN``, a byte order mark, another encoding, half a character (``"\\ud800"``) that cannot be signed
or sent on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn, Self

from feesvc.intermediary import Unavailable


class Unreadable(ValueError):
    """Not what was agreed; the message says which field."""

    def unavailable(self) -> Unavailable:
        """The same, as an answer that cannot be relied on."""
        return Unavailable(f"an answer that cannot be read: {self}")


class Fields:
    """The fields of one JSON object; an adapter adds the types that its provider writes.

    Every reader raises ``Unreadable``.
    """

    def __init__(self, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise Unreadable("not an object")
        self.told: dict[str, Any] = fields

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Raises ``Unreadable`` for what ``read`` does not read, too."""
        try:
            told = read(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from problem
        return cls(told)

    def has(self, name: str) -> bool:
        return self.told.get(name) is not None

    def fields(self, name: str) -> Self:
        return type(self)(self.told.get(name))

    def each(self, name: str) -> Iterator[Self]:
        inner = self.told.get(name)
        if not isinstance(inner, list):
            raise Unreadable(name)
        return map(type(self), inner)

    def within(self, path: str) -> Self:
        """The object at a dotted place; an empty one is this object."""
        found = self
        for name in path.split(".") if path else ():
            found = found.fields(name)
        return found


def read(body: bytes) -> Any:
    """What stands in ``body``. Raises ``ValueError``; its message quotes nothing of it."""
    try:
        told = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        if b"\\ud" in body.lower():  # spelled out: UTF-8 itself has no half characters
            json.dumps(told, ensure_ascii=False).encode()
    except _Strange:
        raise
    except (ValueError, RecursionError) as problem:
        raise ValueError("not JSON") from problem
    return told


class _Strange(ValueError):
    """JSON to a lenient reader."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Strange("a name stands twice")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise _Strange(f"{constant} is no number")
