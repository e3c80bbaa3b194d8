"""Differences: what an event may have opened or settled, held against the streams as they are.

``review`` opens the case of a difference that stands, clears one of which nothing is left, and
says when more or less is at risk. It looks at what is, not at what an event said: an event that
comes twice, or late, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from feesvc.application.cases import case_of
from feesvc.application.house import Act, Decision, House, act_of
from feesvc.application.residuals import residual_of
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import WORKING, CaseSubject, Finding
from feesvc.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A difference that there may be. ``opens``: what happened just now can bring it about.

    ``stated`` is what is at risk where no account tells; ``by_rule`` the rule that settles it at
    once, if any: such a case is opened and cleared in one append, so that it can be counted.
    """

    agency: str
    code: str
    subject: CaseSubject
    discriminator: str = ""
    opens: bool = False
    stated: Money | None = None
    by_rule: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    evidence: str = ""
    due_on: date | None = None

    def finding(self, at_risk: Money) -> Finding:
        return Finding(
            agency=self.agency, code=self.code, subject=self.subject, at_risk=at_risk,
            discriminator=self.discriminator, facts=self.facts, evidence=self.evidence,
            due_on=self.due_on,
        )  # fmt: skip


async def review(house: House, act: Act, sought: Sequence[Sought], evidence: str = "") -> None:
    """Bring the cases of these differences in line with what stands. A repeat changes nothing."""

    async def decide() -> Decision[None]:
        found = [(one, await _finding(house, one)) for one in sought]
        ids = [finding.case_id(house.store.ids) for _, finding in found]
        known = await house.store.load(ids)
        changed: dict[UUID, Case] = {}
        for id, (one, finding) in zip(ids, found, strict=True):
            stands = changed.get(id) or known.get(id)
            if isinstance(stands, Case):
                _in_line(house, act, stands, one, finding.at_risk, evidence)
                changed[id] = stands
            elif one.opens and (finding.at_risk.amount or one.by_rule):
                [changed[id]] = await case_of(house, act, finding)
                if one.by_rule and not (one.stated is None and finding.at_risk.amount):
                    changed[id].clear("rule", one.by_rule, evidence, act.at)
        return Decision(None, [case for case in changed.values() if case.news])

    await house.take(act_of(act, house.store.ids.of("review", str(act.id))), decide)


async def _finding(house: House, one: Sought) -> Finding:
    left = await residual_of(house, one.code, one.subject, one.discriminator)
    at_risk = one.stated if left is None else left
    assert at_risk is not None, f"{one.code}: nothing tells what is at risk"
    return one.finding(at_risk)


def _in_line(
    house: House, act: Act, case: Case, one: Sought, left: Money, evidence: str
) -> None:  # fmt: skip
    """A case that stands: cleared, open again, or told what is at risk now."""
    if one.stated is not None:
        return  # no account tells whether it is settled: people do
    if case.state == "closed":
        if one.opens and left.amount:
            case.reopen("stands_again", kind_of(case.code).due_on(act.at, house.calendar), act.at)
            case.reassess(case.code, left, case.level, case.due_on, act.at)
    elif not left.amount:
        case.clear("evidence", "nothing_left", evidence, act.at)
    elif case.state in WORKING:
        case.reassess(case.code, left, case.level, case.due_on, act.at)
