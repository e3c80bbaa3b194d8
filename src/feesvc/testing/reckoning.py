"""Reckoning: each account's balance worked out from the meaning of the account alone.

It knows no posting rule. What stands somewhere is read from the aggregates as they are now; what
went through an intermediary, from the events that say so. So a ledger can be held against it, and
an intermediary's own books as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money

Books: TypeAlias = dict[tuple[str, str, int], int]
"""Agency, currency and account → minor units, debits − credits; nothing that is zero."""

HOLDS = {"intermediary": 1200, "bank": 1300, "cash": 1110}
PAID_FROM = {"intermediary": 1200, "bank_transfer": 1300, "treasury_custody": 1320}
COLLECTED = {"fee": 2500, "charge": 2500, "advance": 2300, "postal": 2360}
WAITS = {"credit": 2100, "suspense": 2150, "held": 2350}
OWED, AWAITED, DISPUTED, COMMISSION, TAX, DISPUTE_FEES = 1100, 2900, 1250, 5100, 5150, 5200
IN_TRANSIT, BANKED = 1210, 2510


@dataclass(slots=True)
class Reckoning:
    """``log`` are the events, ``found`` the aggregates that they led to."""

    log: Sequence[Recorded]
    found: Mapping[UUID, Aggregate]

    @property
    def assessments(self) -> list[Assessment]:
        return [one for one in self.found.values() if isinstance(one, Assessment)]

    @property
    def transfers(self) -> list[Transfer]:
        return [one for one in self.found.values() if isinstance(one, Transfer)]

    @property
    def refunds(self) -> list[Refund]:
        return [one for one in self.found.values() if isinstance(one, Refund)]

    def books(self) -> Books:
        """Every balance of every book."""
        books: Counter[tuple[str, str, int]] = Counter()
        for assessment in self.assessments:
            owed = assessment.outstanding
            books[assessment.agency, owed.currency, OWED] += owed.amount
            books[assessment.agency, owed.currency, AWAITED] -= owed.amount
            for line in assessment.lines.values():
                if COLLECTED[line.kind] == COLLECTED["fee"]:  # what is banked and not split yet
                    banked = line.banked - line.allocated
                    books[assessment.agency, owed.currency, COLLECTED[line.kind]] += banked
                    books[assessment.agency, owed.currency, BANKED] -= banked
        for transfer in self.transfers:
            for placement in self.standing(transfer):
                _stands(books, transfer.agency, placement)
        for refund in self.refunds:
            account = 2200 if refund.state in ("approved", "failed", "returned") else 2210
            if refund.state not in ("requested", "rejected", "paid"):
                books[refund.agency, refund.amount.currency, account] -= refund.amount.amount
        for recorded in self.log:
            for account, amount in _moved(recorded, self.found):
                books[recorded.agency, amount.currency, account] += amount.amount
        return {place: amount for place, amount in books.items() if amount}

    def standing(self, transfer: Transfer) -> Iterator[Placement]:
        """What it holds and nobody promised to give back: free, only asked for, disputed."""
        yield from transfer.buckets
        asked = {refund.id for refund in self.refunds if refund.state == "requested"}
        for refund, takes in transfer.reserved.items():
            yield from takes if refund in asked else ()
        for takes in transfer.disputes.values():
            yield from takes

    def lost(self) -> Iterator[str]:
        """Money that came and stands nowhere, or in more places than one."""
        gone: Counter[UUID] = Counter()
        for each in self.log:
            if isinstance(
                each.event, Transfer.Reversed | Transfer.DisputeLost | Transfer.Disclaimed
            ):
                gone[each.event.originator_id] += _sum(each.event.takes)
        for transfer in self.transfers:
            held = _sum(transfer.buckets) + transfer.refunded + gone[transfer.id]
            for takes in (*transfer.reserved.values(), *transfer.disputes.values()):
                held += _sum(takes)
            if held != transfer.amount.amount:
                yield f"{held} of the {transfer.amount} of {transfer.origin.transaction}"

    def miscounted(self) -> Iterator[str]:
        """Assessments that say they collected what stands on no transfer, or the other way."""
        stands: Counter[tuple[UUID | None, int]] = Counter()
        for transfer in self.transfers:
            for placement in self.standing(transfer):
                if placement.to == "line":
                    stands[placement.assessment, placement.line] += placement.amount.amount
        for assessment in self.assessments:
            for number, line in assessment.lines.items():
                if not (line.collected == stands[assessment.id, number] <= line.due):
                    yield f"{line.collected} of {line.due} on line {number} of {assessment.dossier}"


def _stands(books: Counter[tuple[str, str, int]], agency: str, placement: Placement) -> None:
    currency, amount = placement.amount.currency, placement.amount.amount
    if placement.to != "line":
        books[agency, currency, WAITS[placement.to]] -= amount
        return
    assert placement.kind
    books[placement.beneficiary, currency, COLLECTED[placement.kind]] -= amount
    if placement.beneficiary != agency:
        books[placement.beneficiary, currency, 1295] += amount
        books[agency, currency, 2350] -= amount


def _moved(recorded: Recorded, found: Mapping[UUID, Aggregate]) -> Iterator[tuple[int, Money]]:
    """What an event moved where money is held, and what that cost."""
    event = recorded.event
    match event:
        case Transfer.Received():
            yield HOLDS[event.origin.via], event.amount
        case Transfer.Settled():
            held = HOLDS[event.origin.via]
            yield from ((held, -event.commission), (held, -event.tax), (held, -event.net))
            yield IN_TRANSIT, event.net
            yield from ((COMMISSION, event.commission), (TAX, event.tax))
        case Transfer.Reversed():
            yield HOLDS[event.origin.via], -event.beyond
            yield DISPUTED, event.beyond
            yield from ((HOLDS[event.origin.via], -take.amount) for take in event.takes)
        case Transfer.Disclaimed():
            yield from ((HOLDS[event.origin.via], -take.amount) for take in event.takes)
        case Transfer.Disputed():
            held = HOLDS[event.origin.via]
            yield from ((held, -event.amount), (held, -event.fee))
            yield from ((DISPUTED, event.amount), (DISPUTE_FEES, event.fee))
        case Transfer.DisputeWon():
            yield from ((HOLDS[event.origin.via], event.amount), (DISPUTED, -event.amount))
        case Transfer.DisputeLost():
            yield from ((DISPUTED, -take.amount) for take in event.takes)
        case Refund.Paid():
            held = _paid_from(found, event.originator_id)
            yield from ((held, -event.amount), (held, -event.fee), (COMMISSION, event.fee))
        case Refund.Returned():
            yield _paid_from(found, event.originator_id), event.amount
        case _:
            return


def _paid_from(found: Mapping[UUID, Aggregate], refund: UUID) -> int:
    known = found[refund]
    assert isinstance(known, Refund)
    return PAID_FROM[known.method]


def _sum(placements: Iterable[Placement]) -> int:
    return sum(placement.amount.amount for placement in placements)
