"""Exchange rate: what one unit of a foreign currency is worth, as dated data of an agency.

One stream per agency and pair of currencies. A rate is proposed with its source, and holds from its
day on once another person agreed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.dated import Dated
from feesvc.domain.refund import SamePerson
from feesvc.money import MINOR_DIGITS, Money

PPM = 1_000_000


class NoRate(Refusal):
    """No exchange rate holds on that day"""


class WrongRate(Refusal):
    """An exchange rate is a positive whole number of millionths, between two currencies"""


class ExchangeRate(Aggregate):
    TOPIC = "exchange_rate"

    class Opened(FirstEvent):
        """The agency keeps rates of this pair."""

        TOPIC = "exchange_rate.opened"
        agency: str
        foreign: str
        home: str

    class Proposed(Aggregate.Event):
        """Units of ``home`` for one unit of ``foreign``, in millionths: 26 000 is 26 000 000 000.

        ``source`` is a code that names whose rate it is.
        """

        TOPIC = "exchange_rate.proposed"
        maker: str
        rate_ppm: int
        source: str
        effective_on: date

    class Approved(Aggregate.Event):
        """Another person agreed: it holds from its day on."""

        TOPIC = "exchange_rate.approved"
        checker: str
        rate_ppm: int
        source: str
        effective_on: date

    @event(Opened)
    def __init__(self, agency: str, foreign: str, home: str) -> None:
        self.agency = agency
        self.foreign = foreign
        self.home = home
        self.proposed: dict[date, tuple[str, int, str]] = {}
        self._rates: Dated[tuple[int, str] | None] = Dated()

    @classmethod
    def open(cls, id: UUID, agency: str, foreign: str, home: str, at: datetime) -> Self:
        if foreign == home:
            raise WrongRate(foreign)
        return cls.first(cls.Opened, id, at, agency=agency, foreign=foreign, home=home)

    def propose(
        self, maker: str, rate_ppm: int, source: str, effective_on: date, at: datetime
    ) -> None:
        if rate_ppm <= 0:
            raise WrongRate(str(rate_ppm))
        self.record(
            self.Proposed, at, maker=maker, rate_ppm=rate_ppm, source=source,
            effective_on=effective_on,
        )  # fmt: skip

    def approve(self, checker: str, rate_ppm: int, effective_on: date, at: datetime) -> None:
        """``rate_ppm`` is what they saw: another proposal meanwhile is refused."""
        maker, proposed, source = self.proposed.get(effective_on, ("", 0, ""))
        if proposed != rate_ppm or not proposed:
            raise NoRate(f"{rate_ppm} is not proposed from {effective_on}")
        if checker == maker:
            raise SamePerson("a rate is approved by another person than proposed it")
        self.record(
            self.Approved, at, checker=checker, rate_ppm=rate_ppm, source=source,
            effective_on=effective_on,
        )  # fmt: skip

    def on(self, day: date) -> tuple[int, str]:
        """The rate in millionths, and its source. Raises ``NoRate``."""
        found = self._rates.on(day, None)
        if found is None:
            raise NoRate(f"{self.foreign} in {self.home} on {day}")
        return found

    @event(Proposed)
    def _proposed(self, maker: str, rate_ppm: int, source: str, effective_on: date) -> None:
        self.proposed[effective_on] = (maker, rate_ppm, source)

    @event(Approved)
    def _approved(self, rate_ppm: int, source: str, effective_on: date) -> None:
        self.proposed.pop(effective_on, None)
        self._rates = self._rates.since(effective_on, (rate_ppm, source))


def converted(amount: Money, rate_ppm: int, home: str) -> Money:
    """``amount`` at this rate, to the nearest minor unit of ``home``, halves up."""
    units = amount.amount * rate_ppm * 10 ** MINOR_DIGITS.get(home, 2)
    divisor = PPM * 10 ** MINOR_DIGITS.get(amount.currency, 2)
    return Money((2 * units + divisor) // (2 * divisor), home)
