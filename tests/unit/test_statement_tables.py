"""Tables read by a profile: exact amounts, signs, footers, and every way in which one is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from feesvc.statement import BankStatement, Row, Unreadable, worth
from feesvc.statement.banked import BankTable
from feesvc.statement.cells import Unread, amount_reader, spoken
from feesvc.statement.profile import Amounts, BankProfile, SettlementProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable

PROFILE = """
use = "settlement"
name = "daily"
title = "Daily"
format = "any"
currency = "VND"
preamble = 3
ignored = ["Note"]
end = "<END>"
[left_out]
State = ["Failed"]
[amounts]
grouping = "."
decimal = ","
[signs]
outgoing = "positive"
[columns]
native_id = "Id"
transaction = "Txn"
original = "Of"
batch = "Batch"
kind = "Type"
gross = "Amount"
commission = "Fee"
tax = "VAT"
net = "Net"
occurred_at = ["Day", "Time"]
[kinds]
Pay = "payment"
Back = "refund"
[merchant]
setting = "shop"
label = "Merchant"
[batch]
settled_on_label = "Settled"
[[footers]]
marker = "Total"
count = 2
gross = "Amount"
net = "Net"
sums = "signed"
"""
HEAD = "Merchant;S1\nSettled: 21/11/2026\n\n"
HEAD += "State;Id;Txn;Of;Batch;Type;Amount;Fee;VAT;Net;Day;Time;Note"
LINES = [
    "Ok;1;T1;;B1;Pay;100.000;1.000;100;98.900;20/11/2026;23:59:59;",
    "Ok;2;T2;;B1;Pay;50.000;500;50;49.450;20/11/2026;08:00:00;x",
    "Failed;3;T3;;B1;Pay;9;0;0;9;20/11/2026;08:00:00;",
    "Ok;4;R1;T2;B1;Back;20.000;0;0;20.000;20/11/2026;09:00:00;",
]
FOOT = "Total;3;;;;;130.000;;;128.350\n<END>"
GOOD = "\n".join([HEAD, *LINES, FOOT])


def rows(text: str) -> Iterator[Row]:
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=";"), 1):
        if any(cells):
            yield Row(f"line {number}", tuple(cells))


def settled(text: str, profile: str = PROFILE) -> list[SettledBatch]:
    read = read_profile(profile)
    assert isinstance(read, SettlementProfile)
    return SettledTable(read, rows(text), {"shop": "S1"}).batches()


def test_a_table_is_read_to_the_right_lines() -> None:
    [batch] = settled(GOOD)
    assert (batch.batch, batch.currency, batch.settled_on) == ("B1", "VND", date(2026, 11, 21))
    sums = [batch.sum_of(part) for part in ("gross", "commission", "tax", "net")]
    assert sums == [130_000, -1_500, -150, 128_350]
    first, _, back = batch.lines
    assert first.at == datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)
    assert (back.kind, back.original, back.gross.amount) == ("refund", "T2", -20_000)
    assert first.place == "line 5"


def test_sums_hold_however_few_amounts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    again = LINES[0].replace("Ok;1;T1", "Ok;9;T9")
    foot = FOOT.replace("3;;;;;130.000;;;128.350", "4;;;;;230.000;;;227.250")
    for kept in (1, 2, 65_536):
        monkeypatch.setattr(worth, "MOST", kept)
        [batch] = settled("\n".join([HEAD, *LINES, again, foot]))
        assert batch.sum_of("net") == 227_250
        with pytest.raises(Unreadable, match=r"read 227250, difference 1$"):
            settled("\n".join([HEAD, *LINES, again, foot.replace("227.250", "227.251")]))


@pytest.mark.parametrize(
    ("good", "bad", "code", "said"),
    [
        ("Merchant;S1", "Merchant;S2", "F11", "another merchant"),
        ("Merchant;S1", "Shop;S1", "F12", "nowhere before the table stands 'Merchant'"),
        ("Note\n", "Remark\n", "F12", "unknown column: Remark"),
        ("Txn;Of", "Txn;Txn", "F12", "missing: Of"),
        ("Txn;Of;Batch", "Txn;Of;Batch;Txn", "F12", "stands twice"),
        ("B1;Pay;50", "B1;Gift;50", "F12", "unknown kind 'Gift'"),
        ("T1;;B1", "T1;;", "F05", "batch is not told"),
        ("100.000;1.000", "1O0.000;1.000", "F05", "Amount: not an amount"),
        ("100.000;1.000", "100.00;1.000", "F05", "Amount: not an amount"),
        ("100.000;1.000", "100000,5;1.000", "F05", "Amount: not an amount"),
        ("98.900", "98.901", "F05", "gross less commission and tax is 98900, its net is 98901"),
        ("20/11/2026;23", "30/02/2026;23", "F05",
         "Day, Time: not a moment written dd/mm/yyyy hh:mm:ss, or in no calendar"),
        ("21/11/2026", "31/11/2026", "F05", "Settled: not a day written dd/mm/yyyy"),
        ("Back;20.000;0;0;20.000", "Back;-20.000;0;0;-20.000", "F05", "of the other sign"),
        ("23:59:59;", "23:59:59;;surplus", "F05", "more cells"),
        ("\n<END>", "", "F06", "cut short"),
        (FOOT, "<END>", "F06", "no row begins with 'Total'"),
        ("Total;3", "Total;4", "F06", "count declared 4, read 3, difference 1"),
        ("128.350", "128.351", "F06", "net declared 128351, read 128350, difference 1"),
        ("Total;3", "Total;x", "F06", "the footer's count cannot be read"),
        ("<END>", "<END>\nOk;5", "F12", "after the end"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_for_its_reason(good: str, bad: str, code: str, said: str) -> None:
    assert GOOD.count(good) >= 1
    with pytest.raises(Unreadable) as caught:
        settled(GOOD.replace(good, bad, 1))
    assert caught.value.code == code
    assert said in caught.value.why
    assert "1O0" not in caught.value.why, "what stands in a cell is not repeated"


def test_a_bad_line_is_shown_with_the_difference_it_makes() -> None:
    with pytest.raises(Unreadable) as caught:
        settled(GOOD.replace("100.000;1.000", "1OO.000;1.000"))
    assert caught.value.place == "line 5"
    assert "1OO.000" in caught.value.text
    assert "net declared 128350, read 29450, difference 98900" in caught.value.why


def test_every_cut_is_noticed() -> None:
    for cut in range(len(GOOD) - 1):
        with pytest.raises(Unreadable):
            settled(GOOD[:cut])


def test_a_batch_that_is_to_be_zero_with_its_payout_is_held_to_it() -> None:
    profile = PROFILE.replace("[batch]", "[batch]\nzero_sum = true").replace(
        'Back = "refund"', 'Back = "payout"'
    )
    with pytest.raises(Unreadable) as caught:
        settled(GOOD, profile)
    assert (caught.value.code, "128350" in caught.value.why) == ("F06", True)
    paid = LINES[3].replace("20.000", "148.350")
    whole = "\n".join([HEAD, *LINES[:3], paid, FOOT.replace("130.000", "1.650")])
    [batch] = settled(whole.replace(";;;128.350", ";;;0"), profile)
    assert batch.sum_of("net") == 148_350


def test_a_form_of_days_is_said_as_people_write_it() -> None:
    assert spoken("%Y-%m-%d %I:%M:%S.%f %p") == "yyyy-mm-dd hh:mm:ss.ffffff AM/PM"
    assert spoken("%d %b %y") == "dd Jan yy"


@pytest.mark.parametrize(
    ("said", "text", "units"),
    [
        (Amounts(), "1000", 1000), (Amounts(), "-7", -7), (Amounts(), " 7 ", 7),
        (Amounts(grouping=","), "1,234,567", 1_234_567),
        (Amounts(grouping=",", decimals=2), "1,000.00", 1000),
        (Amounts(implied=2), "10000000", 100_000), (Amounts(implied=2), "00", 0),
        (Amounts(parentheses=True), "(5)", -5), (Amounts(suffixes=("VND", "đ")), "5 VND", 5),
        (Amounts(blank_is_zero=True), "", 0),
    ],
)  # fmt: skip
def test_amounts_are_exact(said: Amounts, text: str, units: int) -> None:
    assert amount_reader(said)(text, "VND") == units


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (Amounts(), ""), (Amounts(), "1.000"), (Amounts(), "1,000"), (Amounts(), "1e3"),
        (Amounts(), "١"), (Amounts(), "--1"), (Amounts(), "(5)"), (Amounts(), "9" * 17),
        (Amounts(grouping=","), "1,00"), (Amounts(grouping=","), "1,0000"),
        (Amounts(decimals=2), "1.5"), (Amounts(decimals=2), "1.000"), (Amounts(implied=2), "101"),
        (Amounts(parentheses=True), "(-5)"), (Amounts(), "5 VND"),
    ],
)  # fmt: skip
def test_an_amount_that_could_mean_two_things_is_none(said: Amounts, text: str) -> None:
    with pytest.raises(Unread):
        amount_reader(said)(text, "VND")


BANK = """
use = "bank"
name = "csv"
title = "Bank"
format = "any"
currency = "VND"
preamble = 4
account_label = "Account"
opening_label = "Opening"
closing_label = "Closing"
order = "newest_first"
[columns]
booked_on = "Day"
credit = "In"
debit = "Out"
balance = "Balance"
narrative = "Text"
[amounts]
grouping = ","
"""
BOOKED = (
    "Account: 123 456\nOpening;1,000\nDay;In;Out;Balance;Text\n"
    "21/11/2026;;200;1,300;out\n20/11/2026;500;;1,500;in\nClosing;1,300"
)


def banked(text: str) -> BankStatement:
    read = read_profile(BANK)
    assert isinstance(read, BankProfile)
    return BankTable(read, rows(text), "").statement()


def test_a_bank_table_rolls_forward() -> None:
    said = banked(BOOKED)
    assert said.account == "123456"
    assert [entry.amount.amount for entry in said.entries] == [500, -200]
    assert said.opening is not None
    assert said.closing is not None
    assert (said.opening.amount.amount, said.closing.amount.amount) == (1000, 1300)


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("Closing;1,300", "Closing;1,301", "F09"), ("Opening;1,000", "Opening;999", "F09"),
        ("1,500;in", "1,501;in", "F09"), (";;200;", ";;2OO;", "F05"), (";500;;", ";500;1;", "F05"),
        ("20/11/2026", "30/02/2026", "F05"), ("\nClosing;1,300", "", "F12"),
    ],
)  # fmt: skip
def test_a_bank_table_that_does_not_is_refused(good: str, bad: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        banked(BOOKED.replace(good, bad, 1))
    assert caught.value.code == code


DATED = BANK.replace("order =", 'day_label = "Until"\norder =').replace(
    "preamble = 4", "preamble = 5"
)


def dated(text: str) -> BankStatement:
    read = read_profile(DATED)
    assert isinstance(read, BankProfile)
    return BankTable(read, rows(text), "").statement()


def test_a_table_without_an_entry_says_its_day_by_a_label() -> None:
    head, foot = "Account;1\nOpening;1,000\n", "Day;In;Out;Balance;Text\nClosing;1,000"
    said = dated(f"{head}Until;21/11/2026\n{foot}")
    assert said.entries == []
    assert said.opening is not None
    assert said.closing is not None
    assert (said.opening.on, said.closing.on) == (date(2026, 11, 21), date(2026, 11, 21))
    for day, code in (("", "F12"), ("Until;31/11/2026\n", "F05")):
        with pytest.raises(Unreadable) as caught:
            dated(f"{head}{day}{foot}")
        assert caught.value.code == code
    with pytest.raises(Unreadable) as caught:
        dated(f"{head}Until;21/11/2026\n{foot.replace('1,000', '1,001')}")
    assert caught.value.code == "F09"


def test_a_labelled_day_ends_the_statement_and_no_entry_is_after_it() -> None:
    told = BOOKED.replace("Day;In", "Until: 23/11/2026\nDay;In")
    closing = dated(told).closing
    assert closing is not None
    assert closing.on == date(2026, 11, 23)
    with pytest.raises(Unreadable, match="after the statement's last day"):
        dated(told.replace("23/11", "20/11"))
