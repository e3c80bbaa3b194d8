"""Restated statements of banks: no line is booked twice, and none leaves the books for another."""

from __future__ import annotations

from feesvc.testing.file_desk import FileDesk, bank_credit, camt, report, session, told_anew
from feesvc.testing.town import post, told


def test_a_payment_and_its_charge_under_one_id_told_anew_double(desk: FileDesk) -> None:
    with desk.town.service.working():
        first = camt(1, 100_000, (50_000, "FT1"), (-1_100, "FT1"))
        desk.take(first)
        before = desk.balances()
        assert before == {"1300": 50_000, "2150": -50_000}
        desk.take(told_anew(first))
        assert desk.balances() == before


def test_a_payout_doubles_likewise(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(session("BATCH77X1", 100_000), desk.town.account)
        first = camt(1, 100_000, (98_900, "FT1"), (-1_100, "FT1"))
        desk.take(first)
        before = desk.balances()
        desk.take(told_anew(first))
        assert desk.balances() == before


def test_across_statements(desk: FileDesk) -> None:
    with desk.town.service.working():
        first = camt(1, 0, (50_000, "FT1"))
        desk.take(first)
        desk.take(camt(2, 50_000, (7_000, "FT1")))
        before = desk.balances()
        desk.take(told_anew(first))
        assert desk.balances() == before


def test_a_credit_by_hand_and_its_statement_where_the_charge_comes_first(
    desk: FileDesk,
) -> None:
    with desk.town.service.working():
        path = f"/agencies/{desk.town.agency}/bank-credits"
        told(post(desk.town["finance"], path, bank_credit("FT1", 50_000, narrative="x")), 200, 201)
        desk.take(camt(1, 100_000, (-1_100, "FT1"), (50_000, "FT1")))
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}


def test_a_debit_told_anew_takes_a_credit_of_its_name_out(desk: FileDesk) -> None:
    with desk.town.service.working():
        path = f"/agencies/{desk.town.agency}/bank-credits"
        told(post(desk.town["finance"], path, bank_credit("FT1", 50_000, narrative="x")), 200, 201)
        desk.take(camt(1, 100_000, (-1_100, "FT1"), (7, "C")))
        before = desk.balances()
        assert before == {"1300": 50_007, "2150": -50_007}
        desk.take(camt(1, 100_000, (-1_200, "FT1"), (7, "C")))
        assert desk.balances() == before


def test_a_debit_that_took_a_payout_back_takes_it_back_again(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(session("BATCH77X1", 100_000), desk.town.account)
        desk.take(camt(1, 0, (98_900, "FT1")))
        before = desk.balances()
        second = camt(2, 98_900, (-98_900, "FT2"), (98_900, "FT3"))
        desk.take(second)
        assert desk.balances() == before
        new = desk.send(told_anew(second))
        desk.accept(new, "approver", digest=new["digest"])  # or it is refused
        assert desk.balances() == before


def test_cash_that_was_paid_in_doubles_where_the_line_is_told_with_other_words(
    desk: FileDesk,
) -> None:
    town = desk.town
    with town.service.working():
        fee = town.assessment("CHARGE")
        owed = fee["total"]["amount"]
        cash = {"desk": "Q1", "slip": fee["id"], "amount": owed}
        told(post(town["clerk"], f"/assessments/{fee['id']}/cash", cash), 201)
        path = f"/agencies/{town.agency}/cash-deposits"
        handed = told(post(town["clerk"], path, {"desk": "Q1"}), 201)
        first = camt(1, 0, (owed, "FT1"))
        desk.take(first.replace(b"BATCH77X1", handed["reference"].encode()))
        before = desk.balances()
        assert before["1300"] == owed
        new = desk.send(told_anew(first))
        desk.accept(new, "approver", digest=new["digest"])  # or it is refused
        assert desk.balances() == before


def test_a_line_whose_words_alone_are_told_anew_is_found_by_them(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(session("BATCH77X1", 100_000), desk.town.account)
        first = camt(1, 0, (98_900, "FT1"))
        desk.take(first.replace(b"BATCH77X1", b"SAI77X1"))
        file = desk.take(first)
        assert desk.states(file) == ["matched"]


def test_what_another_file_still_tells_need_not_be_taken_back(desk: FileDesk) -> None:
    """Cash was paid in; a report told it first, the statement repeats it, the report drops it."""
    town = desk.town
    with town.service.working():
        fee = town.assessment("CHARGE")
        owed = fee["total"]["amount"]
        cash = {"desk": "Q1", "slip": fee["id"], "amount": owed}
        told(post(town["clerk"], f"/assessments/{fee['id']}/cash", cash), 201)
        path = f"/agencies/{town.agency}/cash-deposits"
        handed = told(post(town["clerk"], path, {"desk": "Q1"}), 201)["reference"].encode()
        desk.take(report((owed, "A"), (7, "C")).replace(b"BATCH77X1", handed, 1))
        desk.take(camt(1, 0, (owed, "A"), (7, "C")).replace(b"BATCH77X1", handed, 1))
        before = desk.balances()
        desk.take(report((7, "C")))
        assert desk.balances() == before
