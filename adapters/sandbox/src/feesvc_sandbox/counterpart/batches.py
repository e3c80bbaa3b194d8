"""The settlement batches of the sandbox's other side: each movement is settled once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from feesvc.testing.books import Books, No, Taken


class Batches:
    """Closed batches by name. Called with the books locked."""

    def __init__(self) -> None:
        self._documents: dict[str, bytes] = {}
        self._settled: set[str] = set()

    def close(self, books: Books, currency: str, now: datetime) -> str:
        """Settle every movement in ``currency`` that no batch has yet; returns the batch's name."""
        lines = [
            line
            for line in _movements(books)
            if line["currency"] == currency and line["id"] not in self._settled
        ]
        self._settled.update(line["id"] for line in lines)
        batch = f"S-{currency}-{len(self._documents) + 1:04d}"
        head = {
            "batch": batch,
            "currency": currency,
            "net": sum(line["net"] for line in lines),
            "count": len(lines),
            "arrives_on": (now + timedelta(days=1)).isoformat(),
        }
        rows = (json.dumps(row, separators=(",", ":")) for row in (head, *lines))
        self._documents[batch] = "".join(f"{row}\n" for row in rows).encode()
        return batch

    def document(self, batch: str) -> bytes:
        """JSON lines. Raises ``No("unknown_batch")``."""
        if batch not in self._documents:
            raise No("unknown_batch")
        return self._documents[batch]


def _movements(books: Books) -> Iterator[dict[str, Any]]:
    """Signed from the merchant's side: what adds to the payout is plus."""
    for taken in books.taken.values():
        gross, fee = taken.amount.amount, taken.fee.amount
        yield _line(f"{taken.transaction}-in", "payment", taken, gross, -fee, taken.at)
        if taken.reversed_at:
            yield _line(
                f"{taken.transaction}-out", "adjustment", taken, -gross, fee, taken.reversed_at
            )
    for refund in books.refunds.values():
        if refund.state == "paid":
            taken = books.taken[refund.transaction]
            yield _line(refund.handle, "refund", taken, -refund.amount.amount, 0, refund.at)


def _line(
    native_id: str, kind: str, taken: Taken, gross: int, commission: int, at: datetime
) -> dict[str, Any]:
    return {
        "id": native_id,
        "kind": kind,
        "transaction": taken.transaction,
        "reference": taken.reference,
        "currency": taken.amount.currency,
        "gross": gross,
        "commission": commission,
        "tax": 0,
        "net": gross + commission,
        "at": at.isoformat(),
    }
