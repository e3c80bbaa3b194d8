"""What each event says of either side of the sheet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from feesvc.domain import transfer_events as events
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.payment_list import REFERENCE as PAYMENT_LIST
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SETTLED_FIRST = "unknown_settled_line"
"""Why money waits that we know from a settlement line alone: it is on their side only."""
Lines: TypeAlias = Mapping[tuple[UUID, str], UUID]
"""Refunds by the batch and line that settled them."""


class Moved(NamedTuple):
    """Minor units; ``money`` is any amount of the event, for its currency."""

    kind: str
    id: UUID
    intermediary: str
    currency: str
    day: date
    captured: int = 0
    gross: int = 0
    commission: int = 0
    tax: int = 0
    net: int = 0
    banked: int = 0


def read(recorded: Recorded, lines: Lines) -> Iterator[Moved]:
    """Nothing for what did not go through an intermediary."""
    event: Any = recorded.event
    origin = getattr(event, "origin", None)
    if origin is None or origin.via == "intermediary":
        yield from READINGS[type(event)](event, lines)


def day_of(event: Any) -> date:
    moment: datetime = getattr(event, "occurred_at", event.timestamp)
    return moment.astimezone(ZONE).date()


def _moved(kind: str, event: Any, money: Money, id: UUID | None = None, **sums: int) -> Moved:
    about = id or event.originator_id
    return Moved(kind, about, event.origin.intermediary, money.currency, day_of(event), **sums)


def _received(event: events.Received | events.ToldAgain, _: Lines) -> Iterator[Moved]:
    known = 0 if event.source == "settlement" else event.amount.amount
    yield _moved("payment", event, event.amount, captured=known)


def _re_placed(event: events.RePlaced, _: Lines) -> Iterator[Moved]:
    for move in event.moves:
        if move.source.reason == SETTLED_FIRST:
            amount = move.source.amount
            yield _moved("payment", event, amount, captured=amount.amount)


def _disclaimed(event: events.Disclaimed, _: Lines) -> Iterator[Moved]:
    for take in event.takes:
        if take.reason != SETTLED_FIRST:
            yield _moved("payment", event, take.amount, captured=-take.amount.amount)


def _reversed(event: events.Reversed, _: Lines) -> Iterator[Moved]:
    gone = event.beyond.amount + sum(take.amount.amount for take in event.takes)
    yield _moved("payment", event, event.beyond, captured=-gone)


def _settled(event: events.Settled, _: Lines) -> Iterator[Moved]:
    yield _moved("payment", event, event.net, event.originator_id, **_sides(event, 1))


def _refund_settled(event: events.RefundSettled, _: Lines) -> Iterator[Moved]:
    yield _moved("refund", event, event.net, event.refund, **_sides(event, 1))


def _dispute_settled(event: events.DisputeSettled, _: Lines) -> Iterator[Moved]:
    gross = event.net.amount + event.withheld.amount
    yield _moved(
        "chargeback", event, event.net, gross=gross, commission=event.withheld.amount,
        net=event.net.amount,
    )  # fmt: skip


def _unsettled(event: events.Unsettled, lines: Lines) -> Iterator[Moved]:
    kind = "chargeback" if event.kind == "dispute" else event.kind
    id = lines.get((event.batch_id, event.line)) if kind == "refund" else None
    sides = _sides(event, -1)
    if kind == "chargeback":
        sides["gross"] -= event.fee.amount
        sides["commission"] -= event.fee.amount
    yield _moved(kind, event, event.net, id or event.originator_id, **sides)


def _sides(event: Any, sign: int) -> dict[str, int]:
    commission, tax, net = event.commission.amount, event.tax.amount, event.net.amount
    sides = {"gross": net + commission + tax, "commission": commission, "tax": tax, "net": net}
    return {name: sign * amount for name, amount in sides.items()}


def _refund_paid(event: Refund.Paid, _: Lines) -> Iterator[Moved]:
    if not by_bank(event.reference):
        yield _moved("refund", event, event.amount, captured=-event.amount.amount)


def _refund_returned(event: Refund.Returned, _: Lines) -> Iterator[Moved]:
    if not by_bank(event.reference):
        yield _moved("refund", event, event.amount, captured=event.amount.amount)


def by_bank(reference: str) -> bool:
    """Whether a refund went from the agency's own account, on a payment list: no intermediary
    settles it, wherever the money came from.
    """
    return PAYMENT_LIST.match(reference) is not None


def _disputed(event: events.Disputed, _: Lines) -> Iterator[Moved]:
    yield _moved("chargeback", event, event.amount, captured=-event.amount.amount)


def _won(event: events.DisputeWon, _: Lines) -> Iterator[Moved]:
    yield _moved("chargeback", event, event.amount, captured=event.amount.amount)


def _banked(event: events.Banked | events.Unbanked, _: Lines) -> Iterator[Moved]:
    """It has no origin: of a transfer that is no item it is not kept."""
    change = 1 if isinstance(event, events.Banked) else -1
    yield Moved("payment", event.originator_id, "", "", day_of(event), banked=change)


READINGS: Mapping[type[Aggregate.Event], Callable[[Any, Lines], Iterator[Moved]]] = {
    Transfer.Received: _received,
    Transfer.ToldAgain: _received,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _disclaimed,
    Transfer.Reversed: _reversed,
    Transfer.Settled: _settled,
    Transfer.RefundSettled: _refund_settled,
    Transfer.DisputeSettled: _dispute_settled,
    Transfer.Unsettled: _unsettled,
    Transfer.Disputed: _disputed,
    Transfer.DisputeWon: _won,
    Transfer.Banked: _banked,
    Transfer.Unbanked: _banked,
    Refund.Paid: _refund_paid,
    Refund.Returned: _refund_returned,
}
