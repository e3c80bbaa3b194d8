"""The bank of our own making: its statements roll forward, and every reader agrees about them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from typing import Any, cast

import mt940 as swift
import pytest

from feesvc import plugins
from feesvc.statement import BankStatement, StatementFormat, TableFormat
from feesvc.statement.banked import BankTable
from feesvc.statement.profile import BankProfile
from feesvc.statement.profile_text import read_profile
from feesvc.testing.banking import Account, Day
from feesvc.testing.banking.writing import camt053, delimited, mt940

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (20, 21, 22, 23))
PROFILE = """
use = "bank"
name = "bank-day"
title = "Statement of a day"
source = "ours"
format = "delimited_text"
options = { delimiter = "semicolon" }
currency = "VND"
day = "%d/%m/%Y"
preamble = 6
account_label = "Số tài khoản"
identity_label = "Số sao kê"
day_label = "Ngày sao kê"
opening_label = "Số dư đầu kỳ"
closing_label = "Số dư cuối kỳ"

[columns]
booked_on = "Ngày giao dịch"
value_on = "Ngày hiệu lực"
native_id = "Số bút toán"
debit = "Ghi nợ"
credit = "Ghi có"
balance = "Số dư"
narrative = "Diễn giải"
counterparty_account = "Tài khoản đối ứng"
counterparty_name = "Tên đối ứng"

[amounts]
decimal = "."
grouping = ","
blank_is_zero = true
"""


def account() -> Account:
    """Three days: money of a batch, a charge, and the batch's money taken back on Monday."""
    kept = Account(bank="970415", number="113366668888", opening=1_000_000)
    credit = kept.book(
        98_900, FRIDAY, "TT DOI SOAT VNPAY261120V0001", end_to_end="VNPAY261120V0001",
        name="CTCP VNPAY", account="0011000000001",
    )  # fmt: skip
    kept.book(-1_100, FRIDAY, "PHI QUAN LY TAI KHOAN")
    kept.book(50_000, SATURDAY, "NGUYEN VAN A chuyen tien", value_on=MONDAY)
    kept.take_back(credit, MONDAY)
    return kept


def days() -> Sequence[Day]:
    kept = account()
    return [kept.statement(day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)]


def by_format(name: str) -> Callable[[bytes], list[BankStatement]]:
    def read(document: bytes) -> list[BankStatement]:
        kind = cast("type[StatementFormat]", plugins.statement_formats()[name])
        return list(kind().read(io.BytesIO(document)))

    return read


def by_profile(document: bytes) -> BankStatement:
    profile = read_profile(PROFILE)
    assert isinstance(profile, BankProfile)
    kind = cast("type[TableFormat]", plugins.statement_formats()[profile.format])
    rows = kind(profile.options).rows(io.BytesIO(document))
    with closing(cast("Any", rows)) as kept:
        return BankTable(profile, kept, "").statement()


def test_a_statement_begins_where_the_one_before_ended() -> None:
    told = days()
    assert [day.opening.amount for day in told] == [1_000_000, 1_097_800, 1_147_800, 1_147_800]
    assert [day.closing.amount for day in told] == [1_097_800, 1_147_800, 1_147_800, 1_048_900]
    assert [day.sequence for day in told] == [1, 2, 3, 4]
    assert account().balance == told[-1].closing


def test_no_day_is_stated_twice() -> None:
    kept = account()
    kept.statement(SATURDAY)
    with pytest.raises(ValueError, match="2026-11-21"):
        kept.statement(FRIDAY)
    assert len(kept.statement(MONDAY).entries) == 1


@pytest.mark.parametrize(
    ("write", "read"),
    [(camt053, by_format("camt_xml")), (mt940, by_format("mt94x"))],
    ids=["camt.053", "MT940"],
)
def test_our_readers_say_what_was_booked(
    write: Callable[[Sequence[Day]], bytes], read: Callable[[bytes], list[BankStatement]]
) -> None:
    told = days()
    statements = read(write(told))
    assert len(statements) == len(told)
    for said, day in zip(statements, told, strict=True):
        assert said.opening is not None and said.closing is not None
        assert (said.opening.amount, said.closing.amount) == (day.opening, day.closing)
        assert said.sequence == day.sequence
        assert [e.amount for e in said.entries] == [e.amount for e in day.entries]
        assert [e.booked_on for e in said.entries] == [e.booked_on for e in day.entries]
        assert [e.value_on for e in said.entries] == [e.value_on for e in day.entries]
        assert [e.reversal for e in said.entries] == [e.reversal for e in day.entries]
    first = statements[0].entries[0]
    assert "VNPAY261120V0001" in first.narrative
    assert "VNPAY261120V0001" in first.references


def test_delimited_text_says_the_same_by_a_profile() -> None:
    told = days()[:3]
    assert told[2].entries == (), "nothing happened on Sunday, and its statement says so"
    for day in told:
        said = by_profile(delimited(day))
        assert said.opening is not None and said.closing is not None
        assert said.closing.on == day.on
        assert (said.account, said.identity) == (day.number, day.identity)
        assert (said.opening.amount, said.closing.amount) == (day.opening, day.closing)
        assert [(e.native_id, e.amount) for e in said.entries] == [
            (e.native_id, e.amount) for e in day.entries
        ]


def test_a_reader_that_is_not_ours_agrees_on_the_balances_of_mt940() -> None:
    told = days()
    messages = mt940(told).decode("ascii").split("{1:")[1:]
    for text, day in zip(messages, told, strict=True):
        read = swift.parse("{1:" + text)
        assert int(read.data["final_opening_balance"].amount.amount) == day.opening.amount
        assert int(read.data["final_closing_balance"].amount.amount) == day.closing.amount
