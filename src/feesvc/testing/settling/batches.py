"""Batches: what one session of an intermediary settles together, and in what order of sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from feesvc.money import Money, total
from feesvc.testing.books import Returned, Taken
from feesvc.testing.settling.movements import Charged, Movement, movements_of

SHORT = 5
"""Characters of a name in a batch's, which all in all must fit the 16 of SWIFT's references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch in one currency. Its totals are those of its movements, unless a fault says more.

    ``claimed_net`` and ``claimed_count`` are what the document declares; normally the truth.
    """

    identity: str
    merchant: str
    currency: str
    starts_on: date
    ends_on: date
    movements: tuple[Movement, ...]
    claimed_count: int | None = None
    claimed_net: Money | None = None

    @property
    def gross(self) -> Money:
        return total((one.gross for one in self.movements), self.currency)

    @property
    def commission(self) -> Money:
        return total((one.commission for one in self.movements), self.currency)

    @property
    def tax(self) -> Money:
        return total((one.tax for one in self.movements), self.currency)

    @property
    def net(self) -> Money:
        return total((one.net for one in self.movements), self.currency)

    @property
    def declared_count(self) -> int:
        return len(self.movements) if self.claimed_count is None else self.claimed_count

    @property
    def declared_net(self) -> Money:
        return self.net if self.claimed_net is None else self.claimed_net

    def having(self, movements: Iterable[Movement]) -> Batch:
        """The same batch with other movements, its totals theirs."""
        return replace(self, movements=tuple(movements))


class Sessions:
    """The batches of one merchant's books, closed one after the other; no movement is in two.

    A session may span several days: a provider that keeps no holidays settles them together.
    """

    def __init__(
        self,
        name: str,
        merchant: str,
        transfers: Callable[[], Iterable[Taken]],
        refunds: Callable[[], Iterable[Returned]],
        charged: Charged,
    ) -> None:
        self.name = name
        self.merchant = merchant
        self._transfers, self._refunds, self._charged = transfers, refunds, charged
        self._settled: set[str] = set()
        self._numbers: dict[str, int] = {}

    def close(self, ends_on: date, starts_on: date | None = None, currency: str = "VND") -> Batch:
        """Settle what moved until the end of ``ends_on`` and is in no batch yet; maybe nothing."""
        due = [
            one for one in movements_of(self._transfers(), self._refunds(), self._charged)
            if one.gross.currency == currency and one.on <= ends_on
            and one.native_id not in self._settled
        ]  # fmt: skip
        due.sort(key=lambda one: (one.at, one.native_id))
        self._settled.update(one.native_id for one in due)
        number = self._numbers[currency] = self._numbers.get(currency, 0) + 1
        bare = self.name.replace("_", "").upper()
        name = bare if len(bare) <= SHORT else bare[: SHORT - 1] + bare[-1]
        return Batch(
            identity=f"{name}{ends_on:%y%m%d}{currency[:1]}{number:04d}",
            merchant=self.merchant,
            currency=currency,
            starts_on=starts_on or ends_on,
            ends_on=ends_on,
            movements=tuple(due),
        )
