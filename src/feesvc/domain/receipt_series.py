"""Receipt series: the numbers of an agency's receipts, given one after the other without a gap.

One process follows the log and gives them, so that no request's command writes this shared stream.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.ids import code as as_code


class WrongSeries(Refusal):
    """A receipt series needs a series and a form, each at most 35 characters, and a first number"""


class ReceiptSeries(Aggregate):
    TOPIC = "receipt_series"
    LONG = True

    class Opened(FirstEvent):
        """An agency numbers receipts of this form and series, from ``first`` on."""

        TOPIC = "receipt_series.opened"
        agency: str
        series: str
        """E.g. BI-23T."""
        form: str
        """E.g. 01BLP0-001, a receipt for fees and charges."""
        first: int

    class NumberGiven(Aggregate.Event):
        """The next number is this assessment's."""

        TOPIC = "receipt_series.number_given"
        number: int
        assessment: UUID
        receipt: UUID

    @event(Opened)
    def __init__(self, agency: str, series: str, form: str, first: int) -> None:
        self.agency = agency
        self.series = series
        self.form = form
        self.next_number = first

    # Commands decide.

    @classmethod
    def open(cls, id: UUID, agency: str, series: str, form: str, first: int, at: datetime) -> Self:
        """``id`` is ``Ids.receipt_series(agency, series)``. Raises ``WrongSeries``."""
        series, form = as_code(series), as_code(form)
        if not (0 < len(series) <= 35 and 0 < len(form) <= 35 and first >= 1):
            raise WrongSeries(f"{series[:40]!r} {form[:40]!r} from {first}")
        return cls.first(
            cls.Opened, id, at, agency=agency_code(agency), series=series, form=form, first=first
        )

    def give_number(self, assessment: UUID, receipt: UUID, at: datetime) -> int:
        """Give the next number; ``receipt``'s own stream is begun with it in the same append.

        That stream is what keeps an assessment from being numbered twice: its id follows from the
        assessment's, and this one, which grows without end, remembers only where it stands.
        """
        number = self.next_number
        self.record(self.NumberGiven, at, number=number, assessment=assessment, receipt=receipt)
        return number

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(NumberGiven)
    def _number_given(self, number: int) -> None:
        self.next_number = number + 1
