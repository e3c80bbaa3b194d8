"""Whatever happens in whatever order, an auditor who knows no posting rule agrees with the ledger.

The auditor reads where the aggregates say that money stands and what the intermediary says that it
holds, and works out each account's balance from the meaning of the account alone.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.testing.scenario import Scenario
from feesvc.testing.walk import STEPS, Step, Walk
from feesvc.testing.walk_agency import banked
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.movements import Approval
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

EXAMPLES = int(os.environ.get("FEESVC_WALKS", "75"))
"""FEESVC_WALKS=1000 walks for minutes."""
KIND_ACCOUNT = {"fee": 2500, "charge": 2500, "advance": 2300, "postal": 2360}
BANKED_ACCOUNT = {**KIND_ACCOUNT, "fee": 2510, "charge": 2510}
OFTEN = ("ask", "pay", "pay", "ask_refund", "decide_refund", "send_refund", "end_refund",
         "credit_bank", "ask_move", "ask_move", "decide_move", "decide_move",
         "ask_payout", "name_payee", "approve_payout", "draw",
         "pay_out", "pay_out", "pay_out", "end_payout", "end_payout", "reissue")  # fmt: skip
Books = dict[tuple[str, int], int]


def some(what: Sequence[str], least: int, most: int) -> st.SearchStrategy[list[Step]]:
    amounts = st.one_of(st.integers(1, 130_000), st.sampled_from([1, 40_000, 50_003, 109_001]))
    step = st.builds(Step, st.sampled_from(what), st.integers(0, 7), amounts, st.booleans())
    return st.lists(step, min_size=least, max_size=most)


ASK = Step("ask", 0, 1, False)
walks = st.builds(
    lambda *parts: [step for part in parts for step in part],
    st.sampled_from([[ASK], [ASK, ASK._replace(which=1)], [ASK._replace(which=2)], []]),
    some(["pay", "credit_bank"], 2, 8),  # without money there is little to disagree on
    some([*STEPS, *OFTEN], 6, 40),
)


class Auditor:
    """Reads a walk's aggregates at its end."""

    def __init__(self, walk: Walk, log: list[Recorded]) -> None:
        self.bank = walk.bank
        self.log = log
        self.credits = {banked(walk, reference) for reference in walk.bank.credits}
        """The transfers that came to G22's own bank account, taken back again or not."""
        self.assessments: list[Assessment] = []
        self.transfers: list[Transfer] = []
        self.refunds: list[Refund] = []

    def standing(self, transfer: Transfer) -> Iterator[Placement]:
        """What a transfer holds and nobody promised to give back: free, asked for, disputed."""
        yield from transfer.buckets
        asked = {refund.id for refund in self.refunds if refund.state == "requested"}
        for refund, takes in transfer.reserved.items():
            yield from takes if refund in asked else ()
        for takes in transfer.disputes.values():
            yield from takes

    def check_transfers(self) -> None:
        """Every đồng that came stands in one place, or left by one door."""
        gone: Counter[UUID] = Counter()
        for each in self.log:
            if isinstance(
                each.event, Transfer.Reversed | Transfer.DisputeLost | Transfer.Disclaimed
            ):
                gone[each.event.originator_id] += sum(t.amount.amount for t in each.event.takes)
        for transfer in self.transfers:
            assert all(p.amount.amount > 0 for p in transfer.buckets)
            held = [*transfer.buckets]
            for takes in [*transfer.reserved.values(), *transfer.disputes.values()]:
                held.extend(takes)
            inside = sum(placement.amount.amount for placement in held) + transfer.refunded
            assert inside + gone[transfer.id] == transfer.amount.amount

    def check_assessments(self) -> None:
        """What an assessment says it collected stands on transfers; none is owed less than zero."""
        stands: Counter[tuple[UUID | None, int]] = Counter()
        for transfer in self.transfers:
            for placement in self.standing(transfer):
                if placement.to == "line":
                    stands[placement.assessment, placement.line] += placement.amount.amount
        for assessment in self.assessments:
            assert assessment.outstanding.amount >= 0
            for number, line in assessment.lines.items():
                assert 0 <= line.collected <= line.due
                assert line.collected == stands[assessment.id, number]
            if assessment.state in ("open", "paid"):
                assert assessment.paid == (assessment.outstanding.amount == 0)

    def expected(self) -> Books:
        books: Books = defaultdict(int)
        in_bank = self._in_bank()
        for assessment in self.assessments:
            agency = assessment.agency
            books[agency, 1100] += assessment.outstanding.amount
            books[agency, 2900] -= assessment.outstanding.amount
            for number, line in assessment.lines.items():
                there = in_bank[assessment.id, number]
                books[agency, KIND_ACCOUNT[line.kind]] -= line.collected - there
                books[agency, BANKED_ACCOUNT[line.kind]] -= there
                if agency != "G22":
                    books[agency, 1295] += line.collected
                    books["G22", 2350] -= line.collected
        for transfer in self.transfers:
            for placement in self.standing(transfer):
                if placement.to != "line":
                    account = {"credit": 2100, "suspense": 2150, "held": 2350}[placement.to]
                    books["G22", account] -= placement.amount.amount
        for refund in self.refunds:
            if refund.state in ("approved", "failed", "returned"):
                books["G22", 2200] -= refund.amount.amount
            elif refund.state in ("instructed", "accepted"):
                books["G22", 2210] -= refund.amount.amount
        books["G22", 1200] += self.bank.balance
        books["G22", 1210] += self.bank.in_transit
        books["G22", 1300] += self.bank.in_account
        books["G22", 1250] += self._unexplained()
        books["G22", 5100] += self.bank.commissions
        books["G22", 5200] += self.bank.dispute_fees
        return {place: balance for place, balance in books.items() if balance}

    def _in_bank(self) -> Counter[tuple[UUID, int]]:
        """What of each line is in the bank, told by what came and left alone (DESIGN §7).

        A line is, once all that still pays it came to the bank account of the agency it is owed;
        what leaves it was not in the bank, as long as there is such money. G14 has no account.
        """
        pays: dict[tuple[UUID, int], Counter[UUID]] = defaultdict(Counter)
        there: Counter[tuple[UUID, int]] = Counter()
        for each in self.log:
            said = each.event
            if not isinstance(said, Assessment.CollectedBy | Assessment.UncollectedBy):
                continue
            sign = 1 if isinstance(said, Assessment.CollectedBy) else -1
            for part in said.parts:
                line = said.originator_id, part.line
                pays[line][said.transfer] += sign * part.amount.amount
                there[line] = min(there[line], pays[line].total())
                if each.agency == "G22" and (+pays[line]).keys() <= self.credits:
                    there[line] = pays[line].total()
        return there

    def _unexplained(self) -> int:
        """What disputes hold, and what was taken away beyond all that was here."""
        amount = sum(held for held, stage in self.bank.disputes.values() if stage == "opened")
        for each in self.log:
            if isinstance(each.event, Transfer.Reversed | Transfer.DisputeLost):
                amount += each.event.beyond.amount
        return amount


def posted(log: list[Recorded]) -> Books:
    """The balances that the ledger's rules make of a log; every entry adds up to zero."""
    approvals: dict[UUID, Approval] = {}
    items = items_of(log)
    books: Books = defaultdict(int)
    for each in log:
        approve(each, approvals)
        entries: Counter[tuple[str, str]] = Counter()
        for posting in entry(each, version(1), approvals, items, date(2026, 11, 20)):
            books[posting.agency, posting.account] += posting.amount
            entries[posting.agency, posting.currency] += posting.amount
        assert not any(entries.values())
    return {place: balance for place, balance in books.items() if balance}


async def walked(intermediary: str, steps: list[Step]) -> Auditor:
    s = Scenario()
    walk = await Walk.begin(s, intermediary)
    for step in steps:
        await walk.go(step)
    log = list(await s.store.read(0, 100_000))
    auditor = Auditor(walk, log)
    for aggregate in (await s.store.load([each.event.originator_id for each in log])).values():
        if isinstance(aggregate, Assessment):
            auditor.assessments.append(aggregate)
        elif isinstance(aggregate, Transfer):
            auditor.transfers.append(aggregate)
        elif isinstance(aggregate, Refund):
            auditor.refunds.append(aggregate)
    return auditor


def agreed(intermediary: str, steps: list[Step]) -> Books:
    auditor = asyncio.run(walked(intermediary, steps))
    auditor.check_transfers()
    auditor.check_assessments()
    books = posted(auditor.log)
    assert books == auditor.expected()
    return books


@given(st.sampled_from(["settling", "settling whatever"]), walks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_auditor_agrees_with_the_books(intermediary: str, steps: list[Step]) -> None:
    agreed(intermediary, steps)


CREDIT, PAY = Step("credit_bank", 0, 10_000, True), Step("pay", 1, 30_000, False)
REVERSE, TAKE_BACK = Step("reverse", 0, 1, False), Step("take_credit_back", 0, 1, False)
REDUCE = Step("reduce", 1, 35_000, False)
"""Of the charge of 40 000, which is what money fills first."""


@pytest.mark.parametrize(
    ("steps", "collected", "in_bank"),
    [
        ([CREDIT._replace(amount=1)], 0, 1),
        ([PAY], 30_000, 0),
        ([PAY, CREDIT], 40_000, 0),
        ([PAY, CREDIT, REVERSE], 0, 10_000),
        ([PAY, CREDIT, TAKE_BACK], 30_000, 0),
        ([CREDIT, PAY], 30_000, 10_000),
        ([CREDIT, PAY, REDUCE._replace(amount=25_000)], 5_000, 10_000),
        ([CREDIT, PAY, REDUCE], 0, 5_000),
    ],
)
def test_a_line_is_in_the_bank_once_all_that_pays_it_is(
    steps: list[Step], collected: int, in_bank: int
) -> None:
    books = agreed("settling whatever", [ASK, *steps])
    assert (-books.get(("G22", 2500), 0), -books.get(("G22", 2510), 0)) == (collected, in_bank)
