"""Statements that follow on each other: what numbers prove, what balances prove, and who may say
that it is so all the same (F03, F07, F08)."""

from __future__ import annotations

from typing import Any

import pytest

from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.town import told

pytestmark = pytest.mark.lasting


def numbered(day: int, number: int, opening: int, *entries: tuple[int, str]) -> bytes:
    """The statement of a day under another number than the day's."""
    new = f"<LglSeqNb>{number}</LglSeqNb>".encode()
    return camt(day, opening, *entries).replace(f"<LglSeqNb>{day}</LglSeqNb>".encode(), new)


def test_numbers_that_begin_anew_each_day_hide_no_break(desk: FileDesk) -> None:
    told(desk.accept(desk.send(numbered(1, 1, 0, (50, "A")))))
    broken = desk.send(numbered(2, 1, 7, (30, "B")))
    assert (broken["state"], broken["verdict"]) == ("held", "F08")
    good = desk.send(numbered(2, 1, 50, (30, "B")))
    assert (good["state"], good["verdict"]) == ("previewed", "")


def test_a_jump_of_numbers_is_accepted_by_another_person(desk: FileDesk) -> None:
    """A bank that counts otherwise shuts nobody out; whoever says so is on record."""
    told(desk.accept(desk.send(camt(3, 0, (50, "A")))))
    jumped = desk.send(numbered(4, 327, 50, (30, "B")))
    assert (jumped["state"], jumped["verdict"]) == ("held", "F07")
    _by_another_person(desk, jumped)
    assert desk.states(jumped) == ["open"]
    after = desk.send(numbered(5, 328, 80, (10, "C")))
    assert (after["state"], after["verdict"]) == ("previewed", "")


def test_a_balance_that_does_not_continue_is_accepted_by_another_person(desk: FileDesk) -> None:
    told(desk.accept(desk.send(camt(1, 0, (50, "A")))))
    _by_another_person(desk, desk.send(camt(2, 51, (30, "B"))))
    after = desk.send(camt(3, 81, (10, "C")))
    assert (after["state"], after["verdict"]) == ("previewed", "")


def test_the_missing_one_is_taken_when_it_comes_after_all(desk: FileDesk) -> None:
    told(desk.accept(desk.send(camt(1, 0, (50, "A")))))
    _by_another_person(desk, desk.send(camt(3, 80, (10, "C"))))
    late = desk.send(camt(2, 50, (30, "B")))
    assert (late["state"], late["verdict"]) == ("previewed", "")
    told(desk.accept(late))


def test_of_two_that_tell_the_same_the_second_restates_the_first(desk: FileDesk) -> None:
    """Both were shown before either was accepted."""
    one, other = desk.send(camt(1, 0, (50, "A"))), desk.send(camt(1, 0, (51, "A")))
    assert (other["state"], other["verdict"]) == ("previewed", "")
    told(desk.accept(one))
    held = desk.see(other)
    assert (held["state"], held["verdict"]) == ("held", "F03")
    _by_another_person(desk, held)
    assert desk.see(one)["state"] == "superseded"


def _by_another_person(desk: FileDesk, held: Any) -> None:
    refused = told(desk.accept(held), 422)
    assert refused["type"] == "/problems/changed-since-asked"
    refused = told(desk.accept(held, digest=held["digest"]), 403, 409, 422)
    assert refused["type"] == "/problems/same-person"
    told(desk.accept(held, "approver", digest=held["digest"]))
    assert desk.see(held)["state"] == "accepted"
    assert {case["state"] for case in desk.case(held)} == {"closed"}
