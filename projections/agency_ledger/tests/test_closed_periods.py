"""A closed period says for ever what it said, whatever is recorded or rebuilt after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from feesvc.domain.aggregate import Recorded
from feesvc.domain.closing import Rolled, days_of, kind_of
from feesvc.domain.period import Period
from feesvc.embedded import Database
from feesvc.projecting.installing import install
from feesvc.projecting.rebuilding import ClosedPeriodChanged, rebuild
from feesvc.projecting.runner import Runner, connect
from feesvc.testing.money_events import COLLECTOR, FEE, OWN, line, placed, raised, settled, vnd
from feesvc.testing.projection import SERVICE
from feesvc.testing.reading import at, noon, reading
from feesvc.testing.recorded import ListedLog, in_order, recorded
from feesvc_agency_ledger import AgencyLedger, rules
from feesvc_agency_ledger.closings import Closing, Closings
from feesvc_agency_ledger.rules import Rules, version


def opened(name: str, day: str, agency: str = OWN) -> Recorded:
    first, last = days_of(name)
    return _of(
        Period.Opened, name, day, agency, kind=kind_of(name), first_day=first, last_day=last
    )  # fmt: skip


def begun(name: str, day: str, agency: str = OWN) -> Recorded:
    first, last = days_of(name)
    return _of(
        Period.ClosingBegun, name, day, agency, first_day=first, last_day=last, maker="person:m"
    )  # fmt: skip


def withdrawn(name: str, day: str) -> Recorded:
    return _of(Period.ClosingWithdrawn, name, day, OWN, reason="not_yet")


def closed(name: str, day: str, position: int, agency: str = OWN) -> Recorded:
    first, last = days_of(name)
    return _of(
        Period.Closed, name, day, agency, first_day=first, last_day=last, maker="person:m",
        checker="person:c", digest="d", as_known_at=position, open_items="o", balances=(), runs=(),
        explanations=(),
    )  # fmt: skip


def reopened(name: str, day: str) -> Recorded:
    return _of(
        Period.Reopened, name, day, OWN, maker="person:m", checker="person:c", reason="wrong"
    )  # fmt: skip


def _of(event: type[Any], name: str, day: str, agency: str, **facts: object) -> Recorded:
    given: dict[str, Any] = {"name": name, **facts}
    return at(recorded(event, agency, stream=f"{agency} {name}", **given), day)


MONTH = [
    at(raised(FEE, 100_000), "2026-11-10"),
    at(placed(line(60_000)), "2026-11-20"),
    opened("2026-11", "2026-12-02"),
    begun("2026-11", "2026-12-02"),
    at(placed(line(30_000), transfer="T2"), "2026-11-30", known="2026-12-02"),
    closed("2026-11", "2026-12-03", 4),
    at(placed(line(10_000), transfer="T3"), "2026-11-29", known="2026-12-04"),
    at(raised(FEE, 7_000, assessment="A2"), "2026-12-05"),
]


def balances(client: TestClient, **query: str) -> dict[str, int]:
    answer = client.get("trial-balance", params=query)
    assert answer.status_code == 200, answer.text
    (book,) = answer.json()["books"]
    return {row["account"]: row["balance"]["amount"] for row in book["accounts"]}


def test_what_comes_late_counts_in_the_open_period_and_is_listed(database: Database) -> None:
    with reading(database, AgencyLedger(), MONTH, OWN) as client:
        assert balances(client, as_of="2026-11") == balances(client, known_at="feesvc-4")
        assert balances(client, as_of="2026-12-01")["1200"] == 100_000
        (book,) = client.get("trial-balance", params={"period": "2026-12"}).json()["books"]
        clearing = next(row for row in book["accounts"] if row["account"] == "1200")
        assert (clearing["opening"]["amount"], clearing["debits"]["amount"]) == (60_000, 40_000)
        late = client.get("late-entries", params={"period": "2026-11"}).json()["entries"]
        assert [(one["position"], one["effective_on"], one["counted_on"]) for one in late] == [
            ("feesvc-7", "2026-11-29", "2026-12-01"), ("feesvc-5", "2026-11-30", "2026-12-01"),
        ]  # fmt: skip
        first = client.get("late-entries", params={"limit": 1}).json()
        then = client.get("late-entries", params={"limit": 1, "cursor": first["next"]}).json()
        assert [*first["entries"], *then["entries"]] == late and then["next"] is None
        assert client.get("late-entries", params={"period": "2026-12"}).json()["entries"] == []
        items = client.get("open-items", params={"account": "1100", "as_of": "2026-11"}).json()
        assert [item["amount"]["amount"] for item in items["items"]] == [40_000]


def test_a_reopened_period_takes_entries_again(database: Database) -> None:
    again = at(raised(FEE, 3_000, assessment="A3"), "2026-11-15", known="2026-12-07")
    events = [*MONTH, reopened("2026-11", "2026-12-06"), again]
    with reading(database, AgencyLedger(), events, OWN) as client:
        assert balances(client, as_of="2026-11")["1100"] == 43_000
        assert balances(client, as_of="2026-11", known_at="feesvc-8")["1100"] == 40_000


def test_a_closing_that_is_withdrawn_takes_entries_again(database: Database) -> None:
    events = [*MONTH[:4], withdrawn("2026-11", "2026-12-03"), MONTH[4]]
    with reading(database, AgencyLedger(), events, OWN) as client:
        assert balances(client, as_of="2026-11")["1200"] == 90_000


def test_another_agency_is_not_closed_with_it(database: Database) -> None:
    other = at(raised(FEE, 500, assessment="A9", agency=COLLECTOR), "2026-11-30", "2026-12-09")
    with reading(database, AgencyLedger(), [*MONTH, other], COLLECTOR) as client:
        assert balances(client, as_of="2026-11") == {"1100": 500, "2900": -500}


def test_a_day_sends_on_to_the_next_day_that_is_open() -> None:
    held = {
        (OWN, name): Closing(*days_of(name), 1, True)
        for name in ("2026-11-05", "2026-11-06", "2026-10", "2026-11-01")
    }
    closings = Closings(held)
    for day, counted in (("10-31", "11-02"), ("11-05", "11-07"), ("11-04", "11-04")):
        assert closings.counted_on(OWN, date.fromisoformat(f"2026-{day}")) == date.fromisoformat(
            f"2026-{counted}"
        )


def test_a_year_that_holds_its_months_sends_on_once() -> None:
    names = ("2026", "2026-12", "2026-12-31", "2027-01-01")
    closings = Closings({(OWN, name): Closing(*days_of(name), 1, True) for name in names})
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)):
        assert closings.counted_on(OWN, day) == date(2027, 1, 2)


def project(database: Database, events: Sequence[Recorded]) -> ListedLog:
    log = ListedLog(in_order(events))
    install(database.owner_url, SERVICE, [AgencyLedger()])
    with Runner(database.url, AgencyLedger(), log) as runner:
        runner.catch_up()
    return log


def digests(database: Database) -> dict[str, str]:
    with connect(database.url, "agency_ledger") as connection:
        return dict(AgencyLedger().closed_digests(connection.cursor()))


def _otherwise(wrong: Rules, number: int) -> Rules:
    """Rules that place a fee somewhere else."""
    key = ("transfer.placed", "fee", "intermediary")
    rule = wrong.posts[key]
    assert rule is not None
    changed = rule._replace(debits=(1210, *rule.debits[1:]))
    return replace(wrong, number=number, posts={**wrong.posts, key: changed})


def test_a_closed_month_survives_a_new_version_of_the_rules(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = project(database, MONTH)
    before = digests(database)
    assert set(before) == {"G14 2026-11"}
    first = version(1)
    versions = {1: first, 2: _otherwise(first, 2)}
    monkeypatch.setattr(rules, "LATEST", 2)
    monkeypatch.setattr("feesvc_agency_ledger.remembering.LATEST", 2)
    monkeypatch.setattr(rules, "version", versions.__getitem__)
    later = at(placed(line(100), transfer="T9"), "2026-11-25", known="2026-12-10")
    log.events.append(replace(later, position=9))
    with Runner(database.url, AgencyLedger(), log) as runner:
        runner.catch_up()
    rebuild(database.owner_url, SERVICE, AgencyLedger(), log)
    assert digests(database) == before
    with connect(database.url, "agency_ledger") as db:
        used = db.execute("SELECT DISTINCT rules FROM posting WHERE position = 9").fetchall()
        assert [row["rules"] for row in used] == [2], "the new version holds for what came after"


def test_a_rule_changed_behind_its_back_changes_no_closed_month(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = project(database, MONTH)
    before = digests(database)
    changed = _otherwise(version(1), 1)
    monkeypatch.setattr(rules, "version", lambda number: changed)
    with pytest.raises(ClosedPeriodChanged, match="G14 2026-11"):
        rebuild(database.owner_url, SERVICE, AgencyLedger(), log)
    assert digests(database) == before, "the live tables are as they were"


def test_an_open_month_has_no_digest(database: Database) -> None:
    project(database, MONTH[:5])
    assert digests(database) == {}


def test_the_years_result_is_carried_in_the_first_open_day(database: Database) -> None:
    def rolled(account: str, amount: int) -> Rolled:
        return Rolled(account=account, opening=0, debits=0, credits=0, closing=vnd(amount))

    carried = recorded(
        Period.ResultCarried, OWN, stream="year", name="2026",
        amounts=(rolled("4100", -30_000), rolled("5100", 1_000), rolled("5150", 100)),
        occurred_at=datetime.fromisoformat("2026-12-31T23:59:59+07:00"), at=noon("2027-01-05"),
    )  # fmt: skip
    events = [
        at(raised(FEE, 60_000), "2026-11-10"),
        at(placed(line(60_000)), "2026-11-20"),
        at(settled(commission=1_000, tax=100), "2026-11-21"),
        opened("2026", "2027-01-02"), begun("2026", "2027-01-02"), closed("2026", "2027-01-05", 5),
        carried,
    ]  # fmt: skip
    with reading(database, AgencyLedger(), events, OWN) as client:
        year = balances(client, as_of="2026")
        assert (year["5100"], year["5150"]) == (1_000, 100) and "3100" not in year
        after = balances(client, as_of="2027-01-01")
        assert (after["5100"], after["5150"], after["3100"]) == (0, 0, -28_900)
        (entry,) = client.get("late-entries").json()["entries"]
        assert {posting["rule"] for posting in entry["lines"]} == {"P19"}
