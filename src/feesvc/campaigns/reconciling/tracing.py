"""Tracing: every case that was opened, with the places that planted differences may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import TypeAlias
from uuid import UUID, uuid4

from eventsourcing.utils import get_topic

from feesvc.campaigns.planting.scenes import Planted
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.playing import Players
from feesvc.domain.case import Case
from feesvc.domain.case_events import Opened, Reassessed
from feesvc.money import Money

SUBJECTS = files(__package__).joinpath("subjects.sql").read_bytes()
RECORDED = files(__package__).joinpath("recorded.sql").read_bytes()
PAGE = 5_000
ONE_DAY = timedelta(days=1)
OF_BATCHES = frozenset(("B01", "B02", "B04", "B05", "B06", "B07", "B08", "B09"))
"""Their case may be the batch's, and not the line's."""
BATCHES = frozenset(("B01", "B02"))
"""Their items are batches: a scene may have another one besides its own."""
ON_PAPER = frozenset(("G01", "G03"))
"""Their items are payments, of which other merchants have the same numbers."""
OF_ACCOUNTS = frozenset(("F01", "F07"))
"""A file that does not come when it is due is a case of its account."""
Where: TypeAlias = tuple[str, str]
"""An account, as a plant names it, and what a file or a course calls the thing there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One case: the codes that it ever had, what was at risk then, and all that it touches."""

    id: UUID
    agency: str
    subject: UUID
    discriminator: str
    opened: datetime
    codes: tuple[str, ...]
    risks: Mapping[str, Money]
    """What was at risk when it first had each code."""
    state: str
    where: frozenset[Where]
    near: frozenset[Where]
    """Where the things are that it may be about besides."""
    facts: Mapping[str, str]


Names: TypeAlias = Mapping[UUID, frozenset[Where]]
"""Where the things are, by their ids."""


async def cases_told(ground: Ground, players: Players, names: Names) -> list[Told]:
    """Every case of the log, and what runs recorded under a code without one."""
    codes: dict[UUID, dict[str, Money]] = defaultdict(dict)
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
            codes[event.originator_id].setdefault(event.code, event.at_risk)
    found, accounts = await ground.store.peek(list(first)), accounts_of(ground)
    told = []
    for id, opened in first.items():
        case = found[id]
        assert isinstance(case, Case)
        told.append(Told(
            id=id, agency=opened.agency, subject=opened.subject.id,
            discriminator=opened.discriminator, opened=opened.timestamp,
            codes=tuple(codes[id]), risks=codes[id], state=case.state,
            where=_where(names, accounts, opened), near=_near(names, opened.facts),
            facts=opened.facts,
        ))  # fmt: skip
    return told + await _recorded(ground, _aliases(players))


def plain(name: str) -> str:
    """As keys are compared, but for the marks by which a plant tells two damaged numbers apart."""
    return "".join(letter for letter in name.upper() if letter.isalnum() or letter in "?!")


def place_of(one: Planted) -> Where:
    """Where its case must be: what courses and officers do is known by its item alone."""
    if one.code in ON_PAPER:
        return ("", plain(f"{one.scene} {one.item}"))
    return ("" if one.source in ("course", "treasury", "books") else one.account, plain(one.item))


def places_of(one: Planted) -> set[Where]:
    """Everything by which a case or a posting of it may be known."""
    found = {place_of(one), (one.account, plain(one.item))}
    found |= {(one.account, plain(one.also))} if one.also else set()
    if one.code in OF_BATCHES:
        found.add((one.scene, plain(one.item if one.code in BATCHES else one.batch)))
    if one.code == "G03":
        found.add(abnormal_at(one.scene.partition(" ")[0], f"1210 {one.day + ONE_DAY}"))
    if one.code in OF_ACCOUNTS:
        found.add((one.account, told_until(one.day - ONE_DAY)))
    return found


def abnormal_at(agency: str, where: str) -> Where:
    """The place of what stands on the wrong side: an account, at the end of a day."""
    return (agency, plain(where))


def told_until(day: date) -> str:
    """The place of an account's files that are missing: the last day that anything told of."""
    return f"until {day:%Y%m%d}"


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
                id=uuid4(), agency="", subject=uuid4(), discriminator="", opened=ground.now,
                codes=(row["reason"],),
                risks={row["reason"]: Money(row["net"], row["currency"])}, state="recorded",
                where=frozenset((where, also.get(where, where))),
                near=frozenset(), facts={},
            ))  # fmt: skip
    return told


def _aliases(players: Players) -> dict[Where, Where]:
    """What a course did on a line is known by the course's own item too."""
    return {
        (account, plain(name)): ("", plain(item))
        for item, places in players.places.items() for account, name in places
    }  # fmt: skip


async def names_of(ground: Ground, players: Players) -> Names:
    """What files and courses call the things that cases and postings are about."""
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


def _where(names: Names, accounts: Mapping[UUID, str], opened: Opened) -> frozenset[Where]:
    if opened.code == "G03":
        return frozenset((abnormal_at(opened.agency, opened.discriminator),))
    if opened.code == "F01":
        day = date.fromisoformat(opened.discriminator)
        return frozenset(((accounts[opened.subject.id], told_until(day)),))
    if opened.code == "S16":  # of each line that its batch keeps back, or gives
        batch = names.get(opened.subject.id, frozenset())
        return frozenset((account, plain(opened.discriminator)) for account, _ in batch)
    return names.get(opened.subject.id, frozenset())


def _near(names: Names, facts: Mapping[str, str]) -> frozenset[Where]:
    found: set[Where] = set()
    for item in facts.get("candidates", "").split():
        found |= names.get(UUID(item.rpartition(":")[2]), frozenset())
    return frozenset(found)


def ids_at(names: Names) -> Mapping[Where, set[UUID]]:
    placed: dict[Where, set[UUID]] = defaultdict(set)
    for id, places in names.items():
        for where in places:
            placed[where].add(id)
    return placed


def by_place(told: Sequence[Told]) -> Mapping[Where, Sequence[Told]]:
    placed: dict[Where, list[Told]] = defaultdict(list)
    for one in told:
        for where in one.where:
            placed[where].append(one)
    return placed
