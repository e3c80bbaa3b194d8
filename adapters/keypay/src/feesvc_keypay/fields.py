"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money

DIGITS = re.compile("[1-9][0-9]{0,14}")
NUMBER = re.compile("[0-9A-Za-z._-]{0,100}")


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

    def own_number(self, name: str) -> str:
        """KeyPay's own number of something, perhaps empty."""
        value = self.told.get(name)
        if not isinstance(value, str) or not NUMBER.fullmatch(value):
            raise Unreadable(name)
        return value

    def dong(self, name: str) -> Money:
        digits = self.code(name)
        if not DIGITS.fullmatch(digits):
            raise Unreadable(name)
        return Money(int(digits), "VND")
