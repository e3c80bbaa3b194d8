"""The inbox: every notification as it came, sealed, so that anybody may verify it again later.

Each message is kept once and each arrival of it by itself. The bytes are erasable; that something
came, and what became of it, stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

import msgspec

from feesvc.people import BrokenSeal, Redacted

MESSAGE = "notification"
ENVELOPE = "notification_envelope"
"""The kinds of the documents: the raw bytes, and the headers with the source address."""
LARGEST_HEADERS = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An HTTP request, byte for byte. Header names are lower-case."""

    query: bytes
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    """The address it came from; personal data where a person sent it."""

    @property
    def size(self) -> int:
        return len(self.query) + len(self.body)

    def message(self) -> bytes:
        """What an event's ``evidence`` is the hash of. No query holds a line feed."""
        return self.query + b"\n" + self.body

    def envelope(self) -> bytes:
        """Headers in their order, as many as there is room for, and the source."""
        kept: dict[str, str] = {}
        room = LARGEST_HEADERS
        for name, value in self.headers.items():
            room -= len(name) + len(value)
            if room < 0:
                break
            kept[name] = value
        return msgspec.json.encode({"headers": kept, "source": self.source})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An arrival on its way into the inbox. Nothing here may be personal but ``raw``."""

    account: UUID
    intermediary: str
    received_at: datetime
    verdict: str
    method: str
    keys: str
    """A keyed hash of the keys it was verified with, or empty."""
    outcomes: Sequence[str]
    raw: Raw
    kept: bool
    """Whether its bytes are kept; else only that it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An arrival as it stands in the inbox. ``message`` and ``envelope`` are names of documents."""

    id: int
    account: UUID
    intermediary: str
    received_at: datetime
    verdict: str
    method: str
    size: int
    message: str | None
    envelope: str | None
    keys: str
    outcomes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which arrivals of an account: None asks for all. Times are of the arrival."""

    account: UUID
    verdict: str | None = None
    message: str | None = None
    """The name of its bytes, which an event's ``evidence`` tells."""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    """The id of the last one on the page before."""
    limit: int = 50


class Inbox(Protocol):
    """Safe to use from many tasks of one event loop. Errors: ``PeopleUnavailable``."""

    async def take_in(self, coming: Coming) -> None:
        """Keep an arrival, and its bytes unless they are kept already. Bytes erased stay so."""
        ...

    async def arrivals(self, wanted: Wanted) -> list[Arrival]:
        """Newest first."""
        ...

    async def arrival(self, account: UUID, id: int) -> Arrival | None: ...

    async def opened(self, arrival: Arrival) -> Raw | Redacted | None:
        """The bytes; None when they were never kept."""
        ...

    async def put_on_record(self, arrival: Arrival, reason: str, actor: str) -> None:
        """Somebody is going to read the bytes. Neither text may hold personal data."""
        ...

    async def erase(
        self, account: UUID, before: datetime, verdict: str | None, reason: str, actor: str
    ) -> int:
        """Destroy the bytes of older arrivals; gives how many messages are gone for good."""
        ...


def name_of(document: bytes) -> str:
    return sha256(document).hexdigest()


def raw_of(message: bytes, envelope: bytes) -> Raw:
    """Raises ``BrokenSeal`` for what cannot have been kept so."""
    query, mark, body = message.partition(b"\n")
    try:
        told = msgspec.json.decode(envelope)
        if not mark:
            raise ValueError("no line feed")
        return Raw(query=query, body=body, headers=told["headers"], source=told["source"])
    except (ValueError, KeyError, TypeError):
        raise BrokenSeal("a notification was not kept as one") from None
