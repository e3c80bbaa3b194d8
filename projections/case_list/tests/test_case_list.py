"""The list shows each case as it stands, by whatever is asked, whatever batches wrote it."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, ClassVar
from uuid import UUID, uuid5

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from feesvc.application import cases
from feesvc.domain.calendar import Calendar
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.severity import bucket_of, severity
from feesvc.embedded import Database
from feesvc.money import Money
from feesvc.projecting import Projection, Recorded
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.store.memory import NAMESPACE
from feesvc.testing.projection import SERVICE, ProjectionContract
from feesvc.testing.recorded import ListedLog
from feesvc.testing.scenario import Scenario
from feesvc_case_list import projection

BASE = "/v1/agencies/G14/case_list"
OFFICER, OTHER = uuid5(NAMESPACE, "officer"), uuid5(NAMESPACE, "other")
TODAY = datetime.now(UTC)
HANOI = timezone(timedelta(hours=7))


class Story(Scenario):
    """Cases of two agencies in every state, each about a payment of its own name."""

    async def tell(self) -> None:
        for age, name in enumerate(
            ("open", "assigned", "working", "asked", "proposed", "approved")
        ):
            self.now = TODAY - timedelta(days=10 * age)
            case = await self.opened(name, Money(1_000 * age, "VND"))
            if name != "open":
                case.assign(OFFICER, self.now)
            if name == "working":
                case.take_up(self.now)
            if name == "asked":
                case.inquire("TS-1", date(2026, 12, 1), self.now)
            if name in ("proposed", "approved"):
                case.propose("person:a", "claim", "lost", case.at_risk, self.now)
            if name == "approved":
                case.approve("person:b", case.digest, self.now)
            await self.keep(case)
        await self.ended()
        await self.opened("theirs", Money(5, "VND"), agency="G01")

    async def ended(self) -> None:
        self.now = TODAY - timedelta(days=30)
        for name in ("closed", "cleared", "reopened", "recoded"):
            case = await self.opened(name, Money(500, "USD"))
            later = self.now + timedelta(days=7)
            case.note("0" * 64, later)
            if name == "cleared":
                case.clear("evidence", "told_at_last", "", later)
            elif name == "recoded":
                case.reassess("N01", Money(700, "USD"), 2, date(2026, 1, 1), later)
            else:
                case.close_alone("explained", "late", 10**9, later)
            if name == "reopened":
                case.reopen("wrong", date(2099, 1, 1), later)
            await self.keep(case)

    async def opened(self, name: str, at_risk: Money, agency: str = "G14") -> Case:
        about = CaseSubject(kind="payment", id=uuid5(NAMESPACE, name))
        found = Finding(agency=agency, code="A08", subject=about, at_risk=at_risk, facts={})
        act = self.house.act(self.some_id(), "process:lookups")
        return await self.house.one(Case, await cases.open_case(self.house, act, found), "case")


@cache
def story() -> Sequence[Recorded]:
    async def tell() -> Sequence[Recorded]:
        told = Story()
        await told.tell()
        return [
            each for each in await told.store.read(0, 10_000) if each.event.TOPIC.startswith("case")
        ]

    return asyncio.run(tell())


class TestContract(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return story()


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(story()), 4) as runner:
        runner.catch_up()
    readers = Readers(database.url, projection.name)
    readers.start()
    app = FastAPI()
    app.include_router(projection.routes(readers.open), prefix="/v1/agencies/{agency}/case_list")
    with TestClient(app) as found:
        yield found
    readers.close()


def found(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{BASE}/cases", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def named(rows: Sequence[dict[str, Any]]) -> list[str]:
    names = ("open", "assigned", "working", "asked", "proposed", "approved", "closed", "cleared",
             "reopened", "recoded", "theirs")  # fmt: skip
    known = {str(uuid5(NAMESPACE, name)): name for name in names}
    return [known[row["subject"]] for row in rows]


def test_every_case_stands_where_its_events_say(client: TestClient) -> None:
    states = dict(zip(named(found(client)), (row["state"] for row in found(client)), strict=True))
    assert states == {
        "recoded": "open", "reopened": "investigating", "cleared": "closed", "closed": "closed",
        "approved": "approved", "proposed": "resolution_proposed",
        "asked": "awaiting_counterparty", "working": "investigating", "assigned": "assigned",
        "open": "open",
    }  # fmt: skip


def test_a_case_shows_its_money_its_clock_and_its_age(client: TestClient) -> None:
    [row] = found(client, subject=str(uuid5(NAMESPACE, "recoded")))
    assert (row["code"], row["level"], row["due_on"], row["notes"]) == ("N01", 2, "2026-01-01", 1)
    assert row["at_risk"] == {"amount": 700, "currency": "USD"}
    assert (row["name_en"], row["overdue"]) == ("Refund without end", True)
    opened = (TODAY - timedelta(days=30)).astimezone(HANOI).date()
    today = datetime.now(HANOI).date()
    assert row["age_days"] == Calendar().business_days_between(opened, today)
    assert (row["age"], row["severity"], row["account"]) == ("8-30", 2, 0)
    [closed] = found(client, subject=str(uuid5(NAMESPACE, "closed")))
    assert (closed["age_days"], closed["overdue"]) == (5, False)
    assert (closed["resolution"], closed["reason"]) == ("explained", "late")


def test_cases_are_found_by_state_officer_age_and_money(client: TestClient) -> None:
    assert len(found(client, state="not_closed")) == 8
    assert set(named(found(client, state="closed"))) == {"closed", "cleared"}
    assert len(found(client, assignee=str(OFFICER))) == 5
    assert found(client, assignee=str(OTHER)) == []
    assert set(named(found(client, currency="VND", min_at_risk=4_000))) == {"proposed", "approved"}
    assert "open" not in named(found(client, min_days=5))
    assert "reopened" not in named(found(client, overdue=True))
    assert named(found(client, code="N01")) == ["recoded"]


def test_pages_follow_each_other(client: TestClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        answer = client.get(
            f"{BASE}/cases", params={"limit": 3, **({"cursor": cursor} if cursor else {})}
        )
        seen += named(answer.json()["items"])
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 10


def test_what_is_open_is_summed_by_kind(client: TestClient) -> None:
    kinds = client.get(f"{BASE}/kinds").json()["items"]
    told = {
        (k["code"], k["at_risk"]["currency"]): (k["cases"], k["at_risk"]["amount"]) for k in kinds
    }
    assert told == {("A08", "USD"): (1, 500), ("A08", "VND"): (6, 15_000), ("N01", "USD"): (1, 700)}


def test_another_agencys_cases_are_its_own(client: TestClient) -> None:
    assert "theirs" not in named(found(client))
    answer = client.get("/v1/agencies/g01/case_list/cases").json()["items"]
    assert named(answer) == ["theirs"]


def test_a_case_is_one_row(client: TestClient) -> None:
    ids = [UUID(row["id"]) for row in found(client)]
    assert len(ids) == len(set(ids))


def test_the_most_money_at_risk_comes_first_page_by_page(client: TestClient) -> None:
    def page(cursor: str | None) -> dict[str, Any]:
        asked = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer: dict[str, Any] = client.get(f"{BASE}/cases", params=asked).json()
        return answer

    seen: list[tuple[int, str]] = []
    cursor = None
    while True:
        told = page(cursor)
        seen += [(row["at_risk"]["amount"], row["id"]) for row in told["items"]]
        cursor = told["next"]
        if cursor is None:
            break
    assert len(seen) == 10 == len(set(seen))
    assert [amount for amount, _ in seen] == sorted((a for a, _ in seen), reverse=True)


def test_cases_are_told_as_a_paper_in_the_order_that_was_asked(client: TestClient) -> None:
    text = client.get(f"{BASE}/cases", params={"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    items = client.get(f"{BASE}/cases").json()["items"]
    assert [(row["code"], row["at_risk_minor"], row["severity"]) for row in rows] == [
        (one["code"], str(one["at_risk"]["amount"]), str(one["severity"])) for one in items
    ]


def test_ages_are_told_and_sought_as_of_a_day(client: TestClient) -> None:
    today = datetime.now(HANOI).date()
    for day in (today, today + timedelta(days=17)):
        rows = found(client, state="not_closed", as_of=day.isoformat())
        for bucket in ("0-1", "2-3", "4-7", "8-30", "31-90", ">90"):
            sought = found(client, state="not_closed", as_of=day.isoformat(), age=bucket)
            assert {row["id"] for row in sought} == {r["id"] for r in rows if r["age"] == bucket}
        told = client.get(f"{BASE}/ageing", params={"as_of": day.isoformat()}).json()
        assert sum(one["cases"] for one in told["items"]) == len(rows)
        assert sum(one["cases"] for one in told["totals"]) == len(rows)
        at_risk = sum(row["at_risk"]["amount"] for row in rows)
        assert sum(one["at_risk"]["amount"] for one in told["totals"]) == at_risk


@pytest.mark.parametrize("route", ["ageing", "cases"])
@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("0001-01-01", 422), ("1899-12-31", 422), ("1900-01-01", 200), ("2999-12-31", 200),
        ("9999-12-31", 422),
    ],
)  # fmt: skip
def test_a_day_at_the_end_of_the_calendar_is_refused(
    client: TestClient, route: str, day: str, code: int
) -> None:
    assert client.get(f"{BASE}/{route}", params={"as_of": day}).status_code == code


def test_cases_are_found_by_leg_and_control_account(client: TestClient) -> None:
    assert {row["code"] for row in found(client, leg="N")} == {"N01"}
    assert found(client, account=2150) == [] and len(found(client, leg="A")) == 9


@pytest.mark.parametrize(
    ("code", "amount", "days", "repeats", "expected"),
    [
        ("A02", 1_000, 0, 1, 1),
        ("B11", 1_000, 0, 1, 4),
        ("A02", 10_000_000, 0, 1, 2),
        ("A02", 999_999_999, 0, 1, 3),
        ("A02", 1_000_000_000, 0, 1, 4),
        ("A02", 1_000, 8, 1, 2),
        ("A02", 1_000, 31, 1, 3),
        ("A02", 1_000, 91, 1, 4),
        ("A02", 1_000, 0, 3, 2),
        ("A02", 1_000, 0, 30, 4),
    ],
)
def test_severity_is_the_highest_of_kind_money_age_and_repetition(
    code: str, amount: int, days: int, repeats: int, expected: int
) -> None:
    at_risk = Money(amount, "VND")
    assert severity(kind_of(code), at_risk, bucket_of(days), repeats) == expected
