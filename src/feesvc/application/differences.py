"""Differences: what an event may have opened or settled, held against the streams as they are.

``review`` opens the case of a difference that stands, clears one of which nothing is left, and
says when more or less is at risk. It looks at what is, not at what an event said: an event that
comes twice, or late, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from feesvc.application.cases import case_of
from feesvc.application.house import Act, Decision, House, act_of
from feesvc.application.residuals import residual_of
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import WORKING, CaseSubject, Finding
from feesvc.money import Money

AGED = "G05"
"""What stood too long keeps this code, whatever it is found to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A difference that there may be. ``opens``: what happened just now can bring it about.

    ``stated`` is what is at risk where no account tells; ``by_rule`` the rule that settles it at
    once, if any: such a case is opened and cleared in one append, so that it can be counted.
    ``named`` is the code under which it is told where ``code`` only says which case it is. The
    same money may stand already in a case of ``ages``, code and discriminator: then that one gets
    this code, as time would have it, and no second one is opened.
    """

    agency: str
    code: str
    subject: CaseSubject
    discriminator: str = ""
    opens: bool = False
    stated: Money | None = None
    by_rule: str = ""
    named: str = ""
    ages: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    evidence: str = ""
    due_on: date | None = None

    def finding(self, at_risk: Money) -> Finding:
        return Finding(
            agency=self.agency, code=self.code, subject=self.subject, at_risk=at_risk,
            discriminator=self.discriminator, facts=self.facts, evidence=self.evidence,
            due_on=self.due_on,
        )  # fmt: skip

    def younger(self) -> list[Finding]:
        """The findings under which the same money may stand already."""
        nothing = Money(0, "VND")
        return [
            replace(self, code=code, discriminator=told).finding(nothing)
            for code, told in self.ages
        ]


async def review(house: House, act: Act, sought: Sequence[Sought], evidence: str = "") -> None:
    """Bring the cases of these differences in line with what stands. A repeat changes nothing."""

    async def decide() -> Decision[None]:
        return Decision(None, await reviewed(house, act, sought, evidence))

    await house.take(act_of(act, house.store.ids.of("review", str(act.id))), decide)


async def reviewed(
    house: House, act: Act, sought: Sequence[Sought], evidence: str = ""
) -> list[Case]:
    """The cases that change, to be recorded: with other news, in one append."""
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
            opened = await _younger(house, act, one) or await case_of(house, act, finding)
            for case in opened:
                changed[case.id] = case
                _settled_by_rule(case, one, finding.at_risk, evidence, act)
                _name(house, act, case, one, finding.at_risk)
            if not opened:  # somebody else was first with it, at this very moment
                first = await house.one(Case, id, f"case {id}")
                _in_line(house, act, first, one, finding.at_risk, evidence)
                changed[id] = first
    return [case for case in changed.values() if case.news]


async def _finding(house: House, one: Sought) -> Finding:
    left = await residual_of(house, one.code, one.subject, one.discriminator)
    at_risk = one.stated if left is None else left
    assert at_risk is not None, f"{one.code}: nothing tells what is at risk"
    return one.finding(at_risk)


async def _younger(house: House, act: Act, one: Sought) -> list[Case]:
    """The case in which the same money stands already, grown older: it has this code from now.

    Its last day stays: what was late is late, and goes up as before.
    """
    ids = [finding.case_id(house.store.ids) for finding in one.younger()]
    found = [case for case in (await house.store.load(ids)).values() if isinstance(case, Case)]
    stands = [case for case in found if case.state != "closed"]
    for case in stands:
        if case.state in WORKING:
            case.reassess(one.code, case.at_risk, case.level, case.due_on, act.at)
    return stands[:1]


def _settled_by_rule(case: Case, one: Sought, left: Money, evidence: str, act: Act) -> None:
    if one.by_rule and not (one.stated is None and left.amount):
        case.clear("rule", one.by_rule, evidence, act.at)


def _name(house: House, act: Act, case: Case, one: Sought, left: Money) -> None:
    """Money in a case of another code is told under the one that was found of it."""
    if one.named and case.state in WORKING and case.code not in (one.named, AGED):
        due_on = kind_of(one.named).due_on(act.at, house.calendar)
        case.reassess(one.named, left, case.level, due_on, act.at)


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
    _name(house, act, case, one, left)
