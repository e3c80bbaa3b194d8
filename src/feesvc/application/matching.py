"""Matching: one run of the passes over what is open at an account, and its rows.

A run is a pure function of the open lines, what they may match, the rules, the calendar and the
day: the same inputs give the same result hash, in whatever order they came. It begins with a row
that says so; after a kill whoever comes next takes it up again; two runs at one account exclude
each other. What it found becomes events in ``feesvc.application.concluding``.
"""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import structlog

from feesvc.application.file_accounts import file_account
from feesvc.application.house import House, Unknown
from feesvc.application.match_rules import terms_numbered, terms_on
from feesvc.domain.agency import Agency
from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.matching import bank_leg, past, runs, settlement_leg
from feesvc.reconciling.matching.runs import ProjectionBehind, Run, RunUnderWay
from feesvc.reconciling.matching.scope import Leg, Scope
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

PATIENCE_SECONDS = 60.0
"""How long a run waits for the captures to reach the head of the log."""
PAUSE_SECONDS = 0.05

LEGS = {"S": settlement_leg, "B": bank_leg}

log = structlog.get_logger(__name__)


async def run(
    house: House, agency: str, account: UUID, leg: Leg, as_of: date, *, principal: str,
    id: UUID, dry: bool = False, terms: tuple[int, MatchTerms] | None = None,
    period: tuple[date, date] | None = None,
) -> Run:  # fmt: skip
    """Match what is open at the account and write it down; a dry run writes its own row alone.

    The same ``id`` again gives the run that it was. A run that somebody began here and did not end
    is ended first, by the rules that it began with. ``terms`` (their number and the terms) stand in
    for those in force, for trying rules out. Raises ``RunUnderWay``, ``ProjectionBehind``.
    """
    if period is not None:
        past.check(*period, dry=dry)
    async with house.rows.cursor() as db:
        known = await runs.run_of(db, id)
        if known is not None and known.state != "under_way":
            return known
        async with runs.alone(db, account, leg):
            await captures_at_head(db)
            if not dry:
                await _take_up(house, db, account, leg, id)
                known = await runs.run_of(db, id)
                if known is not None:
                    return known
            rules, chosen = terms or await terms_on(house, agency, account, as_of)
            scope = Scope(
                run=id, agency=agency, account=account, leg=leg, as_of=as_of, rules=rules,
                terms=chosen, calendar=house.calendar,
                collects=await _collects(house, agency, account, leg), ids=house.store.ids,
                period=period,
            )  # fmt: skip
            await runs.start(db, scope, house.now(), principal, dry)
            await _match(db, scope, dry)
        return await _seen(db, id)


async def see_run(house: House, id: UUID) -> Run:
    """Raises ``Unknown``."""
    async with house.rows.cursor() as db:
        return await _seen(db, id)


async def accounts_waiting(house: House, agency: str) -> list[UUID]:
    """The agency's bank accounts with lines that nothing was found for."""
    async with house.rows.cursor() as db:
        found = await db.execute(statement("accounts_waiting"), {"agency": agency})
        return [row["account"] for row in await found.fetchall()]


async def _take_up(house: House, db: Cursor, account: UUID, leg: Leg, id: UUID) -> None:
    """End the run that was begun here: match again where nothing was written down yet."""
    begun = await runs.under_way(db, account, leg)
    if begun is None:
        return
    if begun.result:
        if begun.id != id:
            raise RunUnderWay(f"run {begun.id} is to be concluded first")
        return
    log.warning("match_run.taken_up", stream=begun.id, agency=begun.agency)
    scope = await scope_of(house, begun)
    await _match(db, scope, dry=False)


async def scope_of(house: House, begun: Run) -> Scope:
    """What the run looks at, by the rules with whose number it began."""
    terms = await terms_numbered(house, begun.agency, begun.account, begun.rules)
    return Scope(
        run=begun.id, agency=begun.agency, account=begun.account, leg=begun.leg,
        as_of=begun.as_of, rules=begun.rules, terms=terms, calendar=house.calendar,
        collects=await _collects(house, begun.agency, begun.account, begun.leg),
        ids=house.store.ids,
    )  # fmt: skip


async def _collects(house: House, agency: str, account: UUID, leg: Leg) -> bool:
    """Payouts belong on an account that the agency ever named as one it collects on."""
    if leg == "S":
        return True
    owner = (await house.store.peek([house.store.ids.agency(agency)])).get(
        house.store.ids.agency(agency)
    )
    if not isinstance(owner, Agency):
        return True
    told = await file_account(house, agency, account)
    return told.bank in owner.ever_held("collection")


async def _match(db: Cursor, scope: Scope, dry: bool) -> None:
    """All that a run writes down is one transaction: a kill leaves all of it, or nothing."""
    leg = LEGS[scope.leg]
    async with db.connection.transaction():
        if scope.period:
            await past.set_apart(db, scope)
        found = await leg.match(db, scope)
        if dry:
            numbers = await leg.would(db, found)
            if scope.period:
                await leg.members(db, found)
                numbers |= {"period": await past.compared(db, scope.period)}
        else:
            await leg.record(db, scope, found)
            numbers = await runs.numbers_of(db, scope)
        await runs.found(db, scope.run, found.hashes, numbers)


async def captures_at_head(db: Cursor) -> None:
    """Wait until what lines may match is all that is recorded now; what others record meanwhile is
    not waited for, or nobody would ever get there. Raises ``ProjectionBehind``.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    head = await runs.head(db)
    while await runs.behind(db, head):
        if asyncio.get_running_loop().time() > deadline:
            raise ProjectionBehind("captures")
        await asyncio.sleep(PAUSE_SECONDS)


async def _seen(db: Cursor, id: UUID) -> Run:
    found = await runs.run_of(db, id)
    if found is None:
        raise Unknown("")  # told to whoever asks: a foreign run is none
    return found
