"""Delimited text: every row as it stands, or the line that is wrong."""

from __future__ import annotations

from io import BytesIO

import pytest

from feesvc.statement import Row, Unreadable
from feesvc.testing.statement import public_file
from feesvc_delimited_text import DelimitedText


def read(document: bytes, **options: str) -> list[Row]:
    return list(DelimitedText(options).rows(BytesIO(document)))


def test_a_cell_is_what_is_written() -> None:
    rows = read(b'ref,amount,note\n0007,"1,000", a b \n\n"two\nlines",-5,"said ""so"""\n')
    assert rows == [
        Row("line 1", ("ref", "amount", "note")),
        Row("line 2", ("0007", "1,000", " a b ")),
        Row("line 4", ("two\nlines", "-5", 'said "so"')),
    ]


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("số;tiền\nlệ phí;115000\n".encode(), {"delimiter": "semicolon"}),
        ("\ufeffsố;tiền\r\nlệ phí;115000\r\n".encode(), {"delimiter": "semicolon"}),
        ("số\ttiền\nlệ phí\t115000\n".encode("utf-16"), {"delimiter": "tab", "encoding": "utf-16"}),
        ("'số'|'tiền'\n'lệ phí'|115000\n".encode(), {"delimiter": "pipe", "quote": "single"}),
    ],
)
def test_the_declared_form_is_read(written: bytes, options: dict[str, str]) -> None:
    assert [row.cells for row in read(written, **options)] == [("số", "tiền"), ("lệ phí", "115000")]


def test_without_quotes_a_quote_is_a_letter() -> None:
    assert read(b'5" pipe,1\n', quote="none")[0].cells == ('5" pipe', "1")


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (b"", "F13", ""),
        (b"\n\r\n\n", "F13", ""),
        (b"a,b\n1,\xff\xfe\n", "F04", "line 2"),
        (b'a,b\n1,"2\n3,4\n', "F04", "line 2"),
        (b'a,b\n1,"2"3\n', "F04", "line 2"),
        (b"a,b\n1,\0\n", "F04", "line 2"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "F04", "line 2"),
    ],
)
def test_what_is_not_of_the_form_is_refused_where_it_stands(
    document: bytes, code: str, place: str
) -> None:
    with pytest.raises(Unreadable) as told:
        read(document)
    assert told.value.code == code
    assert told.value.place.startswith(place)


def refused(document: bytes, **options: str) -> Unreadable:
    with pytest.raises(Unreadable) as told:
        read(document, **options)
    return told.value


def test_a_text_in_another_encoding_is_told_with_its_line_which_is_shown() -> None:
    """Text is decoded ahead of the lines that are read of it: a whole block of them."""
    told = refused("số,tiền\n".encode() * 900 + b"a,b\r\nLAN \xff,1\r\n" + b"c,d\n" * 9000)
    assert (told.code, told.place, told.text) == ("F04", "line 902", "LAN \ufffd,1")
    assert told.why == (
        "its text is not in UTF-8: the profile's encoding is another, or it is damaged"
    )
    assert refused(b"\xffa,b\n").place == "line 1"
    cut = refused("số,tiền\nx,y\n".encode("utf-16")[:-1], encoding="utf-16")
    assert (cut.place, "not in UTF-16" in cut.why) == ("line 2", True)
    unmarked = refused(b"a,b\n1,2\n", encoding="utf-16")
    assert (unmarked.code, "not in UTF-16" in unmarked.why) == ("F04", True)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b'a,b\n1,"2\n3,4\n', "a quotation mark that nothing closes"),
        (b'a,b\n1,"2"3\n', "text right behind the quotation mark that closes a cell"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "a cell of more than 131072 characters"),
        (b"a,b\n1,\0\n", "a zero byte, which no text has"),
    ],
)
def test_what_is_wrong_is_said_in_words_for_people(document: bytes, why: str) -> None:
    assert refused(document).why == why


@pytest.mark.parametrize("name", ["delimiter", "encoding", "quote"])
def test_an_option_that_it_has_not_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        DelimitedText({name: "guess"})


def test_a_form_that_is_not_the_files_still_drops_no_line() -> None:
    rows = read(b"a;b\n1;2\n3;4\n")
    assert [row.cells for row in rows] == [("a;b",), ("1;2",), ("3;4",)]


def test_a_public_file_with_european_decimals_is_read_as_written() -> None:
    document = public_file("sebastienrousseau__bankstatementparser/csv_european_decimals.csv")
    lines = [line for line in document.decode().splitlines() if line.strip()]
    rows = read(document, delimiter="semicolon")
    assert [";".join(row.cells) for row in rows] == [line.replace('"', "") for line in lines]


def test_a_public_spreadsheet_that_is_text_is_read_as_text() -> None:
    document = public_file("bank2ynab__bank2ynab/test_swedebank_statement.xls")
    rows = read(document, encoding="windows-1252")
    assert len(rows) == len([line for line in document.splitlines() if line.strip()])
    assert rows[0].cells[:4] == ("Account No", "", "Date", "Beneficiary")
    assert rows[1].cells[4:8] == ("Opening balance", "10374.04", "LTL", "K")
