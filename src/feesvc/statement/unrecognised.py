"""What a file seems to be that no installed format recognises, in words for whoever sent it.

Only the name of its kind is said, and of XML its namespace: reasons go on record, texts do not.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from feesvc.statement import Unreadable

HEAD = 4096
"""Bytes from its beginning that are looked at."""
PROPOSE = "propose a profile for it (feesvc file-profiles propose)"
KINDS = (
    (b"%PDF-", "a PDF: ask the bank for the statement as data"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"PK\x03\x04", "compressed with zip: unpack it first"),
    (b"\xd0\xcf\x11\xe0", f"a spreadsheet of the older kind (XLS): {PROPOSE}"),
    (b"{\\rtf", "a document of a word processor (RTF): ask the bank for the statement as data"),
)
"""By its first bytes, what a file is."""
WORKBOOK = b"xl/"
BLANK = b" \t\r\n\x0b\x0c"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
HTML = frozenset(("html", "head", "body", "meta", "style", "script", "div", "table"))
"""What a page begins with; some spreadsheets are saved as the table of one."""
ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?:\s[^<>]*)?/?>")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
LONGEST = 100
"""Characters of a namespace that are said."""
DELIMITERS = ",;\t|"


def unrecognised(content: bytes) -> Unreadable:
    """An empty file is no statement of an empty day, which balances would have to prove (F13);
    whatever else it is, it is of a layout that is not known (F12).
    """
    head = content[:HEAD]
    if not content:
        return Unreadable("F13", "there is nothing in it: it is empty")
    if not content.removeprefix(codecs.BOM_UTF8).strip(BLANK):
        return Unreadable("F13", "there is nothing in it: it is blank")
    why = f"no installed format of statements recognises it: {_seen(head)}"
    line, text = _first_line(head)
    return Unreadable("F12", why, place=f"line {line}" if line else "", text=text)


def _first_line(head: bytes) -> tuple[int, str]:
    """The first line that is not blank, for whoever may see what stands in files; 0 of no text."""
    if b"\0" in head or head.startswith(tuple(begins for begins, _ in KINDS)):
        return 0, ""
    lines = head.decode("utf-8-sig", "replace").split("\n")
    filled = ((number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())
    return next(filled, (0, ""))


def _seen(head: bytes) -> str:
    for begins, kind in KINDS:
        if head.startswith(begins):
            workbook = kind.startswith("compressed with zip") and WORKBOOK in head
            return f"a spreadsheet (XLSX): {PROPOSE}" if workbook else kind
    if head.startswith(UTF_16) or _half_empty(head):
        return "text in UTF-16: save it as UTF-8"
    if b"\0" in head:
        return "no text, and nothing else that is known here"
    text = head.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("<"):
        return _markup(text)
    if _is_delimited(text.splitlines() if len(head) < HEAD else text.splitlines()[:-1]):
        return f"it looks like delimited text: {PROPOSE}"
    return "a text of no kind that is known here"


def _half_empty(head: bytes) -> bool:
    """Of a text in UTF-16 every other byte is mostly empty, and hardly any between them."""
    less, more = sorted((head[0::2].count(0), head[1::2].count(0)))
    return more * 4 > len(head) > less * 40


def _markup(text: str) -> str:
    text = COMMENT.sub("", text)
    root = ROOT.search(text)
    if DOCTYPE.search(text) or (root and root[2].lower() in HTML):
        return "a web page (HTML): ask the bank for the statement as data"
    if root is None:
        return "markup that is no XML"
    name = f"xmlns:{re.escape(root[1])}" if root[1] else "xmlns"
    told = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", root[0])
    namespace = (told[1] or told[2] or "").strip() if told else ""
    if not namespace:
        return "XML without a namespace, which would say what it is"
    cut = f"{namespace[:LONGEST]}…" if len(namespace) > LONGEST else namespace
    return f"XML of the namespace {''.join(c if c.isprintable() else '?' for c in cut)}"


def _is_delimited(lines: list[str]) -> bool:
    """Whether lines one after the other have as many of a delimiter; a single one has some."""
    filled = [line for line in lines if line.strip()]
    if not filled or filled[0].lstrip().startswith(("{", "[")):
        return False
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in filled]
        if len(counts) == 1 and counts[0] > 1:
            return True
        if any(one and one == other for one, other in pairwise(counts)):
            return True
    return False
