"""MT940 and MT942: a field that is garbled is never read as another one, and its line is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest

from feesvc.money import Money
from feesvc.statement import BankStatement, Unreadable
from feesvc_mt94x import Mt94x
from feesvc_mt94x.entries import entry
from feesvc_mt94x.fields import Field
from feesvc_mt94x.lines import written

LINE = ":61:2611201120C50000,NTRFE-0001//FT26324001"
HEAD = ":20:R-261120\n:25:00110004321\n:28C:3/1\n"
REPORT = f"{HEAD}:34F:VND0,\n:13D:2611201015+0700\n{LINE}\n:86:NGUOI NOP MAU\n-"
"""An MT942 that declares no sums: nothing but field 61 itself says what was booked."""
SUMMED = REPORT[:-1] + ":90D:0VND0,\n:90C:1VND50000,\n-"
OPEN = f"{HEAD}:60F:C261119VND0,\n{LINE}\n:86:NGUOI NOP MAU\n-"
"""An MT940 without a closing balance."""
DAY = f"{OPEN[:-1]}:62F:C261120VND50000,\n:64:C261120VND50000,\n-"


def read(text: str) -> list[BankStatement]:
    return list(Mt94x().read(BytesIO(text.encode())))


def refused(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as told:
        read(text)
    return told.value


@pytest.mark.parametrize("whole", [REPORT, SUMMED, OPEN, DAY])
@pytest.mark.parametrize(
    ("good", "bad", "code", "why"),
    [
        ("C50000,", "C5O000,", "F05", "digits with one comma"),
        ("C50000,", "C50.000,00", "F05", "digits with one comma"),
        ("C50000,", "C50,000,00", "F05", "digits with one comma"),
        ("C50000,", "C50 000,", "F05", "digits with one comma"),
        ("C50000,", "C50000", "F05", "digits with one comma"),
        ("C50000,", "C,5", "F05", "digits with one comma"),
        ("C50000,", "CSO000,", "F05", "digits with one comma"),
        ("C50000,", "C-50000,", "F05", "digits with one comma"),
        ("C50000,", "C\u0665\u0660000,", "F05", "digits with one comma"),
        ("C50000,", "CO0000,", "F05", "not the last one of VND"),
        ("C50000,", "C50,OOO", "F05", "no type of entry"),
        ("C50000,", "C50000,S0", "F05", "no type of entry"),
        ("C50000,NTRF", "C50000,TRF", "F05", "no type of entry"),
        ("C50000,", "C50000,50", "F05", "VND has 0 decimal places"),
        ("C50000,", "C123456789012345,", "F05", "more than 15 characters"),
        ("2611201120C", "2611311120C", "F05", "in no calendar"),
        ("2611201120C", "2611201131C", "F05", "in no calendar"),
        ("2611201120C", "2602311120C", "F05", "in no calendar"),
        ("2611201120C", "26l1201120C", "F05", "no day of value"),
        ("2611201120C", "26112C", "F05", "no day of value"),
        ("2611201120C", "261120112C", "F05", "no day of value"),
        ("2611201120C", "2611201120", "F05", "no day of value"),
        ("2611201120C", "2611201120c", "F05", "no day of value"),
        ("2611201120C", "2611201120X", "F12", "a mark other than"),
        ("2611201120C", "2611201120EC", "F12", "a mark other than"),
        ("FT26324001\n", "FT26324001\nNGUOI NOP\nMAU\n", "F05", "more than one line of details"),
    ],
)
def test_a_garbled_line_is_refused_and_shown(
    whole: str, good: str, bad: str, code: str, why: str
) -> None:
    assert whole.count(good) == 1
    told = refused(whole.replace(good, bad))
    line = next(n for n, text in enumerate(whole.split("\n"), 1) if text.startswith(":61:"))
    shown = LINE.replace(good, bad) if good in LINE else LINE
    assert (told.code, told.place, told.text) == (code, f"line {line}", shown)
    assert why in told.why
    assert not any(part in told.why for part in ("5O", "FT26324001", "mt940", "0x", "literal"))


@pytest.mark.parametrize(
    ("whole", "field", "bad", "why"),
    [
        (DAY, ":60F:C261119VND0,", ":60F:C261119VNDO,", "no balance"),
        (DAY, ":60F:C261119VND0,", ":60F:C261131VND0,", "in no calendar"),
        (DAY, ":60F:C261119VND0,", ":60F:X261119VND0,", "no balance"),
        (DAY, ":62F:C261120VND50000,", ":62F:C261120VND50.000,", "no balance"),
        (DAY, ":62F:C261120VND50000,", ":62F:C261120VND5O000,", "no balance"),
        (DAY, ":62F:C261120VND50000,", ":62F:C261120VND50000,50", "VND has 0 decimal places"),
        (DAY, ":64:C261120VND50000,", ":64:C261120VND5OOOO,", "no balance"),
        (DAY, ":28C:3/1", ":28C:3/x", "no number"),
        (OPEN, ":60F:C261119VND0,", ":60F:C261119VND1.000,", "no balance"),
        (SUMMED, ":90C:1VND50000,", ":90C:1VND5OOOO,", "no sum of entries"),
        (SUMMED, ":90C:1VND50000,", ":90C:1VND50.000,", "no sum of entries"),
        (SUMMED, ":90C:1VND50000,", ":90C:lVND50000,", "no sum of entries"),
        (SUMMED, ":90C:1VND50000,", ":90C:1USD50000,", "one account in VND and USD"),
        (SUMMED, ":90C:1VND50000,", ":90:1VND50000,", "neither credits"),
        (REPORT, ":13D:2611201015+0700", ":13D:2611312015+0700", "in no calendar"),
        (REPORT, ":13D:2611201015+0700", ":13D:26112O1015+0700", "no moment"),
        (REPORT, ":34F:VND0,", ":34F:VNDO,", "no limit"),
    ],
)
def test_any_other_garbled_field_is_refused_and_shown(
    whole: str, field: str, bad: str, why: str
) -> None:
    assert whole.count(field) == 1
    told = refused(whole.replace(field, bad))
    line = 1 + whole[: whole.index(field)].count("\n")
    assert (told.code, told.place, told.text) == ("F05", f"line {line}", bad)
    assert why in told.why


def test_the_one_bad_line_of_many_is_told_by_its_own_number() -> None:
    lines = [LINE.replace("E-0001", f"E-{number:04}") for number in range(300)]
    bad = lines[199] = lines[199].replace("2611201120", "2611311120")
    text = "\n".join([f"{HEAD}:60F:C261119VND0,", *lines, ":62F:C261120VND15000000,", "-"])
    told = refused(f"{DAY}\n{text}")
    line = 1 + f"{DAY}\n{text}".split("\n").index(bad)
    assert (told.code, told.place, told.text) == ("F05", f"line {line}", bad)
    assert told.why == (
        "field :61:, a day that is in no calendar; without it entries declared 15,000,000 VND by "
        "the balances, read 14,950,000 VND, difference 50,000 VND"
    )


def test_several_bad_lines_are_told_with_what_the_balances_leave_for_all_of_them() -> None:
    lines = [
        LINE, LINE.replace("C50000,", "D2O000,"), LINE.replace("C50000,", "RC1.000,"),
        LINE.replace("C50000,", "D7,"),
    ]  # fmt: skip
    told = refused("\n".join([f"{HEAD}:60F:C261119VND0,", *lines, ":62F:C261120VND28993,", "-"]))
    assert (told.code, told.place, told.text) == ("F05", "line 6", lines[1])
    assert told.why.endswith(
        "; 2 lines are so; without them entries declared 28,993 VND by the balances, "
        "read 49,993 VND, difference -21,000 VND"
    )


def test_a_bad_line_without_both_balances_has_no_difference() -> None:
    for whole in (OPEN, REPORT, SUMMED):
        told = refused(whole.replace("C50000,", "C5O000,"))
        assert told.why == "field :61:, no amount behind its mark: digits with one comma"


def test_sums_that_do_not_hold_are_told_with_both_figures_and_the_difference() -> None:
    told = refused(SUMMED.replace(":90C:1VND50000,", ":90C:2VND50001,"))
    assert (told.code, told.place, told.text) == ("F06", "line 9", ":90C:2VND50001,")
    assert told.why == (
        "field :90C:, number of credits declared 2, read 1, difference 1; "
        "sum of credits declared 50,001 VND, read 50,000 VND, difference 1 VND"
    )


def test_balances_that_do_not_make_each_other_are_told_with_the_difference() -> None:
    told = refused(DAY.replace(":62F:C261120VND50000,", ":62F:C261120VND49000,"))
    assert (told.code, told.place, told.text) == ("F09", "line 7", ":62F:C261120VND49000,")
    assert told.why == (
        "field :62F:, 0 VND and entries of 50,000 VND are not 49,000 VND: -1,000 VND is missing"
    )


@pytest.mark.parametrize(
    ("text", "unproven"),
    [
        (SUMMED, []),
        (DAY, []),
        (OPEN, ["no closing balance"]),
        (DAY.replace(":60F:C261119VND0,\n", ""), ["no opening balance"]),
        (REPORT, ["no sum of debits (:90D:)", "no sum of credits (:90C:)"]),
        (SUMMED.replace(":90C:1VND50000,\n", ""), ["no sum of credits (:90C:)"]),
        (SUMMED.replace(":90D:0VND0,\n", ""), ["no sum of debits (:90D:)"]),
    ],
)
def test_what_nothing_proves_is_said(text: str, unproven: list[str]) -> None:
    [statement] = read(text)
    said = [f"{missing}: nothing proves that every entry is here" for missing in unproven]
    assert list(statement.warnings) == said
    assert [one.amount for one in statement.entries] == [Money(50_000, "VND")]


@pytest.mark.parametrize(
    ("line", "amount", "booked_on"),
    [
        (":61:261120C50000,NTRF", 50_000, date(2026, 11, 20)),
        (":61:2611201121D50000,NTRF", -50_000, date(2026, 11, 21)),
        (":61:261120    CD50000,FMSCNONREF", 50_000, date(2026, 11, 20)),
        (":61:2611201120RCD50000,S103NONREF", -50_000, date(2026, 11, 20)),
        (":61:2611201120RD50000,00S   NONREF", 50_000, date(2026, 11, 20)),
        (":61:2611201120C 50000,NCHK1", 50_000, date(2026, 11, 20)),
        (":61:2611201120CD\n50000,NCHK1\nSEC CHO", 50_000, date(2026, 11, 20)),
        (":61:2612310101C050000,0NTRF1\nCHI TIET", 50_000, date(2027, 1, 1)),
        (":61:2601011231C12345678901234,NTRF1", 12_345_678_901_234, date(2025, 12, 31)),
    ],
)
def test_each_way_in_which_banks_write_a_line_is_read(
    line: str, amount: int, booked_on: date
) -> None:
    [report] = read(REPORT.replace(LINE, line))
    [one] = report.entries
    assert (one.amount, one.booked_on) == (Money(amount, "VND"), booked_on)


@pytest.mark.parametrize(("said", "meant"), [("260229", 28), ("260230", 28), ("240230", 29)])
def test_a_month_of_thirty_days_ends_with_february(said: str, meant: int) -> None:
    [report] = read(REPORT.replace(LINE, f":61:{said}0301D600,NINT1"))
    assert report.entries[0].value_on.day == meant
    assert "which is no day" in report.warnings[-1]


@pytest.mark.parametrize(
    "changed",
    [
        lambda said: said.update(amount=SimpleNamespace(amount=Decimal(5))),
        lambda said: said.update(date=date(2026, 11, 21)),
        lambda said: said.update(entry_date=date(2026, 11, 21)),
        lambda said: said.update(status="D"),
    ],
)
def test_another_reading_of_the_library_is_refused(
    changed: Callable[[dict[str, object]], None],
) -> None:
    field = Field("61", 6, LINE.removeprefix(":61:"))
    said: dict[str, object] = {
        "date": date(2026, 11, 20), "entry_date": date(2026, 11, 20), "status": "C",
        "amount": SimpleNamespace(amount=Decimal(50000)),
    }  # fmt: skip
    ours = written(field, "VND")
    assert entry(said, field, ours).amount == Money(50_000, "VND")
    changed(said)
    with pytest.raises(Unreadable, match="two readings") as told:
        entry(said, field, ours)
    assert (told.value.code, told.value.place, told.value.text) == ("F05", "line 6", LINE)


def test_the_end_of_a_message_is_no_part_of_its_last_line() -> None:
    ends = f"{HEAD}:34F:VND0,\n{LINE}\nCHI TIET\n-}}{{5:}}\n"
    [report] = read(ends)
    assert report.entries[0].narrative == "CHI TIET"
