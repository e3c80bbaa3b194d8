"""What each event opens and closes: captures, suspense, batches, lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from feesvc.domain import case_events as cases
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Moved(NamedTuple):
    """Minor units; what comes to us and is not matched is positive."""

    id: UUID
    kind: str
    currency: str
    via: str
    intermediary: str
    reference: str
    reason: str
    since: date
    amount: int


class Line(NamedTuple):
    """A line of a file of which nothing is booked, as its case was opened: signed as it stands
    there, in minor units."""

    case: UUID
    currency: str
    reference: str
    reason: str
    since: date
    amount: int


def line_of(event: cases.Opened) -> Line | None:
    """None where the case is about something else."""
    if event.subject.kind != "line":
        return None
    amount = int(event.facts.get("amount", event.at_risk.amount))
    return Line(
        event.originator_id, event.at_risk.currency, event.facts.get("line", ""), event.code,
        event.timestamp.astimezone(ZONE).date(), amount,
    )  # fmt: skip


def read(recorded: Recorded) -> Iterator[Moved]:
    if type(recorded.event) not in READINGS:
        return
    for one in READINGS[type(recorded.event)](recorded.event):
        if one.amount:
            yield one


def _day(event: Any) -> date:
    moment: datetime = getattr(event, "occurred_at", event.timestamp)
    return moment.astimezone(ZONE).date()


def _capture(event: Any, amount: int, currency: str) -> Iterator[Moved]:
    origin = event.origin
    if origin.via == "intermediary":
        yield Moved(
            event.originator_id, "capture", currency, origin.via, origin.intermediary,
            origin.transaction, "", _day(event), amount,
        )  # fmt: skip


def _suspense(event: Any, takes: Sequence[Placement], sign: int) -> Iterator[Moved]:
    return _suspended(event.originator_id, event.origin, takes, sign, _day(event))


def _suspended(
    id: UUID, origin: Any, takes: Sequence[Placement], sign: int, day: date
) -> Iterator[Moved]:
    for take in takes:
        if take.to == "suspense":
            yield Moved(
                id, "suspense", take.amount.currency, origin.via, origin.intermediary,
                origin.transaction, take.reason, day, sign * take.amount.amount,
            )  # fmt: skip


def _received(event: Any) -> Iterator[Moved]:
    return _capture(event, event.amount.amount, event.amount.currency)


def _placed(event: Any) -> Iterator[Moved]:
    return _suspense(event, event.placements, 1)


def _re_placed(event: Any) -> Iterator[Moved]:
    for move in event.moves:
        yield from _suspense(event, [move.source.of(move.target.amount.amount)], -1)
        yield from _suspense(event, [move.target], 1)


def _given_up(event: Any) -> Iterator[Moved]:
    """Reversed or disclaimed: the intermediary's again."""
    beyond = getattr(event, "beyond", None)
    amounts = [take.amount for take in event.takes] + ([beyond] if beyond else [])
    for amount in amounts:
        yield from _capture(event, -amount.amount, amount.currency)
    yield from _suspense(event, event.takes, -1)


def _taken(event: Any) -> Iterator[Moved]:
    return _suspense(event, event.takes, -1)


def _put_back(event: Any) -> Iterator[Moved]:
    return _suspense(event, event.takes, 1)


def _refunded(event: Refund.Approved) -> Iterator[Moved]:
    for take in event.takes:
        yield from _suspended(take.transfer, take.origin, take.placements, -1, _day(event))


def _settled(event: Any) -> Iterator[Moved]:
    gross = event.net.amount + event.commission.amount + event.tax.amount
    yield from _capture(event, -gross, event.net.currency)
    yield from _line(event, event.net.amount)


def _line_settled(event: Any) -> Iterator[Moved]:
    return _line(event, event.net.amount)


def _unsettled(event: Any) -> Iterator[Moved]:
    if event.kind == "payment":
        gross = event.net.amount + event.commission.amount + event.tax.amount
        yield from _capture(event, gross, event.net.currency)
    yield from _line(event, -event.net.amount)


def _line(event: Any, amount: int) -> Iterator[Moved]:
    """Of the first form, which knew no batches, nothing is on its way."""
    if event.batch_id.int:
        yield Moved(
            event.batch_id, "batch", event.net.currency, "intermediary",
            event.origin.intermediary, event.batch, "", _day(event), amount,
        )  # fmt: skip


def _of_batch(*names: str, sign: int) -> Callable[[Any], Iterator[Moved]]:
    """What an event of a batch itself adds to it: the sum of these amounts, with this sign."""

    def moved(event: Any) -> Iterator[Moved]:
        amounts = [getattr(event, name) for name in names]
        yield Moved(
            event.originator_id, "batch", amounts[0].currency, "intermediary",
            event.origin.intermediary, event.origin.batch, "", _day(event),
            sign * sum(amount.amount for amount in amounts),
        )  # fmt: skip

    return moved


READINGS: Mapping[type[Aggregate.Event], Callable[[Any], Iterator[Moved]]] = {
    Transfer.Received: _received,
    Transfer.ToldAgain: _received,
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _given_up,
    Transfer.Reversed: _given_up,
    Transfer.DisputeLost: _taken,
    Transfer.PayoutIdentified: _taken,
    Transfer.PayoutDisproved: _put_back,
    Transfer.Settled: _settled,
    Transfer.RefundSettled: _line_settled,
    Transfer.DisputeSettled: _line_settled,
    Transfer.Unsettled: _unsettled,
    Refund.Approved: _refunded,
    Batch.FeeCharged: _of_batch("net", sign=1),
    Batch.FeeUncharged: _of_batch("net", sign=-1),
    Batch.ReserveWithheld: _of_batch("amount", sign=-1),
    Batch.ReserveReleased: _of_batch("amount", sign=1),
    Batch.Credited: _of_batch("amount", "short", "charge", sign=-1),
    Batch.CreditReversed: _of_batch("amount", "short", "charge", sign=1),
    Batch.CreditUndone: _of_batch("amount", "short", "charge", sign=1),
    Batch.CarriedOut: _of_batch("amount", sign=1),
    Batch.CarriedOver: _of_batch("amount", sign=1),
    Batch.TakenUp: _of_batch("amount", sign=-1),
    Batch.PaidByUs: _of_batch("amount", sign=1),
    Batch.ToBudget: _of_batch("amount", sign=-1),
}
OPENING: tuple[type[Aggregate.Event], ...] = (cases.Opened, cases.Reopened)
ENDING: tuple[type[Aggregate.Event], ...] = (cases.Cleared, cases.Closed)
"""Events of cases: lines are in no event but theirs."""
