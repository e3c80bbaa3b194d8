"""Custody: what an agency has drawn on its accounts and is not done with; one stream per agency.

Every order that takes from the same shares, transfers or free money is drawn through this stream,
so that two officers who draw the same at once are told apart: one is recorded first, the other is
decided again. It is written a few times a day, by finance staff only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.bank_order import OrderKind
from feesvc.domain.forwarding import Forwarded
from feesvc.money import Money


class Custody(Aggregate):
    TOPIC = "custody"
    LONG = True

    class Opened(FirstEvent):
        """The first order of this agency is drawn."""

        TOPIC = "custody.opened"
        agency: str

    class OrderDrawn(Aggregate.Event):
        """Until it has ended, what this order takes is not drawn again."""

        TOPIC = "custody.order_drawn"
        kind: OrderKind
        order: UUID

    class OrderEnded(Aggregate.Event):
        """What it took is recorded where it stands, or free again."""

        TOPIC = "custody.order_ended"
        kind: OrderKind
        order: UUID

    class RepaidByAgency(Aggregate.Event):
        """Another agency paid back what we refunded for it after forwarding (P20j)."""

        TOPIC = "custody.repaid_by_agency"
        forwarding: UUID
        transfer: UUID
        amount: Money
        bank_reference: str
        occurred_at: datetime

    class Arrived(Aggregate.Event):
        """Money that another agency had collected for this one came to its bank (P20d)."""

        TOPIC = "custody.arrived"
        forwarding: UUID
        collector: str
        takes: tuple[Forwarded, ...]
        bank_reference: str
        occurred_at: datetime

    @event(Opened)
    def __init__(self, agency: str) -> None:
        self.agency = agency
        self.open: dict[UUID, OrderKind] = {}

    def draw(self, kind: OrderKind, order: UUID, at: datetime) -> None:
        self.record(self.OrderDrawn, at, kind=kind, order=order)

    def end(self, order: UUID, at: datetime) -> None:
        if order in self.open:
            self.record(self.OrderEnded, at, kind=self.open[order], order=order)

    def arrive(
        self, forwarding: UUID, collector: str, takes: Sequence[Forwarded], bank_reference: str,
        occurred_at: datetime, at: datetime,
    ) -> None:  # fmt: skip
        self.record(
            self.Arrived, at, forwarding=forwarding, collector=collector, takes=tuple(takes),
            bank_reference=bank_reference, occurred_at=occurred_at,
        )  # fmt: skip

    def repaid(
        self, forwarding: UUID, transfer: UUID, amount: Money, bank_reference: str,
        occurred_at: datetime, at: datetime,
    ) -> None:  # fmt: skip
        self.record(
            self.RepaidByAgency, at, forwarding=forwarding, transfer=transfer, amount=amount,
            bank_reference=bank_reference, occurred_at=occurred_at,
        )  # fmt: skip

    @event(OrderDrawn)
    def _order_drawn(self, kind: OrderKind, order: UUID) -> None:
        self.open[order] = kind

    @event(OrderEnded)
    def _order_ended(self, order: UUID) -> None:
        self.open.pop(order, None)
