"""Duties: by when an agency has to have done what, as its law, contracts and schemes say.

One stream per agency. Nothing is assumed: where no term was ever set, nothing of that duty is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.calendar import Calendar
from feesvc.domain.dated import Dated

Duty: TypeAlias = Literal["remittance", "advance", "evidence", "reply"]
"""To pass the budget's share on (T02), to deal with an advance (T09), to answer a dispute (S14), to
object to a settlement before its figures stand.
"""
Every: TypeAlias = Literal["day", "month", "quarter"]
BY_LAW: frozenset[Duty] = frozenset({"remittance", "advance"})
"""Terms of the law count calendar days; those of schemes and contracts business days."""
LONGEST = 3_660


class WrongDutyTerm(Refusal):
    """A term is of no to 3660 days, and only a remittance is due by periods"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTerm:
    """``within`` so many days after the end of the period, ``every``, that a day lies in."""

    every: Every
    within: int

    def due_on(self, duty: Duty, day: date, calendar: Calendar) -> date:
        """The last day, Asia/Ho_Chi_Minh, for what came about on ``day``."""
        end = _end(self.every, day)
        if duty in BY_LAW:
            return end + timedelta(days=self.within)
        return calendar.plus(end, self.within)


class Duties(Aggregate):
    TOPIC = "duties"

    class Opened(FirstEvent):
        """Terms of the agency are kept from now on."""

        TOPIC = "duties.opened"
        agency: str

    class TermSet(Aggregate.Event):
        """From a day on this is the term; None: there is none. ``about`` names the intermediary
        whose scheme says so, or is empty for all that have no term of their own.
        """

        TOPIC = "duties.term_set"
        duty: Duty
        about: str
        every: Every
        within: int | None
        effective_on: date

    @event(Opened)
    def __init__(self, agency: str) -> None:
        self.agency = agency
        self._terms: dict[tuple[Duty, str], Dated[DutyTerm | None]] = {}

    @classmethod
    def open(cls, id: UUID, agency: str, at: datetime) -> Self:
        return cls.first(cls.Opened, id, at, agency=agency)

    def term_on(self, duty: Duty, about: str, day: date) -> DutyTerm | None:
        """The term of ``about``, or else the general one; None where nobody said."""
        of_its_own = self._terms.get((duty, about), Dated()).on(day, None)
        return of_its_own or self._terms.get((duty, ""), Dated()).on(day, None)

    def held_on(self, day: date) -> dict[tuple[Duty, str], DutyTerm]:
        """Every term that holds on a day, by its duty and what it is about."""
        held = {key: dated.on(day, None) for key, dated in self._terms.items()}
        return {key: term for key, term in held.items() if term is not None}

    def set_term(
        self, duty: Duty, about: str, every: Every, within: int | None, effective_on: date,
        at: datetime,
    ) -> None:  # fmt: skip
        """Raises ``WrongDutyTerm``. The same again changes nothing."""
        if within is not None and not 0 <= within <= LONGEST:
            raise WrongDutyTerm(f"{within} days")
        if every != "day" and duty != "remittance":
            raise WrongDutyTerm(f"{duty} by the {every}")
        term = None if within is None else DutyTerm(every=every, within=within)
        if self._terms.get((duty, about), Dated()).on(effective_on, None) != term:
            self.record(
                self.TermSet, at, duty=duty, about=about, every=every, within=within,
                effective_on=effective_on,
            )  # fmt: skip

    @event(TermSet)
    def _term_set(
        self, duty: Duty, about: str, every: Every, within: int | None, effective_on: date
    ) -> None:
        term = None if within is None else DutyTerm(every=every, within=within)
        kept: Dated[DutyTerm | None] = self._terms.get((duty, about), Dated())
        self._terms[duty, about] = kept.since(effective_on, term)


def _end(every: Every, day: date) -> date:
    """The last day of the period in which a day lies."""
    if every == "day":
        return day
    months = 1 if every == "month" else 3 - (day.month - 1) % 3
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    return first - timedelta(days=1)
