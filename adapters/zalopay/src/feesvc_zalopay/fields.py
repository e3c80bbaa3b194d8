"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money

MOST = 10**15
START = datetime(1970, 1, 1, tzinfo=UTC)


class Fields(strict_json.Fields):
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def text(self, name: str, pattern: str = ".{1,200}") -> str:
        """Printable text of this form, as it was sent: no trimming and no normalising."""
        value = self.told.get(name)
        if not isinstance(value, str) or not value.isprintable():
            raise Unreadable(name)
        if not re.fullmatch(pattern, value):
            raise Unreadable(name)
        return value

    def raw(self, name: str, longest: int) -> bytes:
        """Text as the bytes that were signed: UTF-8, untouched."""
        value = self.told.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise Unreadable(name)
        try:
            return value.encode()
        except UnicodeEncodeError as problem:
            raise Unreadable(name) from problem

    def whole(self, name: str) -> int:
        """A JSON integer; neither ``true`` nor ``1.0`` nor ``"1"`` is one."""
        value = self.told.get(name)
        if type(value) is not int or abs(value) > MOST:
            raise Unreadable(name)
        return value

    def flag(self, name: str) -> bool:
        value = self.told.get(name)
        if not isinstance(value, bool):
            raise Unreadable(name)
        return value

    def money(self, name: str = "amount") -> Money:
        """Whole đồng, more than nothing."""
        amount = self.whole(name)
        if amount <= 0:
            raise Unreadable(name)
        return Money(amount, "VND")

    def number(self, name: str) -> str:
        """ZaloPay's number of something, a JSON number or text: one form for both."""
        value = self.told.get(name)
        if type(value) is int:
            value = str(value)
        if not isinstance(value, str) or not re.fullmatch("[1-9][0-9]{0,19}", value):
            raise Unreadable(name)
        return value

    def moment(self, name: str) -> datetime:
        """Milliseconds since 1970."""
        count = self.whole(name)
        if not 0 < count < 10**14:
            raise Unreadable(name)
        return START + timedelta(milliseconds=count)


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - START) // timedelta(milliseconds=1)
