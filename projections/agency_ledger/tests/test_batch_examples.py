"""The worked rules of settlement batches, with the examples' own numbers, and their reverses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.commission_invoice import CommissionInvoice
from feesvc.domain.transfer import Transfer
from feesvc.testing.batch_events import (
    credit_gone,
    credited,
    dispute_settled,
    of_batch,
    payout,
    refund_settled,
    unsettled,
)
from feesvc.testing.money_events import bank, placed, settled, suspense, vnd
from feesvc.testing.recorded import NOON, recorded, some_id
from feesvc.testing.worked import balances, worked
from feesvc_agency_ledger.open_items import KEPT
from feesvc_agency_ledger.posting import Posting, entry
from feesvc_agency_ledger.rules import version

EXAMPLES = Path(__file__).parent / "posting_examples.csv"
K = 1000


def posted(*events: Recorded) -> list[Posting]:
    none = defaultdict(lambda: "item")  # type: ignore[var-annotated]
    return [
        posting for each in events
        for posting in entry(each, version(1), {}, none, date(2026, 11, 20))
    ]  # fmt: skip


FEE: dict[str, Any] = {"line": "9", "commission": 1000, "tax": 100}
CASES: dict[str, Sequence[Recorded]] = {
    "P07a": [settled(commission=1000, tax=100)],
    "P07c": [recorded(
        CommissionInvoice.Received, stream="invoice", account=some_id("account"),
        intermediary="acme", number="1", month="2026-11", commission=vnd(1000), tax=vnd(100),
        occurred_at=NOON,
    )],
    "P08": [settled(net=98_900)],
    "P08c": [of_batch(Batch.CarriedOver, into=some_id("B2"), amount=25 * K)],
    "P08n": [of_batch(Batch.TakenUp, line="1", source=some_id("B0"), amount=25 * K)],
    "P08p": [
        of_batch(Batch.PaidByUs, bank_account=some_id("bank"), reference="D1", amount=25 * K)
    ],
    "P09a": [credited(98_900)],
    "P09b": [credited(98 * K, short=900)],
    "P09c": [credited(98_900), placed(suspense(1 * K, "over_credited"), origin=bank())],
    "P09d": [credited(98_400, charge=500)],
    "P09e": [placed(suspense(98_900, "duplicate_credit"), origin=bank())],
    "P09f": [payout(Transfer.PayoutIdentified, suspense(98_900)),
             credited(98_900, transfer=some_id("T1"))],
    "P09h": [credit_gone(Batch.CreditReversed, 98_900)],
    "P09i": [of_batch(
        Batch.ClaimRecovered, bank_account=some_id("bank"), reference="C2", amount=900,
        transfer=None,
    )],
    "P09k": [of_batch(Batch.ToBudget, reference="TB1", amount=100 * K)],
    "P12g": [refund_settled(0, commission=1000)],
    "P12h": [refund_settled(0, commission=-1000, tax=-100)],
    "P13j": [dispute_settled(0, fee=-5000)],
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_a_worked_rule_of_batches_is_posted_as_worked(rule: str) -> None:
    assert balances(posted(*CASES[rule])) == worked(EXAMPLES, rule)


def test_what_a_batch_nets_leaves_1200_and_stands_on_1210_of_that_batch() -> None:
    net = posted(settled(commission=1000, tax=100, net=98_900), refund_settled(-100 * K),
                 dispute_settled(-105 * K, fee=5 * K))  # fmt: skip
    assert balances(net) == {
        5100: 1000, 5150: 100, 5200: 5 * K, 1210: 98_900 - 205 * K, 1200: 100 * K,
    }  # fmt: skip
    assert {p.about.batch for p in net if p.account == 1210} == {some_id("B")}
    assert {p.about.transfer for p in net if p.account == 1200} == {some_id("T1")}
    assert (KEPT[1210], KEPT[1290], KEPT[1200]) == ("batch", "batch", "transfer")


def test_reserve_and_fee_go_through_the_batch_and_leave_nothing_on_1200() -> None:
    held = posted(of_batch(Batch.ReserveWithheld, line="1", amount=5 * K))
    assert balances(held) == {1290: 5 * K, 1210: -5 * K}
    assert {p.rule for p in held} == {"P08r", "-P08"}
    freed = posted(
        of_batch(Batch.ReserveReleased, line="1", amount=5 * K, withheld_in=some_id("B0"))
    )
    assert balances(freed) == {1290: -5 * K, 1210: 5 * K}
    assert {p.about.batch for p in freed if p.account == 1290} == {some_id("B0")}
    fee = posted(of_batch(Batch.FeeCharged, net=-1100, **FEE))
    assert balances(fee) == {5100: 1000, 5150: 100, 1210: -1100}


@pytest.mark.parametrize(
    ("done", "undone"),
    [
        (settled(commission=1000, tax=100, net=98_900),
         unsettled(commission=1000, tax=100, net=98_900)),
        (refund_settled(-99_000, commission=-1000), unsettled(commission=-1000, net=-99_000)),
        (dispute_settled(-105_000, fee=5000), unsettled(fee=5000, net=-105_000)),
        (dispute_settled(105_000, fee=-5000), unsettled(fee=-5000, net=105_000)),
        (of_batch(Batch.FeeCharged, net=-1100, **FEE),
         of_batch(Batch.FeeUncharged, net=-1100, reason="x", **FEE)),
        (credited(98_000, short=400, charge=500),
         credit_gone(Batch.CreditUndone, 98_000, short=400, charge=500, transfer=None)),
        (credited(98_000, short=400, charge=500),
         credit_gone(Batch.CreditReversed, 98_000, short=400, charge=500)),
        (payout(Transfer.PayoutIdentified, suspense(98_900)),
         payout(Transfer.PayoutDisproved, suspense(98_900))),
    ],
)  # fmt: skip
def test_undoing_is_the_exact_reverse(done: Recorded, undone: Recorded) -> None:
    assert balances(posted(done))
    assert balances(posted(done, undone)) == {}


def test_a_settlement_of_the_first_form_moves_no_net() -> None:
    first = Transfer.Settled.upcast_1({"commission": {"amount": 5, "currency": "VND"}})
    assert first["net"] == {"amount": 0, "currency": "VND"}


def test_a_claim_recovered_out_of_suspense_leaves_the_bank_as_it_is() -> None:
    """P09f and P09i together: what waited is the claim's."""
    recovered = of_batch(
        Batch.ClaimRecovered, bank_account=some_id("bank"), reference="C2", amount=900,
        transfer=some_id("T1"),
    )  # fmt: skip
    waited = payout(Transfer.PayoutIdentified, suspense(900))
    found = {account: sum_ for account, sum_ in balances(posted(waited, recovered)).items() if sum_}
    assert found == {2150: 900, 1290: -900}
