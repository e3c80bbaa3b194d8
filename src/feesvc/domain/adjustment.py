"""Adjustment: money, or what is owed, is written off, claimed, passed to the budget or corrected.

    Proposed ─ Approved | Rejected

Always two people: whoever proposes is not who approves, and an approval is bound to the hash of
what was proposed. What it does is recorded in the same append on the stream that holds the money,
whose events post it (P17a–P17e, P18); an adjustment is the reason why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.bank_order import codes_text
from feesvc.domain.finding import CaseSubject
from feesvc.domain.placement import Placement
from feesvc.domain.refund import ChangedSinceAsked, SamePerson, WrongState
from feesvc.money import Money

AdjustmentKind: TypeAlias = Literal[
    "receivable_written_off",
    "claim_written_off",
    "unclaimed",
    "claimed",
    "corrected",
    "bank_charged",
]
"""P17a of an assessment; P17b of a transfer or batch; P17c and P17d of suspense and of a credit;
P17e of a transfer; P18 of a transfer; P09d of a bank's line."""


class NotLimitedYet(Refusal):
    """The law still lets the payer ask for it"""


class Adjustment(Aggregate):
    TOPIC = "adjustment"

    class Proposed(FirstEvent):
        """Somebody proposes it; nothing has moved.

        ``amount`` is what it takes away, or, of a correction, what is right. ``place`` is where
        unclaimed money stands, and ``limited_on`` the day from which nobody may ask for it under
        ``legal_basis``; it goes to the State budget under ``codes``, none in the first form.
        """

        TOPIC = "adjustment.proposed"
        FORM = 2
        agency: str
        maker: str
        kind: AdjustmentKind
        case: UUID
        subject: CaseSubject
        place: Placement | None
        amount: Money
        reason: str
        limited_on: date | None
        legal_basis: str
        digest: str
        codes: Mapping[str, str]

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            return state | {"codes": {}}

    class Approved(Aggregate.Event):
        """Another person agreed, and it was done in the same append.

        ``link`` is the stream that holds the new entry of a correction.
        """

        TOPIC = "adjustment.approved"
        checker: str
        digest: str
        link: UUID | None

    class Rejected(Aggregate.Event):
        """It will not be done."""

        TOPIC = "adjustment.rejected"
        checker: str
        reason: str

    @event(Proposed)
    def __init__(
        self, agency: str, maker: str, kind: AdjustmentKind, case: UUID, subject: CaseSubject,
        place: Placement | None, amount: Money, reason: str, limited_on: date | None,
        legal_basis: str, digest: str, codes: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.kind = kind
        self.case = case
        self.subject = subject
        self.place = place
        self.amount = amount
        self.reason = reason
        self.limited_on = limited_on
        self.legal_basis = legal_basis
        self.digest = digest
        self.codes = codes
        self.state: Literal["proposed", "approved", "rejected"] = "proposed"
        self.link: UUID | None = None

    @classmethod
    def propose(
        cls, id: UUID, agency: str, maker: str, kind: AdjustmentKind, case: UUID,
        subject: CaseSubject, place: Placement | None, amount: Money, reason: str,
        limited_on: date | None, legal_basis: str, codes: Mapping[str, str], at: datetime,
    ) -> Self:  # fmt: skip
        said = [kind, str(case), f"{subject.kind}:{subject.id}", str(amount), reason]
        said += [str(place.bucket) if place else "", str(limited_on), legal_basis]
        said += [codes_text(sorted(codes.items()))]
        return cls.first(
            cls.Proposed, id, at, agency=agency, maker=maker, kind=kind, case=case,
            subject=subject, place=place, amount=amount, reason=reason, limited_on=limited_on,
            legal_basis=legal_basis, digest=sha256("\n".join(said).encode()).hexdigest(),
            codes=dict(codes),
        )  # fmt: skip

    def approve(
        self, checker: str, digest: str, day: date, link: UUID | None, at: datetime
    ) -> None:
        """``day`` is today, Asia/Ho_Chi_Minh. Raises ``SamePerson``, ``ChangedSinceAsked``,
        ``NotLimitedYet``."""
        self._check_waiting()
        if checker == self.maker:
            raise SamePerson("an adjustment is approved by another person than proposed it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"proposed: {self.digest}")
        if self.kind == "unclaimed" and (self.limited_on is None or day < self.limited_on):
            raise NotLimitedYet(f"until {self.limited_on}")
        self.record(self.Approved, at, checker=checker, digest=digest, link=link)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check_waiting()
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def _check_waiting(self) -> None:
        if self.state != "proposed":
            raise WrongState(f"it is {self.state}")

    @event(Approved)
    def _approved(self, link: UUID | None) -> None:
        self.state, self.link = "approved", link

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"
