"""Steps about cases: what does not add up, and the work that explains it."""

from __future__ import annotations

from uuid import UUID

from feesvc.application import cases
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.paying import FEE, checking
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject, Finding

EXPLAINING = Steps()


def finding(e: Everything, name: str) -> Finding:
    about = CaseSubject(kind="payment", id=e.id(f"payment of {name}"))
    return Finding(agency=e.code, code="A08", subject=about, at_risk=FEE, facts={"reference": "X"})


def case_id(e: Everything, name: str) -> UUID:
    return finding(e, name).case_id(e.s.store.ids)


def opens(name: str) -> Step:
    async def open_it(e: Everything, act: Act) -> object:
        await cases.open_case(e.s.house, act, finding(e, name))
        return None

    return open_it


for name in ("resolved", "cleared"):
    EXPLAINING.of(cases.open_case)(opens(name))


@EXPLAINING.of(cases.clear_case)
async def clear(e: Everything, act: Act) -> object:
    await cases.clear_case(e.s.house, act, finding(e, "cleared"), "told_at_last")
    return None


@EXPLAINING.of(cases.work_on)
async def take_up(e: Everything, act: Act) -> object:
    def do(case: Case) -> None:
        case.take_up(act.at)

    return await cases.work_on(e.s.house, act, case_id(e, "resolved"), do, told)


@EXPLAINING.of(cases.note_on_case)
async def note(e: Everything, act: Act) -> object:
    return await cases.note_on_case(e.s.house, act, case_id(e, "resolved"), "Đã gọi", told)


@EXPLAINING.of(cases.resolve_case)
async def resolve(e: Everything, act: Act) -> object:
    return await cases.resolve_case(e.s.house, act, case_id(e, "resolved"), "claim", "lost", told)


@EXPLAINING.of(cases.approve_case)
async def approve(e: Everything, act: Act) -> object:
    id = case_id(e, "resolved")
    digest = (await e.s.house.see(Case, id, "")).digest
    return await cases.approve_case(e.s.house, checking(act), id, digest, told)


@EXPLAINING.of(cases.reopen_case)
async def reopen(e: Everything, act: Act) -> object:
    return await cases.reopen_case(e.s.house, act, case_id(e, "resolved"), "wrong", told)
