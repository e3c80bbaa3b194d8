"""BAI2: every record counted, every total checked, and public files that others wrote."""

from __future__ import annotations

from io import BytesIO
from typing import ClassVar

import pytest

from feesvc.money import Money
from feesvc.statement import BankStatement, Unreadable
from feesvc.testing.statement import StatementContract, public_file
from feesvc_bai2_text import Bai2Text

DAY = """01,BFTVVNVX,FEESVC,261121,0600,17,,,2/
02,FEESVC,BFTVVNVX,1,261120,2400,VND,2/
03,0011004321,VND,010,1000000,,,015,1075000,,,100,115000,1,,400,40000,1,/
16,195,115000,,FT26324001,E-0001,LE PHI H26.10-261120-0001
88,NGUOI NOP MAU/
16,495,40000,,FT26324002,,HOAN TIEN/
49,2385000,5/
98,2385000,1,7/
99,2385000,1,9/
"""


def read(document: bytes) -> list[BankStatement]:
    return list(Bai2Text().read(BytesIO(document)))


class TestContract(StatementContract):
    format_class = Bai2Text
    samples: ClassVar = {"day": DAY.encode(), "crlf": DAY.replace("\n", "\r\n").encode()}


def test_every_part_of_an_entry_is_read() -> None:
    [statement] = read(DAY.encode())
    assert (statement.kind, statement.account, statement.currency) == (
        "statement", "0011004321", "VND",
    )  # fmt: skip
    credit, debit = statement.entries
    assert (credit.amount, debit.amount) == (Money(115_000, "VND"), Money(-40_000, "VND"))
    assert (credit.native_id, credit.references) == ("FT26324001", ("FT26324001", "E-0001"))
    assert credit.narrative == "LE PHI H26.10-261120-0001 NGUOI NOP MAU"
    assert credit.code == "195"


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("16,195,115000", "16,195,115001", "F06"),
        ("16,195,115000", "16,195,115k", "F05"),
        ("49,2385000,5", "49,2385000,4", "F06"),
        ("98,2385000,1,7", "98,2385001,1,7", "F06"),
        ("99,2385000,1,9", "99,2385000,2,9", "F06"),
        ("100,115000,1", "100,115000,2", "F06"),
        ("99,2385000,1,9/\n", "", "F06"),
        ("02,FEESVC,BFTVVNVX,1", "02,FEESVC,BFTVVNVX,3", "F12"),
        ("88,NGUOI NOP MAU/", "NGUOI NOP MAU/", "F04"),
        ("03,0011004321,VND", "03,,VND", "F05"),
    ],
)
def test_what_does_not_hold_is_refused(was: str, now: str, code: str) -> None:
    assert was in DAY
    with pytest.raises(Unreadable) as told:
        read(DAY.replace(was, now, 1).encode())
    assert told.value.code == code


def test_balances_that_do_not_roll_forward_are_refused() -> None:
    wrong = DAY.replace("015,1075000", "015,1075001").replace("2385000", "2385001")
    with pytest.raises(Unreadable, match="1 VND is missing") as told:
        read(wrong.encode())
    assert told.value.code == "F09"


def test_an_interim_group_is_a_report() -> None:
    [report] = read(DAY.replace("2400,VND,2/", "2400,VND,3/").encode())
    assert report.kind == "report"


def test_a_public_file_of_government_receipts_is_read() -> None:
    [statement] = read(public_file("ministryofjustice__bai2/nwb_example.bai2"))
    assert (statement.account, statement.currency) == ("88888888600004", "GBP")
    assert statement.opening and statement.opening.amount == Money(36_521, "GBP")
    assert statement.closing and statement.closing.amount == Money(33_845, "GBP")
    amounts = [entry.amount.amount for entry in statement.entries]
    assert amounts == [-971, -100, -123, -1571, 89]


def test_a_public_file_with_an_error_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(public_file("moov-io__bai2/sample-parseError.txt"))
