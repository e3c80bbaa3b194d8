"""Files that mean harm or are simply broken, one table of them, for each way in which they come.

Fees that are settled: 100,000 đồng of one day. Each file has a name in it that no other one has.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import xlsxwriter  # type: ignore[import-untyped]

from feesvc.testing.file_desk import camt, session

Where: TypeAlias = Literal["bank", "document", "text", "sheet"]
"""Accounts: one of a bank, and merchant accounts whose files are read as a document of the
intermediary's own, as delimited text and as a spreadsheet."""
HEADINGS = ("batch", "at", "kind", "id", "gross", "merchant")
PROFILE = """
use = "settlement"
name = "daily"
title = "Daily"
format = "{format}"
currency = "VND"
[columns]
batch = "batch"
kind = "kind"
native_id = "id"
transaction = "id"
gross = "gross"
occurred_at = ["at"]
[kinds]
payment = "payment"
[merchant]
column = "merchant"
setting = "merchant"
[[footers]]
marker = "total"
gross = "gross"
"""


@dataclass(frozen=True)
class Hostile:
    """``made`` of a name that no other file has, and of the merchant that the account has."""

    where: Where
    made: Callable[[str, str], bytes]
    verdict: str
    words: str
    place: str = ""


def rows_of(name: str, merchant: str, *lines: tuple[str, str]) -> list[list[str]]:
    """Day and amount of each line, and their sum below."""
    said = [[name, f"{day}", "payment", f"{name}-{n}", gross, merchant]
            for n, (day, gross) in enumerate(lines, 1)]  # fmt: skip
    total = sum(int(gross) for _, gross in lines if gross.isdecimal())
    return [list(HEADINGS), *said, ["total", "", "", "", str(total), ""]]


Made: TypeAlias = Callable[[str, str], bytes]


def text(*lines: tuple[str, str], merchant: str = "") -> Callable[[str, str], bytes]:
    def made(name: str, ours: str) -> bytes:
        return "\n".join(map(",".join, rows_of(name, merchant or ours, *lines))).encode()

    return made


def sheet(*lines: tuple[str, str], merchant: str = "") -> Callable[[str, str], bytes]:
    def made(name: str, ours: str) -> bytes:
        document = io.BytesIO()
        with xlsxwriter.Workbook(document) as book:
            page = book.add_worksheet()
            for number, row in enumerate(rows_of(name, merchant or ours, *lines)):
                page.write_row(number, 0, row)
        return document.getvalue()

    return made


def bomb(within: str, content: bytes) -> Callable[[str, str], bytes]:
    """A workbook with a part that is small, and large once it is unpacked or laid out."""

    def made(name: str, ours: str) -> bytes:
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(sheet(DAY)(name, ours))) as whole,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as again,
        ):
            for part in whole.infolist():
                said = whole.read(part)
                if part.filename.endswith("sheet1.xml"):
                    said = said.replace(within.encode(), content + within.encode())
                again.writestr(part.filename, said)
        return packed.getvalue()

    return made


def bank(old: str = "", new: str = "", **more: Any) -> Callable[[str, str], bytes]:
    def made(name: str, _: str) -> bytes:
        return camt(1, 100, (50_000, name), **more).replace(old.encode(), new.encode())

    return made


def own(old: str = "", new: str = "") -> Callable[[str, str], bytes]:
    def made(name: str, _: str) -> bytes:
        return session(name, 100_000).replace(old.encode(), new.encode())

    return made


ENTITIES = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
) + "]>"  # fmt: skip
DAY = ("20/11/2026 10:00:00", "100000")
FEBRUARY = ("30/02/2026 10:00:00", "100000")
HOSTILE: dict[str, Hostile] = {
    "amount.bank": Hostile("bank", bank(">50000<", ">5O000<"), "F05", "5O000|amount", "entry|line"),
    "amount.document": Hostile("document", own('"gross": 100000', '"gross": "1OO000"'),
                               "F05", "", "line 2"),
    "amount.text": Hostile("text", text(DAY, (DAY[0], "1OO000")), "F05", "gross", "line 3"),
    "amount.sheet": Hostile("sheet", sheet(DAY, (DAY[0], "1OO000")), "F05", "gross", "row 3"),
    "february.bank": Hostile("bank", bank("2026-11-11", "2026-02-30"), "F05", "day", "line"),
    "february.document": Hostile("document", own("-11-20T", "-02-30T"), "F05", "", "line 2"),
    "february.text": Hostile("text", text(FEBRUARY), "F05", "", "line 2"),
    "february.sheet": Hostile("sheet", sheet(FEBRUARY), "F05", "", "row 2"),
    "namespace.bank": Hostile("bank", bank("001.02", "001.99"), "F12", "versions 2 to 8", "line"),
    "strange.bank": Hostile("bank", bank("camt.053", "pain.001"), "F12", "recognises"),
    "entities.bank": Hostile("bank", lambda n, o: ENTITIES.encode() + bank("50000", "&m;")(n, o),
                             "F04", "document type|[Ee]ntit"),
    "packed.sheet": Hostile("sheet", bomb("</worksheet>", b" " * 50_000_000), "F04", "unpacks to"),
    "far.sheet": Hostile(
        "sheet", bomb("</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "F04", "clear what is far outside its table",
    ),
    "stranger.bank": Hostile("bank", bank(account="99"), "F11", "another account"),
    "stranger.text": Hostile("text", text(DAY, merchant="SOMEBODY"), "F11", "merchant", "line 2"),
    "stranger.sheet": Hostile("sheet", sheet(DAY, merchant="SOMEBODY"), "F11", "merchant", "row 2"),
    "csv.xls": Hostile("sheet", text(DAY), "F04", "delimited text under its name"),
    "cut.bank": Hostile("bank", lambda n, o: bank()(n, o)[:-60], "F04", "", "line"),
    "cut.document": Hostile("document", lambda n, o: own()(n, o)[:-30], "F0[456]", ""),
    "cut.text": Hostile("text", lambda n, o: text(DAY)(n, o).rpartition(b"\n")[0], "F06",
                        "cut short"),
    "cut.sheet": Hostile("sheet", lambda n, o: sheet(DAY)(n, o)[:-300], "F04", "cut or broken"),
}  # fmt: skip
