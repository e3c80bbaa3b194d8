"""Linking: a case that ends with a match which two people agree to, by key or by hand.

The match is proposed where matches are (``/matches``); the case names it, and whoever agrees to the
case confirms it. The match is booked first, by steps that may be repeated, then the case ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from feesvc.application import matches
from feesvc.application.concluding_bank import booked_as
from feesvc.application.house import Act, House, Unknown
from feesvc.domain.aggregate import Refusal
from feesvc.domain.case import Case
from feesvc.money import Money
from feesvc.reconciling.matching.statements import statement


class AnotherMatter(Refusal):
    """The match is not of the line, or the money, that the case is about"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchWish:
    """The match, as it is proposed, that explains the case."""

    match: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedMatch:
    """What an approval of the case is bound to."""

    id: UUID
    digest: str
    amount: Money


async def proposed_match(house: House, case: Case, wish: MatchWish) -> ProposedMatch:
    """Raises ``Unknown``, ``AnotherMatter``, ``NotThatFar`` where it is no proposal any more."""
    group = await matches.see_match(house, wish.match)
    if group["agency"] != case.agency:
        raise Unknown("")
    if group["state"] != "proposed":
        raise matches.NotThatFar(f"it is {group['state']}")
    if case.subject.id not in await _about(house, group):
        raise AnotherMatter(str(wish.match))
    worth = sum(one["amount"] for one in group["members"] if one["side"] == "B")
    return ProposedMatch(
        id=wish.match, digest=_digest(group), amount=Money(abs(worth), group["currency"])
    )


async def confirm_match(house: House, act: Act, match: UUID) -> None:
    """Book it. Raises what ``matches.confirm`` does: ``SamePerson``, ``NoLongerOpen`` …"""
    group = await matches.see_match(house, match)
    await matches.confirm(house, match, act.principal, group["why"].get("digest", ""))


async def reject_match(house: House, match: UUID) -> None:
    """Not that: unless it was confirmed by other ways meanwhile, nobody proposes it again."""
    if (await matches.see_match(house, match))["state"] == "proposed":
        await matches.reject(house, match)


async def _about(house: House, group: Mapping[str, Any]) -> set[UUID]:
    """The subjects of cases that its lines may have: each line, and money booked under its name."""
    async with house.rows.cursor() as db:
        found = await db.execute(statement("group_lines"), {"id": group["id"]})
        lines = await found.fetchall()
    ids = house.store.ids
    return {
        id
        for line in lines
        for id in (
            ids.of("line", str(line["account"]), line["leg"], line["identity"]),
            ids.transfer(line["account"], booked_as(line)),
        )
    }


def _digest(group: Mapping[str, Any]) -> str:
    members = sorted(f"{one['side']} {one['item']} {one['amount']}" for one in group["members"])
    said = "\n".join([str(group["id"]), str(group["difference"]), *members])
    return sha256(said.encode()).hexdigest()
