"""Payment: an intent, one attempt to pay assessments through one intermediary.

    Initiated ─ Presented ─ Doubted, CancellationAsked ─ Ended

Money is not recorded here: a transfer is, and it may come before we presented anything, after the
attempt ended, more than once, or never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.line import Kind
from feesvc.money import Money

End: TypeAlias = Literal["received", "declined", "cancelled", "expired", "refused"]
UNHEARD = "unheard"
"""The detail of an end that is only ours: its time is long over, and nobody knows of money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a payment asks for one line of one assessment of one agency."""

    assessment: UUID
    agency: str
    line: int
    kind: Kind
    item: str
    name: str
    amount: Money


class Payment(Aggregate):
    TOPIC = "payment"

    class Initiated(FirstEvent):
        """A portal asked for a payment. ``reference`` is what it will be called on the wire."""

        TOPIC = "payment.initiated"
        FORM = 2
        agency: str
        """The collecting agency; the assessments may be other agencies' as well."""
        portal: str
        account: UUID
        intermediary: str
        reference: str
        amount: Money
        variable_amount: bool
        asked: tuple[Asked, ...]
        dossier: str
        description: str
        locale: Literal["vi", "en"]
        return_url: str
        expires_at: datetime
        surcharge: Money
        """What of ``amount`` is for the intermediary's commission, which the payer bears."""

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            return state | {"surcharge": state["amount"] | {"amount": 0}}

    class Presented(Aggregate.Event):
        """The payer can pay: a page to open, a code to scan."""

        TOPIC = "payment.presented"
        url: str
        qr: str
        handle: str

    class Doubted(Aggregate.Event):
        """The intermediary said what cannot be true, or what we cannot read: ``code``."""

        TOPIC = "payment.doubted"
        code: str

    class CancellationAsked(Aggregate.Event):
        """Somebody wants it closed. Recorded before the intermediary is asked."""

        TOPIC = "payment.cancellation_asked"
        by: str

    class Ended(Aggregate.Event):
        """No money is expected any more; if some comes it is taken all the same."""

        TOPIC = "payment.ended"
        reason: End
        detail: str
        occurred_at: datetime

    @event(Initiated)
    def __init__(
        self, agency: str, portal: str, account: UUID, intermediary: str, reference: str,
        amount: Money, variable_amount: bool, asked: tuple[Asked, ...], dossier: str,
        description: str, locale: Literal["vi", "en"], return_url: str, expires_at: datetime,
        surcharge: Money,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.portal = portal
        self.account = account
        self.intermediary = intermediary
        self.reference = reference
        self.amount = amount
        self.surcharge = surcharge
        self.variable_amount = variable_amount
        self.asked = asked
        self.dossier = dossier
        self.description = description
        self.locale = locale
        self.return_url = return_url
        self.expires_at = expires_at
        self.url = ""
        self.qr = ""
        self.handle = ""
        self.presented = False
        self.ended: End | None = None
        self.unheard = False
        """It ended because nobody knew of money; the intermediary may still know better."""
        self.doubt = ""
        self.cancelling = False

    @property
    def state(self) -> str:
        return self.ended or ("presented" if self.presented else "initiated")

    @property
    def assessments(self) -> tuple[UUID, ...]:
        """What it pays, in its order, each once."""
        return tuple(dict.fromkeys(part.assessment for part in self.asked))

    @property
    def met_in_parts(self) -> bool:
        """Money came, of whatever amount the payer chose; the same order takes more of it."""
        return self.variable_amount and self.ended == "received"

    def asked_for(self, assessment: UUID) -> int:
        return sum(part.amount.amount for part in self.asked if part.assessment == assessment)

    def present(self, *, url: str, qr: str, handle: str, at: datetime) -> None:
        if not self.presented:
            self.record(self.Presented, at, url=url, qr=qr, handle=handle)

    def end(self, reason: End, detail: str, occurred_at: datetime, at: datetime) -> None:
        if self.ended is None or (self.unheard and detail != UNHEARD):
            self.record(self.Ended, at, reason=reason, detail=detail, occurred_at=occurred_at)

    def question(self, code: str, at: datetime) -> None:
        if self.ended is None and code != self.doubt:
            self.record(self.Doubted, at, code=code)

    def expire(self, at: datetime) -> None:
        """Its time is over and the intermediary knows of no money; what comes is still taken."""
        if self.ended is None and not self.doubt:
            self.end("expired", UNHEARD, at, at)

    def ask_to_cancel(self, by: str, at: datetime) -> None:
        if self.ended is None and not self.cancelling:
            self.record(self.CancellationAsked, at, by=by)

    @event(Presented)
    def _presented(self, url: str, qr: str, handle: str) -> None:
        self.presented = True
        self.url = url
        self.qr = qr
        self.handle = handle

    @event(Doubted)
    def _doubted(self, code: str) -> None:
        self.doubt = code

    @event(CancellationAsked)
    def _cancellation_asked(self) -> None:
        self.cancelling = True

    @event(Ended)
    def _ended(self, reason: End, detail: str) -> None:
        self.ended = reason
        self.unheard = detail == UNHEARD
