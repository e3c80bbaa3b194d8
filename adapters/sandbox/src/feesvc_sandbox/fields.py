"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feesvc.intermediary import Unavailable, strict_json
from feesvc.money import Money

MOST = 10**15


class Unreadable(ValueError):
    """Not what was agreed; the message says which field."""

    def unavailable(self) -> Unavailable:
        """The same, as an answer that cannot be relied on."""
        return Unavailable(f"the sandbox's answer cannot be read: {self}")


class Fields:
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def __init__(self, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise Unreadable("not an object")
        self._fields: dict[str, Any] = fields

    @classmethod
    def of(cls, body: bytes) -> Fields:
        """Raises ``Unreadable`` for what ``strict_json`` does not read, too."""
        try:
            told = strict_json.read(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from problem
        return cls(told)

    def text(self, name: str, longest: int = 200) -> str:
        value = self._fields.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        return value

    def whole(self, name: str) -> int:
        value = self._fields.get(name)
        if type(value) is not int or abs(value) > MOST:
            raise Unreadable(name)
        return value

    def money(self, name: str = "amount") -> Money:
        """Beside its ``currency``; minor units, more than nothing."""
        amount = self.whole(name)
        if amount <= 0:
            raise Unreadable(name)
        return self.signed_money(name)

    def signed_money(self, name: str) -> Money:
        try:
            return Money(self.whole(name), self.text("currency", 3))
        except (TypeError, ValueError) as problem:
            raise Unreadable(name) from problem

    def moment(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError as problem:
            raise Unreadable(name) from problem
        if moment.tzinfo is None:
            raise Unreadable(name)
        return moment

    def fields(self, name: str) -> Fields:
        return Fields(self._fields.get(name))

    def each(self, name: str) -> Iterator[Fields]:
        inner = self._fields.get(name)
        if not isinstance(inner, list):
            raise Unreadable(name)
        return map(Fields, inner)

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None
