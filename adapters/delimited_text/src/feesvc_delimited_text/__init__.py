"""Delimited text (CSV and its kin): rows and cells by a declared form, nothing guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, ClassVar

from feesvc.statement import Option, Row, Unreadable

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENCODINGS = ("utf-8", "utf-16", "windows-1258", "windows-1252", "iso-8859-1")
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
            yield from self._read(text)
        finally:
            if not document.closed:  # whoever gives up half way may close it first
                text.detach()

    def _read(self, text: io.TextIOWrapper) -> Iterator[Row]:
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
            except UnicodeDecodeError as error:
                why = f"not {self._encoding}: {error.reason}"
                raise Unreadable("F04", why, place=f"after line {reader.line_num}") from None
            except csv.Error as error:
                raise Unreadable("F04", str(error), place=f"line {begun}") from None
            if any(cells):
                seen = True
                if any("\0" in cell for cell in cells):
                    raise Unreadable("F04", "a NUL in a text", place=f"line {begun}")
                yield Row(f"line {begun}", tuple(cells))
            begun = reader.line_num + 1
        if not seen:
            raise Unreadable("F13", "there is nothing in it")
