"""Tracing: every case that was opened, with the places that planted differences may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeAlias
from uuid import UUID, uuid4

from eventsourcing.utils import get_topic

from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.playing import Players
from feesvc.domain.case import Case
from feesvc.domain.case_events import Opened, Reassessed
from feesvc.money import Money

SUBJECTS = files(__package__).joinpath("subjects.sql").read_bytes()
RECORDED = files(__package__).joinpath("recorded.sql").read_bytes()
PAGE = 5_000
Where: TypeAlias = tuple[str, str]
"""An account, as a plant names it, and what a file or a course calls the thing there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One case: the codes that it ever had, what was at risk at first, and all that it touches."""

    id: UUID
    codes: tuple[str, ...]
    at_risk: Money
    state: str
    where: frozenset[Where]
    near: frozenset[Where]
    """Where the things are that it may be about besides."""
    facts: Mapping[str, str]


async def cases_told(ground: Ground, players: Players) -> list[Told]:
    """Every case of the log, and what runs recorded under a code without one."""
    codes: dict[UUID, list[str]] = defaultdict(list)
    first: dict[UUID, Opened] = {}
    topics = [get_topic(kind) for kind in (Case.Opened, Case.Reassessed)]
    after = 0
    while page := await ground.store.read(after, PAGE, topics):
        after = page[-1].position
        for recorded in page:
            event = recorded.event
            assert isinstance(event, Opened | Reassessed)
            if isinstance(event, Opened):
                first[event.originator_id] = event
            if event.code not in codes[event.originator_id]:
                codes[event.originator_id].append(event.code)
    names, also = await _names(ground, players), _aliases(players)
    found = await ground.store.peek(list(first))
    told = []
    for id, opened in first.items():
        case = found[id]
        assert isinstance(case, Case)
        told.append(Told(
            id=id, codes=tuple(codes[id]), at_risk=opened.at_risk, state=case.state,
            where=names.get(opened.subject.id, frozenset()), near=_near(names, opened.facts),
            facts=opened.facts,
        ))  # fmt: skip
    return told + await _recorded(ground, also)


def plain(name: str) -> str:
    """As keys are compared, but for the marks by which a plant tells two damaged numbers apart."""
    return "".join(letter for letter in name.upper() if letter.isalnum() or letter in "?!")


def accounts_of(ground: Ground) -> dict[UUID, str]:
    """How plants name the accounts of files."""
    accounts = {one.account: f"{one.agency} {one.name}" for one in ground.merchants.values()}
    for agency, banks in ground.banks.items():
        accounts |= {ground.bank_account(agency, bank): bank.number for bank in banks}
    return accounts


async def _recorded(ground: Ground, also: Mapping[Where, Where]) -> list[Told]:
    accounts, told = accounts_of(ground), []
    async with ground.house.rows.cursor() as db:
        await db.execute(RECORDED)
        for row in await db.fetchall():
            where = (accounts[row["account"]], plain(row["name"]))
            told.append(Told(
                id=uuid4(), codes=(row["reason"],), at_risk=Money(row["net"], row["currency"]),
                state="recorded", where=frozenset((where, also.get(where, where))),
                near=frozenset(), facts={},
            ))  # fmt: skip
    return told


def _aliases(players: Players) -> dict[Where, Where]:
    """What a course did on a line is known by the course's own item too."""
    return {
        (account, plain(name)): ("", plain(item))
        for item, places in players.places.items() for account, name in places
    }  # fmt: skip


async def _names(ground: Ground, players: Players) -> dict[UUID, frozenset[Where]]:
    ids, accounts, also = ground.store.ids, accounts_of(ground), _aliases(players)
    names: dict[UUID, set[Where]] = defaultdict(set)
    async with ground.house.rows.cursor() as db:
        await db.execute(SUBJECTS)
        for row in await db.fetchall():
            where = (accounts[row["account"]], plain(row["name"]))
            if row["kind"] == "line":
                leg = "S" if row["leg"] == "S" else "B"
                id = ids.of("line", str(row["account"]), leg, row["identity"])
                money = ids.transfer(row["account"], row["name"] or row["identity"])
                names[money] |= {where, also.get(where, where)}
            elif row["kind"] == "batch":
                id = ids.of("batch", str(row["account"]), row["identity"])
            else:
                id = row["id"]
            names[id] |= {where, also.get(where, where)}
    for item, subjects in players.subjects.items():
        for id in subjects:
            names[id].add(("", plain(item)))
    return {id: frozenset(places) for id, places in names.items()}


def _near(names: Mapping[UUID, frozenset[Where]], facts: Mapping[str, str]) -> frozenset[Where]:
    found: set[Where] = set()
    for item in facts.get("candidates", "").split():
        found |= names.get(UUID(item.rpartition(":")[2]), frozenset())
    return frozenset(found)


def by_place(told: Sequence[Told]) -> Mapping[Where, Sequence[Told]]:
    placed: dict[Where, list[Told]] = defaultdict(list)
    for one in told:
        for where in one.where:
            placed[where].append(one)
    return placed
