"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from typing import Any

from feesvc.intermediary import Unavailable, strict_json
from feesvc.money import Money

DIGITS = re.compile("[1-9][0-9]{0,14}")


class Unreadable(ValueError):
    """Not what was agreed; the message says which field."""

    def unavailable(self) -> Unavailable:
        """The same, as an answer that cannot be relied on."""
        return Unavailable(f"PayGov's answer cannot be read: {self}")


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

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def text(self, name: str, longest: int = 200) -> str:
        """Printable, at least one character. A number is not a text."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        return value

    def code(self, name: str) -> str:
        """A text, or the same in digits as a whole number."""
        value = self._fields.get(name)
        return str(value) if type(value) is int else self.text(name, 50)

    def at(self, path: str) -> str:
        """The text or whole number at a dotted place."""
        return self.above(path).code(path.rpartition(".")[2])

    def above(self, path: str) -> Fields:
        """The object that holds what stands at a dotted place."""
        return self.within(path.rpartition(".")[0])

    def dong(self, path: str) -> Money:
        digits = self.at(path)
        if not DIGITS.fullmatch(digits):
            raise Unreadable(path)
        return Money(int(digits), "VND")

    def flat(self) -> dict[str, Any]:
        """All fields, none of which may be more than a text or a whole number."""
        if any(type(value) not in {str, int} for value in self._fields.values()):
            raise Unreadable("a field that holds others")
        return dict(self._fields)

    def within(self, path: str) -> Fields:
        """The object at a dotted place; an empty one is this object."""
        found = self
        for name in path.split(".") if path else ():
            found = Fields(found._fields.get(name))
        return found
