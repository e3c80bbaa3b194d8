"""Lines of a bank's table that are wrong: their column, what was expected, and their difference."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from feesvc.statement import BankStatement, Row, Unreadable
from feesvc.statement.banked import BankTable
from feesvc.statement.profile import BankProfile
from feesvc.statement.profile_text import read_profile

PROFILE = """
use = "bank"
name = "csv"
title = "Bank"
format = "any"
currency = "VND"
preamble = 2
opening_label = "Opening"
closing_label = "Closing"
[columns]
booked_on = "Day"
credit = "In"
debit = "Out"
balance = "Balance"
narrative = "Text"
[amounts]
grouping = "."
decimal = ","
decimals = 2
suffixes = ["VND"]
"""
HEAD = "Opening;1.000\nDay;In;Out;Balance;Text"
LINES = [
    "20/11/2026;500;;1.500;LAN", "20/11/2026;;200;1.300;out", "21/11/2026;70;;1.370;in",
]  # fmt: skip
GOOD = "\n".join([HEAD, *LINES, "Closing;1.370"])
UNLABELLED = PROFILE.replace('opening_label = "Opening"\nclosing_label = "Closing"\n', "")
"""Of the same table, without what stands around it: the balances after the lines are left."""
BARE = "\n".join(["Day;In;Out;Balance;Text", *LINES])


def rows(text: str) -> Iterator[Row]:
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=";"), 1):
        yield Row(f"line {number}", tuple(cells))


def banked(text: str, profile: str = PROFILE) -> BankStatement:
    read = read_profile(profile)
    assert isinstance(read, BankProfile)
    return BankTable(read, rows(text), "1").statement()


def refused(text: str, profile: str = PROFILE) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        banked(text, profile)
    return caught.value


def test_the_table_that_the_others_are_made_of_is_read() -> None:
    for text, profile in ((GOOD, PROFILE), (BARE, UNLABELLED)):
        assert [e.amount.amount for e in banked(text, profile).entries] == [500, -200, 70]


LIKE = "not an amount as the profile says: written like 1.234.567,55, also with VND behind"


@pytest.mark.parametrize(
    ("good", "bad", "why", "read", "difference"),
    [
        (";500;;1", ";5OO;;1", f"In: {LIKE}", "-130", "500"),
        (";;200;", ";;2OO;", f"Out: {LIKE}", "570", "-200"),
        (";;200;", ";1;200;", "In, Out: neither only a credit nor only a debit", "570", "-200"),
        ("21/11/2026", "31/11/2026", "Day: not a day written", "300", "70"),
        (";70;", ";70,50;", "In: more decimal places than VND has", "300", "70"),
    ],
)  # fmt: skip
def test_a_bad_line_is_told_with_its_column_and_what_the_balances_leave_for_it(
    good: str, bad: str, why: str, read: str, difference: str
) -> None:
    assert GOOD.count(good) == 1
    text = GOOD.replace(good, bad)
    told = refused(text)
    line = 1 + text[: text.index(bad)].count("\n")
    assert (told.code, told.place) == ("F05", f"line {line}")
    assert told.why.startswith(why)
    assert told.why.endswith(
        f"; without it entries declared 370 VND by the balances, read {read} VND, "
        f"difference {difference} VND"
    )
    assert told.text == " | ".join(cell for cell in text.split("\n")[line - 1].split(";") if cell)
    assert not any(part in told.why for part in ("LAN", "5OO", "2OO", "3OO", "70,50"))


def test_several_bad_lines_are_counted_and_their_difference_is_of_all_of_them() -> None:
    told = refused(GOOD.replace(";500;;1", ";5OO;;1").replace("1.300;out", "1.3OO;out"))
    assert told.place == "line 3"
    assert "; 2 lines are so; without them entries declared 370 VND" in told.why
    told = refused(GOOD.replace(";500;;1.500", ";5OO;;1.5OO"))
    assert "lines are so" not in told.why, "two cells of one line"


def test_a_bad_balance_alone_makes_no_difference() -> None:
    told = refused(GOOD.replace("1.300;out", "1.3OO;out"))
    assert (told.code, told.place, told.why) == ("F05", "line 4", f"Balance: {LIKE}")


def test_balances_after_the_lines_do_for_labels() -> None:
    for good, bad, difference in ((";;200;", ";;2OO;", -200), (";70;", ";7O;", 70)):
        assert f"difference {difference} VND" in refused(BARE.replace(good, bad), UNLABELLED).why
    assert "difference" not in refused(BARE.replace(";500;", ";5OO;"), UNLABELLED).why, (
        "with the first line its opening balance is not known"
    )


def test_the_newest_first_is_no_other_table() -> None:
    turned = "\n".join([HEAD, *reversed(LINES), "Closing;1.370"]).replace(";500;;1", ";5OO;;1")
    told = refused(turned, PROFILE.replace("preamble", 'order = "newest_first"\npreamble'))
    assert (told.place, "difference 500 VND" in told.why) == ("line 5", True)


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("Closing;1.370", "Closing;1.380",
         "entries make 1,370 VND, the closing balance is 1,380 VND, difference 10 VND"),
        ("1.300;out", "1.290;out",
         "the balance after it is 1,290 VND, entries make 1,300 VND, difference -10 VND"),
    ],
)  # fmt: skip
def test_balances_that_do_not_make_each_other_are_told_with_the_difference(
    good: str, bad: str, why: str
) -> None:
    told = refused(GOOD.replace(good, bad))
    assert (told.code, told.why) == ("F09", why)


def test_a_currency_that_is_none_is_a_bad_line_and_that_of_no_entry_is_not_known() -> None:
    profile = PROFILE.replace('currency = "VND"\n', "").replace(
        'narrative = "Text"', 'currency = "Text"'
    )
    text = GOOD.replace("LAN", "VND").replace("out", "VND")
    told = refused(text, profile)
    assert (told.code, told.place, told.why[:21]) == ("F05", "line 5", "Text: not a currency;")
    empty = refused(f"{HEAD}\nClosing;1.000", profile)
    assert (empty.code, empty.why) == ("F13", "no entry, and nothing that says its currency")


MINUS = "an amount with a minus, where the profile says that there is none"
OTHER = "a sign other than the profile says: credits have none, debits a minus"
BARE_HEAD = "Day;In;Out;Balance;Text"


def signed(signs: str, line: str) -> BankStatement:
    profile = UNLABELLED.replace("[columns]", f'signs = "{signs}"\n[columns]')
    return banked(f"{BARE_HEAD}\n{line}", profile)


@pytest.mark.parametrize(
    ("signs", "line", "amount", "reversal"),
    [
        ("unsigned", "20/11/2026;10;;;a", 10, False),
        ("unsigned", "20/11/2026;0;10;;a", -10, False),
        ("reversals_negative", "20/11/2026;;10;;a", -10, False),
        ("reversals_negative", "20/11/2026;;-10;;a", 10, True),
        ("reversals_negative", "20/11/2026;-10;0;;a", -10, True),
        ("debits_negative", "20/11/2026;;-10;;a", -10, False),
        ("debits_negative", "20/11/2026;10;;;a", 10, False),
    ],
)
def test_what_is_written_apart_is_read_as_the_profile_says_of_signs(
    signs: str, line: str, amount: int, reversal: bool
) -> None:
    [entry] = signed(signs, line).entries
    assert (entry.amount.amount, entry.reversal) == (amount, reversal)


@pytest.mark.parametrize(
    ("signs", "line", "why"),
    [
        ("unsigned", "20/11/2026;;-10;;a", f"Out: {MINUS}"),
        ("unsigned", "20/11/2026;-10;;;a", f"In: {MINUS}"),
        ("debits_negative", "20/11/2026;;10;;a", f"Out: {OTHER}"),
        ("debits_negative", "20/11/2026;-10;;;a", f"In: {OTHER}"),
    ],
)
def test_a_sign_that_could_mean_either_way_is_a_bad_line(signs: str, line: str, why: str) -> None:
    with pytest.raises(Unreadable) as told:
        signed(signs, line)
    assert (told.value.code, told.value.place, told.value.why) == ("F05", "line 2", why)


def test_a_debit_that_is_taken_back_rolls_forward_the_right_way() -> None:
    """It was read as one more debit, which no table without balances could tell."""
    text = GOOD.replace(";70;;1.370;in", ";;-70;1.370;storno")
    told = refused(text)
    assert told.why.startswith(f"Out: {MINUS}")
    assert told.why.endswith("difference 70 VND")
    said = banked(text, PROFILE.replace("preamble", 'signs = "reversals_negative"\npreamble'))
    assert [(e.amount.amount, e.reversal) for e in said.entries][2] == (70, True)
