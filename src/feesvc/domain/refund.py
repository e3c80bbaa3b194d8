"""Refund: money going back to a payer, from the transfers and lines that it names.

    Requested ─ Approved ─ Instructed ─ Accepted ─ Paid
        │           ↑           └────────────┴──── Failed | Returned ─ Instructed again
     Rejected

Whoever asks is not who approves, and an approval is bound to the hash of what was asked. Behind
each refund by bank transfer stand two people at least: where a portal or a process asked for it,
one approver endorses it and another approves. What cannot be sent, failed or came back is reissued,
perhaps another way, and is approved again so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.origin import Origin
from feesvc.domain.refund_terms import (
    LEAST_PEOPLE,
    PERSON,
    ChangedSinceAsked,
    Method,
    SamePerson,
    State,
    Take,
    WrongState,
    digest_of,
    is_person,
)
from feesvc.money import Money

__all__ = [
    "LEAST_PEOPLE",
    "PERSON",
    "ChangedSinceAsked",
    "Method",
    "Refund",
    "SamePerson",
    "State",
    "Take",
    "WrongState",
    "digest_of",
    "is_person",
]


class Refund(Aggregate):
    TOPIC = "refund"

    class Requested(FirstEvent):
        """Someone asked that money be given back (P10). It is set aside, and waits for another."""

        TOPIC = "refund.requested"
        agency: str
        maker: str
        portal: str
        method: Method
        takes: tuple[Take, ...]
        amount: Money
        reason: str
        subject: UUID | None
        """Whose account it goes to, for a bank transfer; the account stands with the person."""
        digest: str

    class Approved(Aggregate.Event):
        """A second person agreed (P11): it is now owed to the payer."""

        TOPIC = "refund.approved"
        checker: str
        digest: str
        method: Method
        takes: tuple[Take, ...]
        amount: Money

    class Endorsed(Aggregate.Event):
        """One approver agreed; no person had asked for it, so another one must agree too."""

        TOPIC = "refund.endorsed"
        checker: str
        digest: str
        payee: str
        """The digest of the account that they agreed to."""

    class Reissued(Aggregate.Event):
        """It did not go out, or came back: it is to be sent again, by this way."""

        TOPIC = "refund.reissued"
        maker: str
        method: Method

    class Rejected(Aggregate.Event):
        """It will not be paid; the money stands where it stood."""

        TOPIC = "refund.rejected"
        checker: str
        reason: str

    class Instructed(Aggregate.Event):
        """On its way out under ``reference`` (P12a). Recorded before anything is sent."""

        TOPIC = "refund.instructed"
        reference: str
        amount: Money
        method: Method

    class Accepted(Aggregate.Event):
        """The intermediary took it on; no money has moved."""

        TOPIC = "refund.accepted"
        reference: str
        handle: str

    class Paid(Aggregate.Event):
        """It reached the payer (P12b, P12c, P12j); ``fee`` is what that cost us (P12g)."""

        TOPIC = "refund.paid"
        reference: str
        handle: str
        amount: Money
        fee: Money
        origin: Origin
        occurred_at: datetime

    class HandedToTreasury(Aggregate.Event):
        """The State Treasury pays this part to the payer itself (P12a, then P11g by the claim)."""

        TOPIC = "refund.handed_to_treasury"
        amount: Money

    class Failed(Aggregate.Event):
        """It never left (P12d): still owed to the payer, by another way."""

        TOPIC = "refund.failed"
        reference: str
        reason: str
        amount: Money
        occurred_at: datetime

    class Returned(Aggregate.Event):
        """It had been paid and came back (P12e, P12f): owed to the payer again."""

        TOPIC = "refund.returned"
        reference: str
        reason: str
        amount: Money
        origin: Origin
        occurred_at: datetime

    @event(Requested)
    def __init__(
        self, agency: str, maker: str, portal: str, method: Method, takes: tuple[Take, ...],
        amount: Money, reason: str, subject: UUID | None, digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.portal = portal
        self.method = method
        self.takes = takes
        self.amount = amount
        self.reason = reason
        self.subject = subject
        self.digest = digest
        self.state: State = "requested"
        self.reference = self.handle = self.paid_under = ""
        self.attempts = self.fee = self.by_treasury = 0
        self.endorsed = ("", "")

    def approve(
        self, checker: str, digest: str, at: datetime, payee: str = "",
        takes: Sequence[Take] = (),
    ) -> None:  # fmt: skip
        """``payee`` is the digest of the account it goes to, for a bank transfer; ``takes`` are
        those of the refund, each placement told apart by how far its money has come.
        """
        self._check("requested")
        if checker == self.maker:
            raise SamePerson("a refund is approved by another person than asked for it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"asked: {self.digest}")
        if self.method == "bank_transfer" and not is_person(self.maker):
            endorser, account = self.endorsed
            if not endorser or account != payee:
                self.record(self.Endorsed, at, checker=checker, digest=digest, payee=payee)
                return
            if endorser == checker:
                raise SamePerson("nobody had asked for it: another approver must agree as well")
        self.record(
            self.Approved, at, checker=checker, digest=digest, method=self.method,
            takes=tuple(takes) or self.takes, amount=self.amount,
        )  # fmt: skip

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check("requested")
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def instruct(self, reference: str, method: Method, at: datetime) -> None:
        self._check("approved", "failed", "returned")
        self.record(self.Instructed, at, reference=reference, amount=self.left, method=method)

    @property
    def left(self) -> Money:
        """What we pay: all of it, less what the Treasury pays the payer itself (P11g)."""
        return Money(self.amount.amount - self.by_treasury, self.amount.currency)

    def hand_to_treasury(self, amount: Money, at: datetime) -> None:
        """A part that is not on its way already. Raises ``WrongState``."""
        self._check("approved", "failed", "returned")
        if not 0 < amount.amount <= self.left.amount:
            raise WrongState(f"{self.left} is left to be paid")
        self.record(self.HandedToTreasury, at, amount=amount)

    def reissue(self, maker: str, method: Method, at: datetime) -> None:
        self._check("approved", "failed", "returned")
        self.record(self.Reissued, at, maker=maker, method=method)

    # What the intermediary says is recorded whenever it is news, never refused.

    def accept(self, handle: str, at: datetime) -> None:
        if self.state == "instructed":
            self.record(self.Accepted, at, reference=self.reference, handle=handle)

    def pay(self, handle: str, fee: Money, occurred_at: datetime, at: datetime) -> None:
        if self.state in ("instructed", "accepted"):
            self.record(
                self.Paid, at, reference=self.reference, handle=handle, amount=self.left,
                fee=fee, origin=self.takes[0].origin, occurred_at=occurred_at,
            )  # fmt: skip

    def fail(self, reason: str, occurred_at: datetime, at: datetime) -> None:
        """It did not arrive: never left, or, once it was paid, came back."""
        if self.state in ("instructed", "accepted"):
            self.record(
                self.Failed, at, reference=self.reference, reason=reason, amount=self.left,
                occurred_at=occurred_at,
            )  # fmt: skip
        elif self.state == "paid":
            self.record(
                self.Returned, at, reference=self.reference, reason=reason, amount=self.left,
                origin=self.takes[0].origin, occurred_at=occurred_at,
            )  # fmt: skip

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise WrongState(f"it is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Endorsed)
    def _endorsed(self, checker: str, payee: str) -> None:
        self.endorsed = (checker, payee)

    @event(Reissued)
    def _reissued(self, method: Method) -> None:
        self.state = "approved"
        self.method = method

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"

    @event(Instructed)
    def _instructed(self, reference: str, method: Method) -> None:
        self.state = "instructed"
        self.reference = reference
        self.method = method
        self.handle = ""
        self.attempts += 1

    @event(Accepted)
    def _accepted(self, handle: str) -> None:
        self.state = "accepted"
        self.handle = handle

    @event(Paid)
    def _paid(self, reference: str, handle: str, fee: Money) -> None:
        self.state = "paid"
        self.fee = fee.amount
        self.paid_under = reference
        self.handle = handle or self.handle

    @event(HandedToTreasury)
    def _handed_to_treasury(self, amount: Money) -> None:
        self.by_treasury += amount.amount
        self.state = self.state if self.left else "paid"

    @event(Failed)
    def _failed(self) -> None:
        self.state = "failed"

    @event(Returned)
    def _returned(self) -> None:
        self.state = "returned"
