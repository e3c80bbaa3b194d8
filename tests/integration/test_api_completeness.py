"""The completeness sheet of a day with accepted files: what turns it red, and green again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk, camt, session
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
            ("1 files", "told_line SET net = 7001", "told_line SET net = 7000", "7001 of 7000"),
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
    days = {"told_line": "value_on", "statement": "ends_on"}
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
        rows.execute("UPDATE feesvc.told_line SET net = net + 1 WHERE value_on = %s", [DAY])
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
        told(do(town, "finance", "begin-closing", day="2026-10-30"), 200)
        told(do(town, "finance", "begin-closing", day="2026-10"), 200)
        sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/2026-10/sheet"))
        [days] = [one for one in sheet["items"] if one["item"] == "9 days"]
        assert days["red"]
        assert days["facts"] == ["2026-10-30 is not closed", "2026-10-31 is not closed"]


def of_month(town: Town, item: str) -> Any:
    sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/2026-10/sheet"))
    return next(one for one in sheet["items"] if one["item"] == item)


def test_value_that_nothing_explains_for_too_long_is_red(
    town: Town, rows: psycopg.Connection[Any]
) -> None:
    """A debit that nobody ordered, of the 12th: T+7 is over before the month is. The credit of that
    day waits in suspense: it is booked, and a case of its own.
    """
    with town.service.working():
        desk = FileDesk(town)
        entries = camt(2, 9_000, (-3_000, "D1"), (5_000, "A1"))
        desk.accept(desk.send(entries.replace(b"2026-11-", b"2026-10-")))
        booked(town)
        told(do(town, "finance", "begin-closing", day="2026-10"), 200)
        late = of_month(town, "8 timeliness")
        assert late["red"]
        assert late["facts"][-1] == (
            "VND of 2026-10-12: 3000 in 1 lines is not explained after T+7"
        )  # fmt: skip
        at = f"UPDATE feesvc.told_line SET value_on = '{{}}' WHERE agency = '{town.agency}'"
        rows.execute(at.format("2026-10-23").encode())
        assert not of_month(town, "8 timeliness")["red"], "T+7 is the month's last day but one"
        rows.execute(at.format("2026-10-12").encode())
        assert of_month(town, "8 timeliness")["red"]
        rows.execute("DELETE FROM feesvc.unmatched_line USING feesvc.told_line AS told "
                     "WHERE told.id = line AND told.agency = %s", [town.agency])  # fmt: skip
        explained = of_month(town, "8 timeliness")
        assert not explained["red"]
        assert explained["facts"][-1] == "VND: 0 of 8000 by T+7", "by hand, and by no run"


def begun_again(town: Town) -> None:
    """The closing, begun once more: its sheet tells of what was recorded until now."""
    do(town, "finance", "withdraw", {"reason": "not_yet"})
    town.service.await_followers()
    told(do(town, "finance", "begin-closing"), 200)


def facts(town: Town, item: str) -> list[str]:
    sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/{DAY}/sheet"))
    return [fact for one in sheet["items"] if one["item"] == item for fact in one["facts"]]


def reds(town: Town) -> set[str]:
    """Without what this test did to the ledger: it was paid before it was assessed."""
    return set(red(town)) - {"3 roll-forward"}


def settle(town: Town, desk: FileDesk, batch: str, amount: int, transaction: str) -> None:
    told_of = session(batch, amount).replace(f"T-{batch}-1".encode(), transaction.encode())
    told_of = told_of.replace(b"2026-11-20", DAY.encode())
    told(desk.accept(desk.send(told_of, town.account)))


def three_way(town: Town, ending: str) -> str:
    """The fact of item 5 about the payment, once it ends so; "" where it tells of none."""
    for _ in range(50):
        begun_again(town)
        found = "; ".join(facts(town, "5 three-way")[1:2])
        if found.endswith(ending) and bool(found) == bool(ending):
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found!r} does not end with {ending!r}")


def test_what_an_intermediary_took_is_settled_or_named_by_a_case(
    town: Town, rows: psycopg.Connection[Any]
) -> None:
    """Items 5 and 6: paid on the 12th, settled by another amount, then by the right one."""
    desk, transfer = FileDesk(town), paid_on_the_12th(town)
    with town.service.working():
        waits = three_way(town, "0 of 1 unexplained")
        assert "captured 115000, settled 0, residual 115000" in waits
        assert facts(town, "5 three-way")[-1].endswith("not settled: no term of settlement is set")
        assert term(town, 1).endswith("beyond 2026-11-13") and reds(town) == {"5 three-way"}
        assert ": S01, due by 2026-12-" in term(town, 20) and reds(town) == set()
        [holds] = facts(town, "6 intermediaries")
        assert holds.endswith(" VND: 115000 in 1 items")

        settle(town, desk, "B1", 114_000, transfer["transaction"])
        three_way(town, "0 of 1 unexplained S04")
        assert reds(town) == set(), "a case has it"
        settle(town, desk, "B2", 115_000, transfer["transaction"])
        assert three_way(town, "") == ""
        assert reds(town) == set()
        assert facts(town, "6 intermediaries") == []

        with spoilt_books(rows, town, "amount - 5"):
            assert "5 settled that it never took" in red(town)["6 intermediaries"]
        assert reds(town) == set()


def term(town: Town, days: int) -> str:
    """Set what the contract gives; what the sheet says of the payment then."""
    said = {"settled_within": days, "credited_within": 1, "effective_on": "2026-11-01"}
    told(post(town["finance"], f"/merchant-accounts/{town.account}/settlement-term", said), 200)
    return facts(town, "5 three-way")[-1]


def paid_on_the_12th(town: Town) -> Any:
    counterpart = town.stand_in.counterpart
    payment = town.payment(town.assessment("CHARGE")["id"])
    now, counterpart.clock = counterpart.clock, lambda: datetime(2026, 11, 12, 3, tzinfo=UTC)
    try:
        return town.receive(payment)
    finally:
        counterpart.clock = now


def in_transit(town: Town) -> int:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    books = told(town["auditor"].get(path))["books"]
    return sum(row["balance"]["amount"] for book in books for row in book["accounts"]
               if row["account"] == "1210")  # fmt: skip


def test_a_batch_that_came_while_a_line_of_it_is_looked_at_is_named_by_that_line_alone(
    town: Town,
) -> None:
    """1210 is in credit by what the one line would have brought: S04 says so, and no G03."""
    desk, transfer = FileDesk(town), paid_on_the_12th(town)
    net = 114_000 - 1_140 - 114
    with town.service.working():
        settle(town, desk, "BATCH77X1", 114_000, transfer["transaction"])
        three_way(town, "0 of 1 unexplained S04")
        told(do(town, "finance", "withdraw", {"reason": "not_yet"}), 200)
        told(desk.accept(desk.send(camt(2, 0, (net, "C1")))))
        deadline = time.monotonic() + 20
        while in_transit(town) != -net:
            assert time.monotonic() < deadline
        begun_again(town)
        sheet = told(town["auditor"].get(f"/agencies/{town.agency}/periods/{DAY}/sheet"))
        whys = [
            {"item": one, "owner": town.subjects["finance"], "reason": "case_s04"}
            for one in red(town)
        ]  # fmt: skip
        body = {"digest": sheet["digest"], "explanations": whys}
        told(do(town, "finance", "propose", body), 200)
        town.service.await_followers()
        path = f"/agencies/{town.agency}/case_list/cases"
        cases = told(town["finance"].get(path, params={"limit": 200}))["items"]
        batch = town.service.ids().of("batch", town.account, "BATCH77X1")
        [held] = [one for one in facts(town, "3 roll-forward") if one.startswith("1210")]
        assert held == f"1210 VND: -{net} of batch {batch} is held with lines of it that are cases"
        assert "S04" in {one["code"] for one in cases}
        assert ("G03", net) not in {(one["code"], one["at_risk"]["amount"]) for one in cases}


@contextmanager
def spoilt_books(rows: psycopg.Connection[Any], town: Town, amount: str) -> Iterator[None]:
    """What was settled is another amount in the postings on clearing, for a while."""
    change = "UPDATE agency_ledger.posting SET amount = {} WHERE rule = 'P08' AND account = 1200"
    change += f" AND agency = '{town.agency}'"
    for enabled, how in (("DISABLE", amount), ("ENABLE", "")):
        rows.execute(f"ALTER TABLE agency_ledger.posting {enabled} TRIGGER USER".encode())
        if how:
            rows.execute(change.format(how).encode())
            yield
            rows.execute(change.format("amount + 5").encode())
