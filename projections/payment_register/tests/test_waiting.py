"""What waits is listed as the transfers themselves say, page by page, whatever batches wrote it."""

from __future__ import annotations

import asyncio
import csv
import io
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, ClassVar

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from feesvc.domain.payment_list import PaymentList
from feesvc.domain.reclassification import Reclassification
from feesvc.domain.transfer import Transfer
from feesvc.embedded import Database
from feesvc.projecting import BadQuery, Projection, Recorded, cursor_of
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.testing.projection import SERVICE, ProjectionContract
from feesvc.testing.recorded import ListedLog
from feesvc.testing.scenario import Scenario
from feesvc.testing.walk import STEPS, Step, Walk
from feesvc_payment_register import projection

BASE = "/v1/agencies/G22/payment_register"
OFTEN = ("pay", "credit_bank", "ask_move", "decide_move", "decide_move", "pay_out")


async def _walked() -> tuple[Scenario, list[Recorded]]:
    chance = random.Random(2026)
    s = Scenario()
    walk = await Walk.begin(s, "settling whatever")
    for _ in range(200):
        what = chance.choice([*STEPS, *OFTEN, *OFTEN])
        amount = chance.choice([chance.randint(1, 130_000), 40_000])
        await walk.go(Step(what, chance.randint(0, 7), amount, chance.random() < 0.5))
    for number in range(10):
        await walk.go(Step("ask_move", 1, 2_001 + number, True))
        await walk.go(Step("decide_move", 0, 1, True))
    for number in range(40):
        await walk.go(Step("ask_move", number % 3, 1_000 + number, bool(number % 2)))
    return s, list(await s.store.read(0, 100_000))


@cache
def told() -> tuple[Scenario, list[Recorded]]:
    """A long walk, always the same one, in which everything that waits comes and goes."""
    return asyncio.run(_walked())


class TestTheContract(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return told()[1]


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(told()[1])) as runner:
        runner.catch_up()
    readers = Readers(database.url, projection.name, size=2)
    readers.start()
    app = FastAPI(dependencies=[Depends(_as_service)])
    routes = projection.routes(readers.open)
    app.include_router(routes, prefix="/v1/agencies/{agency}/payment_register")
    yield TestClient(app)
    readers.close()


def _as_service(request: Request) -> None:
    request.state.portal = request.headers.get("as-portal")


def test_lists_are_told_whole_as_papers(client: TestClient) -> None:
    """All pages of one, whatever the page that JSON would hold; a portal's own rows only."""
    for name in ("payments", "transfers", "assessments", "refunds", "suspense"):
        items = listed(client, name)
        text = client.get(f"{BASE}/{name}", params={"format": "csv", "limit": 2}).text
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        amount = "total" if name == "assessments" else "amount"
        assert items, name
        assert [row[f"{amount}_minor"] for row in rows] == [
            str(one[amount]["amount"]) for one in items
        ]
        assert {row["currency"] for row in rows} == {"VND"}
    asked = {"format": "csv"}
    none = client.get(f"{BASE}/payments", params=asked, headers={"as-portal": "NOBODY"}).text
    assert len(none.splitlines()) == 1
    book = client.get(f"{BASE}/suspense", params={"format": "xlsx"}).content
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    longest = max(len(sheets.get_sheet_by_name(one).to_python()) for one in sheets.sheet_names)
    assert longest > len(listed(client, "suspense"))
    with pytest.raises(BadQuery):
        client.get(f"{BASE}/payments", params={"format": "hledger"})


def listed(client: TestClient, table: str, limit: int = 200, **asked: Any) -> list[Any]:
    """All pages of a list."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        page = {"limit": limit, **asked} | ({"cursor": cursor} if cursor else {})
        said = client.get(f"{BASE}/{table}", params=page).json()
        items += said["items"]
        cursor = said["next"]
        if cursor is None:
            return items


def streams(topic: str) -> list[Any]:
    s, events = told()
    ids = [each.event.originator_id for each in events if topic == each.event.TOPIC]
    return list(asyncio.run(s.store.load(ids)).values())


def test_the_list_is_what_the_transfers_hold(client: TestClient) -> None:
    held = Counter(
        (str(t.id), p.to, str(p.assessment), p.beneficiary, p.reason, p.amount.amount)
        for t in streams(Transfer.Received.TOPIC)
        for p in t.buckets
        if p.to != "line"
    )
    items = listed(client, "suspense")
    assert Counter(
        (i["transfer"], i["kind"], str(i["assessment"]), i["beneficiary"], i["reason"],
         i["amount"]["amount"])
        for i in items
    ) == held  # fmt: skip
    assert {kind for _, kind, *_ in held} == {"suspense", "credit", "held"}
    assert [i["since"] for i in items] == sorted(i["since"] for i in items)
    for kind in ("suspense", "credit", "held"):
        assert listed(client, "suspense", kind=kind) == [i for i in items if i["kind"] == kind]


def test_pages_of_any_size_hold_everything_once(client: TestClient) -> None:
    whole = listed(client, "suspense")
    assert len(whole) > 2 * 7
    for size in (1, 7):
        assert listed(client, "suspense", limit=size) == whole
    for wrong in ("x", cursor_of("2026-11-20", "a", "b", "c", "d"), cursor_of(1)):
        with pytest.raises(BadQuery):
            client.get(f"{BASE}/suspense", params={"cursor": wrong})


def test_what_was_asked_of_items_is_found_by_its_state(client: TestClient) -> None:
    said = {str(r.id): r.state for r in streams(Reclassification.Requested.TOPIC)}
    items = listed(client, "reclassifications", limit=3)
    assert {item["id"]: item["state"] for item in items} == said
    assert set(said.values()) == {"requested", "approved", "rejected"}
    asked = {item["id"] for item in items if item["state"] == "requested"}
    shown = {item["asked"] for item in listed(client, "suspense")} - {None}
    assert shown and shown <= asked


def test_lists_for_the_bank_are_found_and_of_no_portal(client: TestClient) -> None:
    drawn = {str(each.id): len(each.entries) for each in streams(PaymentList.Drawn.TOPIC)}
    items = listed(client, "drawn-payment-lists")
    assert drawn and {item["id"]: item["refunds"] for item in items} == drawn
    for table in ("drawn-payment-lists", "reclassifications", "suspense"):
        own = client.get(f"{BASE}/{table}", headers={"as-portal": "NOBODY"})
        assert own.json()["items"] == []
