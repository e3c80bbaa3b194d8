"""The store in memory, for unit tests, permutations, simulation: deterministic, same verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.ids import Ids
from feesvc.store import Answer, Appended, Command, Unstorable, Verdict
from feesvc.store.mapper import LogMapper, Row, events_of, fold, recorded_of
from feesvc.store.opening import opening
from feesvc.store.packing import refuse_unstorable

NAMESPACE = UUID("6f1d2c1e-5f0b-4c39-9d55-0a6d5f7f3a10")


@dataclass(slots=True)
class _Kept:
    """What the log remembers of a command."""

    fingerprint: bytes
    first: int
    last: int
    recorded_at: datetime
    answer: Answer | None


class MemoryStore:
    """Keeps what it is told in the same encoded form as the database, and forgets it at the end."""

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        log: str = "feesvc",
        namespace: UUID = NAMESPACE,
        epoch: str = "mem001",
    ) -> None:
        """``clock`` gives ``recorded_at``; whatever it says, that never goes backwards."""
        self.log = log
        self.epoch = epoch
        self.ids = Ids(namespace)
        self._clock = clock
        self._mapper = LogMapper()
        self._rows: list[Row] = []
        self._streams: dict[UUID, list[Row]] = {}
        self._commands: dict[UUID, _Kept] = {}
        self._folded: dict[UUID, Aggregate] = {}
        self._number = 0
        self._record(opening(namespace, clock()))

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        found = {}
        for stream in ids:
            aggregate = fold(None, events_of(self._after(stream, 0)))
            if aggregate is not None:
                found[stream] = aggregate
        return found

    async def peek(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        found = {}
        for stream in ids:
            known = self._folded.get(stream)
            if known is None or known.version < len(self._streams[stream]):
                # Folded afresh: whoever looks at the one of before goes on seeing that.
                known = fold(None, events_of(self._after(stream, 0)))
            if known is not None:
                found[stream] = self._folded[stream] = known
        return found

    async def append(self, command: Command) -> Appended:
        if (first_time := await self.find(command.id)) is not None:
            return first_time
        return self._record(command)

    def _record(self, command: Command) -> Appended:
        refuse_unstorable(command)
        stored = [(agency, self._mapper.to_stored_event(e)) for agency, e in command.events]
        versions = {e.originator_id: e.originator_version - 1 for _, e in reversed(stored)}
        if any(len(self._after(stream, 0)) != known for stream, known in versions.items()):
            return Appended(verdict=Verdict.STALE)
        for _, event in stored:
            versions[event.originator_id] += 1
            if event.originator_version != versions[event.originator_id]:
                return Appended(verdict=Verdict.STALE)
        now = self._clock()
        at = max(now, self._rows[-1][7]) if self._rows else now
        first = len(self._rows) + 1 if stored else 0
        for agency, event in stored:
            row: Row = (
                len(self._rows) + 1,
                event.originator_id,
                event.originator_version,
                event.topic,
                event.form,
                event.state,
                agency,
                at,
                command.actor,
                command.id,
                command.cause,
            )
            self._rows.append(row)
            self._streams.setdefault(row[1], []).append(row)
        last = len(self._rows) if stored else 0
        kept = _Kept(command.fingerprint, first, last, at, command.answer)
        self._commands[command.id] = kept
        return _appended(Verdict.RECORDED, kept)

    async def find(self, command: UUID) -> Appended | None:
        kept = self._commands.get(command)
        return None if kept is None else _appended(Verdict.REPEAT, kept)

    async def answer(self, command: UUID, answer: Answer) -> None:
        kept = self._commands.get(command)
        if kept is None:
            raise LookupError(f"command {command} was never recorded")
        if "\0" in answer.location:
            raise Unstorable("an answer's location holds a NUL")
        kept.answer = kept.answer or answer

    async def history(
        self, stream: UUID, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        return recorded_of(self._after(stream, after)[:limit])

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> Sequence[Recorded]:
        rows = islice(self._rows, after, None)
        wanted = (row for row in rows if not topics or row[3] in topics)
        return recorded_of(list(islice(wanted, limit)))

    async def head(self) -> int:
        return len(self._rows)

    async def numbers(self) -> int:
        self._number += 1
        return self._number

    async def close(self) -> None:
        """Nothing to close; what was recorded can still be read."""

    def _after(self, stream: UUID, version: int) -> list[Row]:
        return self._streams.get(stream, [])[version:]


def _appended(verdict: Verdict, kept: _Kept) -> Appended:
    return Appended(
        verdict=verdict,
        first=kept.first,
        last=kept.last,
        recorded_at=kept.recorded_at,
        fingerprint=kept.fingerprint,
        answered=kept.answer is not None,
        answer=kept.answer,
    )
