"""The profile of a table: what it may say, and that each error names its place."""

from __future__ import annotations

import pytest

from feesvc.statement.profile import BankProfile, SettlementProfile
from feesvc.statement.profile_text import BadProfile, digest_of, read_profile, write_profile
from feesvc.testing.tables import some_profile

SETTLED = some_profile()
BANKED = """
use = "bank"
name = "acb-csv"
title = "ACB"
format = "delimited_text"
currency = "VND"
[columns]
booked_on = "Day"
credit = "In"
debit = "Out"
"""


def test_toml_and_its_json_are_one_profile() -> None:
    settled, banked = read_profile(SETTLED), read_profile(BANKED)
    assert isinstance(settled, SettlementProfile)
    assert isinstance(banked, BankProfile)
    assert settled.columns.occurred_at == ("Date", "Time")
    for profile in (settled, banked):
        assert read_profile(write_profile(profile)) == profile
        assert digest_of(read_profile(write_profile(profile))) == digest_of(profile)
    assert digest_of(settled) != digest_of(banked)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('Purchase = "payment"', 'Purchase = "pay"', "kinds"),
        ('gross = "Amount"\nocc', 'gros = "Amount"\nocc', "columns: "),
        ('marker = "Total"', 'marker = " "', "footers[0]: marker is empty"),
        ('gross = "Amount"\n\n', "gross = 0\n\n", ""),
        ('name = "daily"', "name = 1", "name: Expected `str`"),
        ('name = "daily"', 'name = "Daily!"', "name is 1 to 60"),
        ("[columns]", "[columns", "line 7"),
        ('currency = "VND"', "", "currency is neither"),
        ('currency = "VND"', 'currency = "VND"\nday = "%Q"', "day is a date format"),
        ('currency = "VND"', 'currency = "VND"\nday = "to-day"', "day is a date format"),
        ('currency = "VND"', 'currency = "VND"\nzone = "+25:00"', "zone is UTC"),
        ('currency = "VND"', 'currency = "VND"\npreamble = 101', "preamble is"),
        ('batch = "Batch"', "", "batch is told by a column"),
        ('kind = "Type"', "", 'the word ""'),
        ("[columns]", '[amounts]\ngrouping = "."\n[columns]', "amounts: one mark cannot be both"),
        ("[columns]", '[batch]\nby = "label"\n[columns]', "batch: label is given exactly"),
        ("[columns]", '[merchant]\nsetting = "m"\n[columns]', "merchant: either column or label"),
        ("[columns]", '[batch]\nby = "settled_on"\n[columns]', "which nothing tells"),
    ],
)
def test_an_error_names_its_place(good: str, bad: str, said: str) -> None:
    assert good in SETTLED + "\n"
    with pytest.raises(BadProfile) as caught:
        read_profile((SETTLED + "\n").replace(good, bad, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('debit = "Out"', "", "columns: either amount, or credit and debit"),
        ('debit = "Out"', 'debit = "Out"\namount = "Sum"', "columns: either amount"),
        ('debit = "Out"', 'debit = "Out"\ndirection = "DC"', "columns: direction goes with"),
        ('currency = "VND"', 'currency = "VND"\ncredits = ["C"]\ndebits = ["D"]', "direction"),
        ('currency = "VND"', 'currency = "VND"\nsigns = "any"', "signs: Invalid enum value"),
    ],
)
def test_a_bank_profile_says_amounts_in_one_way(good: str, bad: str, said: str) -> None:
    with pytest.raises(BadProfile) as caught:
        read_profile(BANKED.replace(good, bad, 1))
    assert said in str(caught.value)


def test_signs_are_said_of_credit_and_debit_alone() -> None:
    one = BANKED.replace('credit = "In"\ndebit = "Out"', 'amount = "Sum"')
    assert isinstance(read_profile(one), BankProfile)
    with pytest.raises(BadProfile, match="signs goes with credit and debit"):
        read_profile(one.replace("[columns]", 'signs = "debits_negative"\n[columns]'))
