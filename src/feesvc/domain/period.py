"""Period: a day, a month or a year of an agency's books, which two people close.

    Opened ─ ClosingBegun ─ CloseProposed ─ Closed ─ ReopeningAsked ─ Reopened ─ ClosingBegun …
                 └──────────────┴─ ClosingWithdrawn      └─ ReopeningRefused

From the position of ``ClosingBegun`` on, what is recorded counts in a later period, whatever day
it happened: so the sheet that people look at is of a fixed past, and cannot change under them.
Withdrawn or reopened, the period takes entries again; what counted later meanwhile stays there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.closing import (
    Explanation,
    NotEnded,
    NotExplained,
    PeriodIsElsewhere,
    PeriodState,
    Rolled,
    Run,
    Sheet,
    days_of,
    kind_of,
)
from feesvc.domain.refund import ChangedSinceAsked, SamePerson

Kind: TypeAlias = Literal["day", "month", "year"]


class Period(Aggregate):
    TOPIC = "period"

    class Opened(FirstEvent):
        """The period is kept from now on. Days are Asia/Ho_Chi_Minh, both included."""

        TOPIC = "period.opened"
        agency: str
        name: str
        """2026, 2026-11 or 2026-11-21."""
        kind: Kind
        first_day: date
        last_day: date

    class ClosingBegun(Aggregate.Event):
        """No more entries: what is recorded after this counts in the next open day."""

        TOPIC = "period.closing_begun"
        name: str
        first_day: date
        last_day: date
        maker: str

    class ClosingWithdrawn(Aggregate.Event):
        """The period takes entries again."""

        TOPIC = "period.closing_withdrawn"
        name: str
        reason: str

    class CloseProposed(Aggregate.Event):
        """Somebody vouches for the sheet of this digest; each red item has an owner and a reason.

        ``as_known_at`` is the position where the closing was begun: the sheet is as known there.
        """

        TOPIC = "period.close_proposed"
        maker: str
        digest: str
        as_known_at: int
        explanations: tuple[Explanation, ...]

    class Closed(Aggregate.Event):
        """Another person agreed to exactly that sheet. What it says is kept for good.

        ``open_items`` is the digest of the list of what was still open; ``balances`` roll every
        account forward; ``runs`` are the results of the matching that the sheet rests on.
        """

        TOPIC = "period.closed"
        name: str
        first_day: date
        last_day: date
        maker: str
        checker: str
        digest: str
        as_known_at: int
        open_items: str
        balances: tuple[Rolled, ...]
        runs: tuple[Run, ...]
        explanations: tuple[Explanation, ...]

    class ResultCarried(Aggregate.Event):
        """At a year's end: what stood on accounts of income and expense is the year's result (P19).

        ``amounts`` are debits - credits; ``occurred_at`` lies on the year's last day.
        """

        TOPIC = "period.result_carried"
        name: str
        amounts: tuple[Rolled, ...]
        occurred_at: datetime

    class ReopeningAsked(Aggregate.Event):
        """Somebody asks that it takes entries again. ``reason`` is a code."""

        TOPIC = "period.reopening_asked"
        maker: str
        reason: str

    class ReopeningRefused(Aggregate.Event):
        """It stays closed."""

        TOPIC = "period.reopening_refused"
        checker: str
        reason: str

    class Reopened(Aggregate.Event):
        """Another person agreed: it takes entries again. That it was closed stays on record."""

        TOPIC = "period.reopened"
        name: str
        maker: str
        checker: str
        reason: str

    @event(Opened)
    def __init__(self, agency: str, name: str, kind: Kind, first_day: date, last_day: date) -> None:
        self.agency, self.name, self.kind = agency, name, kind
        self.first_day, self.last_day = first_day, last_day
        self.state: PeriodState = "open"
        self.maker = self.checker = self.digest = self.reason = ""
        self.as_known_at = 0
        self.explanations: tuple[Explanation, ...] = ()
        self.times_closed = 0
        self.carried: dict[tuple[str, str], int] = {}
        """What was carried as the year's result so far: it may be closed more than once."""

    # Commands decide.

    @classmethod
    def open(cls, id: UUID, agency: str, name: str, at: datetime) -> Self:
        """``id`` is ``Ids.period(agency, name)``. Raises ``NoSuchPeriod``."""
        first_day, last_day = days_of(name)
        return cls.first(
            cls.Opened, id, at, agency=agency, name=name, kind=kind_of(name), first_day=first_day,
            last_day=last_day,
        )  # fmt: skip

    def begin_closing(self, maker: str, today: date, at: datetime) -> None:
        """Raises ``NotEnded`` for a period that still runs: its entries are not over."""
        self._check("open")
        if today <= self.last_day:
            raise NotEnded(f"{self.name} ends on {self.last_day}")
        self.record(
            self.ClosingBegun, at, name=self.name, first_day=self.first_day,
            last_day=self.last_day, maker=maker,
        )  # fmt: skip

    def withdraw(self, reason: str, at: datetime) -> None:
        self._check("closing", "proposed")
        self.record(self.ClosingWithdrawn, at, name=self.name, reason=reason)

    def propose(self, maker: str, sheet: Sheet, digest: str, explanations: tuple[Explanation, ...],
                at: datetime) -> None:  # fmt: skip
        """Vouch for a sheet. Raises ``NotExplained``, ``ChangedSinceAsked``."""
        self._check("closing", "proposed")
        if digest != sheet.digest:
            raise ChangedSinceAsked(f"the sheet is {sheet.digest}")
        told = {one.item for one in explanations}
        if missing := [item.item for item in sheet.items if item.red and item.item not in told]:
            raise NotExplained(", ".join(missing))
        self.record(
            self.CloseProposed, at, maker=maker, digest=digest, as_known_at=sheet.position,
            explanations=explanations,
        )  # fmt: skip

    def close(self, checker: str, sheet: Sheet, digest: str, at: datetime) -> None:
        """Agree to the sheet that was vouched for, worked out once more.

        Raises ``SamePerson``, ``ChangedSinceAsked``.
        """
        self._check("proposed")
        if checker == self.maker:
            raise SamePerson("you vouched for it")
        if not digest == self.digest == sheet.digest:
            raise ChangedSinceAsked(f"vouched for: {self.digest}; now: {sheet.digest}")
        self.record(
            self.Closed, at, name=self.name, first_day=self.first_day, last_day=self.last_day,
            maker=self.maker, checker=checker, digest=digest, as_known_at=sheet.position,
            open_items=sheet.open_items, balances=sheet.balances, runs=sheet.runs,
            explanations=self.explanations,
        )  # fmt: skip

    def carry_result(
        self, results: tuple[Rolled, ...], occurred_at: datetime, at: datetime
    ) -> None:
        """Of a year: carry what is not carried yet. Nothing is recorded where nothing is."""
        rest = [
            one.of(one.closing.amount - self.carried.get((one.account, one.closing.currency), 0))
            for one in results
        ]
        if self.kind == "year" and any(one.closing for one in rest):
            amounts = tuple(one for one in rest if one.closing)
            self.record(
                self.ResultCarried, at, name=self.name, amounts=amounts, occurred_at=occurred_at
            )

    def ask_reopening(self, maker: str, reason: str, at: datetime) -> None:
        self._check("closed")
        self.record(self.ReopeningAsked, at, maker=maker, reason=reason)

    def refuse_reopening(self, checker: str, reason: str, at: datetime) -> None:
        self._check("reopening")
        self.record(self.ReopeningRefused, at, checker=checker, reason=reason)

    def reopen(self, checker: str, at: datetime) -> None:
        """Raises ``SamePerson``."""
        self._check("reopening")
        if checker == self.maker:
            raise SamePerson("you asked for it")
        self.record(
            self.Reopened, at, name=self.name, maker=self.maker, checker=checker,
            reason=self.reason,
        )  # fmt: skip

    def _check(self, *states: PeriodState) -> None:
        if self.state not in states:
            raise PeriodIsElsewhere(f"{self.name} is {self.state}")

    # Mutators record.

    @event(ClosingBegun)
    def _closing_begun(self, maker: str) -> None:
        self.state, self.maker, self.digest = "closing", maker, ""

    @event(ClosingWithdrawn)
    def _closing_withdrawn(self, reason: str) -> None:
        self.state, self.reason = "open", reason

    @event(CloseProposed)
    def _close_proposed(
        self, maker: str, digest: str, as_known_at: int, explanations: tuple[Explanation, ...]
    ) -> None:
        self.state, self.maker, self.digest = "proposed", maker, digest
        self.as_known_at, self.explanations = as_known_at, explanations

    @event(Closed)
    def _closed(self, checker: str) -> None:
        self.state, self.checker = "closed", checker
        self.times_closed += 1

    @event(ResultCarried)
    def _result_carried(self, amounts: tuple[Rolled, ...]) -> None:
        for one in amounts:
            key = (one.account, one.closing.currency)
            self.carried[key] = self.carried.get(key, 0) + one.closing.amount

    @event(ReopeningAsked)
    def _reopening_asked(self, maker: str, reason: str) -> None:
        self.state, self.maker, self.reason = "reopening", maker, reason

    @event(ReopeningRefused)
    def _reopening_refused(self, checker: str) -> None:
        self.state, self.checker = "closed", checker

    @event(Reopened)
    def _reopened(self, checker: str) -> None:
        self.state, self.checker = "open", checker
