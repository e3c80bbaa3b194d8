"""The result of a settlement, line by line, and the day after which its figures stand."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from feesvc.assembly import open_house
from feesvc.domain.case import Case
from feesvc.processes.clocks import Clocks
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.reacting.runner import Runner
from feesvc.testing.file_desk import FileDesk, session
from feesvc.testing.town import Town, post, told


def accepted(desk: FileDesk, *amounts: int) -> tuple[str, Any]:
    """A settlement of payments that nobody made is accepted and looked at; gives its statement."""
    file = desk.send(session("B1", *amounts), desk.town.account)
    told(desk.accept(file))
    desk.town.service.await_followers()
    [statement] = desk.see(file)["statements"]
    return statement["id"], file


def result(desk: FileDesk, statement: str, **more: str) -> Any:
    path = f"/agencies/{desk.town.agency}/settlement-results/{statement}"
    return desk.town["finance"].get(path, params=more)


def term(desk: FileDesk, within: int) -> None:
    body = {"duty": "reply", "intermediary": "sandbox", "within": within,
            "effective_on": "2026-01-01"}  # fmt: skip
    told(post(desk.town["finance"], f"/agencies/{desk.town.agency}/duty-terms", body), 200)


def test_a_result_says_which_lines_agree_and_which_of_ours_are_not_in_it(town: Town) -> None:
    desk = FileDesk(town)
    term(desk, 5)
    with town.service.working():
        town.paid("CHARGE")
        statement, _ = accepted(desk, 50_000)
        with psycopg.connect(town.service.settings.need_owner_url()) as db:
            db.execute(
                "UPDATE captures.capture SET occurred_at = ends_on::timestamp "
                "AT TIME ZONE 'Asia/Ho_Chi_Minh' FROM feesvc.statement "
                "WHERE feesvc.statement.state = 'accepted' AND captures.capture.amount = 115000"
            )
        said = told(result(desk, statement))
        missing = [one["gross"]["amount"] for one in said["lines"] if one["result"] == "not_held"]
        assert missing == [115_000]
        assert [(one["result"], one["code"]) for one in said["lines"]][:1] == [("differs", "S03")]
        assert said["batch"] == "B1" and said["reply_by"]
        [line] = [one for one in said["lines"] if one["result"] == "differs"]
        inquiry = {"inquiry": "TS-77", "due_on": "2026-12-20"}
        told(post(town["finance"], f"/cases/{line['case']}/inquire", inquiry), 200)
        [line] = [one for one in told(result(desk, statement))["lines"] if one["code"] == "S03"]
        assert line["inquiry"] == "TS-77"
        paper = result(desk, statement, format="csv")
        rows = list(csv.DictReader(io.StringIO(paper.text.lstrip("\ufeff"))))
        assert rows[0]["result"] == "differs" and rows[0]["inquiry"] == "TS-77"
        about = {"batch": "B1", "currency": "VND", "reply_by (Asia/Ho_Chi_Minh)": said["reply_by"]}
        assert [{name: row[name] for name in about} for row in rows] == [about] * len(rows)
        assert result(desk, statement, format="xlsx").content[:2] == b"PK"
        other = f"/agencies/{town.agency}/settlement-results/{UUID(int=1)}"
        assert town["finance"].get(other).status_code == 404
        assert town["clerk"].get(other).status_code == 403


def test_a_payment_that_may_yet_be_settled_is_not_missing(town: Town) -> None:
    """Caught on the day that the settlement tells of: it may be in tomorrow's."""
    desk = FileDesk(town)
    with town.service.working():
        town.paid("CHARGE")
        statement, _ = accepted(desk, 50_000)
        with psycopg.connect(town.service.settings.need_owner_url()) as db:
            db.execute(
                "UPDATE feesvc.statement SET ends_on = (captures.capture.occurred_at "
                "AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, starts_on = NULL "
                "FROM captures.capture WHERE captures.capture.amount = 115000"
            )
        assert codes_not_held(desk, statement) == ["S02"]
        terms = {"settled_within": 1, "credited_within": 2, "effective_on": "2020-01-01"}
        path = f"/merchant-accounts/{town.account}/settlement-term"
        told(post(town["finance"], path, terms))
        assert codes_not_held(desk, statement) == ["S01"]
        with psycopg.connect(town.service.settings.need_owner_url()) as db:
            db.execute("UPDATE captures.capture SET occurred_at = occurred_at - interval '40 days'")
            db.execute("UPDATE feesvc.statement SET ends_on = ends_on - 40")
        assert codes_not_held(desk, statement) == ["S02"]


def codes_not_held(desk: FileDesk, statement: str) -> list[str]:
    lines = told(result(desk, statement))["lines"]
    return [one["code"] for one in lines if one["result"] == "not_held"]


def cases_after(town: Town, days: int) -> list[str]:
    """The codes of what the clocks find so many days from now."""

    async def look() -> list[str]:
        async with open_house(town.service.settings) as real:
            later = real.now() + timedelta(days=days)
        async with open_house(town.service.settings, lambda: later) as house:
            async with MemoryBookmarks().take(Clocks.name) as bookmark:
                runner = Runner(Clocks(house), bookmark, house.store, lambda: later)
                while await runner.turn():
                    pass
            opened = await house.store.read(0, 100_000, [Case.Opened.TOPIC])
            return [one.event.code for one in opened if isinstance(one.event, Case.Opened)]

    return asyncio.run(look())


def test_what_nobody_asked_about_stands_after_the_term_and_is_told(town: Town) -> None:
    desk = FileDesk(town)
    term(desk, 5)
    with town.service.working():
        accepted(desk, 50_000)
    assert "N16" not in cases_after(town, 1)
    assert "N16" in cases_after(town, 12)


def test_what_was_asked_about_in_time_does_not_stand(town: Town) -> None:
    desk = FileDesk(town)
    term(desk, 5)
    with town.service.working():
        statement, _ = accepted(desk, 50_000)
        [line] = told(result(desk, statement))["lines"]
        inquiry = {"inquiry": "TS-77", "due_on": "2026-12-20"}
        told(post(town["finance"], f"/cases/{line['case']}/inquire", inquiry), 200)
    assert "N16" not in cases_after(town, 12)
