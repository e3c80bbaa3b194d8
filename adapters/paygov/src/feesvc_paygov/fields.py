"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from typing import Any

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money

DIGITS = re.compile("[1-9][0-9]{0,14}")


class Fields(strict_json.Fields):
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def text(self, name: str, longest: int = 200) -> str:
        """Printable, at least one character. A number is not a text."""
        value = self.told.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        return value

    def code(self, name: str) -> str:
        """A text, or the same in digits as a whole number."""
        value = self.told.get(name)
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
        if any(type(value) not in {str, int} for value in self.told.values()):
            raise Unreadable("a field that holds others")
        return dict(self.told)
