"""Budget claim: what the State budget owes an agency that gave remitted money back (P11d, P13e).

    Opened ─ Repaid | SetOff | (Proposed ─ RepaidToPayer | Refused)

The event that gave the money back posts 1400; each end of the claim takes it off again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.bank_order import NotThere, digest_of
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import Money

Cause: TypeAlias = Literal["refund", "transfer", "assessment"]
Way: TypeAlias = Literal["repaid_to_payer", "refused"]
"""The Treasury pays the payer itself (P11g); the claim is refused and a loss (P11h)."""


class MoreThanClaimed(Refusal):
    """The claim is of less than that"""


class BudgetClaim(Aggregate):
    TOPIC = "budget_claim"

    class Opened(FirstEvent):
        """Remitted money was given back: the budget's share of it is claimed."""

        TOPIC = "budget_claim.opened"
        agency: str
        cause: Cause
        about: UUID
        """The refund, the disputed transfer, or the reduced assessment."""
        amount: Money

    class Repaid(Aggregate.Event):
        """The State budget paid it into the collection account (P11e)."""

        TOPIC = "budget_claim.repaid"
        amount: Money
        bank_reference: str
        occurred_at: datetime

    class SetOff(Aggregate.Event):
        """A remittance pays less by it (P11f)."""

        TOPIC = "budget_claim.set_off"
        remittance: UUID
        amount: Money

    class SetOffUndone(Aggregate.Event):
        """The remittance came back, or was never sent: it is claimed again."""

        TOPIC = "budget_claim.set_off_undone"
        remittance: UUID
        amount: Money

    class Proposed(Aggregate.Event):
        """Someone proposes that it end so; another person approves."""

        TOPIC = "budget_claim.proposed"
        maker: str
        way: Way
        amount: Money
        reason: str
        confirmation: str
        """The Treasury's number, where it paid the payer."""
        digest: str

    class ProposalRejected(Aggregate.Event):
        """It will not end so."""

        TOPIC = "budget_claim.proposal_rejected"
        checker: str
        reason: str

    class RepaidToPayer(Aggregate.Event):
        """The Treasury repaid the payer itself (P11g): that part of ``refund`` is paid."""

        TOPIC = "budget_claim.repaid_to_payer"
        checker: str
        refund: UUID
        amount: Money
        confirmation: str

    class Refused(Aggregate.Event):
        """The Treasury refused it: a loss of the agency (P11h)."""

        TOPIC = "budget_claim.refused"
        checker: str
        amount: Money
        reason: str

    @event(Opened)
    def __init__(self, agency: str, cause: Cause, about: UUID, amount: Money) -> None:
        self.agency = agency
        self.cause: Cause = cause
        self.about = about
        self.amount = amount
        self.left = amount.amount
        self.repaid_by: set[str] = set()
        self.set_offs: dict[UUID, int] = {}
        self.proposed: tuple[str, Way, Money, str, str, str] | None = None

    @property
    def outstanding(self) -> Money:
        return Money(self.left, self.amount.currency)

    @classmethod
    def open(
        cls, id: UUID, agency: str, cause: Cause, about: UUID, amount: Money, at: datetime
    ) -> Self:
        return cls.first(cls.Opened, id, at, agency=agency, cause=cause, about=about, amount=amount)

    def repay(
        self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime
    ) -> None:
        if bank_reference in self.repaid_by:
            return
        self._check(amount)
        self.record(
            self.Repaid, at, amount=amount, bank_reference=bank_reference, occurred_at=occurred_at
        )

    def set_off(self, remittance: UUID, amount: Money, at: datetime) -> None:
        self._check(amount)
        self.record(self.SetOff, at, remittance=remittance, amount=amount)

    def undo_set_off(self, remittance: UUID, at: datetime) -> None:
        if remittance in self.set_offs:
            amount = Money(self.set_offs[remittance], self.amount.currency)
            self.record(self.SetOffUndone, at, remittance=remittance, amount=amount)

    def propose(
        self, maker: str, way: Way, amount: Money, reason: str, confirmation: str, at: datetime
    ) -> None:
        self._check(amount)
        if way == "repaid_to_payer" and self.cause != "refund":
            raise NotThere("only a refund is repaid to the payer")
        digest = digest_of(self.id, way, amount, reason, confirmation)
        self.record(
            self.Proposed, at, maker=maker, way=way, amount=amount, reason=reason,
            confirmation=confirmation, digest=digest,
        )  # fmt: skip

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        if self.proposed is None:
            raise NotThere("nothing is proposed")
        self.record(self.ProposalRejected, at, checker=checker, reason=reason)

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        if self.proposed is None:
            raise NotThere("nothing is proposed")
        maker, way, amount, reason, confirmation, proposed = self.proposed
        if checker == maker:
            raise SamePerson("the end of a claim is approved by another person than proposed it")
        if digest != proposed:
            raise ChangedSinceAsked(f"proposed: {proposed}")
        self._check(amount)
        if way == "refused":
            self.record(self.Refused, at, checker=checker, amount=amount, reason=reason)
        else:
            self.record(
                self.RepaidToPayer, at, checker=checker, refund=self.about, amount=amount,
                confirmation=confirmation,
            )  # fmt: skip

    def _check(self, amount: Money) -> None:
        if amount.currency != self.amount.currency or not 0 < amount.amount <= self.left:
            raise MoreThanClaimed(f"{amount} of {self.outstanding}")

    @event(Repaid)
    def _repaid(self, amount: Money, bank_reference: str) -> None:
        self.left -= amount.amount
        self.repaid_by.add(bank_reference)

    @event(SetOff)
    def _set_off(self, remittance: UUID, amount: Money) -> None:
        self.left -= amount.amount
        self.set_offs[remittance] = amount.amount

    @event(SetOffUndone)
    def _set_off_undone(self, remittance: UUID) -> None:
        self.left += self.set_offs.pop(remittance)

    @event(Proposed)
    def _proposed(
        self, maker: str, way: Way, amount: Money, reason: str, confirmation: str, digest: str
    ) -> None:
        self.proposed = (maker, way, amount, reason, confirmation, digest)

    @event(ProposalRejected)
    def _proposal_rejected(self) -> None:
        self.proposed = None

    @event(RepaidToPayer)
    def _repaid_to_payer(self, amount: Money) -> None:
        self.left -= amount.amount
        self.proposed = None

    @event(Refused)
    def _refused(self, amount: Money) -> None:
        self.left -= amount.amount
        self.proposed = None
