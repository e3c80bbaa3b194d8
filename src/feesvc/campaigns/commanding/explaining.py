"""Steps about cases: what does not add up, and the work that explains it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from feesvc.application import bulk_cases, cases, differences, resolving
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


@EXPLAINING.of(cases.escalate_case)
async def escalate(e: Everything, act: Act) -> object:
    await cases.escalate_case(e.s.house, act, case_id(e, "resolved"), 1, -timedelta(days=99))
    return None


@EXPLAINING.of(bulk_cases.with_many)
async def with_many(e: Everything, act: Act) -> object:
    wish = bulk_cases.Bulk(agency=e.code, do="escalate", reason="late")
    done = await bulk_cases.with_many(e.s.house, act, [case_id(e, "resolved")], wish)
    return [(one.became, one.state) for one in done]


@EXPLAINING.of(differences.review)
async def review(e: Everything, act: Act) -> object:
    about = CaseSubject(kind="account", id=e.id("account of review"))
    sought = differences.Sought(
        agency=e.code, code="S17", subject=about, opens=True, stated=FEE, facts={"line": "1"}
    )
    await differences.review(e.s.house, act, [sought])
    return None


@EXPLAINING.of(resolving.resolve_case)
async def resolve(e: Everything, act: Act) -> object:
    return await resolving.resolve_case(
        e.s.house, act, case_id(e, "resolved"), "claim", "lost", None, told
    )


@EXPLAINING.of(resolving.send_back_case)
async def send_back(e: Everything, act: Act) -> object:
    return await resolving.send_back_case(
        e.s.house, checking(act), case_id(e, "resolved"), "why", told
    )


@EXPLAINING.of(resolving.resolve_case)
async def resolve_again(e: Everything, act: Act) -> object:
    id = case_id(e, "resolved")
    return await resolving.resolve_case(e.s.house, act, id, "claim", "lost", None, told)


@EXPLAINING.of(resolving.approve_case)
async def approve(e: Everything, act: Act) -> object:
    id = case_id(e, "resolved")
    digest = (await e.s.house.see(Case, id, "")).digest
    return await resolving.approve_case(e.s.house, checking(act), id, digest, told)


@EXPLAINING.of(cases.reopen_case)
async def reopen(e: Everything, act: Act) -> object:
    return await cases.reopen_case(e.s.house, act, case_id(e, "resolved"), "wrong", told)
