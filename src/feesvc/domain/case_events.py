"""What can happen to a case: its events. ``Case`` decides and records them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.finding import CaseSubject, Resolution
from feesvc.money import Money

Resumption: TypeAlias = Literal["taken_up", "answered", "returned"]


class Opened(FirstEvent):
    """Something does not add up. Its money at risk may be zero; ``due_on`` is its clock."""

    TOPIC = "case.opened"
    agency: str
    code: str
    subject: CaseSubject
    discriminator: str
    at_risk: Money
    facts: Mapping[str, str]
    evidence: str
    opened_by: str
    due_on: date


class Assigned(Aggregate.Event):
    """An officer is to explain it."""

    TOPIC = "case.assigned"
    assignee: UUID


class Resumed(Aggregate.Event):
    """It is worked on: taken up, answered by the other side, or its resolution sent back."""

    TOPIC = "case.resumed"
    why: Resumption
    reason: str
    evidence: str


class Inquired(Aggregate.Event):
    """The other side was asked, under its inquiry number, and is to answer by ``due_on``."""

    TOPIC = "case.inquired"
    inquiry: str
    due_on: date


class Noted(Aggregate.Event):
    """Somebody wrote something down; ``note`` is the hash by which ``people`` keeps it."""

    TOPIC = "case.noted"
    note: str


class Reassessed(Aggregate.Event):
    """Time or evidence changed its kind, its money at risk, or how far up it is seen."""

    TOPIC = "case.reassessed"
    code: str
    at_risk: Money
    level: int
    due_on: date


class ResolutionProposed(Aggregate.Event):
    """How it is to end. ``amount`` is what that moves; ``digest`` binds an approval to it."""

    TOPIC = "case.resolution_proposed"
    FORM = 2
    maker: str
    resolution: Resolution
    reason: str
    amount: Money
    posting: UUID | None
    """The stream that waits for the same approval and moves the money, if any is moved."""
    digest: str

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "posting": None}


class ResolutionApproved(Aggregate.Event):
    """Another person agreed to exactly what was proposed."""

    TOPIC = "case.resolution_approved"
    checker: str
    digest: str


class Cleared(Aggregate.Event):
    """It explained itself: a rule covers it, or evidence came and nothing is left open."""

    TOPIC = "case.cleared"
    by_what: Literal["rule", "evidence"]
    reason: str
    evidence: str


class Closed(Aggregate.Event):
    """Explained. What it moved was recorded on ``posted`` streams in the same append.

    ``residual`` is what is left on its control account: zero, or written off.
    """

    TOPIC = "case.closed"
    resolution: Resolution
    reason: str
    posted: tuple[UUID, ...]
    residual: Money


class Reopened(Aggregate.Event):
    """New evidence, or the resolution was undone: it is worked on again."""

    TOPIC = "case.reopened"
    reason: str
    due_on: date
