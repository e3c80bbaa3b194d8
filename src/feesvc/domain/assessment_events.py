"""What can happen to an assessment: its events. ``Assessment`` decides and records them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.circumstances import Channel
from feesvc.domain.line import AdvanceLine, Line, Part, TakenPart
from feesvc.money import Money

Uncollection: TypeAlias = Literal[
    "reduced", "withdrawn", "refunded", "reversed", "dispute_lost", "applied"
]


class Raised(FirstEvent):
    """An agency says what a dossier owes (P01). A total of zero is valid."""

    TOPIC = "assessment.raised"
    FORM = 2
    agency: str
    dossier: str
    notice: str
    procedure: str
    procedure_version: int
    portal: str
    channel: Channel
    service_level: str
    result_delivery: str
    submitted_on: date
    due_on: date | None
    payer_class: str
    identity_level: int
    locality: str
    subject: UUID | None
    lines: tuple[Line, ...]
    total: Money
    content: str
    """SHA-256 of what was asked, so that the same notice twice can be told from another."""
    converted_from: UUID | None
    """The notice in another currency whose open amount this one asks for (P24d)."""

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "converted_from": None}


class Increased(Aggregate.Event):
    """More is owed on some lines (P02e)."""

    TOPIC = "assessment.increased"
    parts: tuple[Part, ...]
    reason: str


class Reduced(Aggregate.Event):
    """Less is owed. ``open`` was unpaid (P02a), ``paid`` becomes the payer's credit (P02b)."""

    TOPIC = "assessment.reduced"
    open: tuple[Part, ...]
    paid: tuple[Part, ...]
    reason: str


class Waived(Aggregate.Event):
    """What is still open is forgiven (P03); what was paid stays paid."""

    TOPIC = "assessment.waived"
    open: tuple[Part, ...]
    reason: str


class Cancelled(Aggregate.Event):
    """Nothing is owed any more (P04); what was paid went to the payer's credit."""

    TOPIC = "assessment.cancelled"
    open: tuple[Part, ...]
    reason: str


class Superseded(Aggregate.Event):
    """Another notice took this one's place (P04)."""

    TOPIC = "assessment.superseded"
    open: tuple[Part, ...]
    by_notice: str
    reason: str


class WrittenOff(Aggregate.Event):
    """What is still open will never be paid (P17a); what was paid stays paid."""

    TOPIC = "assessment.written_off"
    open: tuple[Part, ...]
    adjustment: UUID
    reason: str


class CollectedBy(Aggregate.Event):
    """A transfer paid parts of it. Of another collector, the money is held for us (P20c).

    ``advance``: another collector's money that came to our bank, had paid this line of an advance
    of ours, and is applied to this assessment (P14b). Never said in the first form.
    """

    TOPIC = "assessment.collected_by"
    FORM = 2
    collector: str
    transfer: UUID
    parts: tuple[Part, ...]
    occurred_at: datetime
    advance: AdvanceLine | None

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "advance": None}


class UncollectedBy(Aggregate.Event):
    """Money that had paid it went away again. ``still_due``: the fee is owed once more.

    ``forwarded``: the collector had passed it on to us already (P20h), else still held it (P20l).
    """

    TOPIC = "assessment.uncollected_by"
    FORM = 2
    collector: str
    transfer: UUID
    parts: tuple[TakenPart, ...]
    still_due: bool
    why: Uncollection
    forwarded: bool
    occurred_at: datetime

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        kept = ("line", "amount", "kind")
        parts = [{name: part[name] for name in kept} for part in state["parts"]]
        stated = [{**part, "state": "collected"} for part in parts]
        return {**state, "parts": stated, "forwarded": False}


class Banked(Aggregate.Event):
    """A transfer that pays it is in our bank. ``parts`` are banked by that (P09z): of a line all
    that was not, once every transfer that still pays it is there; until then nothing.
    """

    TOPIC = "assessment.banked"
    transfer: UUID
    parts: tuple[Part, ...]
    occurred_at: datetime


class Unbanked(Aggregate.Event):
    """The bank took back what had brought this transfer: what is not split yet waits again."""

    TOPIC = "assessment.unbanked"
    transfer: UUID
    parts: tuple[Part, ...]
    occurred_at: datetime


class Allocated(Aggregate.Event):
    """Banked money was split between the agency and the State budget (P15, P21b)."""

    TOPIC = "assessment.allocated"
    allocation: UUID
    parts: tuple[Part, ...]


class Remitted(Aggregate.Event):
    """The budget's share of these parts was passed on; the remittance posts it.

    Each amount is of the line; what goes on is that less ``retained``.
    """

    TOPIC = "assessment.remitted"
    remittance: UUID
    parts: tuple[Part, ...]


class RemittanceUndone(Aggregate.Event):
    """A remittance came back: these parts wait for another. The remittance posts it."""

    TOPIC = "assessment.remittance_undone"
    remittance: UUID
    parts: tuple[Part, ...]


class Forfeited(Aggregate.Event):
    """Banked money of an advance fell to the State budget (P14d)."""

    TOPIC = "assessment.forfeited"
    forfeiture: UUID
    parts: tuple[Part, ...]
    reason: str


class Paid(Aggregate.Event):
    """Authoritative transfers cover the total, or the total is zero."""

    TOPIC = "assessment.paid"
    dossier: str
    notice: str
    total: Money
    subject: UUID | None


class Unpaid(Aggregate.Event):
    """It was paid and is no more: a reversal, a lost dispute, an increase."""

    TOPIC = "assessment.unpaid"
    outstanding: Money
