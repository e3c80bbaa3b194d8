"""Receipt: the number under which an agency acknowledges what a dossier paid, zero included."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money


class Receipt(Aggregate):
    TOPIC = "receipt"

    class Numbered(FirstEvent):
        """A settled assessment has its receipt number."""

        TOPIC = "receipt.numbered"
        agency: str
        series: str
        form: str
        number: int
        assessment: UUID
        dossier: str
        notice: str
        total: Money

    @event(Numbered)
    def __init__(
        self, agency: str, series: str, form: str, number: int, assessment: UUID, total: Money
    ) -> None:
        self.agency = agency
        self.series = series
        self.form = form
        self.number = number
        self.assessment = assessment
        self.total = total

    @classmethod
    def take_number(
        cls, id: UUID, agency: str, series: str, form: str, number: int, assessment: UUID,
        dossier: str, notice: str, total: Money, at: datetime,
    ) -> Self:  # fmt: skip
        """``id`` is ``Ids.receipt(assessment)``; ``number`` was given by the series."""
        return cls.first(
            cls.Numbered, id, at, agency=agency, series=series, form=form, number=number,
            assessment=assessment, dossier=dossier, notice=notice, total=total,
        )  # fmt: skip
