"""Settled batches: what a table of an intermediary says by its profile, checked to the last unit.

A line that is wrong is F05 and quarantines the whole file; the reader goes on to the end all the
same, so that it can say how much is missing against what the footer declares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from feesvc.intermediary import SettlementLine
from feesvc.statement import Row, Unreadable
from feesvc.statement.cells import Unread, amount_reader, moment_reader, read_day
from feesvc.statement.faults import bad_lines
from feesvc.statement.profile import Footer, SettlementProfile
from feesvc.statement.tables import Table
from feesvc.statement.worth import SUMS, UnknownKind, Worths

TOLD = ("native_id", "transaction", "reference", "original", "batch", "settled_on")
"""Columns whose text is taken as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledBatch:
    """One batch in one currency, its lines in the order of the file."""

    batch: str
    currency: str
    settled_on: date | None
    lines: tuple[SettlementLine, ...]

    def sum_of(self, part: str) -> int:
        """Minor units of ``gross``, ``commission``, ``tax`` or ``net``, the payout left out."""
        return sum(getattr(line, part).amount for line in self.lines if line.kind != "payout")


class SettledTable:
    """``settings`` are those of the merchant account: one may name the merchant (F11).

    ``currency`` is the account's: that of a table whose lines would tell theirs and that has none.
    """

    def __init__(
        self, profile: SettlementProfile, rows: Iterable[Row], settings: Mapping[str, str],
        currency: str = "",
    ) -> None:  # fmt: skip
        batch, merchant, columns = profile.batch, profile.merchant, profile.columns
        moments = columns.occurred_at
        self._moments = (moments,) if isinstance(moments, str) else moments
        named = {
            columns.gross, columns.native_id, columns.transaction, columns.reference,
            columns.original, columns.batch, columns.kind, columns.commission, columns.tax,
            columns.net, columns.currency, columns.settled_on, *self._moments,
            merchant.column if merchant else "",
        }  # fmt: skip
        labels = (batch.label, batch.settled_on_label, merchant.label if merchant else "")
        self._profile = profile
        self._currency = profile.currency or currency
        self._table = Table(profile, rows, named - {""}, labels)
        at = self._table.at
        self._worths = Worths(profile, at)
        self._count = 0
        self._faults: list[Unreadable] = []
        told = [getattr(columns, name) for name in TOLD]
        # A column that the table has not is the empty cell that is put behind each row.
        self._told = itemgetter(*[at[heading] if heading else -1 for heading in told])
        self._moment_at, *self._more_at = [at[heading] for heading in self._moments]
        self._checked = bool(merchant and merchant.column)
        self._moment = moment_reader(profile.moment, profile.offset())
        self._amount = amount_reader(profile.amounts)
        self._ours = settings.get(merchant.setting, "") if merchant else ""
        self.left_out = 0

    def batches(self) -> list[SettledBatch]:
        """Every batch of the table, or an empty one of the day that it tells; none where it says by
        its totals that there is no line, and no day. Raises ``Unreadable``.
        """
        self._check_label()
        found: defaultdict[tuple[str, str], list[SettlementLine]] = defaultdict(list)
        for batch, line in self._lines():
            found[batch, line.net.currency].append(line)
        self.left_out = self._table.left_out
        self._check_footers()
        made = [_batch(batch, currency, lines) for (batch, currency), lines in found.items()]
        for one in made:
            if self._profile.batch.zero_sum:
                left = sum(line.net.amount for line in one.lines)
                if left:
                    raise Unreadable("F06", f"batch {one.batch[:60]} does not add up to 0: {left}")
        return made or self._empty()

    def _empty(self) -> list[SettledBatch]:
        """Nothing was settled, as the totals say, which were held to be what was read."""
        if not any(
            getattr(footer, part) is not None
            for footer in self._profile.footers for part in ("count", *SUMS)
        ):  # fmt: skip
            raise Unreadable("F13", "no line, and no total that says so")
        settled_on = self._labelled_day()
        if settled_on is None or not self._currency:
            return []
        label = self._profile.batch.label
        batch = self._table.label(label) if label else settled_on.isoformat()
        return [SettledBatch(batch=batch, currency=self._currency, settled_on=settled_on, lines=())]

    def _lines(self) -> Iterator[tuple[str, SettlementLine]]:
        settled_on = self._labelled_day()
        for row in self._table.lines():
            try:
                yield self._line(row, settled_on)
            except Unread as problem:
                text = " | ".join(cell for cell in row.cells if cell)
                self._faults.append(Unreadable("F05", str(problem), place=row.place, text=text))

    def _line(self, row: Row, labelled: date | None) -> tuple[str, SettlementLine]:
        if self._checked:
            self._check_merchant(row)
        self._count += 1
        cells = (*row.cells, "")
        try:
            worth = self._worths.of(cells)
        except UnknownKind as word:
            raise Unreadable("F12", f"unknown kind {str(word)[:40]!r}", place=row.place) from None
        native_id, transaction, reference, original, batch, day = map(str.strip, self._told(cells))
        written = cells[self._moment_at].strip()
        if self._more_at:
            written = " ".join([written, *[cells[at].strip() for at in self._more_at]])
        try:
            moment = self._moment(written)
        except Unread as problem:
            raise Unread(f"{', '.join(self._moments)}: {problem}") from None
        try:
            settled_on = read_day(day, self._profile.day) if day else labelled
        except Unread as problem:
            raise Unread(f"{self._profile.columns.settled_on}: {problem}") from None
        line = SettlementLine(
            kind=worth.kind, native_id=native_id, transaction=transaction, reference=reference,
            gross=worth.gross, commission=worth.commission, tax=worth.tax, net=worth.net,
            at=moment, original=original, settled_on=settled_on, place=row.place,
        )  # fmt: skip
        return self._batch_of(batch, settled_on), line

    def _batch_of(self, written: str, settled_on: date | None) -> str:
        told = self._profile.batch
        if told.by == "label":
            batch = self._table.label(told.label)
        elif told.by == "column":
            batch = written
        else:
            batch = settled_on.isoformat() if settled_on else ""
        if not batch:
            raise Unread("its batch is not told")
        return batch

    def _labelled_day(self) -> date | None:
        label = self._profile.batch.settled_on_label
        if not label:
            return None
        try:
            return read_day(self._table.label(label), self._profile.day)
        except Unread as problem:
            raise Unreadable("F05", f"{label}: {problem}") from None

    def _check_merchant(self, row: Row) -> None:
        merchant = self._profile.merchant
        if not merchant or not merchant.column:
            return
        if self._table.cell(row, merchant.column).strip() != self._ours:
            raise Unreadable("F11", "a line for another merchant", place=row.place)

    def _check_label(self) -> None:
        merchant = self._profile.merchant
        if merchant and merchant.label and self._table.label(merchant.label) != self._ours:
            raise Unreadable("F11", "the file is for another merchant")

    def _check_footers(self) -> None:
        """All sums hold, or else what is wrong and by how much."""
        breaks = [said for footer, row in self._table.footers for said in self._breaks(footer, row)]
        if self._faults:
            raise bad_lines(self._faults, breaks)
        if breaks:
            raise Unreadable("F06", "; ".join(breaks), place=self._table.footers[0][1].place)

    def _breaks(self, footer: Footer, row: Row) -> Iterator[str]:
        currency = self._profile.currency or min(self._worths.currencies, default="VND")
        sums = self._worths.sums(footer.sums)
        for part in ("count", *SUMS):
            place = getattr(footer, part)
            if place is None:
                continue
            text = self._table.footer_cell(row, place)
            try:
                declared = int(text) if part == "count" else self._amount(text, currency)
            except (Unread, ValueError):
                why = f"the footer's {part} cannot be read"
                raise Unreadable("F06", why, place=row.place, text=text) from None
            read = self._count if part == "count" else sums[SUMS.index(part)]
            if declared != read:
                yield f"{part} declared {declared}, read {read}, difference {declared - read}"


def _batch(batch: str, currency: str, lines: list[SettlementLine]) -> SettledBatch:
    days = [line.settled_on for line in lines if line.settled_on]
    return SettledBatch(
        batch=batch, currency=currency, settled_on=max(days, default=None), lines=tuple(lines)
    )
