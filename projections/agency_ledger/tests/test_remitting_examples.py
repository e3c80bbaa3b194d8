"""The worked rules from the bank to the budget and to other agencies, by the examples' numbers."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.cash_deposit import CashDeposit, Taking
from feesvc.domain.conversion import CONVERTED
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.custody import Custody
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarded, Forwarding
from feesvc.domain.line import Part
from feesvc.domain.placement import Placement
from feesvc.domain.remittance import Remittance
from feesvc.money import Money
from feesvc.testing.money_events import (
    COLLECTOR,
    OWN,
    fee_line,
    line,
    of_another,
    raised_lines,
    vnd,
)
from feesvc.testing.recorded import NOON, recorded, some_id
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

EXAMPLES = Path(__file__).parent / "posting_examples.csv"
K = 1000


def example(rule: str) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    with EXAMPLES.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["rule"] == rule:
                sums[int(row["account"])] += int(row["debit"] or 0) - int(row["credit"] or 0)
    assert sums, rule
    return dict(sums)


def balances(events: Sequence[Recorded]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    items: dict[Any, str] = defaultdict(lambda: "item")
    for one in events:
        for posting in entry(one, version(1), {}, items, date(2026, 11, 20)):
            sums[posting.account] += posting.amount
    return {account: amount for account, amount in sums.items() if amount}


def debited(source: str, amount: int) -> Recorded:
    return recorded(
        Remittance.Debited, OWN, stream="R", source=source, amount=vnd(amount),
        bank_reference="B1", occurred_at=NOON,
    )  # fmt: skip


def moved(kind: str, amount: int) -> Recorded:
    return recorded(
        CustodyMove.Booked, OWN, stream="M", kind=kind, amount=vnd(amount), bank_reference="B1",
        occurred_at=NOON,
    )  # fmt: skip


def forwarded(kind: str, placement: Placement, event: Any = Forwarding.Debited) -> Recorded:
    takes = (Forwarded(transfer=some_id("T1"), intermediary="", placements=(placement,)),)
    more: dict[str, Any] = {"reason": "closed"} if event is Forwarding.Returned else {}
    return recorded(
        event, OWN, stream="F", kind=kind, takes=takes, bank_reference="B1", occurred_at=NOON,
        **more,
    )  # fmt: skip


def claim(event: Any, **facts: Any) -> Recorded:
    return recorded(event, OWN, stream="C", amount=vnd(70 * K), **facts)


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def raised(amount: Money, converted_from: UUID | None = None) -> Recorded:
    told = raised_lines(fee_line("fee", amount.amount), assessment="A")
    told.event.__dict__["converted_from"] = converted_from
    return told


def superseded(amount: Money, reason: str = CONVERTED) -> Recorded:
    part = Part(line=1, amount=amount, retained=Money(0, amount.currency), kind="fee")
    return recorded(
        Assessment.Superseded, OWN, stream="A", open=(part,), by_notice="2", reason=reason
    )


CASES: dict[str, Recorded] = {
    "P06l": recorded(
        CashDeposit.Credited, OWN, stream="D", bank_reference="B1", occurred_at=NOON,
        takings=(
            Taking(transfer=some_id("T1"), amount=vnd(60 * K)),
            Taking(transfer=some_id("T2"), amount=vnd(40 * K)),
        ),
    ),
    "P07d": moved("invoice_paid", 1100),
    "P07e": moved("whole_from_retained", 1100),
    "P07f": moved("whole_from_estimate", 1100),
    "P11e": claim(BudgetClaim.Repaid, bank_reference="B1", occurred_at=NOON),
    "P11f": claim(BudgetClaim.SetOff, remittance=some_id("R")),
    "P11g": claim(
        BudgetClaim.RepaidToPayer, checker="person:b", refund=some_id("R"), confirmation="KB1"
    ),
    "P11h": claim(BudgetClaim.Refused, checker="person:b", reason="too_late"),
    "P14e": moved("advance_to_custody", 300 * K),
    "P16a": recorded(
        Remittance.Approved, OWN, stream="R", checker="person:b", digest="0", amount=vnd(70 * K)
    ),
    "P16b": debited("bank", 70 * K),
    "P16c": recorded(
        Remittance.Returned, OWN, stream="R", source="bank", amount=vnd(70 * K),
        bank_reference="B2", reason="wrong_code", occurred_at=NOON,
    ),
    "P16d": moved("retained_to_deposit", 28_900),
    "P16e": moved("retained_back", 30 * K),
    "P16f": debited("treasury_custody", 180 * K),
    "P16g": moved("fees_to_treasury", 100 * K),
    "P16h": debited("treasury_fees", 70 * K),
    "P16i": moved("retained_to_deposit_from_fees", 30 * K),
    "P20b": forwarded("agency", of_another(100 * K)),
    "P20d": recorded(
        Custody.Arrived, OWN, stream="K", forwarding=some_id("F"), collector=COLLECTOR,
        takes=(Forwarded(transfer=some_id("T1"), intermediary="", placements=(line(100 * K),)),),
        bank_reference="B1", occurred_at=NOON,
    ),
    "P20f": forwarded("postal", line(30 * K, kind="postal")),
    "P20i": forwarded("collector", line(50 * K)),
    "P20j": recorded(
        Custody.RepaidByAgency, COLLECTOR, stream="K", forwarding=some_id("F"),
        transfer=some_id("T1"), amount=vnd(50 * K), bank_reference="B1", occurred_at=NOON,
    ),
    "P24a": recorded(
        CurrencySale.Sold, OWN, stream="S", amount=usd(100_000_000), bank_reference="B1",
        occurred_at=NOON,
    ),
    "P24b": recorded(
        CurrencySale.Received, OWN, stream="S", amount=vnd(26_000_000_000),
        rate_ppm=26_000_000_000, bank_reference="B2", occurred_at=NOON,
    ),
    "P24c": superseded(usd(100_000_000)),
    "P24d": raised(vnd(26_000_000_000), some_id("in USD")),
}  # fmt: skip


def rules_of(one: Recorded) -> set[str]:
    items: dict[Any, str] = defaultdict(lambda: "item")
    return {posting.rule for posting in entry(one, version(1), {}, items, date(2026, 11, 20))}


def test_a_notice_that_was_converted_is_told_from_one_that_was_not() -> None:
    """The accounts are the same; who reads the journal must see which of the two it was."""
    assert rules_of(CASES["P24c"]) == {"P24c"}
    assert rules_of(superseded(usd(5), "wrong_item")) == {"P04"}
    assert rules_of(CASES["P24d"]) == {"P24d"}
    assert rules_of(raised(vnd(5))) == {"P01"}


@pytest.mark.parametrize("rule", CASES)
def test_a_worked_rule_is_posted_as_worked(rule: str) -> None:
    assert balances([CASES[rule]]) == example(rule)


@pytest.mark.parametrize(
    ("kind", "place"),
    [("agency", of_another(1000)), ("postal", line(1000, kind="postal")), ("collector", line(1))],
)
def test_what_the_bank_brings_back_is_held_as_before(kind: str, place: Placement) -> None:
    assert balances([forwarded(kind, place), forwarded(kind, place, Forwarding.Returned)]) == {}


def test_a_set_off_that_is_undone_leaves_the_claim_as_it_was() -> None:
    both = (BudgetClaim.SetOff, BudgetClaim.SetOffUndone)
    assert balances([claim(event, remittance=some_id("R")) for event in both]) == {}


def test_a_remittance_returns_to_the_account_that_it_left() -> None:
    for source, account in (("treasury_custody", 1320), ("treasury_fees", 1305)):
        back = recorded(
            Remittance.Returned, OWN, stream="R", source=source, amount=vnd(5), reason="x",
            bank_reference="B2", occurred_at=NOON,
        )  # fmt: skip
        assert balances([debited(source, 5), back]) == {2400: -5, 2410: 5}
        assert balances([back])[account] == 5
