"""BAI2: what is wrong in a record is told with its line, and what is there and declared."""

from __future__ import annotations

from io import BytesIO

import pytest

from feesvc.money import Money
from feesvc.statement import BankStatement, Unreadable
from feesvc_bai2_text import Bai2Text

DAY = """01,BFTVVNVX,FEESVC,261121,0600,17,,,2/
02,FEESVC,BFTVVNVX,1,261120,2400,VND,2/

03,0011004321,VND,010,1000000,,,015,1075000,,/
88,100,115000,1,,400,40000,1,/
16,195,115000,V,261121,,FT26324001,E-0001,LE PHI H26.10-261120-0001
88,NGUOI NOP MAU/
16,495,40000,,FT26324002,,HOAN TIEN/
49,2385000,6/
98,2385000,1,8/
99,2385000,1,10/
"""
"""Line 3 is empty, and is counted where lines are, but not among the records."""


def read(text: str) -> list[BankStatement]:
    return list(Bai2Text().read(BytesIO(text.encode())))


def refused(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as told:
        read(text)
    return told.value


def changed(good: str, bad: str) -> str:
    assert DAY.count(good) == 1
    return DAY.replace(good, bad)


def test_the_file_that_the_others_are_made_of_is_read() -> None:
    [statement] = read(DAY)
    assert [(one.place, one.amount) for one in statement.entries] == [
        ("line 6", Money(115_000, "VND")), ("line 8", Money(-40_000, "VND")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("good", "bad", "line", "code", "why"),
    [
        ("261121,0600", "261131,0600", 1, "F05",
         "record 01, a day that is in no calendar (YYMMDD)"),
        ("0600,17", "0660,17", 1, "F05", "record 01, a time that no clock shows (HHMM)"),
        ("17,,,2/", "17,8O,,2/", 1, "F05", "record 01, its record length is no whole number"),
        ("17,,,2/", "17,,,3/", 1, "F05", "record 01, its version is not 2"),
        ("17,,,2/", "17,2/", 1, "F05", "record 01, 6 of its 8 fields"),
        ("X,1,2611", "X,4,2611", 2, "F12", "record 02, a group that is no update but test only"),
        ("X,1,2611", "X,,2611", 2, "F12", "record 02, a group that does not say what it is"),
        ("X,1,2611", "X,l,2611", 2, "F12", "record 02, an unknown group status"),
        ("261120,2400,VND,2", "261120,2400,VND,7", 2, "F12",
         "record 02, an unknown modifier of its day"),
        ("261120,2400", "2611Z0,2400", 2, "F05",
         "record 02, a day that is in no calendar (YYMMDD)"),
        ("261120,2400", ",2400", 2, "F05", "record 02, its day is not told"),
        ("4321,VND", "4321,VN", 4, "F05",
         "record 03, an account without a currency of three capital letters"),
        ("4321,VND", "4321,vnd", 4, "F05",
         "record 03, an account without a currency of three capital letters"),
        ("0011004321", "", 4, "F05", "record 03, an account without a number"),
        ("1000000", "1O00000", 4, "F05", "record 03, its amount is no whole number"),
        ("1000000", "1_000_000", 4, "F05", "record 03, its amount is no whole number"),
        ("1000000", "1000000.00", 4, "F05", "record 03, its amount is no whole number"),
        ("88,100,115000,1", "88,1OO,115000,1", 5, "F12", "record 03, an unknown type code"),
        ("88,100,115000,1", "88,100,115OOO,1", 5, "F05",
         "record 03, its amount is no whole number"),
        ("88,100,115000,1", "88,100,115000,l", 5, "F05",
         "record 03, its number of items is no whole number"),
        ("40000,1,/", "40000/", 4, "F05",
         "record 03, its last balance or sum has not all of its four fields"),
        ("40000,1,/", "40000,1,X/", 5, "F12", "record 03, an unknown funds type"),
        ("40000,1,/", "40000,1,S/", 4, "F05",
         "record 03, it ends before it says when the money is available"),
        ("40000,1,/", "40000,1,D,-9,1,2/", 5, "F05", "record 03, its number of parts is below 0"),
        ("16,195,", "16,l95,", 6, "F12", "record 16, an unknown type code"),
        ("16,195,", "16,890,", 6, "F12", "record 16, neither a credit nor a debit"),
        ("195,115000", "195,1150OO", 6, "F05", "record 16, its amount is no whole number"),
        ("195,115000", "195,115.000", 6, "F05", "record 16, its amount is no whole number"),
        ("195,115000", "195,\u0661\u0661", 6, "F05", "record 16, its amount is no whole number"),
        ("195,115000", "195,-115000", 6, "F05",
         "record 16, its amount has a sign, where its type says which it is"),
        ("V,261121,,", "V,261131,,", 6, "F05", "record 16, a day that is in no calendar (YYMMDD)"),
        ("40000,,FT26324002,,HOAN TIEN", "40000,,FT26324002", 8, "F05",
         "record 16, it ends before its two references"),
        ("40000,,FT26324002", "40000,S,1,l,2,FT26324002", 8, "F05",
         "record 16, its amount is no whole number"),
        ("49,2385000,6", "49,2385OOO,6", 9, "F05",
         "record 49, its control total is no whole number"),
        ("49,2385000,6", "49,2385000,", 9, "F05", "record 49, its number of records is not told"),
        ("49,2385000,6", "49,2385000", 9, "F05", "record 49, 1 of its 2 fields"),
        ("98,2385000,1,8", "98,2385000,l,8", 10, "F05",
         "record 98, its number of accounts is no whole number"),
        ("98,2385000,1,8/\n", "", 10, "F06", "record 99, before the trailer 98 of the record 02"),
        ("49,2385000,6/\n", "", 9, "F06", "record 98, before the trailer 49 of the record 03"),
        ("99,2385000,1,10/\n", "99,2385000,1,10/\n49,0,2/\n", 12, "F05",
         "record 49, behind the file's trailer: a file has one"),
        ("88,NGUOI NOP MAU/\n", "03,1,VND/\n", 7, "F06",
         "record 03, before the trailer 49 of the record 03"),
        ("02,FEESVC,BFTVVNVX,1,261120,2400,VND,2/\n", "", 3, "F05",
         "record 03, where a record 02 or 99 belongs"),
        ("01,BFTVVNVX,FEESVC,261121,0600,17,,,2/\n", "", 1, "F05",
         "record 02, where a record 01 belongs"),
        ("01,BFTVVNVX,FEESVC,261121,0600,17,,,2/", "88,X/", 1, "F05",
         "a continuation, and nothing before it"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_record_is_told_with_its_line_and_shown(
    good: str, bad: str, line: int, code: str, why: str
) -> None:
    text = changed(good, bad)
    told = refused(text)
    reason, _, without = told.why.partition("; without it ")
    assert (told.code, told.place, reason) == (code, f"line {line}", why)
    assert bool(without) == (why.startswith("record 16") and code == "F05")
    assert told.text == text.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("good", "bad", "difference"),
    [
        ("195,115000", "195,1150OO", "read 2270000, difference 115000"),
        ("V,261121,,", "V,261131,,", "read 2270000, difference 115000"),
        ("16,495,40000", "16,495,4O000", "read 2345000, difference 40000"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_told_with_what_the_control_total_leaves_for_it(
    good: str, bad: str, difference: str
) -> None:
    assert refused(changed(good, bad)).why.endswith(
        f"; without it control total declared 2385000, {difference}"
    )


def test_several_bad_entries_are_counted() -> None:
    told = refused(changed("195,115000", "195,1150OO").replace("495,40000", "495,4O000"))
    assert told.place == "line 6"
    assert told.why.endswith(
        "; 2 lines are so; without them control total declared 2385000, read 2230000, "
        "difference 155000"
    )


@pytest.mark.parametrize(
    ("good", "bad", "line", "why"),
    [
        ("49,2385000,6", "49,2385001,6", 9,
         "record 49, control total declared 2385001, read 2385000, difference 1"),
        ("49,2385000,6", "49,2385000,5", 9,
         "record 49, number of records declared 5, read 6, difference -1"),
        ("98,2385000,1,8", "98,,2,8", 10,
         ("record 98, control total declared 0, read 2385000, difference -2385000; "
         "number of accounts declared 2, read 1, difference 1")),
        ("98,2385000,1,8", "98,2385000,1,9", 10,
         "record 98, number of records declared 9, read 8, difference 1"),
        ("99,2385000,1,10", "99,2385000,3,10", 11,
         "record 99, number of groups declared 3, read 1, difference 2"),
        ("99,2385000,1,10", "99,2384000,1,11", 11,
         ("record 99, control total declared 2384000, read 2385000, difference -1000; "
         "number of records declared 11, read 10, difference 1")),
        ("115000,1,,400,40000", "115000,2,,400,40000", 5,
         "record 03, number of credits (100) declared 2, read 1, difference 1"),
        ("16,495,40000", "16,495,", 9,
         "record 49, control total declared 2385000, read 2345000, difference 40000"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_told_with_both_figures_and_the_difference(
    good: str, bad: str, line: int, why: str
) -> None:
    text = changed(good, bad)
    told = refused(text)
    assert (told.code, told.place, told.why) == ("F06", f"line {line}", why)
    assert told.text == text.split("\n")[line - 1]


def test_a_declared_sum_that_its_entries_do_not_make_is_told() -> None:
    wrong = changed("88,100,115000,1", "88,100,115001,1").replace("2385000", "2385001")
    told = refused(wrong)
    assert (told.code, told.place) == ("F06", "line 5")
    assert told.why == "record 03, sum of credits (100) declared 115001, read 115000, difference 1"


def test_balances_that_do_not_make_each_other_are_told_with_the_difference() -> None:
    told = refused(changed("015,1075000", "015,1075001").replace("2385000", "2385001"))
    assert (told.code, told.place) == ("F09", "line 4")
    assert told.text == "03,0011004321,VND,010,1000000,,,015,1075001,,/"
    assert told.why == (
        "record 03, 1,000,000 VND and entries of 75,000 VND are not 1,075,001 VND: 1 VND is missing"
    )


def test_a_group_without_accounts_is_empty() -> None:
    told = refused("01,A,B,261121,0600,1,,,2/\n02,B,A,1,261120,,VND,2/\n98,0,0,2/\n99,0,1,4/")
    assert (told.code, told.place) == ("F13", "line 2")


def test_a_second_file_behind_the_first_is_never_left_unread() -> None:
    told = refused(DAY + DAY)
    assert (told.code, told.place) == ("F05", "line 12")
