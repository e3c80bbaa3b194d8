"""Readings: what each event changes in the books of custody. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.domain import assessment_events as assessments
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Part, TakenPart
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjustments import Lapsed, LapseRemittanceUndone, LapseRemitted
from feesvc.reconciling.custody.books import Books, LineRow, RefundRow
from feesvc.reconciling.custody.orders import READINGS as OF_ORDERS
from feesvc.reconciling.custody.settled import READINGS as OF_SETTLEMENT

Reading: TypeAlias = Callable[[Books, Recorded, Any], None]
SHARED = ("fee", "charge")
SPLIT = ("retained", "allocated", "remitted")
"""How far money has come that is counted by its line, whatever transfer brought it."""

PAID_FROM: Mapping[str, str] = {"bank_transfer": "bank", "treasury_custody": "treasury_custody"}
"""Out of which account refunds by these methods go."""


def _where(placement: Placement, agency: str) -> tuple[str, str]:
    """The place that it is held at, and for which agency; empty for an own fee or charge,
    and for what went on already: since its debit nobody owes it."""
    if placement.state in ("forwarded", *SPLIT):
        return "", ""
    if placement.to == "surcharge":  # it is for what is withheld, and comes to no bank
        return "", ""
    if placement.to in ("credit", "suspense"):
        return placement.to, ""
    if placement.beneficiary != agency:
        return "other_agency", placement.beneficiary
    return ("" if placement.kind in SHARED else placement.kind), ""


def _hold(
    books: Books, transfer: UUID, agency: str, placements: Sequence[Placement], sign: int
) -> None:
    for one in placements:
        item, beneficiary = _where(one, agency)
        if item:
            amount = sign * one.amount.amount
            books.hold(transfer, agency, one.amount.currency, item, amount, beneficiary)


def _placed(books: Books, recorded: Recorded, event: transfers.Placed) -> None:
    for one in event.placements[:1]:
        books.came(event.originator_id, recorded.agency, one.amount.currency)
    _hold(books, event.originator_id, recorded.agency, event.placements, 1)
    if event.origin.via == "bank":
        for one in event.placements:
            books.add(recorded.agency, one.amount.currency, "bank", one.amount.amount)
        books.bank(event.originator_id, event.occurred_at)
    elif event.origin.via == "cash":
        for one in event.placements:
            books.hold(
                event.originator_id, recorded.agency, one.amount.currency, "cash",
                one.amount.amount,
            )  # fmt: skip


def _re_placed(books: Books, recorded: Recorded, event: transfers.RePlaced) -> None:
    id, agency = event.originator_id, recorded.agency
    _hold(books, id, agency, [move.source for move in event.moves], -1)
    _hold(books, id, agency, [move.target for move in event.moves], 1)


def _taken(books: Books, recorded: Recorded, event: Any) -> None:
    _hold(books, event.originator_id, recorded.agency, event.takes, -1)


def _lapsed(books: Books, recorded: Recorded, event: Lapsed) -> None:
    """Nobody may ask for it any more: of what is in the bank, so much more is the budget's."""
    _taken(books, recorded, event)
    for take in event.takes:
        amount, currency = take.amount.amount, take.amount.currency
        books.add(recorded.agency, currency, "budget", amount)
        books.hold(event.originator_id, recorded.agency, currency, "lapsed", amount)


def _lapse_remitted(
    books: Books, recorded: Recorded, event: LapseRemitted | LapseRemittanceUndone
) -> None:
    sign = -1 if isinstance(event, LapseRemitted) else 1
    for part in event.parts:
        amount = sign * part.amount.amount
        books.hold(event.originator_id, recorded.agency, part.amount.currency, "lapsed", amount)


def _reversed(books: Books, recorded: Recorded, event: transfers.Reversed) -> None:
    _taken(books, recorded, event)
    if event.origin.via == "bank":
        gone = sum(take.amount.amount for take in event.takes) + event.beyond.amount
        books.add(recorded.agency, event.beyond.currency, "bank", -gone)


def _in_bank(books: Books, recorded: Recorded, event: transfers.Banked) -> None:
    books.bank(event.originator_id, event.occurred_at)


def _out_of_bank(books: Books, recorded: Recorded, event: transfers.Unbanked) -> None:
    books.unbank(event.originator_id)


def _approved(books: Books, recorded: Recorded, event: Refund.Approved) -> None:
    currency = event.amount.currency
    books.refunds[event.originator_id] = RefundRow(event.method, {})
    takes = books.refunds[event.originator_id].takes
    for take in event.takes:
        _hold(books, take.transfer, recorded.agency, take.placements, -1)
        amount = sum(placement.amount.amount for placement in take.placements)
        takes[take.transfer] = takes.get(take.transfer, 0) + amount
        books.hold(take.transfer, recorded.agency, currency, "refund", amount)


def _instructed(books: Books, recorded: Recorded, event: Refund.Instructed) -> None:
    books.refunds[event.originator_id].method = event.method


def _paid(books: Books, recorded: Recorded, event: Refund.Paid) -> None:
    _refund_moves(books, recorded.agency, event, -1)
    account = PAID_FROM.get(books.refunds[event.originator_id].method)
    if account is not None:
        books.add(recorded.agency, event.fee.currency, account, -event.fee.amount)


def _returned(books: Books, recorded: Recorded, event: Refund.Returned) -> None:
    _refund_moves(books, recorded.agency, event, 1)


def _refund_moves(
    books: Books, agency: str, event: Refund.Paid | Refund.Returned, sign: int
) -> None:
    row, currency = books.refunds[event.originator_id], event.amount.currency
    for transfer, amount in row.takes.items():
        books.hold(transfer, agency, currency, "refund", sign * amount)
    account = PAID_FROM.get(row.method)
    if account is not None:
        books.add(agency, currency, account, sign * sum(row.takes.values()))


def _collected(books: Books, recorded: Recorded, event: assessments.CollectedBy) -> None:
    """Of own fees, what is partly kept: the commission on it is borne by the kept share."""
    if event.advance is not None:
        _elsewhere(books, recorded.agency, event.parts, 1)
    if event.collector == recorded.agency:
        for part in event.parts:
            if part.kind == "fee" and part.retained.amount:
                books.hold(
                    event.transfer, recorded.agency, part.amount.currency, "own_fee",
                    part.amount.amount,
                )  # fmt: skip


def _banked(books: Books, recorded: Recorded, event: assessments.Banked) -> None:
    _unsplit(books, recorded, event, 1)


def _unbanked(books: Books, recorded: Recorded, event: assessments.Unbanked) -> None:
    for part in event.parts:
        if part.kind in SHARED:
            row = _line(books, recorded, part)
            _leave_unsplit(books, row, part.amount.amount)


def _unsplit(books: Books, recorded: Recorded, event: Any, sign: int) -> None:
    for part in event.parts:
        if part.kind in SHARED:
            row = _line(books, recorded, part)
            budget = sign * (part.amount.amount - part.retained.amount)
            row.unsplit += sign * part.amount.amount
            row.unsplit_budget += budget
            books.add(row.agency, row.currency, "budget", budget)


def _leave_unsplit(books: Books, row: LineRow, amount: int) -> None:
    """A part of what is not split takes its part of the budget's share, the last one all."""
    left = row.unsplit - amount
    stays = -(-row.unsplit_budget * left // row.unsplit) if row.unsplit else 0
    books.add(row.agency, row.currency, "budget", stays - row.unsplit_budget)
    row.unsplit, row.unsplit_budget = left, stays


def _allocated(books: Books, recorded: Recorded, event: assessments.Allocated) -> None:
    for part in event.parts:
        row = _line(books, recorded, part)
        _leave_unsplit(books, row, part.amount.amount)
        budget = part.amount.amount - part.retained.amount
        row.share += budget
        books.add(row.agency, row.currency, "budget", budget)
        books.add(row.agency, row.currency, "retained", part.retained.amount)


def _forfeited(books: Books, recorded: Recorded, event: assessments.Forfeited) -> None:
    for part in event.parts:
        row = _line(books, recorded, part)
        row.share += part.amount.amount
        books.add(row.agency, row.currency, "budget", part.amount.amount)
        books.add(row.agency, row.currency, "advance", -part.amount.amount)


def _remitted(books: Books, recorded: Recorded, event: assessments.Remitted) -> None:
    for part in event.parts:
        _line(books, recorded, part).share -= part.amount.amount - part.retained.amount


def _remittance_undone(
    books: Books, recorded: Recorded, event: assessments.RemittanceUndone
) -> None:
    for part in event.parts:
        _line(books, recorded, part).share += part.amount.amount - part.retained.amount


def _uncollected(books: Books, recorded: Recorded, event: assessments.UncollectedBy) -> None:
    """Money leaves lines, by how far it had come. What a collector refunded we owe to it."""
    for part in event.parts:
        amount = part.amount.amount
        if part.kind in SHARED or part.state in SPLIT:
            row = _line(books, recorded, part)
            if part.state == "banked":
                _leave_unsplit(books, row, amount)
            elif part.state == "allocated":
                row.share -= amount
                books.add(row.agency, row.currency, "budget", -amount)
            elif part.state == "retained":
                books.add(row.agency, row.currency, "retained", -amount)
        if event.collector != recorded.agency and event.forwarded:
            if part.state in ("collected", "banked"):
                _elsewhere(books, recorded.agency, [part], -1)
            if event.why == "applied":
                continue
            books.add(recorded.agency, part.amount.currency, "collector", amount)
            books.hold(
                event.transfer, recorded.agency, part.amount.currency, "to_collector", amount,
                event.collector,
            )  # fmt: skip


def _elsewhere(books: Books, agency: str, parts: Sequence[Part | TakenPart], sign: int) -> None:
    """Of what another agency collected and forwarded: advances and postal prices that came."""
    for part in parts:
        if part.kind not in SHARED:
            books.add(agency, part.amount.currency, part.kind, sign * part.amount.amount)


def _line(books: Books, recorded: Recorded, part: Any) -> LineRow:
    id = recorded.event.originator_id
    return books.line(id, part.line, recorded.agency, part.amount.currency)


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _taken,
    Transfer.Lapsed: _lapsed,
    Transfer.LapseRemitted: _lapse_remitted,
    Transfer.LapseRemittanceUndone: _lapse_remitted,
    Transfer.Reversed: _reversed,
    Transfer.DisputeLost: _taken,
    Transfer.Banked: _in_bank,
    Transfer.Unbanked: _out_of_bank,
    Refund.Approved: _approved,
    Refund.Instructed: _instructed,
    Refund.Paid: _paid,
    Refund.Returned: _returned,
    Assessment.CollectedBy: _collected,
    Assessment.UncollectedBy: _uncollected,
    Assessment.Banked: _banked,
    Assessment.Unbanked: _unbanked,
    Assessment.Allocated: _allocated,
    Assessment.Forfeited: _forfeited,
    Assessment.Remitted: _remitted,
    Assessment.RemittanceUndone: _remittance_undone,
    **OF_ORDERS,
    **OF_SETTLEMENT,
}
