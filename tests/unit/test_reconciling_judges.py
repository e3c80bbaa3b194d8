"""The judge of settlement days itself: what it must call a fault, it does."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from feesvc.campaigns.planting import PLANTS
from feesvc.campaigns.reconciling.booking import Journal
from feesvc.campaigns.reconciling.judging import Judgement, unjudged
from feesvc.campaigns.reconciling.sides import wrong_sides
from feesvc.campaigns.reconciling.witnessing import Witness
from feesvc.money import Money
from feesvc.testing.banking import Account
from feesvc.testing.banking.writing import camt053
from feesvc.testing.settling import Batch, Layout
from feesvc.testing.settling.faults import claiming, stranger
from feesvc.testing.settling.layouts import Column, native_id
from feesvc.testing.settling.movements import VIETNAM

DAY, NEXT = date(2026, 11, 3), date(2026, 11, 4)
BATCH, TRANSFER, REFUND = UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_code_that_a_whole_run_did_not_judge_is_a_fault() -> None:
    seen = Judgement(found=Counter(dict.fromkeys(PLANTS, 1)))
    assert unjudged(seen) == []
    del seen.found["S06"], seen.found["T09"], seen.found["G04"]
    seen.missed["S06"] = 1
    seen.refused["T09"] = 4
    assert unjudged(seen) == [
        "T09: not judged, 4 planted, all of them refused", "G04: not judged, never planted in time",
    ]  # fmt: skip


def posted(account: int, amount: int, rule: str, **about: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("assessment", "transfer", "payment", "refund", "batch"))
    return {
        "agency": "G14", "currency": "VND", "account": account, "amount": amount, "rule": rule,
        "position": 5, "counted_on": DAY, **nothing, **about,
    }  # fmt: skip


def journal(*rows: dict[str, Any]) -> Journal:
    made = Journal()
    for row in rows:
        made.at[row["position"]].append(row)
        for id in (row["transfer"], row["refund"], row["batch"]):
            made.about[id].append(row)
    return made


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        pytest.param([posted(1210, -100, "P09a", batch=BATCH)], {1210: -100}, id="paid beyond"),
        pytest.param([posted(1210, -100, "-P08", batch=BATCH)], {}, id="negative batch"),
        pytest.param(
            [posted(1210, -100, "-P08", batch=BATCH), posted(1210, -30, "P09a", batch=BATCH)],
            {1210: -30}, id="negative, and paid",
        ),
        pytest.param(
            [posted(1200, -40, "P12b", transfer=TRANSFER, refund=REFUND)], {}, id="given back"
        ),
        pytest.param([posted(1200, -40, "P08", transfer=TRANSFER)], {1200: -40}, id="settled more"),
        pytest.param([posted(2150, 9, "P23a", transfer=TRANSFER)], {2150: 9}, id="a liability"),
        pytest.param([posted(2400, 9, "P16a")], {2400: 9}, id="one without items"),
        pytest.param([posted(1300, -9, "P16b")], {}, id="no clearing"),
        pytest.param([posted(1210, -9, "P09a", batch=BATCH, counted_on=NEXT)], {}, id="later"),
        pytest.param([posted(1210, -9, "P09a", batch=BATCH, position=6)], {}, id="unknown then"),
    ],
)  # fmt: skip
def test_what_stands_on_the_wrong_side_is_told_by_postings(
    rows: list[dict[str, Any]], wrong: dict[int, int]
) -> None:
    assert wrong_sides(journal(*rows), "G14", DAY, 5, {}) == wrong
    assert wrong_sides(journal(*rows), "G22", DAY, 5, {}) == {}


@pytest.mark.parametrize(("left", "wrong"), [(99, {1210: -100}), (100, {}), (-5, {1210: -100})])
def test_a_batch_paid_beyond_its_lines_is_explained_by_those_that_are_open(
    left: int, wrong: dict[int, int]
) -> None:
    books = journal(posted(1210, -100, "P09a", batch=BATCH))
    assert wrong_sides(books, "G14", DAY, 5, {BATCH: left}) == wrong


def test_a_rule_that_was_not_posted_about_the_thing_is_missing() -> None:
    books = journal(posted(1210, -100, "-P08", batch=BATCH), posted(2150, 9, "P23a", refund=REFUND))
    assert books.missing(["P08n"], [BATCH], []) == [], "P08n is posted line by line"
    assert books.missing(["P08n", "P23a"], [REFUND], []) == ["P08n"]
    assert books.missing(["P23a"], [], [5]) == [], "by where it stands in the log"


def test_only_documents_that_are_right_in_themselves_are_witnessed() -> None:
    witness = Witness()
    layout = witness.watched(Layout(columns=(Column("id", native_id),)))
    noon = datetime(2026, 11, 3, 12, tzinfo=VIETNAM)
    batch = Batch(
        identity="B1", merchant="M", currency="VND", starts_on=DAY, ends_on=DAY,
        movements=(stranger("T1", Money(500, "VND"), noon),),
    )  # fmt: skip
    told = witness.of(layout.document(batch))
    assert told is not None and (told.count, told.net, told.gross.amount) == (
        1, Money(500, "VND"), 500,
    )  # fmt: skip
    other = claiming(batch.having((*batch.movements, *batch.movements)), net=1)
    assert witness.of(layout.document(other)) is None
    bank = Account(bank="970415", number="1")
    bank.book(700, DAY, "x")
    day = bank.statement(DAY)
    assert witness.of(camt053([day])) is None
    witness.statement(day)
    found = witness.of(camt053([day]))
    assert found is not None and (found.count, found.net) == (1, Money(700, "VND"))
