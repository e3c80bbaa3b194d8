"""Idempotency keys: the first answer of a key is its answer, for 24 hours.

https://docs.stripe.com/api/idempotent_requests: parameters are compared, and nothing is kept of a
request that failed validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from feesvc_stripe.counterpart.forms import Nested
from feesvc_stripe.counterpart.refusals import invalid, other_parameters

KEPT_FOR = int(timedelta(hours=24).total_seconds())
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given first."""

    path: str
    sent: Nested
    status: int
    body: bytes
    reference: str
    at: int


class IdempotencyKeys:
    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def recall(self, key: str, path: str, sent: Nested, now: int) -> Kept | None:
        """The kept answer; refuses a key that was used for something else."""
        if len(key) > LONGEST:
            raise invalid(f"Idempotency keys are at most {LONGEST} characters long.")
        kept = self._kept.get(key)
        if kept is None or now >= kept.at + KEPT_FOR:
            return None
        if (kept.path, kept.sent) != (path, sent):
            raise other_parameters(key)
        return kept

    def keep(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept
