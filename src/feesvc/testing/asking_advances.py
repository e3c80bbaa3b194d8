"""Well-formed requests to the routes of allocations and advances, and their things."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from feesvc.application.house import Decision
from feesvc.assembly import open_house
from feesvc.domain.allocation import Allocation
from feesvc.testing.asking_bank import ACCOUNT, LINE
from feesvc.testing.service import RunningService
from feesvc.testing.town import Town, post, told


def advance_things(town: Town) -> Mapping[str, str]:
    """An advance in the bank, a forfeiture of it that waits, an allocation; by the names of
    ``Things``.
    """
    advance = advance_in_bank(town)
    wish = {"amount": 1_000, "reason": "judgment"}
    asked = told(post(town["finance"], f"/advances/{advance}/forfeit", wish), 201)
    allocation = made_allocation(town.service, town.agency)
    return {"advance": advance, "forfeiture": asked["id"], "allocation": allocation}


def made_allocation(service: RunningService, agency: str) -> str:
    """An allocation as the command makes it once the tables of banked lines are there."""

    async def make() -> UUID:
        async with open_house(service.settings) as house:
            made = Allocation.make(uuid4(), agency, "person:f", house.today(), (), house.now())

            async def decide() -> Decision[None]:
                return Decision(None, [made])

            await house.settle(house.act(uuid4(), "person:f"), decide)
            return made.id

    return str(asyncio.run(make()))


def advance_in_bank(town: Town, reference: str = "FT-ADVANCE") -> str:
    """The assessment of an advance of 300 000 đồng, paid by a bank credit that two applied."""
    named = {**ACCOUNT, "purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
    line = {**LINE, "reference": reference, "amount": 300_000}
    credits = f"/agencies/{town.agency}/bank-credits"
    money = told(post(town["finance"], credits, line), 201)["transfer"]
    advance: str = town.assessment("ADVANCE")["id"]
    wish = {"item": {"transfer": money}, "assessment": advance, "reason": "payer_called"}
    asked = told(post(town["finance"], "/suspense/apply", wish), 201)
    agree = f"/reclassifications/{asked['id']}/approve"
    told(post(town["approver"], agree, {"digest": asked["digest"]}))
    return advance


def advance_bodies(assessment: str, digest: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    reason = {"reason": "judgment"}
    return {
        "/v1/agencies/{agency}/allocations": {"until": "2026-11-01"},
        "/v1/advances/{id}/apply": {"assessment": assessment},
        "/v1/advances/{id}/forfeit": reason,
        "/v1/forfeitures/{id}/approve": {"digest": digest},
        "/v1/forfeitures/{id}/reject": reason,
    }
