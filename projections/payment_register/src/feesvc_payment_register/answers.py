"""What the routes answer. Money is in minor units, times are RFC 3339, ids are opaque."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from feesvc.domain.refund import Method

PaymentState: TypeAlias = Literal[
    "initiated", "presented", "received", "paid", "declined", "cancelled", "expired", "refused",
    "part_refunded", "refunded", "disputed", "dispute_lost", "reversed",
]  # fmt: skip
TransferState: TypeAlias = Literal[
    "received", "part_refunded", "refunded", "disputed", "dispute_lost", "reversed", "disclaimed"
]
AssessmentState: TypeAlias = Literal[
    "open", "paid", "waived", "cancelled", "superseded", "written_off"
]
RefundState: TypeAlias = Literal[
    "requested", "rejected", "approved", "instructed", "accepted", "paid", "failed", "returned"
]
Place: TypeAlias = Literal["line", "credit", "suspense", "held", "surcharge"]
Waiting: TypeAlias = Literal["suspense", "credit", "held"]
"""Money that a person has to decide on: nobody's yet, a payer's, another agency's."""


class Amount(BaseModel):
    """115 000 VND is ``{"amount": 115000, "currency": "VND"}``, 12.34 USD has the amount 1234."""

    amount: int
    currency: str


class Held(BaseModel):
    """Free money of a transfer, and where it stands.

    On a line, as a credit, in suspense, held for another agency, or for the commission.
    """

    place: Place
    assessment: UUID | None
    """The line's assessment; of a credit the one that it was too much for."""
    line: int
    beneficiary: str
    """The agency whose fee the line is, or it is held for; empty for credit and suspense."""
    reason: str
    amount: Amount


class TransferAnswer(BaseModel):
    """Money that moved. ``refunding`` is in refunds without an end; ``held`` is free."""

    id: UUID
    payment: UUID | None
    via: Literal["intermediary", "bank", "cash"]
    intermediary: str
    account: UUID
    transaction: str
    """The intermediary's own name for it."""
    reference: str
    source: str
    """How we first heard of it: notification, look_up, settlement, bank or counter."""
    state: TransferState
    amount: Amount
    refunding: Amount
    refunded: Amount
    disputed: Amount
    occurred_at: datetime
    settlement: str
    """The settlement batch that holds it; empty before there is one."""
    held: list[Held]


class AssessmentAnswer(BaseModel):
    """What a dossier owes. ``outstanding`` is what is still to be paid, zero once withdrawn."""

    id: UUID
    agency: str
    dossier: str
    notice: str
    procedure: str
    portal: str
    channel: str
    state: AssessmentState
    state_at: datetime
    total: Amount
    collected: Amount
    outstanding: Amount
    submitted_on: date
    due_on: date | None
    raised_at: datetime
    receipt_series: str
    receipt_number: int | None
    """Of the agency's series; none before the process that gives numbers came to it."""


class AskedAnswer(BaseModel):
    """What a payment asks for one assessment, which may be another agency's."""

    assessment: UUID
    agency: str
    dossier: str
    notice: str
    amount: Amount
    state: AssessmentState


class RefundAnswer(BaseModel):
    """Money going back. ``takes`` names what it takes from which transfer."""

    id: UUID
    portal: str
    maker: str
    checker: str
    method: Method
    state: RefundState
    state_at: datetime
    amount: Amount
    by_treasury: Amount
    """What of it the State Treasury pays the payer itself; the rest is ours to pay."""
    reason: str
    reference: str
    requested_at: datetime
    takes: list[Taken]


class Taken(BaseModel):
    transfer: UUID
    amount: Amount


class PaymentAnswer(BaseModel):
    """An attempt to pay, and what came of it; ``received``, ``refunded``: by its transfers."""

    id: UUID
    portal: str
    intermediary: str
    account: UUID
    reference: str
    """Its name on the wire."""
    dossier: str
    state: PaymentState
    attempt: str
    """The attempt alone: initiated, presented, or how it ended."""
    amount: Amount
    received: Amount
    refunded: Amount
    initiated_at: datetime
    expires_at: datetime
    assessments: list[AskedAnswer]
    transfers: list[TransferAnswer]
    refunds: list[RefundAnswer]


class Item(BaseModel):
    """Money that waits for a person. What is set aside for a refund waits there, and not here.

    ``since`` is when money of the transfer first stood there; ``days`` counts from that day to
    today, Asia/Ho_Chi_Minh. ``asked`` is a reclassification of it that waits for a second person.
    """

    transfer: UUID
    kind: Waiting
    assessment: UUID | None
    beneficiary: str
    reason: str
    amount: Amount
    since: datetime
    days: int
    payment: UUID | None
    via: Literal["intermediary", "bank", "cash"]
    intermediary: str
    transaction: str
    reference: str
    asked: UUID | None


class Items(BaseModel):
    """Oldest first. ``next`` is the cursor of the page after this one; null on the last page."""

    items: list[Item]
    next: str | None


class ReclassificationAnswer(BaseModel):
    """What was asked to become of an item; ``digest`` binds the approval."""

    id: UUID
    transfer: UUID
    purpose: str
    kind: Waiting
    amount: Amount
    reason: str
    maker: str
    checker: str
    digest: str
    needs_second: bool
    requested_at: datetime
    state: Literal["requested", "approved", "rejected"]
    state_at: datetime


class Reclassifications(BaseModel):
    """As ``Payments``."""

    items: list[ReclassificationAnswer]
    next: str | None


class PaymentListAnswer(BaseModel):
    """Refunds by bank transfer, as the bank was told of them; ``refunds`` counts them."""

    id: UUID
    reference: str
    refunds: int
    total: Amount
    execute_on: date
    maker: str
    drawn_at: datetime


class PaymentLists(BaseModel):
    """As ``Payments``."""

    items: list[PaymentListAnswer]
    next: str | None


class Payments(BaseModel):
    """Newest first. ``next`` is the cursor of the page after this one; null on the last page."""

    items: list[PaymentAnswer]
    next: str | None


class Transfers(BaseModel):
    """As ``Payments``."""

    items: list[TransferAnswer]
    next: str | None


class Assessments(BaseModel):
    """As ``Payments``."""

    items: list[AssessmentAnswer]
    next: str | None


class Refunds(BaseModel):
    """As ``Payments``."""

    items: list[RefundAnswer]
    next: str | None
