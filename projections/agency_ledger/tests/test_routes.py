"""What finance staff read: as of any day, as known at any position, page by page, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Recorded
from feesvc.embedded import Database
from feesvc.testing.money_events import (
    COLLECTOR,
    FEE,
    OWN,
    approved,
    credit,
    disputed,
    line,
    lost,
    placed,
    raised,
    suspense,
)  # fmt: skip
from feesvc.testing.reading import at, noon
from feesvc.testing.reading import reading as asking
from feesvc.testing.recorded import NOON, recorded
from feesvc_agency_ledger import AgencyLedger


def reading(database: Database, events: Sequence[Recorded]) -> AbstractContextManager[TestClient]:
    """A client of the ledger's routes over these events."""
    return asking(database, AgencyLedger(), events, OWN)


def get(client: TestClient, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Feesvc-Projection-Lag"] == "0", "the service's own headers are kept"
    content: dict[str, Any] = answer.json()
    return content


def pages(client: TestClient, path: str, key: str, **query: Any) -> list[Any]:
    """What all pages list together."""
    listed: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(client, path, cursor=cursor, **query)
        listed += page[key]
        cursor = page["next"]
    return listed


def balances(client: TestClient, **query: Any) -> dict[str, int]:
    (book,) = get(client, "trial-balance", **query)["books"] or [{"accounts": []}]
    assert sum(row["balance"]["amount"] for row in book["accounts"]) == 0
    return {row["account"]: row["balance"]["amount"] for row in book["accounts"]}


YEAR = [
    at(raised(FEE, 100_000), "2026-01-10"),
    at(placed(line(60_000)), "2026-01-31", known="2026-02-02"),
    at(raised(FEE, 50_000, assessment="A2"), "2026-08-15"),
    at(placed(line(40_000), credit(5_000), transfer="T2"), "2026-09-30", known="2026-10-01"),
    at(placed(suspense(7_000), transfer="T3"), "2026-12-31"),
    at(disputed(60_000, fee=5_000), "2027-01-05"),
]

NONSENSE: list[tuple[str, dict[str, str]]] = [
    ("trial-balance", {"as_of": "2026-13"}),
    ("trial-balance", {"period": "2026-02-30"}),
    ("trial-balance", {"period": "yesterday"}),
    ("trial-balance", {"known_at": "1"}),
    ("trial-balance", {"known_at": "other-1"}),
    ("trial-balance", {"known_at": "feesvc-99999999999999999999"}),
    ("trial-balance", {"currency": "dong"}),
    ("journal", {"cursor": "!"}),
    ("journal", {"cursor": "WzFd"}),
    ("journal", {"limit": "0"}),
    ("accounts/1/statement", {}),
    ("accounts/cash/statement", {}),
    ("open-items", {"account": "2900"}),
    ("open-items", {"account": "0"}),
]


def test_the_trial_balance_as_of_any_plain_time(database: Database) -> None:
    with reading(database, YEAR) as client:
        after_first_capture = {"1100": 40_000, "1200": 60_000, "2500": -60_000, "2900": -40_000}
        assert balances(client, as_of="2026-01-30") == {"1100": 100_000, "2900": -100_000}
        assert balances(client, as_of="2026-01") == after_first_capture
        assert balances(client, as_of="2026-Q2") == after_first_capture
        whole = balances(client)
        assert whole["1250"] == 60_000 and whole["5200"] == 5_000
        assert whole["1200"] == 60_000 + 45_000 + 7_000 - 65_000
        assert balances(client, as_of="2025") == {}


def test_the_trial_balance_as_known_at_a_position(database: Database) -> None:
    with reading(database, YEAR) as client:
        assert balances(client, known_at="feesvc-1") == {"1100": 100_000, "2900": -100_000}
        assert balances(client, known_at="feesvc-2")["1100"] == 40_000
        for position in range(1, 6):
            assert balances(client, known_at=f"feesvc-{position}") == _by_journal(client, position)
        assert balances(client, known_at="feesvc-999") == balances(client)
        # Known later, effective earlier: January looks otherwise once the capture is known.
        assert balances(client, as_of="2026-01", known_at="feesvc-1")["1100"] == 100_000
        assert balances(client, as_of="2026-01", known_at="feesvc-2")["1100"] == 40_000


def _by_journal(client: TestClient, known: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for entry in get(client, "journal", known_at=f"feesvc-{known}", limit=500)["entries"]:
        for posting in entry["lines"]:
            account = posting["account"]
            sums[account] = sums.get(account, 0) + posting["amount"]["amount"]
    return sums


def test_opening_plus_movements_is_closing(database: Database) -> None:
    with reading(database, YEAR) as client:
        (book,) = get(client, "trial-balance", period="2026-Q3")["books"]
        receivable = next(row for row in book["accounts"] if row["account"] == "1100")
        assert receivable["opening"]["amount"] == 40_000
        assert receivable["debits"]["amount"] == 50_000
        assert receivable["credits"]["amount"] == 40_000
        assert receivable["balance"]["amount"] == 50_000
        assert book["debits"] == book["credits"]


def test_a_statement_runs_from_opening_to_closing_over_its_pages(database: Database) -> None:
    with reading(database, YEAR) as client:
        whole = get(client, "accounts/1200/statement", period="2026")
        assert whole["opening"]["amount"] == 0
        assert whole["lines"][-1]["balance"] == whole["closing"]
        page = get(client, "accounts/1200/statement", period="2026", limit=1)
        later = get(client, "accounts/1200/statement", period="2026", limit=1, cursor=page["next"])
        for each in (page, later):
            assert each["closing"] == whole["closing"] and each["opening"] == whole["opening"]
        lines = pages(client, "accounts/1200/statement", "lines", period="2026", limit=1)
        assert lines == whole["lines"]
        later = get(client, "accounts/1200/statement", period="2026-Q4")
        assert later["opening"]["amount"] == 105_000
        assert [row["balance"]["amount"] for row in later["lines"]] == [112_000]


def test_pages_of_a_journal_add_up_to_it(database: Database) -> None:
    with reading(database, YEAR) as client:
        whole = get(client, "journal")
        assert [entry["position"] for entry in whole["entries"]] == [
            f"feesvc-{n}" for n in range(1, 7)
        ]
        assert all(
            sum(posting["amount"]["amount"] for posting in entry["lines"]) == 0
            for entry in whole["entries"]
        )
        assert pages(client, "journal", "entries", limit=2) == whole["entries"]
        day = get(client, "journal", period="2026-08-15")
        assert [entry["position"] for entry in day["entries"]] == ["feesvc-3"]


def test_open_items_tell_their_age_now_and_then(database: Database) -> None:
    with reading(database, YEAR) as client:
        now = get(client, "open-items", account="1100")["items"]
        assert [(item["notice"], item["amount"]["amount"]) for item in now] == [("A2", 50_000)]
        then = get(client, "open-items", account="1100", as_of="2026-09-01")["items"]
        assert [(i["notice"], i["amount"]["amount"], i["age_days"]) for i in then] == [
            ("A1", 40_000, 234), ("A2", 50_000, 17),
        ]  # fmt: skip
        known = get(client, "open-items", account="1100", known_at="feesvc-1")["items"]
        assert [item["amount"]["amount"] for item in known] == [100_000]


def test_open_items_now_are_those_added_up_from_the_postings(database: Database) -> None:
    events = [*YEAR, at(lost(line(60_000, due=True)), "2027-01-06"),
              at(approved(credit(5_000)), "2027-01-07")]  # fmt: skip
    with reading(database, events) as client:
        kept = get(client, "open-items", limit=500)["items"]
        added = get(client, "open-items", limit=500, as_of="2027-12-31")["items"]
        assert [_ageless(item) for item in kept] == [_ageless(item) for item in added]
        assert pages(client, "open-items", "items", limit=2) == kept


def _ageless(item: dict[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in item.items() if name != "age_days"}


def test_collection_by_fee_agrees_with_the_accounts(database: Database) -> None:
    with reading(database, YEAR) as client:
        (fee,) = get(client, "collection")["fees"]
        assert {n: fee[n]["amount"] for n in ("assessed", "released", "collected", "open")} == {
            "assessed": 150_000, "released": 0, "collected": 100_000, "open": 50_000,
        }  # fmt: skip
        (fee,) = get(client, "collection", period="2026-Q3")["fees"]
        assert (fee["assessed"]["amount"], fee["collected"]["amount"]) == (50_000, 40_000)
        (fee,) = get(client, "collection", known_at="feesvc-2")["fees"]
        assert (fee["collected"]["amount"], fee["open"]["amount"]) == (60_000, 40_000)


def test_a_parent_reads_the_sum_of_the_units_it_had(database: Database) -> None:
    def agency(code: str, parent: str) -> Recorded:
        return recorded(
            Agency.Registered, code, stream=code, code=code, name_vi=code, name_en=code,
            parent=parent, at=NOON - timedelta(days=400),
        )  # fmt: skip

    moved = recorded(
        Agency.Moved,
        COLLECTOR,
        stream=COLLECTOR,
        parent="",
        effective_on=noon("2026-06-01").date(),
    )
    events = [
        agency(OWN, ""), agency(COLLECTOR, OWN), agency("X1", COLLECTOR),
        at(raised(FEE, 100), "2026-01-10"),
        at(raised(FEE, 30, assessment="A2", agency=COLLECTOR), "2026-01-11"),
        at(raised(FEE, 7, assessment="A3", agency="X1"), "2026-01-12"),
        moved,
    ]  # fmt: skip
    with reading(database, events) as client:
        assert balances(client, as_of="2026-03")["1100"] == 137
        assert balances(client, as_of="2026-03", units="own")["1100"] == 100
        assert balances(client, as_of="2026-07")["1100"] == 100
        summed = get(client, "journal", as_of="2026-03")
        assert [entry["agency"] for entry in summed["entries"]] == [OWN, COLLECTOR, "X1"]
        assert summed["units"] == [OWN, COLLECTOR, "X1"]


def test_what_makes_no_sense_is_refused(database: Database) -> None:
    with reading(database, YEAR[:1]) as client:
        for path, query in NONSENSE:
            answer = client.get(path, params=query)
            assert answer.status_code == 422, (path, query)


def test_an_empty_book_has_empty_answers(database: Database) -> None:
    with reading(database, []) as client:
        assert get(client, "trial-balance")["books"] == []
        assert get(client, "journal")["entries"] == []
        assert get(client, "accounts/1100/statement")["lines"] == []
        assert get(client, "open-items")["items"] == []
        assert get(client, "collection")["fees"] == []
        assert len(get(client, "accounts")["accounts"]) > 30
