"""Entries to which a bank gives no name: a report and the statement of the day tell them once."""

from __future__ import annotations

import random
import re
from itertools import permutations

import pytest

from feesvc.testing.file_desk import FileDesk, camt, report
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting
CREDIT = 50_000
REPORT, LATER, STATEMENT, SECOND = "R1", "R2", "S1", "S2"
"""A report and a later one, which tells all again; two statements of one day."""


def file(name: str, twins: int, *others: int) -> bytes:
    """A report or statement that tells so many entries alike, one more of its own, and others."""
    entries = [(CREDIT, "")] * twins + [(amount, "") for amount in others] + [(7, f"OF{name}")]
    if name.startswith("R"):
        return report(*entries, name=name)
    written = camt(1, 0, *entries).replace(b"<Id>S1<", f"<Id>{name}<".encode())
    return re.sub(b"<LglSeqNb>1</LglSeqNb>|<Bal>.*</Bal>", b"", written)


def standing(desk: FileDesk, *files: str) -> int:
    """How many of the entries alike are in the books and wait as cases; of ``files`` so is the
    entry of their own, and nothing else is."""
    balances = desk.balances()
    money = balances.get("1300", 0)
    assert balances == ({"1300": money, "2150": -money} if money else {})
    count, own = divmod(money, CREDIT)
    assert own == 7 * len(set(files))
    waiting = [at_risk for _, _, at_risk in desk.open_cases()]
    assert waiting.count(CREDIT) == count, "each is a case, once"
    return count


def test_an_entry_without_a_name_in_a_report_and_in_its_statement_counts_once(
    desk: FileDesk,
) -> None:
    with desk.town.service.working():
        desk.take(report((50_000, "")))
        desk.take(camt(1, 0, (50_000, "")))
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}


FILES = [
    {REPORT: 1, STATEMENT: 1},
    {REPORT: 1, STATEMENT: 2},
    {REPORT: 2, STATEMENT: 1},
    {REPORT: 1, LATER: 2, STATEMENT: 2},
    {REPORT: 1, STATEMENT: 1, SECOND: 1},
]  # fmt: skip


@pytest.mark.parametrize(
    ("told_by", "order"),
    [(told_by, order) for told_by in FILES for order in permutations(told_by)],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_whichever_comes_first_what_tells_more_of_them_counts(
    desk: FileDesk, told_by: dict[str, int], order: tuple[str, ...]
) -> None:
    in_reports = max(told_by.get(REPORT, 0), told_by.get(LATER, 0))
    in_statements = told_by.get(STATEMENT, 0) + told_by.get(SECOND, 0)
    with desk.town.service.working():
        for name in order:
            desk.take(file(name, told_by[name]))
        assert standing(desk, *order) == max(in_reports, in_statements)


def test_the_same_file_again_changes_nothing(desk: FileDesk) -> None:
    with desk.town.service.working():
        for name in (REPORT, STATEMENT):
            desk.take(file(name, 2))
        for name in (REPORT, STATEMENT):
            again = desk.send(file(name, 2))
            assert told(desk.accept(again))["state"] == "accepted"
        assert standing(desk, REPORT, STATEMENT) == 2


def test_it_is_told_beforehand_what_a_statement_repeats(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(file(REPORT, 1))
        sent = desk.send(file(STATEMENT, 2))
        [shown] = desk.see(sent)["statements"]
        assert (shown["opens"], shown["repeats"]) == (2, 1)
        told(desk.accept(sent))
        assert sorted(desk.states(sent)) == ["open", "open", "repeated"]


@pytest.mark.parametrize("order", [(REPORT, STATEMENT), (STATEMENT, REPORT)], ids=" ".join)
@pytest.mark.parametrize("drops", [REPORT, STATEMENT])
def test_what_one_leaves_out_and_the_other_tells_stays(
    desk: FileDesk, order: tuple[str, str], drops: str
) -> None:
    """Then the other one leaves it out too, and tells it again."""
    other = STATEMENT if drops == REPORT else REPORT
    with desk.town.service.working():
        for name in order:
            desk.take(file(name, 1))
        desk.take(file(drops, 0))
        assert standing(desk, *order) == 1
        left = desk.take(file(other, 0))
        assert standing(desk, *order) == 0
        assert desk.states(left) == ["open"]
        desk.take(file(other, 1, 11))
        assert desk.balances()["1300"] == CREDIT + 11 + 14
        desk.take(file(drops, 1, 11))
        assert desk.balances()["1300"] == CREDIT + 11 + 14


@pytest.mark.parametrize("order", [(REPORT, STATEMENT), (STATEMENT, REPORT)], ids=" ".join)
def test_cash_that_was_paid_in_stays_where_one_of_two_files_tells_it(
    desk: FileDesk, order: tuple[str, str]
) -> None:
    """It could not be taken back: the file that leaves it out would be refused."""
    town = desk.town
    with town.service.working():
        fee = town.assessment("CHARGE")
        owed = fee["total"]["amount"]
        cash = {"desk": "Q1", "slip": fee["id"], "amount": owed}
        told(post(town["clerk"], f"/assessments/{fee['id']}/cash", cash), 201)
        path = f"/agencies/{town.agency}/cash-deposits"
        handed = told(post(town["clerk"], path, {"desk": "Q1"}), 201)["reference"].encode()
        for name in order:
            desk.take(file(name, 0, owed).replace(b"BATCH77X1", handed, 1))
        before = desk.balances()
        assert before["1300"] == owed + 14
        desk.take(file(order[0], 0))
        assert desk.balances() == before
        again = file(order[0], 0, owed).replace(b"BATCH77X1", handed, 1)
        desk.take(again + b"\n")
        assert desk.balances() == before
        desk.take(file(order[1], 0))
        assert desk.balances() == before


def test_two_that_are_one_once_a_statement_leaves_its_own_out(desk: FileDesk) -> None:
    """One was told by the report and the statement, the other by a second statement alone."""
    with desk.town.service.working():
        for name in (REPORT, STATEMENT, SECOND):
            desk.take(file(name, 1))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 2
        desk.take(file(STATEMENT, 0))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 1
        desk.take(file(SECOND, 0))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 1
        desk.take(file(REPORT, 0))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 0


def test_one_that_is_told_again_after_another_took_its_place(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(file(STATEMENT, 1))
        desk.take(file(REPORT, 1))
        desk.take(file(STATEMENT, 0))
        desk.take(file(SECOND, 1))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 1
        desk.take(file(STATEMENT, 1) + b"\n")
        assert standing(desk, REPORT, STATEMENT, SECOND) == 2
        desk.take(file(REPORT, 0))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 2
        desk.take(file(SECOND, 0))
        assert standing(desk, REPORT, STATEMENT, SECOND) == 1


@pytest.mark.parametrize("seed", range(6))
def test_whatever_files_come_and_are_restated(desk: FileDesk, seed: int) -> None:
    dice = random.Random(seed)
    tells: dict[str, int] = {}
    with desk.town.service.working():
        for turn in range(8):
            name = dice.choice((REPORT, LATER, STATEMENT, SECOND))
            count = dice.choice([n for n in range(4) if n != tells.get(name)])
            tells[name] = count
            desk.take(file(name, count) + b"\n" * turn)  # never the very bytes of one before
        in_reports = max(tells.get(REPORT, 0), tells.get(LATER, 0))
        in_statements = tells.get(STATEMENT, 0) + tells.get(SECOND, 0)
        assert standing(desk, *tells) == max(in_reports, in_statements)
