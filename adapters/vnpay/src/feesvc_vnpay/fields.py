"""VNPAY's fields read strictly: ASCII digits only, amounts in hundredths, times in GMT+7."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from feesvc.intermediary import Unavailable
from feesvc.money import Money

GMT7 = timezone(timedelta(hours=7))
HUNDREDTHS = 100
"""VNPAY counts in hundredths of a đồng; nobody else here does."""

AMOUNT = "[1-9][0-9]{0,11}"
CODE = "[0-9]{2}"
MERCHANT = "[0-9A-Za-z_]{1,32}"
NUMBER = "[0-9]{1,15}"
ORDER = "[!-~]{1,100}"
STAMP = "[0-9]{14}"
TEXT = "[^\x00-\x1f\x7f]{1,255}"


class Unreadable(ValueError):
    """Not what was agreed; the message says which field, never what stood in it."""

    def unavailable(self) -> Unavailable:
        """The same, as an answer that cannot be relied on."""
        return Unavailable(f"VNPAY's answer cannot be read: {self}")


class NoWholeDong(Unreadable):
    """An amount with a part of a đồng: not one that can have been asked for or paid."""


class Fields:
    """The signed fields of one message, by their names on the wire."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, form: str = TEXT) -> str:
        """The whole value, if it is of this form (a regular expression). Raises ``Unreadable``."""
        value = self._values.get(name, "")
        if re.fullmatch(form, value) is None:
            raise Unreadable(name)
        return value

    def maybe(self, name: str) -> str:
        return self._values.get(name, "")

    def amount(self) -> Money:
        """``vnp_Amount`` in đồng; raises ``NoWholeDong`` where it does not come to whole ones."""
        hundredths = int(self.text("vnp_Amount", AMOUNT))
        if hundredths % HUNDREDTHS:
            raise NoWholeDong("vnp_Amount")
        return Money(hundredths // HUNDREDTHS, "VND")

    def transaction(self) -> str:
        """VNPAY's number of the transaction; 0 stands for none and is ``Unreadable``."""
        number = self.text("vnp_TransactionNo", NUMBER)
        if not number.strip("0"):
            raise Unreadable("vnp_TransactionNo")
        return number

    def moment(self, name: str = "vnp_PayDate") -> datetime:
        """yyyyMMddHHmmss in Việt Nam."""
        stamp = self.text(name, STAMP)
        try:
            return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=GMT7)
        except ValueError as problem:
            raise Unreadable(name) from problem

    def moment_or(self, otherwise: datetime) -> datetime:
        """``vnp_PayDate``, which VNPAY leaves out where nothing was paid."""
        return self.moment() if self.maybe("vnp_PayDate") else otherwise


def stamp(moment: datetime) -> str:
    """yyyyMMddHHmmss in Việt Nam."""
    return moment.astimezone(GMT7).strftime("%Y%m%d%H%M%S")


def in_hundredths(amount: Money) -> str:
    return str(amount.amount * HUNDREDTHS)
