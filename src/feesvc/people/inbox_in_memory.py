"""The inbox in memory, for unit tests, permutations and simulation: nothing is sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from feesvc.people import Redacted
from feesvc.people.details import checked_code
from feesvc.people.inbox import Arrival, Coming, Raw, Wanted, name_of, raw_of


@dataclass(slots=True)
class MemoryInbox:
    """Shares the documents of the people it belongs to. ``reads`` is who read what, and why."""

    clock: Callable[[], datetime]
    documents: dict[str, bytes | Redacted] = field(repr=False)
    reads: list[tuple[int, str, str]] = field(default_factory=list)
    _arrivals: list[Arrival] = field(default_factory=list, repr=False)

    async def take_in(self, coming: Coming) -> None:
        message = envelope = None
        if coming.kept:
            message, envelope = (
                self._keep(content) for content in (coming.raw.message(), coming.raw.envelope())
            )
        self._arrivals.append(
            Arrival(
                id=len(self._arrivals) + 1, account=coming.account,
                intermediary=coming.intermediary, received_at=coming.received_at,
                verdict=coming.verdict, method=coming.method, size=coming.raw.size,
                message=message, envelope=envelope, keys=coming.keys,
                outcomes=list(coming.outcomes),
            )
        )  # fmt: skip

    async def arrivals(self, wanted: Wanted) -> list[Arrival]:
        found = sorted(self._arrivals, key=lambda one: (one.received_at, one.id), reverse=True)
        if wanted.before is not None:
            last = next((o for o in found if o.id == wanted.before), None)
            if last is None or last.account != wanted.account:
                return []
            found = found[found.index(last) + 1 :]
        asked = [one for one in found if _is_asked(one, wanted)]
        return asked[: wanted.limit]

    async def arrival(self, account: UUID, id: int) -> Arrival | None:
        found = (one for one in self._arrivals if one.id == id and one.account == account)
        return next(found, None)

    async def opened(self, arrival: Arrival) -> Raw | Redacted | None:
        if arrival.message is None or arrival.envelope is None:
            return None
        message, envelope = (self.documents[n] for n in (arrival.message, arrival.envelope))
        if isinstance(message, Redacted):
            return message
        if isinstance(envelope, Redacted):
            return envelope
        return raw_of(message, envelope)

    async def put_on_record(self, arrival: Arrival, reason: str, actor: str) -> None:
        checked_code("reason", reason)
        checked_code("actor", actor)
        self.reads.append((arrival.id, reason, actor))

    async def erase(
        self, account: UUID, before: datetime, verdict: str | None, reason: str, actor: str
    ) -> int:
        checked_code("reason", reason)
        checked_code("actor", actor)
        wanted = Wanted(account=account, verdict=verdict, until=before)
        old = [one for one in self._arrivals if one.account == account and _is_asked(one, wanted)]
        later = [one for one in self._arrivals if one not in old]
        kept = {name for one in later for name in (one.message, one.envelope)}
        messages = {one.message for one in old if isinstance(self._bytes(one.message), bytes)}
        for name in {name for one in old for name in (one.message, one.envelope)} - kept:
            if name is not None and isinstance(self._bytes(name), bytes):
                self.documents[name] = Redacted(self.clock(), reason)
        return len(messages - kept - {None})

    def _bytes(self, name: str | None) -> bytes | Redacted | None:
        return None if name is None else self.documents.get(name)

    def _keep(self, content: bytes) -> str:
        name = name_of(content)
        self.documents.setdefault(name, bytes(content))
        return name


def _is_asked(one: Arrival, wanted: Wanted) -> bool:
    return (
        one.account == wanted.account
        and wanted.verdict in (None, one.verdict)
        and wanted.message in (None, one.message)
        and (wanted.since is None or one.received_at >= wanted.since)
        and (wanted.until is None or one.received_at < wanted.until)
    )
