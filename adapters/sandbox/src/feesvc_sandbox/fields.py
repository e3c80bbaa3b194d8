"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

from datetime import datetime

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money

MOST = 10**15


class Fields(strict_json.Fields):
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def text(self, name: str, longest: int = 200) -> str:
        value = self.told.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        return value

    def whole(self, name: str) -> int:
        value = self.told.get(name)
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
