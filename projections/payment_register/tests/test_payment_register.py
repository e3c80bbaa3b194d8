"""The register finds what portals and officers look for, whatever batches wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar
from uuid import UUID, uuid5

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient

from feesvc.application import payments, refunding, refunds
from feesvc.domain.assessment import Assessment
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.embedded import Database
from feesvc.intermediary import Disputed, Ended, Refunded, Reversed
from feesvc.money import Money
from feesvc.projecting import BadQuery, Projection, Recorded
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.store import Answer
from feesvc.store.memory import NAMESPACE
from feesvc.testing.projection import SERVICE, ProjectionContract
from feesvc.testing.recorded import ListedLog
from feesvc.testing.scenario import Scenario
from feesvc_payment_register import projection

BASE = "/v1/agencies/G14/payment_register"
PAYER = uuid5(NAMESPACE, "payer")


class Story(Scenario):
    """A day at G14: everything that can become of a payment, each under a name."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, Any] = {}

    async def tell(self) -> None:
        account = self.named["account"] = await self.agency("G14")
        await self.agency("G01")
        for name in ("paid", "declined", "waiting", "short", "refunded", "part", "disputed",
                     "lost", "won", "reversed"):  # fmt: skip
            await self.attempt(name, await self.assessment("G14", ("fee", 100_000)))
        for name in ("paid", "refunded", "part", "disputed", "lost", "won", "reversed"):
            await self.money(account, self.reference(name), 100_000, f"T-{name}")
        await self.money(account, self.reference("short"), 60_000, "T-short")
        await self.money(account, "nobody's", 7_000, "T-nobody")
        gone = Ended(reference=self.reference("declined"), reason="no funds", at=self.now)
        await self.says(account, gone)
        await self.twice(account)
        await self.endings(account)
        mixed = [await self.assessment(code, ("charge", 50_000)) for code in ("G14", "G01")]
        await self.attempt("mixed", *mixed)
        await self.assessment("G14", ("charge", 0))
        await self.money(account, self.reference("mixed"), 100_000, "T-mixed")

    async def twice(self, account: UUID) -> None:
        owed = await self.assessment("G14", ("fee", 20_000))
        for name in ("first", "second"):
            await self.attempt(name, owed)
        for name in ("first", "second"):
            await self.money(account, self.reference(name), 20_000, f"T-{name}")

    async def endings(self, account: UUID) -> None:
        await self.give_back(account, "refunded", 100_000)
        await self.give_back(account, "part", 30_000)
        gone = Reversed(
            reference=self.reference("reversed"), transaction="T-reversed", at=self.now, reason="b"
        )
        await self.says(account, gone)
        for name, stages in {"disputed": 1, "lost": 2, "won": 2}.items():
            for stage in ("opened", "lost" if name == "lost" else "won")[:stages]:
                said = Disputed(
                    dispute=f"D-{name}", transaction=f"T-{name}", stage=stage,  # type: ignore[arg-type]
                    amount=Money(100_000, "VND"), at=self.now,
                )  # fmt: skip
                await self.says(account, said)

    async def attempt(self, name: str, *assessments: UUID) -> None:
        self.now += timedelta(hours=1)
        request = payments.PaymentRequest(
            assessments=assessments, account=self.named["account"], payer_ip="", locale="vi",
            portal="HN" if name == "mixed" else "DVCQG", return_url="https://portal.example/back",
        )  # fmt: skip
        act = self.house.act(self.some_id(), "portal:DVCQG")
        done = await payments.open_payment(self.house, act, request, lambda p: Answer(201, b"{}"))
        self.named[name] = done.result

    async def give_back(self, account: UUID, name: str, amount: int) -> None:
        wish = refunds.Wish(
            transfer=self.store.ids.transfer(account, f"T-{name}"), amount=amount, lines={},
            reason="withdrawn", method="intermediary",
        )  # fmt: skip
        asked = await refunds.request_refund(
            self.house, self.house.act(self.some_id(), "person:1"), wish
        )
        assert asked.result is not None
        id, second = asked.result.id, self.house.act(self.some_id(), "person:2")
        await refunds.approve_refund(self.house, second, id, asked.result.digest)
        await refunding.instruct_refund(self.house, self.house.act(self.some_id(), "process:x"), id)
        reference = (await self.house.one(Refund, id, "")).reference
        back = Refunded(reference=reference, handle="R", amount=Money(amount, "VND"), at=self.now)
        await self.says(account, back)

    def reference(self, name: str) -> str:
        payment: Payment = self.named[name]
        return payment.reference


@cache
def told() -> tuple[Story, list[Recorded]]:
    story = Story()
    asyncio.run(story.tell())
    events = list(asyncio.run(story.store.read(0, 10_000)))
    for recorded in events:
        if isinstance(recorded.event, Assessment.Raised):
            recorded.event.__dict__["subject"] = PAYER  # scenarios name no payer
    return story, events


class TestTheContract(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return told()[1]


@pytest.fixture
def story() -> Story:
    return told()[0]


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
    """Says which portal asks, as the service does once it has seen the portal's key."""
    request.state.portal = request.headers.get("as-portal")


def test_a_portal_sees_its_own_whatever_it_asks_for(client: TestClient, story: Story) -> None:
    own = {"as-portal": "HN"}

    for table in ("payments", "transfers", "refunds", "assessments"):
        found = client.get(f"{BASE}/{table}?portal=DVCQG", headers=own).json()["items"]
        assert len(found) == (1 if table in {"payments", "transfers"} else 0), table
    other = client.get(f"{BASE}/payments/{story.named['paid'].id}", headers=own)
    assert other.status_code == 404


def test_a_payment_is_in_the_state_of_its_money(client: TestClient, story: Story) -> None:
    names = {str(p.id): name for name, p in story.named.items() if isinstance(p, Payment)}
    items = client.get(f"{BASE}/payments").json()["items"]

    assert {names[item["id"]]: item["state"] for item in items} == {
        "paid": "paid", "declined": "declined", "waiting": "presented", "short": "received",
        "refunded": "refunded", "part": "part_refunded", "disputed": "disputed", "won": "paid",
        "lost": "dispute_lost", "reversed": "reversed", "first": "paid", "second": "received",
        "mixed": "paid",
    }  # fmt: skip


def test_a_payment_in_full(client: TestClient, story: Story) -> None:
    part = story.named["part"]

    found = client.get(f"{BASE}/payments/{part.id}").json()

    assert found["reference"] == part.reference
    assert found["received"] == {"amount": 100_000, "currency": "VND"}
    assert found["refunded"] == {"amount": 30_000, "currency": "VND"}
    assert [one["state"] for one in found["assessments"]] == ["paid"]
    [transfer] = found["transfers"]
    assert transfer["transaction"] == "T-part" and transfer["state"] == "part_refunded"
    assert [(h["place"], h["amount"]["amount"]) for h in transfer["held"]] == [("line", 70_000)]
    [refund] = found["refunds"]
    assert refund["state"] == "paid" and refund["checker"] == "person:2"
    assert refund["takes"] == [
        {"transfer": transfer["id"], "amount": {"amount": 30_000, "currency": "VND"}}
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"transaction": "T-short"}, ["short"]),
        ({"min_amount": 100_001}, []),
        ({"amount": 20_000}, ["second", "first"]),
        ({"max_amount": 20_000, "currency": "USD"}, []),
        ({"state": "disputed"}, ["disputed"]),
        ({"portal": "HN"}, ["mixed"]),
        ({"date": "2026-11-21"}, ["mixed", "second"]),
        ({"date": "2025"}, []),
        ({"subject": [str(PAYER)], "state": "presented"}, ["waiting"]),
        ({"subject": [str(NAMESPACE)]}, []),
        ({"intermediary": "sayso", "state": "declined"}, ["declined"]),
        ({"intermediary": "whatever"}, []),
        ({"dossier": "g14-2611", "state": "reversed"}, ["reversed"]),
        ({"dossier": "G14_2611"}, []),
        ({"dossier_part": "no-such"}, []),
    ],
)
def test_payments_are_found(
    client: TestClient, story: Story, query: dict[str, Any], names: list[str]
) -> None:
    items = client.get(f"{BASE}/payments", params=query).json()["items"]

    assert [item["id"] for item in items] == [str(story.named[name].id) for name in names]


def test_payments_are_found_by_reference_dossier_and_assessment(
    client: TestClient, story: Story
) -> None:
    paid: Payment = story.named["paid"]
    for query in (
        {"reference": paid.reference},
        {"dossier": paid.dossier.lower()},
        {"dossier_part": paid.dossier[3:]},
        {"assessment": str(paid.assessments[0])},
    ):
        items = client.get(f"{BASE}/payments", params=query).json()["items"]
        assert [item["id"] for item in items] == [str(paid.id)], query


def test_money_without_a_place_is_found(client: TestClient, story: Story) -> None:
    waiting = client.get(f"{BASE}/transfers", params={"placed": "suspense"}).json()["items"]
    credit = client.get(f"{BASE}/transfers", params={"placed": "credit"}).json()["items"]

    assert [(t["transaction"], t["held"][0]["reason"]) for t in waiting] == [
        ("T-nobody", "unknown_reference"), ("T-short", "wrong_amount")
    ]  # fmt: skip
    assert [(t["transaction"], t["held"][0]["reason"]) for t in credit] == [
        ("T-second", "duplicate")
    ]
    mixed = client.get(f"{BASE}/transfers", params={"portal": "HN"}).json()["items"]
    assert [transfer["transaction"] for transfer in mixed] == ["T-mixed"]


def test_assessments_and_refunds_are_found(client: TestClient) -> None:
    waiting = client.get(f"{BASE}/assessments", params={"state": "open"}).json()["items"]
    zero = client.get(f"{BASE}/assessments", params={"amount": 0}).json()["items"]
    done = client.get(f"{BASE}/refunds", params={"state": "paid"}).json()["items"]

    assert {a["outstanding"]["amount"] for a in waiting} == {100_000}
    assert len(waiting) == 5  # declined, waiting, short, lost, reversed
    assert [a["state"] for a in zero] == ["paid", "paid"]  # one was refunded wholly
    assert [r["amount"]["amount"] for r in done] == [30_000, 100_000]
    assert not client.get(f"{BASE}/refunds", params={"portal": "HN"}).json()["items"]
    assert len(client.get(f"{BASE}/refunds", params={"portal": "DVCQG"}).json()["items"]) == 2


def test_an_agency_sees_its_own_only(client: TestClient, story: Story) -> None:
    other = BASE.replace("G14", "G01")

    assert client.get(f"{other}/payments").json()["items"] == []
    assert client.get(f"{other}/payments/{story.named['paid'].id}").status_code == 404
    assert len(client.get(f"{other}/assessments").json()["items"]) == 1


def test_pages_are_stable_and_whole(client: TestClient) -> None:
    whole = [p["id"] for p in client.get(f"{BASE}/payments").json()["items"]]
    paged: list[str] = []
    query: dict[str, Any] = {"limit": 4}
    while query:
        page = client.get(f"{BASE}/payments", params=query).json()
        paged += [payment["id"] for payment in page["items"]]
        query = {"limit": 4, "cursor": page["next"]} if page["next"] else {}

    assert paged == whole and len(whole) == 13


@pytest.mark.parametrize(
    "query",
    ["amount=1&min_amount=1", "cursor=x", "date=2026-02-30", "dossier_part=ab", "reference=a%00"],
)
def test_nonsense_is_refused(client: TestClient, query: str) -> None:
    with pytest.raises(BadQuery):
        client.get(f"{BASE}/payments?{query}")
