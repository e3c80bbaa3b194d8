"""Pacing: so much and no more within a while, for each of many keys, in bounded memory.

Each process paces by itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

REMEMBERED = 10_000
"""Keys at most; the one that was used longest ago is forgotten first."""


class Pace:
    """``most`` within ``within``, counted anew each time that so long has passed."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most = most
        self._within = within
        self._spent: OrderedDict[Hashable, tuple[datetime, int]] = OrderedDict()

    def take(self, key: Hashable, now: datetime, cost: int = 1) -> bool:
        """Whether ``cost`` more is within bounds; it is taken then."""
        since, spent = self._spent.get(key, (now, 0))
        if not timedelta(0) <= now - since < self._within:
            since, spent = now, 0
        fits = spent + cost <= self._most
        self._spent[key] = since, spent + cost * fits
        self._spent.move_to_end(key)
        if len(self._spent) > REMEMBERED:
            self._spent.popitem(last=False)
        return fits
