"""Spreadsheets: exact cells, and workbooks that are not what they seem."""

from __future__ import annotations

import io
import resource
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from feesvc.statement import Row, Unreadable
from feesvc.testing.statement import public_file
from feesvc_xlsx_sheets import XlsxSheets
from feesvc_xlsx_sheets.cells import Inexact, written


def workbook(
    *rows: Sequence[object], first: int = 0, sheets: tuple[str, ...] = ("Đối soát",)
) -> bytes:
    document = io.BytesIO()
    with xlsxwriter.Workbook(document, {"remove_timezone": True}) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            days = book.add_format({"num_format": "yyyy-mm-dd"})
            moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for number, row in enumerate(rows, first):
                for column, cell in enumerate(row):
                    form = moments if isinstance(cell, datetime) else days
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, form)
                    else:
                        sheet.write(number, column, cell)
    return document.getvalue()


def read(document: bytes, sheet: str = "1") -> list[Row]:
    return list(XlsxSheets({"sheet": sheet}).rows(BytesIO(document)))


def test_cells_are_what_a_person_typed() -> None:
    document = workbook(
        ["MÃ", "SỐ TIỀN", "NGÀY", "LÚC", "?"],
        ["0007", 115_000, date(2026, 11, 20), datetime(2026, 11, 20, 9, 30), True],  # noqa: DTZ001
        ["x", -12.5, date(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59), None],  # noqa: DTZ001
    )
    assert read(document) == [
        Row("row 1", ("MÃ", "SỐ TIỀN", "NGÀY", "LÚC", "?")),
        Row("row 2", ("0007", "115000", "2026-11-20", "2026-11-20 09:30:00", "TRUE")),
        Row("row 3", ("x", "-12.5", "2026-01-01", "2026-12-31 23:59:59", "")),
    ]


def test_rows_keep_their_numbers_below_empty_ones() -> None:
    assert [row.place for row in read(workbook(["a"], [], ["b"], first=4))] == ["row 5", "row 7"]


def test_a_sheet_is_found_by_name_and_number() -> None:
    document = workbook(["a"], sheets=("Tóm tắt", "Chi tiết"))
    assert read(document, "Chi tiết") == read(document, "2") == read(document)
    with pytest.raises(Unreadable, match="Tóm tắt, Chi tiết"):
        read(document, "3")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (115000.0, "115000"), (-0.0, "0"), (2.0**53 - 1, "9007199254740991"),
     (1234567890123.45, "1234567890123.45"), (1e15, "1000000000000000")],
)  # fmt: skip
def test_a_number_that_is_exact_is_taken(value: float, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    "value", [0.1 + 0.2, 2.0**53, 1e300, 1e-7, float("nan"), float("inf"), timedelta(hours=1)]
)
def test_a_number_that_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(Inexact):
        written(value)


def test_an_inexact_amount_is_refused_with_its_row() -> None:
    with pytest.raises(Unreadable) as told:
        read(workbook(["amount"], [123_456_789_012.123_45]))
    assert (told.value.code, told.value.place) == ("F05", "row 2")


@pytest.mark.parametrize("share", range(1, 20))
def test_a_workbook_that_is_cut_is_refused(share: int) -> None:
    document = workbook(*[[n, n * 1000] for n in range(200)])
    with pytest.raises(Unreadable) as told:
        read(document[: len(document) * share // 20])
    assert told.value.code == "F04"


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"", "F13"), (b"a;b\n1;2\n", "F04"), (b"PK\x03\x04" + b"\0" * 99, "F04"),
     (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "F04"), (workbook(), "F13")],
)  # fmt: skip
def test_what_is_no_spreadsheet_is_refused(document: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as told:
        read(document)
    assert told.value.code == code


def test_a_workbook_of_a_later_kind_of_archive_is_refused() -> None:
    entry = workbook(["a"]).index(b"PK\x01\x02")
    later = bytearray(workbook(["a"]))
    later[entry + 6] = 99  # the version that is needed to unpack it
    with pytest.raises(Unreadable, match="cut or broken: zip file version") as told:
        read(bytes(later))
    assert told.value.code == "F04"


@pytest.mark.parametrize("sheet", ["\0", "\ud800", "x" * 300_000, "--help", "\n"])
def test_a_sheet_of_any_name_is_said_to_be_missing(sheet: str) -> None:
    with pytest.raises(Unreadable, match="no sheet") as told:
        read(workbook(["a"]), sheet)
    assert told.value.code == "F12"


def test_a_zip_bomb_is_not_unpacked() -> None:
    packed = io.BytesIO(workbook(["a"]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet9.xml", b" " * 300_000_000)
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(packed.getvalue())


FAR = {
    "XFD1048576": b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "odd quotes": b"<row r='1'><c r =\n 'XFD1048576'><v>1</v></c></row>",
    "small letters": b'<row r="900000"><c r="rrr900000"><v>1</v></c></row>',
    "a row alone": b'<row r="4000000000"><c><v>1</v></c></row>',
    "cells without names": b"<row r='2'>" + b"<c><v>1</v></c>" * 16384 + b"</row>"
    b"<row r='1048576'><c><v>2</v></c></row>",
    "a name of many letters": b'<row r="9"><c r="ABCDEF9"><v>1</v></c></row>',
    "more columns than there are": b'<row r="999"><c r="ZZZZ999"><v>1</v></c></row>',
}


@pytest.mark.parametrize("far", FAR)
def test_a_cell_far_outside_is_no_reason_to_run_out_of_memory(far: str) -> None:
    """Read, each of them takes gigabytes, or for ever."""
    with pytest.raises(Unreadable, match="clear what is far outside") as told:
        read(_with_rows(FAR[far]))
    assert told.value.code == "F04"


def test_a_text_that_many_cells_share_is_no_reason_to_run_out_of_memory() -> None:
    said = secrets.token_hex(5000).encode() * 100
    shared = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(2, 5000)
    )
    with pytest.raises(Unreadable, match="GiB of memory"):
        read(_with_rows(shared, said))


def test_a_row_that_is_too_long_is_refused_by_its_number() -> None:
    said = secrets.token_hex(5000).encode() * 100
    shared = b'<row r="2">' + b'<c t="s"><v>0</v></c>' * 20 + b"</row>"
    with pytest.raises(Unreadable, match="row 2: a row of more than 16 MiB"):
        read(_with_rows(shared, said))


def test_a_machine_with_less_memory_to_give_reads_all_the_same() -> None:
    limits = resource.getrlimit(resource.RLIMIT_CPU)
    program = (
        "import resource, sys; from io import BytesIO; from feesvc_xlsx_sheets import XlsxSheets;"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
        "print(len(list(XlsxSheets({}).rows(BytesIO(sys.stdin.buffer.read())))))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], input=workbook(["a"], ["b"]), capture_output=True,
        check=True,
    )  # fmt: skip
    assert ran.stdout == b"2\n"
    assert resource.getrlimit(resource.RLIMIT_CPU) == limits, "only the reader is limited"


def test_a_wide_table_and_a_long_one_are_read() -> None:
    assert len(read(workbook(range(300), range(300)))[1].cells) == 300
    long = _with_rows(b'<row r="1000000"><c r="B1000000"><v>1</v></c></row>')
    assert read(long)[-1].place == "row 1000000"
    assert read(workbook(["order=ABC1234567"]))[0].cells == ("order=ABC1234567",)


def _with_rows(rows: bytes, said: bytes = b"a") -> bytes:
    """A sheet of one text, which is the first that cells may share, and of what is given."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as whole,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in whole.infolist():
            content = whole.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            elif part.filename.endswith("sharedStrings.xml"):
                content = content.replace(b"<t>a</t>", b"<t>%s</t>" % said)
            made.writestr(part.filename, content)
    return packed.getvalue()


def test_a_zip_of_something_else_is_no_workbook() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as other:
        other.writestr("readme.txt", "hello")
    with pytest.raises(Unreadable) as told:
        read(packed.getvalue())
    assert told.value.code == "F04"


def test_a_public_spreadsheet_that_is_text_is_said_to_be_text() -> None:
    with pytest.raises(Unreadable, match="delimited text"):
        read(public_file("bank2ynab__bank2ynab/test_swedebank_statement.xls"))
