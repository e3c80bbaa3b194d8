"""What a transfer decides on money that is taken back: reversed, disputed, won or lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from feesvc.domain import transfer_events as events
from feesvc.domain.placement import Placement
from feesvc.domain.transfer_standing import TransferStanding
from feesvc.money import Money


class TransferDisputes(TransferStanding):
    """The part of a transfer that gives way to those who take its money back."""

    Reversed: ClassVar[type[events.Reversed]]
    Disputed: ClassVar[type[events.Disputed]]
    DisputeWon: ClassVar[type[events.DisputeWon]]
    DisputeLost: ClassVar[type[events.DisputeLost]]

    def reverse(
        self, takes: Sequence[Placement], reason: str, occurred_at: datetime, at: datetime
    ) -> None:
        if not self.reversed:
            self.withdraw_claim(at)
            self.tell(
                self.Reversed, at, takes=tuple(takes), beyond=self.ours - self.sum(takes),
                reason=reason, occurred_at=occurred_at,
            )  # fmt: skip

    def dispute(
        self, dispute: str, amount: Money, fee: Money, occurred_at: datetime, at: datetime
    ) -> None:
        if dispute not in self.disputes and dispute not in self.closed_disputes:
            takes = self.buckets.take(amount.amount)
            self.tell(
                self.Disputed, at, dispute=dispute, amount=amount, fee=fee, takes=takes,
                beyond=amount - self.sum(takes), occurred_at=occurred_at,
            )  # fmt: skip

    def win(self, dispute: str, occurred_at: datetime, at: datetime) -> None:
        if dispute in self.disputes:
            self.tell(
                self.DisputeWon, at, dispute=dispute, amount=self.disputed(dispute),
                takes=self.disputes[dispute], occurred_at=occurred_at,
            )  # fmt: skip

    def lose(
        self, dispute: str, takes: Sequence[Placement], occurred_at: datetime, at: datetime
    ) -> None:
        """``takes`` are the disputed placements, each saying whether its fee is owed again."""
        if dispute in self.disputes:
            amount = self.disputed(dispute)
            self.tell(
                self.DisputeLost, at, dispute=dispute, amount=amount, takes=tuple(takes),
                beyond=amount - self.sum(takes), occurred_at=occurred_at,
            )  # fmt: skip
