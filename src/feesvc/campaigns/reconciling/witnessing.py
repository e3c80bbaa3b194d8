"""Witnessing: what the generators wrote into each document, kept beside its bytes.

A file's figures are judged by this, never by what the service says of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from hashlib import sha256

from feesvc.money import Money, total
from feesvc.testing.banking import Day
from feesvc.testing.banking.writing import camt053
from feesvc.testing.settling import Batch, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One document: how many lines it holds, and what they come to, net and gross."""

    identity: str
    count: int
    net: Money
    gross: Money


@dataclass(slots=True)
class Witness:
    """``written`` by the SHA-256 of the bytes."""

    written: dict[str, Written] = field(default_factory=dict)

    def watched(self, layout: Layout) -> Layout:
        """The same layout, whose documents are remembered with the batch that they were made of."""
        said = {one.name: getattr(layout, one.name) for one in fields(Layout)}
        return _Watched(**said, told=self._batch)

    def statement(self, day: Day) -> None:
        """A bank's statement of a day, as it is rightly written."""
        moved = total((entry.amount for entry in day.entries), day.currency)
        assert day.opening + moved == day.closing, day.identity
        one = Written(identity=day.identity, count=len(day.entries), net=moved, gross=moved)
        self.written[digest(camt053([day]))] = one

    def of(self, content: bytes) -> Written | None:
        """None where nobody wrote these bytes as a document that is right in itself."""
        return self.written.get(digest(content))

    def _batch(self, content: bytes, batch: Batch) -> None:
        """Only of a document that declares what it holds."""
        if (batch.declared_count, batch.declared_net) == (len(batch.movements), batch.net):
            self.written[digest(content)] = Written(
                identity=batch.identity, count=len(batch.movements), net=batch.net,
                gross=batch.gross,
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched(Layout):
    told: Callable[[bytes, Batch], None]

    def document(self, batch: Batch) -> bytes:
        content = Layout.document(self, batch)
        self.told(content, batch)
        return content


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
