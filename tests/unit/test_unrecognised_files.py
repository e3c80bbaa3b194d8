"""Files that no format recognises: each is told for what it seems to be, and nothing of it said."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from feesvc.statement.unrecognised import unrecognised

SECRET = "NGUYEN THI LAN 0912345678"
TABLE = f"Ngày;Số tiền;Nội dung\n20/11/2026;50000;{SECRET}\n"
DOCUMENT = f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'>{SECRET}</Document>"


def packed() -> bytes:
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as whole:
        whole.writestr("sao_ke.csv", TABLE)
    return document.getvalue()


def workbook() -> bytes:
    document = io.BytesIO()
    with xlsxwriter.Workbook(document) as book:
        book.add_worksheet().write_row(0, 0, TABLE.split(";"))
    return document.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"<!DOCTYPE html><html><body>{SECRET}</body></html>".encode(), "a web page (HTML)"),
        (f"\n<TABLE><tr><td>{SECRET}</td></tr></TABLE>".encode(), "a web page (HTML)"),
        (f"<?xml version='1.0'?><html xmlns='x'>{SECRET}</html>".encode(), "a web page (HTML)"),
        (f"%PDF-1.7\n{SECRET}".encode(), "a PDF"),
        (gzip.compress(TABLE.encode()), "compressed with gzip"),
        (packed(), "compressed with zip"),
        (workbook(), "a spreadsheet (XLSX): propose a profile"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "(XLS): propose a profile"),
        (TABLE.encode("utf-16"), "text in UTF-16"),
        (DOCUMENT.encode("utf-16-be"), "text in UTF-16"),
        (DOCUMENT.encode(), "the namespace urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"),
        (f"<?xml version='1.0'?><!-- <a xmlns='no'> -->{DOCUMENT}".encode(), "tech:xsd:pain.001"),
        (b'<a:b c="1" xmlns="urn:one" xmlns:a="urn:two"/>', "the namespace urn:two"),
        (f"<statement>{SECRET}</statement>".encode(), "XML without a namespace"),
        (f"< {SECRET}".encode(), "markup that is no XML"),
        (TABLE.encode(), "it looks like delimited text: propose a profile"),
        (f"\ufeffSAO KE TAI KHOAN\n\n{TABLE}".encode(), "delimited text: propose a profile"),
        (TABLE.replace(";", "\t").encode("windows-1252", "replace"), "delimited text"),
        (TABLE.replace(";", ",").encode() * 500, "delimited text"),
        (b"Ngay;So tien;Noi dung", "delimited text"),
        (f"{SECRET}\n".encode() * 9, "a text of no kind"),
        (b'{"a": 1, "b": 2}\n' * 9, "a text of no kind"),
        (bytes(range(256)) * 9, "no text, and nothing else"),
    ],
)
def test_a_file_is_told_for_what_it_seems_to_be(content: bytes, said: str) -> None:
    told = unrecognised(content)
    assert told.code == "F12"
    assert told.why.startswith("no installed format of statements recognises it: ")
    assert said in told.why
    assert not any(word in told.why for word in (*SECRET.split(), "50000"))


def test_the_first_line_of_a_text_is_shown_and_nothing_of_what_is_none() -> None:
    told = unrecognised(f"\ufeff\r\n  \r\n {SECRET}\r\n".encode())
    assert (told.place, told.text) == ("line 3", SECRET)
    for content in (packed(), TABLE.encode("utf-16"), f"%PDF-1.7\n{SECRET}".encode()):
        none = unrecognised(content)
        assert (none.place, none.text) == ("", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"), (b" \r\n\t\n", "it is blank"), (b"\xef\xbb\xbf\n", "it is blank"),
    ],
)  # fmt: skip
def test_nothing_is_no_day_without_entries(content: bytes, said: str) -> None:
    told = unrecognised(content)
    assert (told.code, told.why) == ("F13", f"there is nothing in it: {said}")


def test_a_text_that_begins_far_down_has_no_line_to_show() -> None:
    told = unrecognised(b"\n" * 9000 + SECRET.encode())
    assert (told.code, told.place, told.text) == ("F12", "", "")


def test_a_namespace_is_cut() -> None:
    told = unrecognised(f"<a xmlns='urn:{'x' * 900}'/>".encode())
    assert told.why.endswith(f"urn:{'x' * 96}…")


def test_a_row_that_the_head_cuts_says_nothing() -> None:
    one, two = "a;b\n", "c" * 5000
    assert "a text of no kind" in unrecognised(f"{one}{two};d".encode()).why
