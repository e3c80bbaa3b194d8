"""Any order of work on a case: nobody approves alone (I4), and no money is left behind (I11)."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.application import cases, reclassifying, refunds, resolving
from feesvc.domain.aggregate import Refusal
from feesvc.domain.case import Case
from feesvc.domain.transfer import Transfer
from feesvc.testing.explaining import CHECKER, MAKER, Desk, item, vnd

STEPS = ("propose refund", "propose apply", "agree", "agree as maker", "send back", "reopen",
         "explain", "notify", "inquire", "answer", "take up", "run")  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_however_people_work_nobody_approves_alone_and_no_money_is_left(steps: list[str]) -> None:
    """I4 and I11: over any order of work."""

    async def walk(s: Desk) -> None:
        case, transfer = await s.unknown()
        fee = await s.assessment("G14", ("fee", 100_000))
        for step in steps:
            try:
                await one_step(s, step, case.id, transfer, fee)
            except Refusal:
                continue
        await s.run()
        proposed: dict[str, str] = {}
        for recorded in await s.store.history(case.id):
            event = recorded.event
            if isinstance(event, Case.ResolutionProposed):
                proposed[event.digest] = recorded.actor
            if isinstance(event, Case.ResolutionApproved):
                assert recorded.actor != proposed[event.digest]
        now = await s.house.one(Case, case.id, "case")
        if now.state == "closed":
            assert await s.left(now) == vnd(0)

    asyncio.run(walk(Desk()))


async def one_step(s: Desk, step: str, id: UUID, transfer: Transfer, fee: UUID) -> None:
    case = await s.house.one(Case, id, "case")
    act = s.house.act(s.some_id(), MAKER)
    match step:
        case "propose refund":
            wish = refunds.Wish(
                transfer=transfer.id, amount=100_000, lines={}, reason="x", method="intermediary"
            )
            await s.propose(case, "refund", wish)
        case "propose apply":
            moved = reclassifying.Wish(
                item=item(transfer), purpose="apply", reason="x", assessment=fee
            )
            await s.propose(case, "apply_credit", moved)
        case "agree":
            await s.agree(case)
        case "agree as maker":
            await s.agree(case, MAKER)
        case "send back":
            checker = s.house.act(s.some_id(), CHECKER)
            await resolving.send_back_case(s.house, checker, id, "no")
        case "reopen":
            await cases.reopen_case(s.house, act, id, "again")
        case "explain":
            await s.propose(case, "explained")
        case "inquire":
            due = date(2026, 12, 1)
            await cases.work_on(s.house, act, id, lambda one: one.inquire("TS", due, act.at))
        case "answer":
            await cases.work_on(s.house, act, id, lambda one: one.answer("said", "", act.at))
        case "take up":
            await cases.work_on(s.house, act, id, lambda one: one.take_up(act.at))
        case _:
            await s.run()
