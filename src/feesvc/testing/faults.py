"""The faults that a counterpart of an intermediary can be told to make, per order or for all."""

from __future__ import annotations

import threading
from enum import Enum


class Fault(Enum):
    """What may go wrong between an intermediary and us."""

    DELAY = "delay"
    """The notification comes half a minute later."""
    DUPLICATE = "duplicate"
    """The notification comes twice."""
    REORDER = "reorder"
    """The notification is held back, and overtaken by what follows."""
    LOSE = "lose"
    """The notification never comes; only a look-up tells."""
    WRONG_AMOUNT = "wrong_amount"
    """One minor unit less is taken than was asked."""
    LATE_REVERSAL = "late_reversal"
    """The transfer is undone a minute after it was made."""
    SERVER_ERROR = "server_error"
    """The request takes effect, and is answered 500."""
    HANG = "hang"
    """The request takes effect, and is never answered."""


class Faults:
    """Which faults are to be made, how often, for which order. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[tuple[str, Fault], int | None] = {}

    def set(self, fault: Fault, order: str = "", times: int | None = None) -> None:
        """Make ``fault`` for ``order``, or for every order when it is empty.

        ``times`` says how often; None means until ``clear``.
        """
        with self._lock:
            self._left[(order, fault)] = times

    def clear(self, order: str | None = None) -> None:
        """Heal ``order``, or everything when it is None."""
        with self._lock:
            for key in [key for key in self._left if order is None or key[0] == order]:
                del self._left[key]

    def take(self, fault: Fault, order: str) -> bool:
        """Whether ``fault`` is to be made now for ``order``; uses one of its times up."""
        with self._lock:
            for key in ((order, fault), ("", fault)):
                left = self._left.get(key, 0)
                if left is None:
                    return True
                if left > 0:
                    self._left[key] = left - 1
                    return True
        return False

    def listed(self) -> list[dict[str, str | int | None]]:
        """What is set at present, as ``POST /_faults`` would be given it."""
        with self._lock:
            return [
                {"fault": fault.value, "order": order, "times": times}
                for (order, fault), times in self._left.items()
                if times is None or times > 0
            ]
