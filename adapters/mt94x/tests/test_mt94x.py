"""MT940 and MT942: every entry, every balance, and public files that others wrote."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import ClassVar

import pytest

from feesvc.money import Money
from feesvc.statement import BankStatement, Unreadable
from feesvc.testing.statement import StatementContract, public_file
from feesvc_mt94x import Mt94x

DAY = """{1:F01BFTVVNVXAXXX0000000000}{2:O940BFTVVNVXXXXXN}{4:
:20:S-261120
:25:0011 00 4321
:28C:17/1
:60F:C261119VND1000000,
:61:2611201120C115000,NTRFE-0001//FT26324001
:86:LE PHI H26.10-261120-0001
NGUOI NOP MAU
:61:2611211120D40000,NMSCNONREF//FT26324002
:86:HOAN TIEN
:62F:C261120VND1075000,
-}"""
UNDER_WAY = """:20:R-261120
:25:00110004321
:28C:3/1
:34F:VND0,
:13D:2611201015+0700
:61:2611201120C115000,NTRFE-0001//FT26324001
:90D:0VND0,
:90C:1VND115000,
-"""


def read(document: bytes) -> list[BankStatement]:
    return list(Mt94x().read(BytesIO(document)))


class TestContract(StatementContract):
    format_class = Mt94x
    samples: ClassVar = {
        "day": DAY.encode(), "crlf": DAY.replace("\n", "\r\n").encode(),
        "two": f"{DAY}\n{DAY}".encode(), "under way": UNDER_WAY.encode(),
    }  # fmt: skip

    def test_no_cut_reads_as_a_shorter_whole(self) -> None:
        """A cut MT940 has no closing balance, which it says; it is never silently shorter."""
        for cut in range(1, 40):
            short = DAY[: len(DAY) * cut // 40].encode()
            try:
                [statement] = read(short)
            except Unreadable:
                continue
            assert statement.warnings or statement.entries == read(DAY.encode())[0].entries


def test_every_part_of_an_entry_is_read() -> None:
    [statement] = read(DAY.encode())
    assert (statement.kind, statement.account, statement.currency) == (
        "statement",
        "0011004321",
        "VND",
    )
    assert (statement.identity, statement.sequence) == ("S-261120", 17)
    credit, debit = statement.entries
    assert (credit.native_id, credit.amount) == ("FT26324001", Money(115_000, "VND"))
    assert credit.references == ("FT26324001", "E-0001")
    assert credit.narrative == "LE PHI H26.10-261120-0001 NGUOI NOP MAU"
    assert (credit.booked_on, credit.value_on) == (date(2026, 11, 20), date(2026, 11, 20))
    assert credit.place == "line 6"
    assert (debit.amount, debit.value_on) == (Money(-40_000, "VND"), date(2026, 11, 21))
    assert debit.references == ("FT26324002",)


def test_a_day_under_way_is_checked_by_its_sums() -> None:
    [report] = read(UNDER_WAY.encode())
    assert (report.kind, report.opening, len(report.entries)) == ("report", None, 1)
    for wrong in ("2VND115000,", "1VND115001,"):
        with pytest.raises(Unreadable) as told:
            read(UNDER_WAY.replace("1VND115000,", wrong).encode())
        assert told.value.code == "F06"


def test_a_reversal_moves_the_other_way() -> None:
    document = DAY.replace("1120C115000", "1120RC115000").replace("D40000", "RD40000")
    [statement] = read(document.replace("VND1075000", "VND925000").encode())
    assert [(e.amount.amount, e.reversal) for e in statement.entries] == [
        (-115_000, True), (40_000, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "code", "why"),
    [
        ("VND1075000,", "VND1075001,", "F09", "1 VND is missing"),
        ("C115000,", "C115000,50", "F05", "0 decimal places"),
        (":25:0011 00 4321\n", "", "F05", "names no account"),
        (":62F:C261120VND", ":62F:C261120USD", "F05", "line 11: .*one account in VND and USD"),
        ("HOAN TIEN", "HOAN\0TIEN", "F04", "NUL"),
        (":20:", ":21:", "F04", ":20:"),
    ],
)
def test_what_does_not_hold_is_refused(was: str, now: str, code: str, why: str) -> None:
    assert was in DAY
    with pytest.raises(Unreadable, match=why) as told:
        read(DAY.replace(was, now, 1).encode())
    assert told.value.code == code


def test_the_place_is_counted_over_all_statements() -> None:
    with pytest.raises(Unreadable) as told:
        read(f"{DAY}\n{DAY.replace('C115000,', 'C115000,50')}".encode())
    assert told.value.place == "line 18"


def test_text_that_is_not_utf8_is_said_to_be_so() -> None:
    [statement] = read(DAY.replace("MAU", "M\u00c3U").encode("windows-1252"))
    assert "windows-1252" in statement.warnings[0]
    assert "MÃU" in statement.entries[0].narrative


def test_a_day_without_entries_is_a_statement() -> None:
    quiet = ":20:Q\n:25:1\n:28C:1/1\n:60F:C261119VND5,\n:62F:C261120VND5,\n-"
    [statement] = read(quiet.encode())
    assert statement.entries == []


def test_thirty_february_is_read_and_said() -> None:
    [statement] = read(public_file("wolph__mt940/february_30.sta"))
    assert [(e.amount, e.value_on) for e in statement.entries] == [
        (Money(-600, "EUR"), date(2016, 2, 29))
    ]
    assert "2016-02-30, which is no day" in statement.warnings[0]


def test_the_public_files_of_other_dialects_are_read() -> None:
    [report] = read(public_file("wolph__mt940/mt942.sta"))
    assert [e.amount for e in report.entries] == [Money(1, "PLN")] * 3
    days = read(public_file("wolph__mt940/ASNB-mt940.txt"))
    assert len(days) == 31
    assert days[0].entries[0].amount == Money(-6500, "EUR")
    for before, after in pairwise(days):
        assert before.closing and after.opening
        assert before.closing.amount == after.opening.amount
