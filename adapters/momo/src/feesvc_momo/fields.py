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

    def whole(self, name: str, most: int = MOST) -> int:
        """A JSON integer from 0 to ``most``; neither ``true`` nor ``1.0`` nor ``"1"`` is one."""
        value = self.told.get(name)
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


def microseconds(at: datetime) -> int:
    """Since 1970: tells one request of an adapter from the next."""
    return (at - START) // timedelta(microseconds=1)
