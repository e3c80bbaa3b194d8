"""Case: something that does not add up, and the work that explains it.

    Opened ─ Assigned ─ Resumed ⇄ Inquired          (the other side is to answer)
       │        └──────────┴─ ResolutionProposed ─ ResolutionApproved ─ Closed ─ Reopened
       └─ Cleared (by a rule, or by evidence)  └ Resumed

Above the agency's approval limit whoever proposes a resolution is not who approves it. What people
write stands sealed in ``people``; an event holds its hash. The actor of an event did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain import case_events as events
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.case_events import Resumption
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import (
    WORKING,
    CaseClosed,
    CaseNotThere,
    CaseState,
    CaseSubject,
    Finding,
    MoneyStillOpen,
    Resolution,
    ResolutionChanged,
    SecondPersonNeeded,
    digest_of,
)
from feesvc.money import Money


class Case(Aggregate):
    TOPIC = "case"

    Opened = events.Opened
    Assigned = events.Assigned
    Resumed = events.Resumed
    Inquired = events.Inquired
    Noted = events.Noted
    Reassessed = events.Reassessed
    ResolutionProposed = events.ResolutionProposed
    ResolutionApproved = events.ResolutionApproved
    Cleared = events.Cleared
    Closed = events.Closed
    Reopened = events.Reopened

    @event(Opened)
    def __init__(
        self, agency: str, code: str, subject: CaseSubject, discriminator: str, at_risk: Money,
        facts: Mapping[str, str], evidence: str, opened_by: str, due_on: date,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.code, self.subject, self.at_risk = code, subject, at_risk
        self.discriminator = discriminator
        self.facts, self.evidence = dict(facts), evidence
        self.opened_by, self.due_on = opened_by, due_on
        self.state: CaseState = "open"
        self.assignee: UUID | None = None
        self.level = 0
        self.notes: list[str] = []
        self.resolution: Resolution | None = None
        self.posting: UUID | None = None
        self.inquiry = self.maker = self.reason = self.digest = ""

    # Commands decide.

    @classmethod
    def open(cls, id: UUID, finding: Finding, opened_by: str, due_on: date, at: datetime) -> Self:
        """``id`` is ``finding.case_id``'s. Raises ``UnknownCaseCode``."""
        kind_of(finding.code)
        return cls.first(
            cls.Opened, id, at, agency=finding.agency, code=finding.code, subject=finding.subject,
            discriminator=finding.discriminator, at_risk=finding.at_risk,
            facts=dict(finding.facts), evidence=finding.evidence, opened_by=opened_by,
            due_on=due_on,
        )  # fmt: skip

    def assign(self, assignee: UUID, at: datetime) -> None:
        self._check(*WORKING)
        if assignee != self.assignee:
            self.record(self.Assigned, at, assignee=assignee)

    def take_up(self, at: datetime) -> None:
        self._check("open", "assigned", "investigating")
        if self.state != "investigating":
            self._resume("taken_up", "", "", at)

    def inquire(self, inquiry: str, due_on: date, at: datetime) -> None:
        self._check("open", "assigned", "investigating")
        self.record(self.Inquired, at, inquiry=inquiry, due_on=due_on)

    def answer(self, reason: str, evidence: str, at: datetime) -> None:
        self._check("awaiting_counterparty")
        self._resume("answered", reason, evidence, at)

    def note(self, note: str, at: datetime) -> None:
        """A closed case may be written to as well."""
        if note not in self.notes:
            self.record(self.Noted, at, note=note)

    def reassess(self, code: str, at_risk: Money, level: int, due_on: date, at: datetime) -> None:
        self._check(*WORKING, "resolution_proposed", "approved")
        kind_of(code)
        if (code, at_risk, level) != (self.code, self.at_risk, self.level):
            self.record(self.Reassessed, at, code=code, at_risk=at_risk, level=level, due_on=due_on)

    def escalate(self, level: int, at: datetime) -> None:
        """Show it one level further up; its state and its clock stay as they are."""
        if self.state != "closed" and level > self.level:
            self.record(
                self.Reassessed, at, code=self.code, at_risk=self.at_risk, level=level,
                due_on=self.due_on,
            )  # fmt: skip

    def propose(
        self, maker: str, resolution: Resolution, reason: str, amount: Money, at: datetime,
        posting: UUID | None = None, content: str = "",
    ) -> None:  # fmt: skip
        """``posting`` is the stream that moves ``amount``, ``content`` the digest of what it does:
        whoever approves the case agrees to exactly that.
        """
        self._check(*WORKING)
        self.record(
            self.ResolutionProposed, at, maker=maker, resolution=resolution, reason=reason,
            amount=amount, posting=posting,
            digest=digest_of(self.id, resolution, reason, amount, content),
        )  # fmt: skip

    def send_back(self, reason: str, at: datetime) -> None:
        self._check("resolution_proposed")
        self._resume("returned", reason, "", at)

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check("resolution_proposed")
        if checker == self.maker:
            raise SecondPersonNeeded("you proposed it")
        if digest != self.digest:
            raise ResolutionChanged(f"proposed: {self.digest}")
        self.record(self.ResolutionApproved, at, checker=checker, digest=digest)

    def close(self, posted: tuple[UUID, ...], residual: Money, at: datetime) -> None:
        """End it as was approved; ``residual`` is what is left on its control account."""
        self._check("approved")
        assert self.resolution is not None
        if residual.amount and not (posted and self.resolution == "write_off"):
            raise MoneyStillOpen(str(residual))
        self.record(
            self.Closed, at, resolution=self.resolution, reason=self.reason, posted=posted,
            residual=residual,
        )  # fmt: skip

    def close_alone(self, resolution: Resolution, reason: str, limit: int, at: datetime) -> None:
        """One person ends it, and moves nothing, where no more than ``limit`` is at risk."""
        self._check(*WORKING)
        if self.at_risk.amount > limit:
            raise SecondPersonNeeded(f"{self.at_risk} is at risk")
        self.record(
            self.Closed, at, resolution=resolution, reason=reason, posted=(),
            residual=Money(0, self.at_risk.currency),
        )  # fmt: skip

    def clear(
        self, by_what: Literal["rule", "evidence"], reason: str, evidence: str, at: datetime
    ) -> None:
        """It explained itself; one on whose end people are deciding is left to them."""
        if self.state in WORKING:
            self.record(self.Cleared, at, by_what=by_what, reason=reason, evidence=evidence)

    def reopen(self, reason: str, due_on: date, at: datetime) -> None:
        self._check("closed")
        self.record(self.Reopened, at, reason=reason, due_on=due_on)

    def _resume(self, why: Resumption, reason: str, evidence: str, at: datetime) -> None:
        self.record(self.Resumed, at, why=why, reason=reason, evidence=evidence)

    def _check(self, *states: CaseState) -> None:
        if self.state == "closed" and "closed" not in states:
            raise CaseClosed(f"case {self.id}")
        if self.state not in states:
            raise CaseNotThere(f"it is {self.state}")

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Assigned)
    def _assigned(self, assignee: UUID) -> None:
        self.assignee = assignee
        self.state = "assigned" if self.state == "open" else self.state

    @event(Resumed)
    def _resumed(self) -> None:
        self.state = "investigating"

    @event(Inquired)
    def _inquired(self, inquiry: str, due_on: date) -> None:
        self.state, self.inquiry, self.due_on = "awaiting_counterparty", inquiry, due_on

    @event(Noted)
    def _noted(self, note: str) -> None:
        self.notes.append(note)

    @event(Reassessed)
    def _reassessed(self, code: str, at_risk: Money, level: int, due_on: date) -> None:
        self.code, self.at_risk, self.level, self.due_on = code, at_risk, level, due_on

    @event(ResolutionProposed)
    def _proposed(
        self, maker: str, resolution: Resolution, reason: str, posting: UUID | None, digest: str
    ) -> None:
        self.state, self.maker, self.digest = "resolution_proposed", maker, digest
        self.resolution, self.reason, self.posting = resolution, reason, posting

    @event(ResolutionApproved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Cleared)
    def _cleared(self, reason: str) -> None:
        self.state, self.reason = "closed", reason

    @event(Closed)
    def _closed(self, resolution: Resolution, reason: str) -> None:
        self.state, self.resolution, self.reason = "closed", resolution, reason

    @event(Reopened)
    def _reopened(self, due_on: date) -> None:
        self.state, self.due_on = "investigating", due_on
