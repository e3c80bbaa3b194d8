"""Readings of orders: what remittances, forwardings, moves, claims and deposits change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.bank_charge import BankCharge
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.custody import Custody
from feesvc.domain.custody_move import CustodyMove, MoveKind
from feesvc.domain.forwarding import Forwarding, ForwardKind
from feesvc.domain.remittance import Remittance
from feesvc.reconciling.custody.books import Books, ClaimRow

Reading: TypeAlias = Callable[[Books, Recorded, Any], None]

HELD_AS: Mapping[ForwardKind, str] = {
    "agency": "other_agency", "postal": "postal", "collector": "to_collector",
}  # fmt: skip
MOVES: Mapping[MoveKind, Mapping[str, int]] = {
    "retained_to_deposit": {"bank": -1, "retained_moved": 1},
    "retained_to_deposit_from_fees": {"treasury_fees": -1, "retained_moved": 1},
    "retained_back": {"bank": 1, "retained_moved": -1},
    "whole_from_retained": {"bank": 1, "made_whole": 1},
    "whole_from_estimate": {"bank": 1, "made_whole": 1},
    "invoice_paid": {},
    "advance_to_custody": {"bank": -1, "treasury_custody": 1},
    "fees_to_treasury": {"bank": -1, "treasury_fees": 1},
}
"""What a move of one unit adds to which sums."""


def _debited(books: Books, recorded: Recorded, event: Remittance.Debited) -> None:
    books.add(recorded.agency, event.amount.currency, event.source, -event.amount.amount)
    books.add(recorded.agency, event.amount.currency, "budget", -event.amount.amount)


def _returned(books: Books, recorded: Recorded, event: Remittance.Returned) -> None:
    books.add(recorded.agency, event.amount.currency, event.source, event.amount.amount)
    books.add(recorded.agency, event.amount.currency, "budget", event.amount.amount)


def _forwarded(books: Books, recorded: Recorded, event: Forwarding.Debited) -> None:
    _pass_on(books, recorded, event, -1)


def _brought_back(books: Books, recorded: Recorded, event: Forwarding.Returned) -> None:
    _pass_on(books, recorded, event, 1)


def _pass_on(
    books: Books, recorded: Recorded, event: Forwarding.Debited | Forwarding.Returned, sign: int
) -> None:
    item = HELD_AS[event.kind]
    for take in event.takes:
        for one in take.placements:
            amount, currency = sign * one.amount.amount, one.amount.currency
            beneficiary = "" if event.kind == "postal" else one.beneficiary
            books.hold(take.transfer, recorded.agency, currency, item, amount, beneficiary)
            books.add(recorded.agency, currency, "bank", amount)
            if event.kind == "collector":
                books.add(recorded.agency, currency, "collector", amount)


def _arrived(books: Books, recorded: Recorded, event: Custody.Arrived) -> None:
    """An advance or a postal price is owed on; a fee or charge is once its line is banked."""
    for take in event.takes:
        for one in take.placements:
            books.add(recorded.agency, one.amount.currency, "bank", one.amount.amount)
            if one.kind in ("advance", "postal"):
                books.add(recorded.agency, one.amount.currency, one.kind, one.amount.amount)


def _repaid_by_agency(books: Books, recorded: Recorded, event: Custody.RepaidByAgency) -> None:
    books.add(recorded.agency, event.amount.currency, "bank", event.amount.amount)


def _moved(books: Books, recorded: Recorded, event: CustodyMove.Booked) -> None:
    for item, sign in MOVES[event.kind].items():
        books.add(recorded.agency, event.amount.currency, item, sign * event.amount.amount)


def _claimed(books: Books, recorded: Recorded, event: BudgetClaim.Opened) -> None:
    books.claims[event.originator_id] = ClaimRow(
        recorded.agency, event.amount.currency, event.amount.amount
    )


def _claim_repaid(books: Books, recorded: Recorded, event: BudgetClaim.Repaid) -> None:
    _less(books, event)
    books.add(recorded.agency, event.amount.currency, "bank", event.amount.amount)


def _set_off(books: Books, recorded: Recorded, event: BudgetClaim.SetOff) -> None:
    _less(books, event)
    books.add(recorded.agency, event.amount.currency, "budget", -event.amount.amount)


def _set_off_undone(books: Books, recorded: Recorded, event: BudgetClaim.SetOffUndone) -> None:
    books.claims[event.originator_id].left += event.amount.amount
    books.add(recorded.agency, event.amount.currency, "budget", event.amount.amount)


def _repaid_to_payer(books: Books, recorded: Recorded, event: BudgetClaim.RepaidToPayer) -> None:
    """The payer has it from the Treasury: so much less of the refund is owed by us."""
    _less(books, event)
    left = event.amount.amount
    takes = books.refunds[event.refund].takes
    for transfer, amount in takes.items():
        part = min(left, amount)
        books.hold(transfer, recorded.agency, event.amount.currency, "refund", -part)
        takes[transfer] -= part
        left -= part


def _refused(books: Books, recorded: Recorded, event: BudgetClaim.Refused) -> None:
    _less(books, event)


def _less(books: Books, event: Any) -> None:
    books.claims[event.originator_id].left -= event.amount.amount


def _paid_in(books: Books, recorded: Recorded, event: CashDeposit.Credited) -> None:
    for taking in event.takings:
        books.add(recorded.agency, taking.amount.currency, "bank", taking.amount.amount)
        books.hold(
            taking.transfer, recorded.agency, taking.amount.currency, "cash", -taking.amount.amount
        )
        books.bank(taking.transfer, event.occurred_at)


def _charged(books: Books, recorded: Recorded, event: BankCharge.Booked) -> None:
    books.add(recorded.agency, event.amount.currency, "bank", -event.amount.amount)


def _sold(books: Books, recorded: Recorded, event: CurrencySale.Sold) -> None:
    books.add(recorded.agency, event.amount.currency, "bank", -event.amount.amount)


def _bought(books: Books, recorded: Recorded, event: CurrencySale.Received) -> None:
    books.add(recorded.agency, event.amount.currency, "bank", event.amount.amount)


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    Remittance.Debited: _debited,
    Remittance.Returned: _returned,
    Forwarding.Debited: _forwarded,
    Forwarding.Returned: _brought_back,
    Custody.Arrived: _arrived,
    Custody.RepaidByAgency: _repaid_by_agency,
    CustodyMove.Booked: _moved,
    BudgetClaim.Opened: _claimed,
    BudgetClaim.Repaid: _claim_repaid,
    BudgetClaim.SetOff: _set_off,
    BudgetClaim.SetOffUndone: _set_off_undone,
    BudgetClaim.RepaidToPayer: _repaid_to_payer,
    BudgetClaim.Refused: _refused,
    CashDeposit.Credited: _paid_in,
    BankCharge.Booked: _charged,
    CurrencySale.Sold: _sold,
    CurrencySale.Received: _bought,
}
