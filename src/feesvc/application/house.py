"""The house: what every command is given, and the one way in which a decision is recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Generic, TypeVar
from uuid import UUID

from feesvc.application.desk import Desk
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.people import People
from feesvc.reconciling.calendar import Calendar, vietnam
from feesvc.reconciling.filing.terms import FileTerms
from feesvc.reconciling.rows import Rows
from feesvc.store import Answer, Appended, Command, Store, Verdict

T = TypeVar("T")
A = TypeVar("A", bound=Aggregate)

HANOI = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which keeps no summer time: the days of every posting and schedule."""

ATTEMPTS = 5
"""How often a request is decided again when others were first (DESIGN §5)."""


IN_FLIGHT = timedelta(seconds=20)
"""Longer than a request waits for an intermediary, which is 13 s at most."""


class Unknown(Refusal):
    """There is no such thing"""


class NoRows(Refusal):
    """Files and matches are not kept here"""


class Busy(Exception):
    """Others kept reaching the same stream first. Nothing was recorded; ask again."""


class KeyReused(Exception):
    """The idempotency key came before with another request. Nothing was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One request to change something: its id for good, who asks, and when."""

    id: UUID
    principal: str
    """``portal:<code>``, ``person:<subject>``, ``process:<name>``, ``account:<id>``."""
    at: datetime
    fingerprints: tuple[bytes, ...] = ()
    """Keyed hashes of what is asked: the first is recorded, any of them tells a repeat."""
    cause: str = ""

    @property
    def day(self) -> date:
        """The day of the request, Asia/Ho_Chi_Minh."""
        return self.at.astimezone(HANOI).date()


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """What was decided: the aggregates that changed, and what to tell the caller."""

    result: T
    changed: Sequence[Aggregate] = ()


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """A recorded decision; ``result`` is None when it was recorded before: ``appended`` tells."""

    result: T | None
    appended: Appended
    act: UUID


@dataclass(frozen=True, slots=True)
class House:
    """Safe to share between the tasks of one event loop."""

    store: Store
    people: People
    desk: Desk
    now: Callable[[], datetime]
    public_url: str
    in_flight: timedelta = IN_FLIGHT
    """A request that was recorded this long ago and has no answer is taken to have died."""
    calendar: Calendar = field(default_factory=vietnam)
    """Which days are business days: every clock of a case runs on it."""
    kept: Rows | None = None
    """Files, lines and matches; a house without them, such as one in memory, reconciles nothing."""
    files: FileTerms = field(default_factory=FileTerms)
    """What files are taken, and in which formats."""

    @property
    def rows(self) -> Rows:
        """Raises ``NoRows``."""
        if self.kept is None:
            raise NoRows("this house keeps no files")
        return self.kept

    def act(
        self, id: UUID, principal: str, *, cause: str = "", fingerprints: tuple[bytes, ...] = ()
    ) -> Act:  # fmt: skip
        return Act(
            id=id, principal=principal, at=self.now(), cause=cause, fingerprints=fingerprints
        )

    def today(self) -> date:
        """The day that it is, Asia/Ho_Chi_Minh."""
        return self.now().astimezone(HANOI).date()

    async def settle(
        self,
        act: Act,
        decide: Callable[[], Awaitable[Decision[T]]],
        answer: Callable[[T], Answer] | None = None,
        *,
        attempts: int | None = ATTEMPTS,
    ) -> Done[T]:
        """Decide and record, once. Others being first means deciding again, with jitter.

        ``attempts`` None: until it is recorded, for what has already happened.
        Raises ``Refusal`` (nothing recorded), ``Busy``, ``KeyReused``, ``StoreUnavailable``.
        """
        tried = 0
        while attempts is None or tried < attempts:
            if tried:
                await asyncio.sleep(random.uniform(0, 0.01 * 2 ** min(tried, 6)))  # noqa: S311
            tried += 1
            try:
                decision = await decide()
            except Refusal as refusal:
                return await self._repeated(act, refusal)
            appended = await self.store.append(_command(act, decision, answer))
            if appended.verdict is Verdict.RECORDED:
                return Done(decision.result, appended, act.id)
            if appended.verdict is Verdict.REPEAT:
                return Done(None, _same(act, appended), act.id)
        raise Busy(f"decided {tried} times")

    async def take(self, act: Act, decide: Callable[[], Awaitable[Decision[T]]]) -> T | None:
        """Record a fact from outside: decided again until recorded; None when it was before.

        A decision that changes nothing is not recorded at all, so that it can be taken later.
        """
        tried = 0
        while True:
            await asyncio.sleep(random.uniform(0, 0.01 * 2 ** min(tried, 6)) if tried else 0)  # noqa: S311
            tried += 1
            decision = await decide()
            if not any(aggregate.news for aggregate in decision.changed):
                return decision.result
            appended = await self.store.append(_command(act, decision, None))
            if appended.verdict is Verdict.RECORDED:
                return decision.result
            if appended.verdict is Verdict.REPEAT:
                return None

    async def one(self, kind: type[A], id: UUID, what: str) -> A:
        """Load one aggregate of this kind, free to be changed; raises ``Unknown``."""
        return _of(kind, await self.store.load([id]), id, what)

    async def see(self, kind: type[A], id: UUID, what: str) -> A:
        """As ``one``, but shared and not to be changed."""
        return _of(kind, await self.store.peek([id]), id, what)

    async def made_by(self, appended: Appended) -> UUID:
        """The stream that a recorded command wrote first."""
        [recorded] = await self.store.read(appended.first - 1, 1)
        return recorded.event.originator_id

    async def before(self, act: Act) -> Done[T] | None:
        """What this very request came to when it was recorded before; raises ``KeyReused``."""
        before = await self.store.find(act.id)
        return None if before is None else Done(None, _same(act, before), act.id)

    async def _repeated(self, act: Act, refusal: Refusal) -> Done[T]:
        """A refusal may only mean that this very command was recorded before."""
        before: Done[T] | None = await self.before(act)
        if before is None:
            raise refusal
        return before


def act_of(act: Act, id: UUID) -> Act:
    """Another command of the same request, under its own id."""
    return replace(act, id=id)


def _of(kind: type[A], found: dict[UUID, Aggregate], id: UUID, what: str) -> A:
    aggregate = found.get(id)
    if not isinstance(aggregate, kind):
        raise Unknown(what)
    return aggregate


def _same(act: Act, before: Appended) -> Appended:
    if before.fingerprint not in (act.fingerprints or (b"",)):
        raise KeyReused(str(act.id))
    return before


def _command(act: Act, decision: Decision[T], answer: Callable[[T], Answer] | None) -> Command:
    return Command(
        id=act.id,
        principal=act.principal,
        actor=act.principal,
        fingerprint=act.fingerprints[0] if act.fingerprints else b"",
        cause=act.cause,
        events=[
            (aggregate.agency, event) for aggregate in decision.changed for event in aggregate.news
        ],
        answer=answer(decision.result) if answer else None,
    )
