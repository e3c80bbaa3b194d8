"""What is asked of intermediaries: how long each question may take, and how many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONNECT_SECONDS = 3.0
THREADS = 20
WAITING = 200
LARGEST_ANSWER = 1024 * 1024
LARGEST_DOCUMENT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that is asked. ``seconds`` is for the answer, once there is a connection."""

    seconds: float | None = 10.0
    """None: it is our own work, and takes as long as it takes."""
    networked: bool = True
    """Whether the intermediary is asked; else it is our own work on its bytes."""
    held_off: bool = True
    """Whether an open breaker stops it. Money that is on its way back is never stopped."""
    threads: int | None = None
    """Fewer than usual at once, for what only uses the processor."""
    largest: int = LARGEST_ANSWER
    """Bytes of one answer."""

    @property
    def deadline(self) -> float | None:
        """Seconds in all, with the time spent waiting for a thread and a connection."""
        return None if self.seconds is None else CONNECT_SECONDS + self.seconds


USUAL = Operation()
OPERATIONS: Mapping[str, Operation] = {
    "request_payment": USUAL,
    "look_up": USUAL,
    "cancel": USUAL,
    "request_refund": Operation(seconds=30.0, held_off=False),
    "look_up_refund": USUAL,
    "fetch_settlement": Operation(seconds=60.0, largest=LARGEST_DOCUMENT),
    "read_notification": Operation(networked=False, held_off=False, threads=4),
    "read_inquiry": Operation(networked=False, held_off=False, threads=4),
    "read_settlement": Operation(seconds=None, networked=False, held_off=False, threads=4),
}
