"""Restated settlements: what they change leaves the books, and every open line has its case."""

from __future__ import annotations

from feesvc.testing.file_desk import FileDesk, camt, report, session, settled, settlement, told_anew
from feesvc.testing.town import post, told


def test_a_line_told_anew_under_the_same_code_has_its_case(desk: FileDesk) -> None:
    town = desk.town
    name = town.paid()["transaction"].encode()
    with town.service.working():
        town.service.await_followers()
        desk.take(session("B1", 114_000).replace(b"T-B1-1", name), town.account)
        assert [case[0] for case in desk.open_cases()] == ["S04"]
        desk.take(session("B1", 113_000).replace(b"T-B1-1", name), town.account)
        desk.take(session("B2", 5_000), town.account)
        assert [case[0] for case in desk.open_cases()] == ["S03", "S04"]


def test_so_has_a_debit(desk: FileDesk) -> None:
    with desk.town.service.working():
        first = camt(1, 100_000, (-700, "FT1"))
        desk.take(first)
        assert desk.open_cases() == [("B11", "line", 700)]
        desk.take(told_anew(first))
        assert desk.open_cases() == [("B11", "line", 700)]


def test_and_one_that_stands_in_another_file_now(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(report((50_000, "A"), (-700, "B")))
        desk.take(camt(1, 0, (50_000, "A"), (-700, "B")))
        desk.take(report((50_000, "A")))
        assert [case for case in desk.open_cases() if case[0] == "B11"] == [("B11", "line", 700)]


def test_a_match_is_undone_whatever_else_bears_the_name_of_its_line(desk: FileDesk) -> None:
    town = desk.town
    name = town.paid()["transaction"]
    rows = [
        settled("payment", "N1", 115_000, name),
        settled("fee", "X", -500),
        settled("fee", "X", -600, "T-X2"),
    ]
    with town.service.working():
        town.service.await_followers()
        desk.take(settlement("B1", *rows), town.account)
        desk.take(settlement("B1", *rows, settled("fee", "N1", -700)), town.account)
        before = desk.balances()
        found = told(town["finance"].get(f"/agencies/{town.agency}/matches"))["items"]
        [match] = [one for one in found if one["state"] == "posted"]
        told(post(town["finance"], f"/matches/{match['id']}/undo", {"reason": "mistake"}))
        assert desk.balances()["1210"] == before["1210"] - 115_000


def test_a_dispute_that_only_a_restated_settlement_told_of_is_none(desk: FileDesk) -> None:
    town = desk.town
    name = town.paid()["transaction"]
    other = settled("payment", "p2", 7_000)
    with town.service.working():
        town.service.await_followers()
        desk.take(settlement("B1", settled("payment", "p1", 115_000, name)), town.account)
        desk.take(settlement("B2", settled("dispute", "d1", -115_000, name), other), town.account)
        desk.take(settlement("B2", other), town.account)
        found = desk.balances()
        assert (found.get("1250"), found.get("1200")) == (None, None)
