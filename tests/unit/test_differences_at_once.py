"""Two who find one difference at the same moment: neither loses what he said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from feesvc.application.cases import open_case
from feesvc.application.differences import Sought, review
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject
from feesvc.money import Money
from feesvc.testing.scenario import Scenario


def test_a_name_given_while_another_opens_the_case_is_not_lost() -> None:
    """A run names money in suspense in the very moment in which the process opens its case."""
    asyncio.run(_name_and_open(Scenario()))


async def _name_and_open(s: Scenario) -> None:
    account = await s.agency("G14", "fake")
    await s.money(account, "NOBODY", 100_000)
    transfer = await s.transfer(account, "T-1")
    named = Sought(
        agency="G14", code="A06", subject=CaseSubject(kind="transfer", id=transfer.id),
        opens=True, named="S20",
    )  # fmt: skip
    found = named.finding(Money(100_000, "VND"))
    load = s.store.load

    async def late(ids: Sequence[UUID]) -> Any:
        before = await load(ids)
        s.store.load = load  # type: ignore[method-assign]
        await open_case(s.house, s.house.act(s.some_id(), "process"), found)
        return before

    s.store.load = late  # type: ignore[method-assign]
    await review(s.house, s.house.act(s.some_id(), "person:a"), [named])
    case = (await s.store.load([found.case_id(s.store.ids)])).popitem()[1]
    assert isinstance(case, Case)
    assert (case.code, case.at_risk.amount) == ("S20", 100_000)
