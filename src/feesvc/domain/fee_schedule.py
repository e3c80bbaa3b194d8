"""Fee schedule: what one agency charges under one legal document, and what that document reduces.

    item_proposed ─┬─ item_approved (by a second person) ─ item_withdrawn
                   └─ item_rejected                          … and the same for reductions

A proposal is one version of an item or a reduction, and never changes: it is approved as it stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.fee_item import FeeItem, item_wrongs
from feesvc.domain.ids import code as as_code
from feesvc.domain.ids import plain
from feesvc.domain.proposals import Proposed, end, named, pending, second_person, standing
from feesvc.domain.reductions import Reduction, reduction_wrongs


class WrongDocument(Refusal):
    """A legal document has a number of at most 100 characters and a title"""


class UnfitItem(Refusal):
    """The fee item contradicts itself"""


class UnfitReduction(Refusal):
    """The reduction contradicts itself"""


class ProposalUsed(Refusal):
    """The proposal exists already"""


class OverlappingItem(Refusal):
    """Two versions of one item would be in force on one day"""


class SamePrecedence(Refusal):
    """Two reductions could apply to one line, and neither takes precedence"""


class FeeSchedule(Aggregate):
    TOPIC = "fee_schedule"

    class Opened(FirstEvent):
        """An agency applies a legal document."""

        TOPIC = "fee_schedule.opened"
        agency: str
        document: str
        """E.g. TT 64/2025/TT-BTC."""
        title: str

    class ItemProposed(Aggregate.Event):
        """Somebody proposes a version of an item."""

        TOPIC = "fee_schedule.item_proposed"
        proposal: str
        item: FeeItem
        maker: str

    class ItemApproved(Aggregate.Event):
        """Somebody else approved it: it is charged on the days it says."""

        TOPIC = "fee_schedule.item_approved"
        proposal: str
        item: FeeItem
        checker: str

    class ItemRejected(Aggregate.Event):
        """It will not be charged."""

        TOPIC = "fee_schedule.item_rejected"
        proposal: str
        checker: str
        reason: str

    class ItemWithdrawn(Aggregate.Event):
        """An approved version is not in force on ``withdrawn_on`` nor after it."""

        TOPIC = "fee_schedule.item_withdrawn"
        proposal: str
        code: str
        withdrawn_on: date
        reason: str

    class ReductionProposed(Aggregate.Event):
        """Somebody proposes a version of a reduction."""

        TOPIC = "fee_schedule.reduction_proposed"
        proposal: str
        reduction: Reduction
        maker: str

    class ReductionApproved(Aggregate.Event):
        """Somebody else approved it: it is applied on the days it says."""

        TOPIC = "fee_schedule.reduction_approved"
        proposal: str
        reduction: Reduction
        checker: str

    class ReductionRejected(Aggregate.Event):
        """It will not be applied."""

        TOPIC = "fee_schedule.reduction_rejected"
        proposal: str
        checker: str
        reason: str

    class ReductionWithdrawn(Aggregate.Event):
        """An approved version is not in force on ``withdrawn_on`` nor after it."""

        TOPIC = "fee_schedule.reduction_withdrawn"
        proposal: str
        code: str
        withdrawn_on: date
        reason: str

    @event(Opened)
    def __init__(self, agency: str, document: str, title: str) -> None:
        self.agency = agency
        self.document = document
        self.title = title
        self.items: dict[str, FeeItem] = {}
        """Approved versions by their proposal."""
        self.reductions: dict[str, Reduction] = {}
        self.proposed_items: dict[str, Proposed[FeeItem]] = {}
        self.proposed_reductions: dict[str, Proposed[Reduction]] = {}
        self._used: set[str] = set()

    # Commands decide.

    @classmethod
    def open(cls, id: UUID, agency: str, document: str, title: str, at: datetime) -> Self:
        """``id`` is ``Ids.fee_schedule(agency, document)``. Raises ``WrongDocument``."""
        document, title = as_code(document), plain(title)
        if not (0 < len(document) <= 100 and title):
            raise WrongDocument(f"{document[:100]!r}")
        return cls.first(
            cls.Opened, id, at, agency=agency_code(agency), document=document, title=title
        )

    def propose_item(self, proposal: str, item: FeeItem, maker: str, at: datetime) -> None:
        """Raises ``UnfitItem``, which says all that is wrong, and ``ProposalUsed``."""
        if wrongs := list(item_wrongs(item)):
            raise UnfitItem(f"{item.code[:70]}: {'; '.join(wrongs)}")
        self._check_unused(proposal)
        self.record(self.ItemProposed, at, proposal=proposal, item=item, maker=maker)

    def approve_item(self, proposal: str, checker: str, at: datetime) -> None:
        """Raises ``UnknownProposal``, ``SamePerson``, ``OverlappingItem``."""
        item = second_person(self.proposed_items, proposal, checker)
        for other in self.items.values():
            if item.clashes_with(other):
                raise OverlappingItem(f"{named(item)} and {named(other)}")
        self.record(self.ItemApproved, at, proposal=proposal, item=item, checker=checker)

    def reject_item(self, proposal: str, checker: str, reason: str, at: datetime) -> None:
        """Anybody may, its maker too. Raises ``UnknownProposal``."""
        pending(self.proposed_items, proposal)
        self.record(self.ItemRejected, at, proposal=proposal, checker=checker, reason=reason)

    def withdraw_item(self, proposal: str, withdrawn_on: date, reason: str, at: datetime) -> None:
        """End an approved version before ``withdrawn_on``. Raises ``NothingToWithdraw``."""
        item = standing(self.items, proposal, withdrawn_on)
        self.record(
            self.ItemWithdrawn, at, proposal=proposal, code=item.code,
            withdrawn_on=withdrawn_on, reason=reason,
        )  # fmt: skip

    def propose_reduction(
        self, proposal: str, reduction: Reduction, maker: str, at: datetime
    ) -> None:
        """Raises ``UnfitReduction``, which says all that is wrong, and ``ProposalUsed``."""
        if wrongs := list(reduction_wrongs(reduction)):
            raise UnfitReduction(f"{reduction.code[:70]}: {'; '.join(wrongs)}")
        self._check_unused(proposal)
        self.record(self.ReductionProposed, at, proposal=proposal, reduction=reduction, maker=maker)

    def approve_reduction(self, proposal: str, checker: str, at: datetime) -> None:
        """Raises ``UnknownProposal``, ``SamePerson``, ``SamePrecedence``."""
        reduction = second_person(self.proposed_reductions, proposal, checker)
        for other in self.reductions.values():
            if reduction.ties_with(other):
                raise SamePrecedence(f"{named(reduction)} and {named(other)}")
        self.record(
            self.ReductionApproved, at, proposal=proposal, reduction=reduction, checker=checker
        )

    def reject_reduction(self, proposal: str, checker: str, reason: str, at: datetime) -> None:
        """Anybody may, its maker too. Raises ``UnknownProposal``."""
        pending(self.proposed_reductions, proposal)
        self.record(self.ReductionRejected, at, proposal=proposal, checker=checker, reason=reason)

    def withdraw_reduction(
        self, proposal: str, withdrawn_on: date, reason: str, at: datetime
    ) -> None:
        """End an approved version before ``withdrawn_on``. Raises ``NothingToWithdraw``."""
        reduction = standing(self.reductions, proposal, withdrawn_on)
        self.record(
            self.ReductionWithdrawn, at, proposal=proposal, code=reduction.code,
            withdrawn_on=withdrawn_on, reason=reason,
        )  # fmt: skip

    def _check_unused(self, proposal: str) -> None:
        if not proposal or proposal in self._used:
            raise ProposalUsed(repr(proposal))

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(ItemProposed)
    def _item_proposed(self, proposal: str, item: FeeItem, maker: str) -> None:
        self._used.add(proposal)
        self.proposed_items[proposal] = Proposed(item, maker)

    @event(ItemApproved)
    def _item_approved(self, proposal: str, item: FeeItem) -> None:
        self.proposed_items.pop(proposal, None)
        self.items[proposal] = item

    @event(ItemRejected)
    def _item_rejected(self, proposal: str) -> None:
        self.proposed_items.pop(proposal, None)

    @event(ItemWithdrawn)
    def _item_withdrawn(self, proposal: str, withdrawn_on: date) -> None:
        end(self.items, proposal, withdrawn_on)

    @event(ReductionProposed)
    def _reduction_proposed(self, proposal: str, reduction: Reduction, maker: str) -> None:
        self._used.add(proposal)
        self.proposed_reductions[proposal] = Proposed(reduction, maker)

    @event(ReductionApproved)
    def _reduction_approved(self, proposal: str, reduction: Reduction) -> None:
        self.proposed_reductions.pop(proposal, None)
        self.reductions[proposal] = reduction

    @event(ReductionRejected)
    def _reduction_rejected(self, proposal: str) -> None:
        self.proposed_reductions.pop(proposal, None)

    @event(ReductionWithdrawn)
    def _reduction_withdrawn(self, proposal: str, withdrawn_on: date) -> None:
        end(self.reductions, proposal, withdrawn_on)
