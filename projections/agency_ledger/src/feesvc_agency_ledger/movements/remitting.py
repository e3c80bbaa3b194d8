"""Money on its way to the State budget and to others: remittances, forwardings, moves, claims."""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain.aggregate import Recorded
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.custody import Custody
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarding
from feesvc.domain.remittance import Remittance
from feesvc_agency_ledger.movements.movement import Approvals, Dimensions, Movement, Readers


def _approved(recorded: Recorded, event: Remittance.Approved, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions())


def _by_source(
    recorded: Recorded, event: Remittance.Debited | Remittance.Returned, _: Approvals
) -> Iterator[Movement]:
    yield Movement(event.source, event.amount, Dimensions())


def _forwarded(
    recorded: Recorded, event: Forwarding.Debited | Forwarding.Returned, _: Approvals
) -> Iterator[Movement]:
    """By transfer or line, so that each open item of what is held ends at zero on its own."""
    for take in event.takes:
        for placement in take.placements:
            about = Dimensions(
                placement.assessment, placement.line, take.transfer, None, None, take.intermediary
            )
            yield Movement(event.kind, placement.amount, about)


def _arrived(recorded: Recorded, event: Custody.Arrived, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        for placement in take.placements:
            about = Dimensions(placement.assessment, placement.line, take.transfer)
            yield Movement("amount", placement.amount, about)


def _repaid(recorded: Recorded, event: Custody.RepaidByAgency, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions(transfer=event.transfer))


def _moved(recorded: Recorded, event: CustodyMove.Booked, _: Approvals) -> Iterator[Movement]:
    yield Movement(event.kind, event.amount, Dimensions())


def _claim(
    recorded: Recorded,
    event: BudgetClaim.Repaid | BudgetClaim.SetOff | BudgetClaim.SetOffUndone | BudgetClaim.Refused,
    _: Approvals,
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions())


def _to_payer(
    recorded: Recorded, event: BudgetClaim.RepaidToPayer, _: Approvals
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions(refund=event.refund))


def _credited(recorded: Recorded, event: CashDeposit.Credited, _: Approvals) -> Iterator[Movement]:
    for taking in event.takings:
        yield Movement("amount", taking.amount, Dimensions(transfer=taking.transfer))


def _sale(
    recorded: Recorded, event: CurrencySale.Sold | CurrencySale.Received, _: Approvals
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions())


READERS: Readers = {
    Remittance.Approved: _approved,
    Remittance.Debited: _by_source,
    Remittance.Returned: _by_source,
    Forwarding.Debited: _forwarded,
    Forwarding.Returned: _forwarded,
    Custody.Arrived: _arrived,
    Custody.RepaidByAgency: _repaid,
    CustodyMove.Booked: _moved,
    BudgetClaim.Repaid: _claim,
    BudgetClaim.SetOff: _claim,
    BudgetClaim.SetOffUndone: _claim,
    BudgetClaim.RepaidToPayer: _to_payer,
    BudgetClaim.Refused: _claim,
    CashDeposit.Credited: _credited,
    CurrencySale.Sold: _sale,
    CurrencySale.Received: _sale,
}
