"""Match rules: proposed by one person, approved by another, and found for a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.domain.agency import Agency
from feesvc.domain.match_rules import MatchRules
from feesvc.domain.match_terms import MatchTerms
from feesvc.store import Answer

NONE = 0
"""The version of the rules where nobody decided on any."""


def rules_id(house: House, agency: str, account: UUID | None) -> UUID:
    return house.store.ids.of("match_rules", agency, str(account or ""))


async def propose_rules(
    house: House, act: Act, agency: str, account: UUID | None, terms: MatchTerms,
    valid_from: date, answer: Callable[[MatchRules], Answer] | None = None,
) -> Done[MatchRules]:  # fmt: skip
    """Raises ``BadMatchTerms``, ``Unknown`` for an agency that there is not."""
    await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    id = rules_id(house, agency, account)

    async def decide() -> Decision[MatchRules]:
        found = (await house.store.load([id])).get(id)
        if not isinstance(found, MatchRules):
            found = MatchRules.first(
                MatchRules.Opened, id, act.at, agency=agency, account=account
            )  # fmt: skip
        found.propose(terms, valid_from, act.principal, act.at)
        return Decision(found, [found])

    return await house.settle(act, decide, answer)


async def approve_rules(
    house: House, act: Act, rules: UUID, number: int, digest: str,
    answer: Callable[[MatchRules], Answer] | None = None,
) -> Done[MatchRules]:  # fmt: skip
    """Raises ``SamePerson``, ``ChangedSinceAsked``, ``UnknownMatchRules``."""
    return await _decide_on(
        house, act, rules, lambda found: found.approve(number, digest, act.principal, act.at),
        answer,
    )  # fmt: skip


async def reject_rules(
    house: House, act: Act, rules: UUID, number: int, reason: str,
    answer: Callable[[MatchRules], Answer] | None = None,
) -> Done[MatchRules]:  # fmt: skip
    """Raises ``UnknownMatchRules``."""
    return await _decide_on(
        house, act, rules, lambda found: found.reject(number, act.principal, reason, act.at),
        answer,
    )  # fmt: skip


async def terms_on(
    house: House, agency: str, account: UUID, day: date
) -> tuple[int, MatchTerms]:  # fmt: skip
    """The rules of the account on that day, or else the agency's, or else those of everybody.

    The number tells them apart for whoever reads a run: an account's are counted from 1, an
    agency's below 0 from -1, and 0 stands for what holds where nobody decided.
    """
    own, shared = rules_id(house, agency, account), rules_id(house, agency, None)
    found = await house.store.peek([own, shared])
    for id, sign in ((own, 1), (shared, -1)):
        rules = found.get(id)
        version = rules.in_force(day) if isinstance(rules, MatchRules) else None
        if version is not None:
            return sign * version.number, version.terms
    return NONE, MatchTerms()


async def terms_numbered(house: House, agency: str, account: UUID, number: int) -> MatchTerms:
    """The terms that a run's number stands for; a number that nobody gave is ``Unknown``."""
    if number == NONE:
        return MatchTerms()
    rules = await house.see(
        MatchRules, rules_id(house, agency, account if number > 0 else None), "match rules"
    )
    version = rules.versions.get(abs(number))
    if version is None:
        raise Unknown(f"match rules {number}")
    return version.terms


async def _decide_on(
    house: House, act: Act, rules: UUID, do: Callable[[MatchRules], None],
    answer: Callable[[MatchRules], Answer] | None,
) -> Done[MatchRules]:  # fmt: skip
    async def decide() -> Decision[MatchRules]:
        found = await house.one(MatchRules, rules, f"match rules {rules}")
        do(found)
        return Decision(found, [found])

    return await house.settle(act, decide, answer)
