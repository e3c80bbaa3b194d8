"""Conversion: a fee fixed in one currency is payable in another, at a rate that is on record.

The notice in the foreign currency is superseded (P24c) and one in the home currency raised (P24d)
in the same append; this says at which rate, whose, and of which day.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money

CONVERTED = "payable_in_home_currency"
"""The reason for which the notice in the foreign currency is superseded."""


class Conversion(Aggregate):
    TOPIC = "conversion"

    class Made(FirstEvent):
        """What was open of ``source`` is owed as ``target`` from now on."""

        TOPIC = "conversion.made"
        agency: str
        source: UUID
        target: UUID
        from_amount: Money
        to_amount: Money
        rate_ppm: int
        rate_source: str
        rate_on: date

    @event(Made)
    def __init__(
        self, agency: str, source: UUID, target: UUID, from_amount: Money, to_amount: Money,
        rate_ppm: int, rate_source: str, rate_on: date,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.source = source
        self.target = target
        self.from_amount = from_amount
        self.to_amount = to_amount
        self.rate_ppm = rate_ppm
        self.rate_source = rate_source
        self.rate_on = rate_on
