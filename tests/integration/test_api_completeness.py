"""The completeness sheet of a day with accepted files: what turns it red, and green again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

DAY = "2026-11-12"


@pytest.fixture
def rows(town: Town) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db:
        yield db


def do(town: Town, who: str, step: str, body: Any = None, day: str = DAY) -> Any:
    return post(town[who], f"/agencies/{town.agency}/periods/{day}/{step}", body)


def red(town: Town) -> dict[str, str]:
    """The red items, with what they were found by."""
    sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/{DAY}/sheet"))
    return {one["item"]: "; ".join(one["facts"]) for one in sheet["items"] if one["red"]}


def settled(town: Town, expected: set[str]) -> dict[str, str]:
    """Once the worker ran what it had to run."""
    for _ in range(100):
        found = red(town)
        if set(found) == expected:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found} instead of {expected}")


def test_each_item_turns_red_for_its_own_reason_and_green_again(
    town: Town, rows: psycopg.Connection[Any]
) -> None:
    with town.service.working():
        desk = FileDesk(town)
        desk.accept(desk.send(camt(1, 0, (5_000, "A1"))))
        second = desk.send(camt(2, 5_000, (7_000, "B1")))
        told(do(town, "finance", "begin-closing"), 200)
        assert settled(town, {"1 files"})["1 files"] == "previewed : 1 files"
        desk.accept(second)
        settled(town, set())

        spoilt = (
            ("1 files", "line SET net = net + 1", "line SET net = net - 1", "7001 of 7000"),
            ("4 continuity", "statement SET opening = opening + 1, closing = closing + 1",
             "statement SET opening = opening - 1, closing = closing - 1", "does not begin where"),
            ("4 continuity", "statement SET closing = closing + 1",
             "statement SET closing = closing - 1", "does not add up"),
            ("7 runs", "match_run SET as_of = as_of - 60", "match_run SET as_of = as_of + 60",
             "none"),
        )  # fmt: skip
        for item, spoil, mend, why in spoilt:
            rows.execute(f"UPDATE feesvc.{spoil} {_of(spoil)}".encode())
            assert why in settled(town, {item})[item], item
            rows.execute(f"UPDATE feesvc.{mend} {_of(spoil)}".encode())
            settled(town, set())

        told_of = "UPDATE feesvc.match_break SET concluded = {} FROM feesvc.line AS l "
        told_of += f"WHERE l.id = match_break.line AND l.value_on = '{DAY}'"
        rows.execute(told_of.format("false").encode())
        assert "open VND: 1 lines, 7000" in settled(town, {"2 dispositions"})["2 dispositions"]
        rows.execute(told_of.format("true").encode())
        settled(town, set())


def _of(changed: str) -> str:
    table = changed.split(maxsplit=1)[0]
    days = {"line": "value_on", "statement": "ends_on"}
    return f"WHERE {days[table]} = '{DAY}'" if table in days else ""


def booked(town: Town) -> None:
    """The worker has matched the file, and the credit waits in suspense."""
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    for _ in range(100):
        if told(town["auditor"].get(path))["books"]:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was booked")


def test_a_closed_day_is_worked_out_again_and_says_what_differs(
    town: Town, rows: psycopg.Connection[Any]
) -> None:
    path = f"/agencies/{town.agency}/periods/{DAY}"
    with town.service.working():
        desk = FileDesk(town)
        desk.accept(desk.send(camt(2, 0, (7_000, "B1"))))
        booked(town)
        told(do(town, "finance", "begin-closing"), 200)
        assert town["auditor"].get(f"{path}/verify").status_code == 409
        settled(town, set())
        digest = {"digest": told(town["auditor"].get(f"{path}/sheet"))["digest"]}
        told(do(town, "finance", "propose", digest), 200)
        told(do(town, "approver", "close", digest), 200)
        same = told(town["auditor"].get(f"{path}/verify"))
        assert (same["same"], same["books"], same["rows"]) == (True, [], [])
        rows.execute("UPDATE feesvc.line SET net = net + 1 WHERE value_on = %s", [DAY])
        changed = told(town["auditor"].get(f"{path}/verify"))
        assert (changed["same"], changed["books"]) == (False, [])
        with rows.transaction():
            rows.execute("SET LOCAL search_path = agency_ledger")
            rows.execute("ALTER TABLE posting DISABLE TRIGGER USER")
            rows.execute("UPDATE posting SET amount = amount * 2")
            rows.execute("UPDATE balance SET debits = debits * 2, credits = credits * 2")
            rows.execute("UPDATE known_balance SET debits = debits * 2, credits = credits * 2")
        spoilt = told(town["auditor"].get(f"{path}/verify"))
        assert any(one.startswith("1300 VND") for one in spoilt["books"])


def test_a_month_is_whole_when_each_of_its_days_is_closed(town: Town) -> None:
    with town.service.working():
        for day in ("2026-10-30",):
            told(do(town, "finance", "begin-closing", day=day), 200)
        told(do(town, "finance", "begin-closing", day="2026-10"), 200)
        sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/2026-10/sheet"))
        [days] = [one for one in sheet["items"] if one["item"] == "9 days"]
        assert days["red"]
        assert days["facts"] == ["2026-10-30 is not closed", "2026-10-31 is not closed"]
