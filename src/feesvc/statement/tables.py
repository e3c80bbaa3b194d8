"""Tables read by a profile: labels before the headings, the headings, rows, footers, the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from feesvc.statement import Row, Unreadable
from feesvc.statement.profile import BankProfile, Footer, SettlementProfile


class Table:
    """One table being read: made by reading up to its headings. Raises ``Unreadable``."""

    def __init__(
        self, profile: SettlementProfile | BankProfile, rows: Iterable[Row],
        needed: Iterable[str], labels: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self._profile = profile
        self._rows = iter(rows)
        self._needed = {*needed, *profile.left_out}
        self._labels = {label for label in labels if label}
        self.labelled: dict[str, str] = {}
        self.footers: list[tuple[Footer, Row]] = []
        self.left_out = 0
        self.at: Mapping[str, int] = self._headings()
        self.width = max(self.at.values(), default=-1) + 1
        self._ended = False

    def lines(self) -> Iterator[Row]:
        """The rows between headings and footers, as wide as the headings at least."""
        width, left_out = self.width, bool(self._profile.left_out)
        after = bool(self._profile.footers or self._profile.end or self._labels)
        for row in self._rows:
            if after and self._is_after(row):
                continue
            cells = len(row.cells)
            if cells > width and any(c.strip() for c in row.cells[width:]):
                raise Unreadable("F05", "more cells than there are headings", place=row.place)
            if cells < width:
                raise Unreadable("F05", "fewer cells than there are headings", place=row.place)
            if left_out and self._is_left_out(row):
                self.left_out += 1
                continue
            yield row
        self._check_end()

    def cell(self, row: Row, heading: str) -> str:
        """What stands under a heading; empty where the table has no such column."""
        return row.cells[self.at[heading]] if heading else ""

    def footer_cell(self, row: Row, place: str | int) -> str:
        """Raises ``Unreadable`` where the footer has no such cell."""
        at = place - 1 if isinstance(place, int) else self.at.get(place, -1)
        if not 0 <= at < len(row.cells):
            raise Unreadable("F12", "the footer has no such cell", place=row.place)
        return row.cells[at]

    def label(self, label: str) -> str:
        """The filled cell after the one that says ``label``."""
        if label not in self.labelled:
            raise Unreadable("F12", f"nowhere before the table stands {label!r}")
        return self.labelled[label]

    def _headings(self) -> dict[str, int]:
        nearest: set[str] = set()
        for row in islice(self._rows, self._profile.preamble + 1):
            cells = [cell.strip() for cell in row.cells]
            if self._needed <= set(cells):
                return self._known(row, cells)
            self._read_labels(cells)
            nearest = max(nearest, self._needed & set(cells), key=len)
        lacking = sorted(self._needed - nearest)
        raise Unreadable("F12", f"no row holds all headings; missing: {', '.join(lacking)[:120]}")

    def _known(self, row: Row, cells: list[str]) -> dict[str, int]:
        strange = [c for c in cells if c and c not in self._needed | set(self._profile.ignored)]
        if strange:
            raise Unreadable("F12", f"unknown column: {', '.join(strange)[:120]}", place=row.place)
        twice = [cell for cell in self._needed if cells.count(cell) > 1]
        if twice:
            raise Unreadable("F12", f"a column stands twice: {twice[0][:80]}", place=row.place)
        return {cell: at for at, cell in enumerate(cells) if cell}

    def _read_labels(self, cells: list[str]) -> None:
        """``Label | value``, or ``Label: value`` in one cell."""
        for at, cell in enumerate(cells):
            bare, colon, rest = cell.partition(":")
            name = cell if cell in self._labels else bare.strip()
            if name not in self._labels or name in self.labelled:
                continue
            after = [c for c in cells[at + 1 :] if c]
            told = rest.strip() if colon and rest.strip() else next(iter(after), "")
            self.labelled[name] = told

    def _is_after(self, row: Row) -> bool:
        """Whether the row stands after the lines: a footer, a label, the mark of the end."""
        first = row.cells[0].strip() if row.cells else ""
        first = first or next((cell.strip() for cell in row.cells if cell.strip()), "")
        if self._profile.end and first == self._profile.end:
            self._ended = True
            return True
        for footer in self._profile.footers:
            if first.startswith(footer.marker):
                self.footers.append((footer, row))
                return True
        if self._labels and self._labels & {c.partition(":")[0].strip() for c in row.cells[:2]}:
            self._read_labels([cell.strip() for cell in row.cells])
            return True
        if self.footers or self._ended:
            raise Unreadable("F12", "a row after the end of the table", place=row.place)
        return False

    def _is_left_out(self, row: Row) -> bool:
        return any(
            self.cell(row, heading).strip() in words
            for heading, words in self._profile.left_out.items()
        )

    def _check_end(self) -> None:
        if self._profile.end and not self._ended:
            raise Unreadable("F06", f"cut short: the last row does not say {self._profile.end!r}")
        found = {footer.marker for footer, _ in self.footers}
        for footer in self._profile.footers:
            if footer.marker not in found:
                raise Unreadable("F06", f"cut short: no row begins with {footer.marker!r}")
