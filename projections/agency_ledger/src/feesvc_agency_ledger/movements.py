"""What an event moves: amounts, each with the case that a posting rule decides by. Pure.

No account stands here: those are data, in the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Part
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


class Dimensions(NamedTuple):
    """What a posting is about. No personal data."""

    assessment: UUID | None = None
    line: int = 0
    transfer: UUID | None = None
    payment: UUID | None = None
    refund: UUID | None = None
    intermediary: str = ""


class Movement(NamedTuple):
    """An amount that one rule posts whole."""

    case: str
    amount: Money
    about: Dimensions
    via: str = "intermediary"
    source: Dimensions | None = None
    """What the first debit is about, where that is something else."""


class Taken(NamedTuple):
    """What a refund takes from one transfer, in minor units."""

    transfer: UUID
    payment: UUID | None
    intermediary: str
    amount: int


class Approval(NamedTuple):
    """What a refund's later events rest on: how it is paid, and from which transfers."""

    method: str
    taken: tuple[Taken, ...]


Approvals: TypeAlias = Mapping[UUID, Approval]
Reader: TypeAlias = Callable[[Recorded, Any, Approvals], Iterator[Movement]]


def movements(recorded: Recorded, approvals: Approvals) -> Iterator[Movement]:
    """Every amount that an event moves in the book of its agency; none for most events."""
    read = READERS.get(type(recorded.event))
    return read(recorded, recorded.event, approvals) if read else iter(())


def _lines(recorded: Recorded, event: Assessment.Raised, _: Approvals) -> Iterator[Movement]:
    for line in event.lines:
        yield Movement("line", line.amount, Dimensions(event.originator_id, line.number))


def _increased(recorded: Recorded, event: Assessment.Increased, _: Approvals) -> Iterator[Movement]:
    return _parts("line", event.originator_id, event.parts)


def _open(recorded: Recorded, event: Any, _: Approvals) -> Iterator[Movement]:
    return _parts("open", event.originator_id, event.open)


def _parts(case: str, assessment: UUID, parts: Sequence[Part]) -> Iterator[Movement]:
    for part in parts:
        yield Movement(case, part.amount, Dimensions(assessment, part.line))


def _collected(
    recorded: Recorded, event: Assessment.CollectedBy, _: Approvals
) -> Iterator[Movement]:
    if event.collector != recorded.agency:
        for part in event.parts:
            yield Movement(part.kind, part.amount, _held(event, part))


def _uncollected(
    recorded: Recorded, event: Assessment.UncollectedBy, _: Approvals
) -> Iterator[Movement]:
    if event.collector != recorded.agency:
        due = " due" if event.still_due else ""
        for part in event.parts:
            yield Movement(part.kind + due, part.amount, _held(event, part))


def _held(event: Assessment.CollectedBy | Assessment.UncollectedBy, part: Part) -> Dimensions:
    return Dimensions(event.originator_id, part.line, event.transfer)


def _placed(recorded: Recorded, event: Transfer.Placed, _: Approvals) -> Iterator[Movement]:
    for placement in event.placements:
        case = _where(placement, recorded.agency)
        if placement.to in ("credit", "suspense") and placement.reason:
            case = f"{case} {placement.reason}"
        yield _moved(case, placement, event)


def _re_placed(recorded: Recorded, event: Transfer.RePlaced, _: Approvals) -> Iterator[Movement]:
    for move in event.moves:
        source = _where(move.source, recorded.agency)
        case = f"{source} to {_where(move.target, recorded.agency)}"
        stood = _about(move.source, event)
        yield _moved(case, move.target, event)._replace(source=stood)
        if move.source.still_due and move.source.beneficiary == recorded.agency:
            yield Movement(f"{source} due again", move.source.amount, stood)


def _disclaimed(recorded: Recorded, event: Transfer.Disclaimed, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        yield _moved(_where(take, recorded.agency), take, event)


def _settled(recorded: Recorded, event: Transfer.Settled, _: Approvals) -> Iterator[Movement]:
    about = _transfer(event)
    yield Movement("commission", event.commission, about, event.origin.via)
    yield Movement("tax", event.tax, about, event.origin.via)


def _reversed(recorded: Recorded, event: Transfer.Reversed, _: Approvals) -> Iterator[Movement]:
    yield from _lost(recorded, event, _)
    yield Movement("beyond", event.beyond, _transfer(event), event.origin.via)


def _disputed(recorded: Recorded, event: Transfer.Disputed, _: Approvals) -> Iterator[Movement]:
    about = _transfer(event)
    yield Movement("amount", event.amount, about, event.origin.via)
    yield Movement("fee", event.fee, about, event.origin.via)


def _won(recorded: Recorded, event: Transfer.DisputeWon, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, _transfer(event), event.origin.via)


def _lost(
    recorded: Recorded, event: Transfer.Reversed | Transfer.DisputeLost, _: Approvals
) -> Iterator[Movement]:
    for take in event.takes:
        own = take.to == "line" and take.beneficiary == recorded.agency
        case = _where(take, recorded.agency) + (" due" if own and take.still_due else "")
        yield _moved(case, take, event)


def _approved(recorded: Recorded, event: Refund.Approved, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        for placement in take.placements:
            about = Dimensions(
                placement.assessment, placement.line, take.transfer, take.origin.payment,
                event.originator_id, take.origin.intermediary,
            )  # fmt: skip
            yield Movement(_where(placement, recorded.agency), placement.amount, about)


def _in_flight(
    recorded: Recorded, event: Refund.Instructed | Refund.Failed, _: Approvals
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions(refund=event.originator_id))


def _paid(
    recorded: Recorded, event: Refund.Paid | Refund.Returned, approvals: Approvals
) -> Iterator[Movement]:
    """One movement per transfer, so that each transfer's clearing ends at zero on its own."""
    approval = approvals[event.originator_id]
    abouts = [
        Dimensions(None, 0, taken.transfer, taken.payment, event.originator_id, taken.intermediary)
        for taken in approval.taken
    ]
    for about, taken in zip(abouts, approval.taken, strict=True):
        yield Movement(approval.method, Money(taken.amount, event.amount.currency), about)
    if isinstance(event, Refund.Paid):
        yield Movement(f"fee {approval.method}", event.fee, abouts[0])


def _where(placement: Placement, agency: str) -> str:
    """Where money stands, as rules name it; a state beyond "collected" is named as well."""
    if placement.to in ("credit", "suspense"):
        where: str = placement.to
    elif placement.beneficiary != agency:
        where = "other agency"
    else:
        where = placement.kind
    return where if placement.state == "collected" else f"{where} {placement.state}"


def _moved(case: str, placement: Placement, event: Any) -> Movement:
    return Movement(case, placement.amount, _about(placement, event), event.origin.via)


def _about(placement: Placement, event: Any) -> Dimensions:
    origin: Origin = event.origin
    return Dimensions(
        placement.assessment, placement.line, event.originator_id, origin.payment, None,
        origin.intermediary,
    )  # fmt: skip


def _transfer(event: Any) -> Dimensions:
    origin: Origin = event.origin
    return Dimensions(None, 0, event.originator_id, origin.payment, None, origin.intermediary)


READERS: dict[type[Aggregate.Event], Reader] = {
    Assessment.Raised: _lines,
    Assessment.Increased: _increased,
    Assessment.Reduced: _open,
    Assessment.Waived: _open,
    Assessment.Cancelled: _open,
    Assessment.Superseded: _open,
    Assessment.CollectedBy: _collected,
    Assessment.UncollectedBy: _uncollected,
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _disclaimed,
    Transfer.Settled: _settled,
    Transfer.Reversed: _reversed,
    Transfer.Disputed: _disputed,
    Transfer.DisputeWon: _won,
    Transfer.DisputeLost: _lost,
    Refund.Approved: _approved,
    Refund.Instructed: _in_flight,
    Refund.Paid: _paid,
    Refund.Failed: _in_flight,
    Refund.Returned: _paid,
}
