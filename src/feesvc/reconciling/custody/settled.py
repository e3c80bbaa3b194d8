"""Readings of settlement: what commission costs, and what batches bring to the bank. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.domain import batch_events as batches
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjustments import SurchargeUsed
from feesvc.reconciling.custody.books import Books

Reading: TypeAlias = Callable[[Books, Recorded, Any], None]
BORNE = "borne"
"""Held of a transfer: the commission that a retained share bears, so that it can be undone."""


def _settled(books: Books, recorded: Recorded, event: transfers.Settled) -> None:
    """Commission on a fee with a retained share is borne by that share, by amount; what the payer
    had covered costs nobody.
    """
    currency, id = event.commission.currency, event.originator_id
    commission = event.commission.amount + event.tax.amount - event.surcharge.amount
    own = _held(books, id, "own_fee")
    gross = event.net.amount + commission
    borne = commission * min(own, gross) // gross if gross > 0 else 0
    books.hold(id, recorded.agency, currency, BORNE, borne)
    books.add(recorded.agency, currency, "commission_own", borne)
    books.add(recorded.agency, currency, "commission_whole", commission - borne)


def _unsettled(books: Books, recorded: Recorded, event: transfers.Unsettled) -> None:
    currency, id = event.commission.currency, event.originator_id
    cost = event.commission.amount + event.tax.amount - event.surcharge.amount
    borne = _held(books, id, BORNE) if event.kind == "payment" else 0
    books.hold(id, recorded.agency, currency, BORNE, -borne)
    books.add(recorded.agency, currency, "commission_own", -borne)
    books.add(recorded.agency, currency, "commission_whole", borne - cost)


def _surcharge_used(books: Books, recorded: Recorded, event: SurchargeUsed) -> None:
    """Of what was withheld while nothing on top was there: first what a share had borne."""
    covered, id = event.commission + event.tax, event.originator_id
    borne = min(_held(books, id, BORNE), covered.amount)
    books.hold(id, recorded.agency, covered.currency, BORNE, -borne)
    books.add(recorded.agency, covered.currency, "commission_own", -borne)
    books.add(recorded.agency, covered.currency, "commission_whole", borne - covered.amount)


def _refund_settled(books: Books, recorded: Recorded, event: transfers.RefundSettled) -> None:
    """What a refund costs, or gives back of the commission (P12g, P12h)."""
    cost = event.commission.amount + event.tax.amount
    books.add(recorded.agency, event.commission.currency, "commission_whole", cost)


def _fee_charged(books: Books, recorded: Recorded, event: batches.FeeCharged) -> None:
    cost = event.commission.amount + event.tax.amount
    books.add(recorded.agency, event.commission.currency, "commission_whole", cost)


def _fee_uncharged(books: Books, recorded: Recorded, event: batches.FeeUncharged) -> None:
    cost = event.commission.amount + event.tax.amount
    books.add(recorded.agency, event.commission.currency, "commission_whole", -cost)


def _payout(books: Books, recorded: Recorded, event: transfers.PayoutIdentified) -> None:
    """It stood in the bank as suspense already: it is owed to nobody now."""
    _suspense(books, recorded, event, -1)


def _no_payout(books: Books, recorded: Recorded, event: transfers.PayoutDisproved) -> None:
    _suspense(books, recorded, event, 1)


def _suspense(books: Books, recorded: Recorded, event: Any, sign: int) -> None:
    for take in event.takes:
        amount = sign * take.amount.amount
        books.hold(event.originator_id, recorded.agency, take.amount.currency, take.to, amount)


def _credited(books: Books, recorded: Recorded, event: batches.Credited) -> None:
    if event.transfer is None:  # else its suspense brought it into the books before
        books.add(recorded.agency, event.amount.currency, "bank", event.amount.amount)


def _credit_undone(books: Books, recorded: Recorded, event: batches.CreditUndone) -> None:
    if event.transfer is None:
        books.add(recorded.agency, event.amount.currency, "bank", -event.amount.amount)


def _gained(books: Books, recorded: Recorded, event: batches.ClaimRecovered) -> None:
    if event.transfer is None:  # else its suspense brought it into the books before
        books.add(recorded.agency, event.amount.currency, "bank", event.amount.amount)


def _lost(
    books: Books, recorded: Recorded, event: batches.CreditReversed | batches.PaidByUs
) -> None:
    books.add(recorded.agency, event.amount.currency, "bank", -event.amount.amount)


def _to_budget(books: Books, recorded: Recorded, event: batches.ToBudget) -> None:
    books.add(recorded.agency, event.amount.currency, "budget", -event.amount.amount)


def _held(books: Books, transfer: UUID, item: str) -> int:
    return sum(amount for held, amount in books.standing(transfer) if held.item == item)


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    Transfer.Settled: _settled,
    Transfer.Unsettled: _unsettled,
    Transfer.SurchargeUsed: _surcharge_used,
    Transfer.RefundSettled: _refund_settled,
    Transfer.PayoutIdentified: _payout,
    Transfer.PayoutDisproved: _no_payout,
    Batch.FeeCharged: _fee_charged,
    Batch.FeeUncharged: _fee_uncharged,
    Batch.Credited: _credited,
    Batch.CreditUndone: _credit_undone,
    Batch.CreditReversed: _lost,
    Batch.ClaimRecovered: _gained,
    Batch.PaidByUs: _lost,
    Batch.ToBudget: _to_budget,
}
