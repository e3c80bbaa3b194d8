"""Attempts: the payments that were asked for on one assessment, so that the next finds the last.

A stream of its own beside the assessment's: two requests to pay the same assessment meet here, and
the second sees the first. Nobody else writes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent

REMEMBERED = 20
"""Attempts that may still be open; those before have long expired."""


class Attempts(Aggregate):
    TOPIC = "attempts"

    class Begun(FirstEvent):
        """The first payment of this assessment was asked for."""

        TOPIC = "attempts.begun"
        agency: str
        assessment: UUID
        payment: UUID

    class Continued(Aggregate.Event):
        """Another payment of this assessment was asked for."""

        TOPIC = "attempts.continued"
        assessment: UUID
        payment: UUID

    @event(Begun)
    def __init__(self, agency: str, assessment: UUID, payment: UUID) -> None:
        self.agency = agency
        self.assessment = assessment
        self.payments = [payment]

    @classmethod
    def begin(cls, id: UUID, agency: str, assessment: UUID, payment: UUID, at: datetime) -> Self:
        """``id`` is ``Ids.of("attempts", assessment)``."""
        return cls.first(cls.Begun, id, at, agency=agency, assessment=assessment, payment=payment)

    def add(self, payment: UUID, at: datetime) -> None:
        if payment not in self.payments:
            self.record(self.Continued, at, assessment=self.assessment, payment=payment)

    @event(Continued)
    def _continued(self, payment: UUID) -> None:
        self.payments = [*self.payments, payment][-REMEMBERED:]
