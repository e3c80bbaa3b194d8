"""Delimited text (CSV and its kin): rows and cells by a declared form, nothing guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, ClassVar

from feesvc.statement import Option, Row, Unreadable

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENCODINGS = ("utf-8", "utf-16", "windows-1258", "windows-1252", "iso-8859-1")
NO_TABLE = "it cannot be taken apart into rows and cells"
ERRORS = {
    "unexpected end of data": "a quotation mark that nothing closes",
    "expected after": "text right behind the quotation mark that closes a cell",
    "field larger": f"a cell of more than {csv.field_size_limit()} characters",
    "new-line character": "a line that ends in the middle of a cell without quotation marks",
}
QUOTES = {"double": '"', "single": "'", "none": None}


class DelimitedText:
    """Raises ``ValueError`` for an option that it has not, naming it."""

    title: ClassVar[str] = "Delimited text"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="delimiter", meaning=", ".join(DELIMITERS), default="comma"),
        Option(name="encoding", meaning=", ".join(ENCODINGS), default="utf-8"),
        Option(name="quote", meaning=", ".join(QUOTES), default="double"),
    )

    def __init__(self, options: Mapping[str, str]) -> None:
        said = {option.name: options.get(option.name, option.default) for option in self.options}
        for name, known in (
            ("delimiter", DELIMITERS), ("encoding", ENCODINGS), ("quote", QUOTES),
        ):  # fmt: skip
            if said[name] not in known:
                raise ValueError(f"{name} {said[name]!r}: it is one of {', '.join(known)}")
        self._delimiter = DELIMITERS[said["delimiter"]]
        # A mark of its encoding at the start of a text is no part of its first cell.
        self._encoding = "utf-8-sig" if said["encoding"] == "utf-8" else said["encoding"]
        self._quote = QUOTES[said["quote"]]

    def rows(self, document: BinaryIO) -> Iterator[Row]:
        """Every row, blank lines left out; a row may run over several lines inside quotes."""
        text = io.TextIOWrapper(document, self._encoding, newline="")
        try:
            yield from self._read(text, document)
        finally:
            if not document.closed:  # whoever gives up half way may close it first
                text.detach()

    def _read(self, text: io.TextIOWrapper, document: BinaryIO) -> Iterator[Row]:
        reader = csv.reader(
            text, delimiter=self._delimiter, quotechar=self._quote, strict=True,
            quoting=csv.QUOTE_NONE if self._quote is None else csv.QUOTE_MINIMAL,
        )  # fmt: skip
        begun, seen = 1, False
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except UnicodeError:  # UTF-16 without its mark is no UnicodeDecodeError
                raise self._undecoded(document) from None
            except csv.Error as error:
                raise Unreadable("F04", _in_words(str(error)), place=f"line {begun}") from None
            if any(cells):
                seen = True
                if any("\0" in cell for cell in cells):
                    raise Unreadable("F04", "a zero byte, which no text has", place=f"line {begun}")
                yield Row(f"line {begun}", tuple(cells))
            begun = reader.line_num + 1
        if not seen:
            raise Unreadable("F13", "there is nothing in it")

    def _undecoded(self, document: BinaryIO) -> Unreadable:
        """Text is decoded ahead of the lines that are read of it: the line is looked for anew."""
        document.seek(0)
        content = document.read()
        named = self._encoding.removesuffix("-sig").upper()
        why = f"its text is not in {named}: the profile's encoding is another, or it is damaged"
        try:
            content.decode(self._encoding)
        except UnicodeDecodeError as error:
            before = content[: error.start].decode(self._encoding, "ignore")
            line = before.count("\n") + 1
            shown = content.decode(self._encoding, "replace").split("\n")[line - 1].rstrip("\r")
            return Unreadable("F04", why, place=f"line {line}", text=shown)
        return Unreadable("F04", why)


def _in_words(error: str) -> str:
    """What ``csv`` says is for programmers."""
    return next((words for said, words in ERRORS.items() if said in error), NO_TABLE)
