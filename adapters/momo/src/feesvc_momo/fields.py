"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from feesvc.intermediary import Unavailable, strict_json
from feesvc.money import Money

MOST = 10**15
START = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """Not what was agreed; the message says which field."""

    def unavailable(self) -> Unavailable:
        """The same, as an answer that cannot be relied on."""
        return Unavailable(f"MoMo's answer cannot be read: {self}")


class Fields:
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def __init__(self, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise Unreadable("not an object")
        self._fields: dict[str, Any] = fields

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Raises ``Unreadable`` for what ``strict_json`` does not read, too."""
        try:
            told = strict_json.read(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from problem
        return cls(told)

    def text(self, name: str, pattern: str = ".{1,200}") -> str:
        """Printable text of this form, as it was sent: no trimming and no normalising."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not value.isprintable():
            raise Unreadable(name)
        if not re.fullmatch(pattern, value):
            raise Unreadable(name)
        return value

    def whole(self, name: str, most: int = MOST) -> int:
        """A JSON integer from 0 to ``most``; neither ``true`` nor ``1.0`` nor ``"1"`` is one."""
        value = self._fields.get(name)
        if type(value) is not int or not 0 <= value <= most:
            raise Unreadable(name)
        return value

    def money(self, name: str = "amount") -> Money:
        """Whole đồng, more than nothing."""
        amount = self.whole(name)
        if not amount:
            raise Unreadable(name)
        return Money(amount, "VND")

    def transaction(self, name: str = "transId") -> str:
        """MoMo's number of a movement of money; 0 where none was made is refused."""
        number = self.whole(name)
        if not number:
            raise Unreadable(name)
        return str(number)

    def moment(self, name: str) -> datetime:
        """Milliseconds since 1970."""
        return START + timedelta(milliseconds=self.whole(name, 10**14))

    def each(self, name: str) -> Iterator[Fields]:
        inner = self._fields.get(name)
        if not isinstance(inner, list):
            raise Unreadable(name)
        return map(Fields, inner)

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None


def microseconds(at: datetime) -> int:
    """Since 1970: tells one request of an adapter from the next."""
    return (at - START) // timedelta(microseconds=1)
