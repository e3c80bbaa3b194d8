"""Banking and allocating in bulk: hundreds of transfers per append, twice at once, once each."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from feesvc.application.banking import bank_transfers
from feesvc.application.house import Decision, House
from feesvc.assembly import open_house
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting


def test_hundreds_of_transfers_are_banked_and_split_in_a_few_appends(town: Town) -> None:
    async def live() -> tuple[int, int, int]:
        async with open_house(town.service.settings) as house:
            ids = await many(town, house, UUID(town.account), 600)
            before = await house.store.head()
            both = await asyncio.gather(
                bank_transfers(house, ids, house.now(), "person:finance"),
                bank_transfers(house, ids, house.now(), "person:finance"),
            )
            after = await house.store.head()
            again = await bank_transfers(house, ids, house.now(), "person:finance")
            return sum(both), after - before, again

    new, events, again = asyncio.run(live())
    assert (new, events, again) == (600, 1_200, 0)
    with town.service.working():
        town.service.await_followers()
        made = split(town)["allocations"]
        assert [one["totals"][0]["lines"] for one in made] == [250, 250, 100]
        books = {1200: 60_000_000, 2400: -6_000_000, 4100: -54_000_000}
        assert balances(town) == books | {1100: 100_000, 2900: -100_000}


async def many(town: Town, house: House, account: UUID, count: int) -> list[UUID]:
    """So many fees, each paid by a transfer of its own, recorded at once."""
    raised = told(town.portal.get(f"/assessments/{town.assessment('FEE')['id']}"))
    one = await house.one(Assessment, UUID(raised["id"]), "")
    aggregates: list[Aggregate] = []
    transfers = []
    for number in range(count):
        fee = Assessment.first(
            Assessment.Raised, uuid4(), house.now(), agency=town.agency,
            dossier=f"{town.agency}-261121-{number:04d}", notice="1", procedure="",
            procedure_version=0, portal="", channel="online", service_level="full",
            result_delivery="", submitted_on=house.today(), due_on=None, payer_class="",
            identity_level=0, locality="", subject=None, lines=tuple(one.terms.values()),
            total=one.total, content="", converted_from=None,
        )  # fmt: skip
        origin = Origin(
            via="intermediary", intermediary="sandbox", account=account,
            transaction=f"M-{number}", payment=None,
        )  # fmt: skip
        transfer = Transfer.first(
            Transfer.Received, uuid4(), house.now(), agency=town.agency, origin=origin,
            reference="", amount=one.total, source="notification", evidence="",
            occurred_at=house.now(),
        )  # fmt: skip
        place = Placement(
            to="line", amount=one.total, assessment=fee.id, line=1, kind="fee",
            beneficiary=town.agency,
        )  # fmt: skip
        transfer.place([place], house.now(), house.now())
        fee.collect(town.agency, transfer.id, {1: one.total.amount}, house.now(), house.now())
        aggregates += [fee, transfer]
        transfers.append(transfer.id)
    await keep(house, *aggregates)
    return transfers


async def keep(house: House, *aggregates: Aggregate) -> None:
    async def decide() -> Decision[None]:
        return Decision(None, aggregates)

    await house.settle(house.act(uuid4(), "person:finance"), decide)


def split(town: Town, until: str = "") -> Any:
    body = {"until": until or (datetime.now(UTC) + timedelta(hours=7)).date().isoformat()}
    return told(post(town["finance"], f"/agencies/{town.agency}/allocations", body))


def balances(town: Town) -> dict[int, int]:
    """Debits - credits of every account that is not at zero."""
    town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["auditor"].get(path))["books"]
    return {
        int(row["account"]): row["balance"]["amount"]
        for row in book["accounts"]
        if row["balance"]["amount"]
    }
