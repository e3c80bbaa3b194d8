"""What the cells of a settlement line say that it is worth, read once for all that say the same.

Fees repeat few amounts: of a hundred thousand lines most have the cells of another one. Each such
set of cells is read once, its amounts are made once, and lines of it are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter

from feesvc.intermediary import LineKind
from feesvc.money import Money
from feesvc.statement.cells import Unread, amount_reader, is_currency
from feesvc.statement.profile import SettlementProfile, Signs

OUTGOING: frozenset[LineKind] = frozenset(("refund", "dispute", "reserve_hold", "payout"))
INCOMING: frozenset[LineKind] = frozenset(
    ("payment", "refund_reversal", "dispute_reversal", "reserve_release")
)
"""What is carried from a batch to the next has no sign of its own: money that was too little to be
paid out is carried, and so is what a batch owes."""
TURNED = OUTGOING | {"fee", "tax"}
"""What is written positive where a profile says that outgoing amounts are."""
SUMS = ("gross", "commission", "tax", "net")
TOLD = ("kind", "currency", *SUMS)
MOST = 65_536
"""Sets of cells that are kept at a time."""
_money = lru_cache(maxsize=MOST)(Money)


class UnknownKind(Exception):
    """A word that the profile has no kind for."""


class Worth:
    """Kind and amounts with our signs, and how many lines are worth this."""

    __slots__ = ("commission", "count", "currency", "gross", "kind", "net", "tax", "written")

    def __init__(
        self, kind: LineKind, currency: str, signed: tuple[int, int, int, int],
        written: tuple[int, ...],
    ) -> None:  # fmt: skip
        self.kind = kind
        self.currency = currency
        self.written = written
        self.count = 0
        self.gross, self.commission, self.tax, self.net = (
            _money(amount, currency) for amount in signed
        )

    @property
    def signed(self) -> tuple[int, ...]:
        return self.gross.amount, self.commission.amount, self.tax.amount, self.net.amount


class Worths:
    """All that was met in one table. ``at`` says where a heading's cell is; -1 is always empty."""

    def __init__(self, profile: SettlementProfile, at: Mapping[str, int]) -> None:
        self._profile = profile
        self._amount = amount_reader(profile.amounts)
        self._headings = [getattr(profile.columns, name) for name in TOLD]
        self._pick = itemgetter(*[at[one] if one else -1 for one in self._headings])
        self._ways = {kind: _way(profile.signs, kind) for kind in profile.kinds.values()}
        self._met: dict[tuple[str, ...], Worth] = {}
        self._sums: dict[str, list[int]] = {
            "written": [0] * len(SUMS), "signed": [0] * len(SUMS),
        }  # fmt: skip
        self.currencies: set[str] = set()

    def of(self, cells: tuple[str, ...]) -> Worth:
        """What a line is worth, which is counted. Raises ``Unread`` and ``UnknownKind``."""
        told = self._pick(cells)
        worth = self._met.get(told)
        if worth is None:
            worth = self._read(*told)
            if len(self._met) >= MOST:
                self._add_up()
            self._met[told] = worth
        worth.count += 1
        return worth

    def sums(self, of: str) -> list[int]:
        """All amounts added up, as they are ``written`` or ``signed`` as ours are."""
        self._add_up()
        return self._sums[of]

    def _add_up(self) -> None:
        for worth in self._met.values():
            for name, sums in self._sums.items():
                for number, amount in enumerate(getattr(worth, name)):
                    sums[number] += amount * worth.count
        self._met.clear()

    def _read(self, word: str, money: str, *cells: str) -> Worth:
        profile = self._profile
        kind = profile.kinds.get(word.strip())
        if kind is None:
            raise UnknownKind(word.strip())
        currency = money.strip() or profile.currency
        if not is_currency(currency):
            raise Unread("not a currency")
        written = [0] * len(SUMS)
        for number, (heading, cell) in enumerate(zip(self._headings[2:], cells, strict=True)):
            if heading:
                try:
                    written[number] = self._amount(cell, currency)
                except Unread as problem:
                    raise Unread(f"{heading}: {problem}") from None
        signed = self._signed(kind, written)
        self.currencies.add(currency)
        return Worth(kind, currency, signed, tuple(written))

    def _signed(self, kind: LineKind, written: list[int]) -> tuple[int, int, int, int]:
        out, kept, way = self._ways[kind]
        gross, commission, tax = written[0] * out, written[1] * kept, written[2] * kept
        net = gross + commission + tax
        if self._profile.columns.net and net != written[3] * out:
            raise Unread(f"gross less commission and tax is {net}, its net is {written[3] * out}")
        if gross * way < 0:
            raise Unread(f"a {kind} with an amount of the other sign")
        return gross, commission, tax, net


def _way(signs: Signs, kind: LineKind) -> tuple[int, int, int]:
    """What gross and net, and what commission and tax are multiplied by; which sign gross has."""
    out = -1 if kind in TURNED and signs.outgoing == "positive" else 1
    kept = -1 if signs.commission == "withheld_positive" else 1
    if kind in OUTGOING and signs.outgoing_commission == "returned":
        kept = -kept
    return out, kept, 1 if kind in INCOMING else -1 if kind in OUTGOING else 0
