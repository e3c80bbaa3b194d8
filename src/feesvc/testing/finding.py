"""Finding: a case about a payment of a running service, as its own processes would open it."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from feesvc.application.cases import open_case
from feesvc.assembly import open_house
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money
from feesvc.testing.service import RunningService


def found_case(service: RunningService, agency: str, payment: str, at_risk: int = 115_000) -> str:
    """Open a case of a payment without an end, ``at_risk`` đồng; gives its id."""
    about = CaseSubject(kind="payment", id=UUID(payment))
    finding = Finding(
        agency=agency, code="A08", subject=about, at_risk=Money(at_risk, "VND"),
        facts={"reference": "X-1"},
    )  # fmt: skip

    async def find() -> UUID:
        async with open_house(service.settings) as house:
            return await open_case(house, house.act(uuid4(), "process:lookups"), finding)

    return str(asyncio.run(find()))
