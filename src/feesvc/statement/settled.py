"""Settled batches: what a table of an intermediary says by its profile, checked to the last unit.

A line that is wrong is F05 and quarantines the whole file; the reader goes on to the end all the
same, so that it can say how much is missing against what the footer declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import add

from feesvc.intermediary import LineKind, SettlementLine
from feesvc.money import Money
from feesvc.statement import Row, Unreadable
from feesvc.statement.cells import Unread, amount_reader, read_day, read_moment
from feesvc.statement.profile import Footer, SettlementProfile, Signs
from feesvc.statement.tables import Table

OUTGOING: frozenset[LineKind] = frozenset(("refund", "dispute", "reserve_hold", "payout"))
INCOMING: frozenset[LineKind] = frozenset(
    ("payment", "refund_reversal", "dispute_reversal", "reserve_release")
)
"""What is carried from a batch to the next has no sign of its own: money that was too little to be
paid out is carried, and so is what a batch owes."""
TURNED = OUTGOING | {"fee", "tax"}
"""What is written positive where a profile says that outgoing amounts are."""
SUMS = ("gross", "commission", "tax", "net")
TOLD = (
    "native_id", "transaction", "reference", "original", "batch", "kind", "currency", "settled_on",
)  # fmt: skip
"""Columns whose text is taken as it is."""
UNTOLD = dict.fromkeys(TOLD, "")
_money = lru_cache(maxsize=65536)(Money)
"""Fees repeat few amounts, and an amount never changes: most lines share theirs."""


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


@dataclass(slots=True)
class _Sums:
    count: int = 0
    written: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    signed: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    currencies: set[str] = field(default_factory=set)
    faults: list[Unreadable] = field(default_factory=list)


class SettledTable:
    """``settings`` are those of the merchant account: one may name the merchant (F11)."""

    def __init__(
        self, profile: SettlementProfile, rows: Iterable[Row], settings: Mapping[str, str]
    ) -> None:
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
        self._amount = amount_reader(profile.amounts)
        self._zone = profile.offset()
        self._sums = _Sums()
        self._table = Table(profile, rows, named - {""}, labels)
        at = self._table.at
        self._at = [(name, at[heading]) for name in TOLD if (heading := getattr(columns, name))]
        self._moments_at = [at[heading] for heading in self._moments]
        told = [(number, getattr(columns, part)) for number, part in enumerate(SUMS)]
        self._amounts_at = [(n, self._table.at[heading], heading) for n, heading in told if heading]
        self._ways = {kind: _way(profile.signs, kind) for kind in profile.kinds.values()}
        self._ours = settings.get(merchant.setting, "") if merchant else ""
        self.left_out = 0

    def batches(self) -> list[SettledBatch]:
        """Every batch of the table; raises ``Unreadable``."""
        self._check_label()
        found: dict[tuple[str, str], list[SettlementLine]] = {}
        for batch, line in self._lines():
            found.setdefault((batch, line.net.currency), []).append(line)
        self.left_out = self._table.left_out
        self._check_footers()
        made = [_batch(batch, currency, lines) for (batch, currency), lines in found.items()]
        for one in made:
            if self._profile.batch.zero_sum:
                left = sum(line.net.amount for line in one.lines)
                if left:
                    raise Unreadable("F06", f"batch {one.batch[:60]} does not add up to 0: {left}")
        if not made and not self._profile.footers:
            raise Unreadable("F13", "no line, and no footer that says so")
        return made

    def _lines(self) -> Iterator[tuple[str, SettlementLine]]:
        settled_on = self._labelled_day()
        for row in self._table.lines():
            try:
                yield self._line(row, settled_on)
            except Unread as problem:
                self._sums.count += 1
                text = " | ".join(cell for cell in row.cells if cell)
                self._sums.faults.append(
                    Unreadable("F05", str(problem), place=row.place, text=text)
                )

    def _line(self, row: Row, labelled: date | None) -> tuple[str, SettlementLine]:
        profile = self._profile
        self._check_merchant(row)
        cells = row.cells
        told = UNTOLD.copy()
        for name, at in self._at:
            told[name] = cells[at].strip()
        kind = profile.kinds.get(told["kind"])
        if kind is None:
            word = told["kind"]
            raise Unreadable("F12", f"unknown kind {word[:40]!r}", place=row.place)
        currency = told["currency"] or profile.currency
        gross, commission, tax, net = self._amounts(row, kind, currency)
        written = " ".join([cells[at].strip() for at in self._moments_at])
        moment = read_moment(written, profile.moment, self._zone)
        day = told["settled_on"]
        settled_on = read_day(day, profile.day) if day else labelled
        line = SettlementLine(
            kind=kind, native_id=told["native_id"], transaction=told["transaction"],
            reference=told["reference"], gross=_money(gross, currency),
            commission=_money(commission, currency), tax=_money(tax, currency),
            net=_money(net, currency), at=moment, original=told["original"],
            settled_on=settled_on, place=row.place,
        )  # fmt: skip
        batch = self._batch_of(told["batch"], settled_on)
        self._sums.count += 1
        return batch, line

    def _amounts(self, row: Row, kind: LineKind, currency: str) -> tuple[int, int, int, int]:
        """Gross, commission, tax and net with our signs."""
        if currency not in self._sums.currencies and not _is_currency(currency):
            raise Unread("not a currency")
        written = [0] * len(SUMS)
        for number, at, heading in self._amounts_at:
            try:
                written[number] = self._amount(row.cells[at], currency)
            except Unread as problem:
                raise Unread(f"{heading}: {problem}") from None
        out, kept, way = self._ways[kind]
        gross, commission, tax = written[0] * out, written[1] * kept, written[2] * kept
        net = gross + commission + tax
        if self._profile.columns.net and net != written[3] * out:
            raise Unread(f"gross less commission and tax is {net}, its net is {written[3] * out}")
        if gross * way < 0:
            raise Unread(f"a {kind} with an amount of the other sign")
        sums, ours = self._sums, (gross, commission, tax, net)
        sums.currencies.add(currency)
        sums.written = list(map(add, sums.written, written))
        sums.signed = list(map(add, sums.signed, ours))
        return ours

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
        if self._sums.faults:
            first = self._sums.faults[0]
            more = f"; {len(self._sums.faults)} lines are so" if self._sums.faults[1:] else ""
            short = f"; without them {'; '.join(breaks)}" if breaks else ""
            raise Unreadable("F05", first.why + more + short, place=first.place, text=first.text)
        if breaks:
            raise Unreadable("F06", "; ".join(breaks), place=self._table.footers[0][1].place)

    def _breaks(self, footer: Footer, row: Row) -> Iterator[str]:
        currency = self._profile.currency or min(self._sums.currencies, default="VND")
        sums = self._sums.written if footer.sums == "written" else self._sums.signed
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
            read = self._sums.count if part == "count" else sums[SUMS.index(part)]
            if declared != read:
                yield f"{part} declared {declared}, read {read}, difference {declared - read}"


def _is_currency(word: str) -> bool:
    return len(word) == 3 and word.isascii() and word.isupper()


def _way(signs: Signs, kind: LineKind) -> tuple[int, int, int]:
    """What gross and net, and what commission and tax are multiplied by; which sign gross has."""
    out = -1 if kind in TURNED and signs.outgoing == "positive" else 1
    kept = -1 if signs.commission == "withheld_positive" else 1
    if kind in OUTGOING and signs.outgoing_commission == "returned":
        kept = -kept
    return out, kept, 1 if kind in INCOMING else -1 if kind in OUTGOING else 0


def _batch(batch: str, currency: str, lines: list[SettlementLine]) -> SettledBatch:
    days = [line.settled_on for line in lines if line.settled_on]
    return SettledBatch(
        batch=batch, currency=currency, settled_on=max(days, default=None), lines=tuple(lines)
    )
