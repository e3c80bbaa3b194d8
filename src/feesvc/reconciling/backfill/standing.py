"""How far a backfill has come: what is left of both sides, and what was found of each line."""

from __future__ import annotations

import polars as pl

from feesvc.reconciling.backfill.reading import BadFile, with_keys

PASSES = pl.Enum(["", "transaction", "reference", "similarity"])
CODES = pl.Enum(["", "S03", "S04", "S05", "S07", "S08", "S20"])


class Standing:
    """``items`` and ``captures`` are the lines and captures of which nothing is known yet, with the
    columns of their files; ``item`` and ``capture`` are places among them.
    """

    def __init__(self, captures: pl.DataFrame, items: pl.DataFrame) -> None:
        self.captures = captures
        self.items = items
        self._lines = items.height
        self._found: list[pl.DataFrame] = []

    def key_references(self) -> None:
        """``written`` keeps what a line says, letter for letter."""
        written = self.items.with_columns(written="reference")
        self.captures, self.items = with_keys(self.captures, written, "reference")

    def pair(self, pairs: pl.DataFrame, name: str) -> None:
        self._tell(pairs, name, "")

    def name(self, breaks: pl.DataFrame, code: str) -> None:
        """``capture`` is the one that it is linked to, if any."""
        self._tell(breaks, "", code)

    def drop(self, items: pl.Series, captures: pl.Series) -> None:
        """They are explained: no later pass sees them."""
        self.items = _without(self.items, items)
        self.captures = _without(self.captures, captures)

    def found(self) -> pl.DataFrame:
        """One row for each line, in the order of their identities. Raises ``BadFile``."""
        every = pl.concat(self._found).sort("line").rechunk()
        twice = every["line"].filter(every["line"] == every["line"].shift())
        if not twice.is_empty():
            raise BadFile(f"several lines have the identity {twice[0]}")
        assert every.height == self._lines, "each line has one row, whatever became of it"
        return every

    def _tell(self, rows: pl.DataFrame, name: str, code: str) -> None:
        told = pl.DataFrame(
            {
                "line": self.items["identity"].gather(rows["item"]),
                "capture": self.captures["id"].gather(rows["capture"]),
            }
        )
        self._found.append(
            told.with_columns(pl.lit(name, PASSES).alias("pass"), pl.lit(code, CODES).alias("code"))
        )


def _without(frame: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    if places.is_empty():
        return frame
    kept = pl.repeat(value=True, n=frame.height, dtype=pl.Boolean, eager=True)
    return frame.filter(kept.scatter(places, values=False))
