"""Proving: the case of a planted difference has its money at risk, and the journal its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from feesvc.campaigns.planting.courses import OWED
from feesvc.campaigns.planting.scenes import Planted
from feesvc.campaigns.reconciling.booking import Journal, positions_of
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.playing import Players
from feesvc.campaigns.reconciling.tracing import Names, Told, Where, ids_at, places_of, plain
from feesvc.money import Money
from feesvc.testing.world import intermediaries

ORIGINALS = files(__package__).joinpath("originals.sql").read_bytes()
NO_CASE = frozenset(("S01", "B01", "T01", "G03"))
"""Open inside their term, or held against the books as a whole."""
POSTED_OF_BATCH = frozenset(("S16",))
"""Their case is of a line, what they post is about its batch."""
SHORT, LONG = Money(OWED - 20_000, "VND"), Money(OWED + 20_000, "VND")
FIXED: Mapping[str, Money] = {"A01": SHORT, "A02": LONG}
"""Of another amount than a fixed-amount order: wholly to suspense (DESIGN, part 6, P06m)."""
SETTLED_FIRST: Mapping[str, frozenset[str]] = {"S06": frozenset(("P23a",))}
"""Booked from a settlement line already: P23a, and P06 never again (DESIGN, part 6)."""


@dataclass(slots=True)
class Proofs:
    """``at``: the things at each place; ``original``: by line, the transfer that it is about."""

    ground: Ground
    players: Players
    journal: Journal
    at: Mapping[Where, set[UUID]]
    original: Mapping[Where, UUID]

    @classmethod
    async def begin(
        cls, ground: Ground, players: Players, journal: Journal, names: Names
    ) -> Proofs:
        accounts = {one.account: f"{one.agency} {one.name}" for one in ground.merchants.values()}
        async with ground.house.rows.cursor() as db:
            await db.execute(ORIGINALS)
            rows = await db.fetchall()
        original = {
            (accounts[row["account"]], plain(row["native_id"])):
                ground.store.ids.transfer(row["account"], row["told_original"])
            for row in rows if row["account"] in accounts
        }  # fmt: skip
        return cls(ground, players, journal, ids_at(names), original)

    async def of(self, one: Planted, here: Sequence[Told]) -> list[str]:
        """What is wrong with this one, in words."""
        at_risk, posts = self._meant(one)
        faults = []
        risks = [told.risks[one.code] for told in here if one.code in told.codes]
        if risks and one.code not in NO_CASE and at_risk not in risks:
            said = ", ".join(str(risk) for risk in risks)
            faults.append(f"{one.code} {one.account} {one.item}: at risk {said}, planted {at_risk}")
        if posts:
            ids = self._things(one)
            at = await positions_of(self.ground, ids)
            also = SETTLED_FIRST.get(one.code, frozenset())
            missing = self.journal.missing(posts, ids, at)
            if missing and not (also and not self.journal.missing(also, ids, at)):
                found = ", ".join(self.journal.rules(ids, at)) or "nothing"
                faults.append(f"{one.code} {one.account} {one.item}: {missing} not among {found}")
        return faults

    def _meant(self, one: Planted) -> tuple[Money, tuple[str, ...]]:
        if one.code in FIXED:
            name = one.account.partition(" ")[2]
            if not intermediaries()[name].facts.variable_amount:
                return FIXED[one.code], ("P06m",)
        return self.players.stakes.get(one.item, one.at_risk), one.posts

    def _things(self, one: Planted) -> set[UUID]:
        places = places_of(one)
        if one.code in POSTED_OF_BATCH:
            places.add((one.scene, plain(one.batch)))
        found = {id for where in places for id in self.at.get(where, ())}
        return found | {self.original[where] for where in places if where in self.original}
