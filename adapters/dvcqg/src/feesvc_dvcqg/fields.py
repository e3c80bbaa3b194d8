"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money

GMT7 = timezone(timedelta(hours=7))
"""The platform's clock. ``ThoiGianGD`` has 14 digits, hours from 00 to 23."""
MOMENT = "%Y%m%d%H%M%S"
DIGITS = re.compile("[1-9][0-9]{0,14}")
CURRENCY = re.compile("[A-Z]{3}")


class Fields(strict_json.Fields):
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def text(self, name: str, longest: int = 255) -> str:
        """Printable, at least one character."""
        value = self.line(name, longest)
        if not value:
            raise Unreadable(name)
        return value

    def line(self, name: str, longest: int = 255) -> str:
        """Printable, perhaps empty. A number is not a text."""
        value = self.told.get(name)
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise Unreadable(name)
        return value

    def code(self, name: str) -> str:
        """A text, or the same in digits as a whole number."""
        value = self.told.get(name)
        return str(value) if type(value) is int else self.text(name, 20)

    def money(self, loose: bool = False) -> Money:
        """``SoTien`` of ``MaTienTe``, more than nothing; ``loose`` takes a whole number too.

        The platform's amounts have no decimals: they are đồng, and minor units of anything else.
        """
        digits = self.code("SoTien") if loose else self.text("SoTien", 15)
        currency = self.text("MaTienTe", 3)
        if not DIGITS.fullmatch(digits) or not CURRENCY.fullmatch(currency):
            raise Unreadable("SoTien or MaTienTe")
        try:
            return Money(int(digits), currency)
        except ValueError as problem:
            raise Unreadable("MaTienTe") from problem

    def moment(self, name: str = "ThoiGianGD") -> datetime:
        written = self.text(name, 14)
        try:
            moment = datetime.strptime(written, MOMENT).replace(tzinfo=GMT7)
        except ValueError as problem:
            raise Unreadable(name) from problem
        if moment_text(moment) != written:
            raise Unreadable(name)
        return moment


def moment_text(moment: datetime) -> str:
    """As the platform writes a moment: yyyyMMddHHmmss, GMT+7, 24 hours."""
    return moment.astimezone(GMT7).strftime(MOMENT)
