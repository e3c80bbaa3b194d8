"""Files that the calendar expects: a case once the day is over, until the file comes (F01)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg

from feesvc.assembly import open_house
from feesvc.domain.case import Case
from feesvc.processes.clocks import Clocks
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.reacting.runner import Runner
from feesvc.testing.said_and_captured import Captured, Said, put_captures, put_statement
from feesvc.testing.town import Town, post, told


class Watched:
    """The clocks of a house, at noon of the days that a test says."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.bookmarks = MemoryBookmarks()
        self.noon = datetime(2026, 11, 20, 5, tzinfo=UTC)

    def on(self, day: date) -> list[tuple[str, str, str]]:
        """Code, last day told of and state of each case, once all clocks of that day have run."""
        self.noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        return asyncio.run(self._on())

    async def _on(self) -> list[tuple[str, str, str]]:
        async with open_house(self.town.service.settings, lambda: self.noon) as house:
            async with self.bookmarks.take(Clocks.name) as bookmark:
                runner = Runner(Clocks(house), bookmark, house.store, lambda: self.noon)
                while await runner.turn():
                    pass
            recorded = await house.store.read(0, 100_000, [Case.Opened.TOPIC])
            found = await house.store.load([one.event.originator_id for one in recorded])
            return [
                (one.code, one.discriminator, one.state) for one in found.values()
                if isinstance(one, Case)
            ]  # fmt: skip


def test_a_file_that_does_not_come_is_a_case_until_it_comes(town: Town) -> None:
    watched, account = Watched(town), UUID(town.account)
    said = [Said(name="l1", transaction="T", amount=1_000)]
    url = town.service.settings.need_owner_url()
    with psycopg.connect(url, autocommit=True) as db:
        put_statement(db, "B-1", said, account=account, on=date(2026, 11, 19))
        assert watched.on(date(2026, 11, 20)) == []
        put_captures(db, [paid_on(20, town)], account=account)
        assert watched.on(date(2026, 11, 21)) == [], "Friday's file may come all Monday long"
        put_statement(db, "B-2", [], account=account, on=date(2026, 11, 20))
        assert watched.on(date(2026, 11, 25)) == [], "nobody paid anything since"
        put_captures(db, [paid_on(23, town)], account=account)
        assert watched.on(date(2026, 11, 26)) == [opened := ("F01", "2026-11-20", "open")]
        assert watched.on(date(2026, 11, 27)) == [opened], "and the same case the day after"
        put_statement(db, "B-3", [], account=account, on=date(2026, 11, 27))
        assert watched.on(date(2026, 11, 28)) == [("F01", "2026-11-20", "closed")]


def paid_on(day: int, town: Town, number: int = 0) -> Captured:
    noon = datetime(2026, 11, day, 5, tzinfo=UTC)
    name = f"T{day}" + (f"-{number}" if number else "")
    return Captured(name=f"{town.account} {name}", transaction=name, at=noon)


def told_of(day: int, number: int = 1) -> Said:
    noon = datetime(2026, 11, day, 5, tzinfo=UTC)
    return Said(name=f"l{day}-{number}", transaction=f"T{day}-{number}", at=noon)


def test_a_settlement_that_later_ones_skip_stays_a_case_until_it_comes(town: Town) -> None:
    """Wednesday's file comes, Thursday's does not, Friday's does: nobody waits any more by the
    clock, and Thursday is missing all the same.
    """
    watched, account = Watched(town), UUID(town.account)
    url = town.service.settings.need_owner_url()

    def missing(as_of: str) -> list[tuple[str, str | None, int]]:
        path = f"/agencies/{town.agency}/files/missing"
        items = told(town["finance"].get(path, params={"as_of": as_of}))["items"]
        return [(one["told_until"], one["told_again"], one["days"]) for one in items]

    def settled(*days: int) -> None:
        for day in days:
            put_statement(
                db, f"B-{day}", [told_of(day), told_of(day, 2)], account=account,
                on=date(2026, 11, day),
            )  # fmt: skip
            db.execute(
                "UPDATE captures.capture SET state = 'settled' WHERE account = %s "
                "AND occurred_at::date = %s", [account, date(2026, 11, day)],
            )  # fmt: skip

    with psycopg.connect(url, autocommit=True) as db:
        for day in (18, 19, 20):
            put_captures(db, [paid_on(day, town, n) for n in (1, 2)], account=account)
        settled(18, 20)
        assert watched.on(date(2026, 11, 20)) == [], "Thursday's may come all Friday long"
        assert watched.on(date(2026, 11, 21)) == [opened := ("F01", "2026-11-18", "open")]
        assert missing("2026-11-20") == [("2026-11-18", "2026-11-20", 1)]
        assert missing("2026-11-19") == []
        put_captures(db, [paid_on(23, town, 1)], account=account)
        settled(25)
        assert watched.on(date(2026, 11, 27)) == [opened], "one payment alone is a missing line"
        settled(19)
        assert watched.on(date(2026, 11, 28)) == [("F01", "2026-11-18", "closed")]
        assert missing("2026-11-27") == []


def test_terms_are_set_and_read_over_http(town: Town) -> None:
    path = f"/agencies/{town.agency}/duty-terms"
    body = {"duty": "remittance", "every": "month", "within": 5, "effective_on": "2026-01-01"}
    said = told(post(town["finance"], path, body), 200)
    general = {"duty": "remittance", "intermediary": "", "every": "month", "within": 5}
    assert said == {"agency": town.agency, "terms": [general]}
    assert told(town["auditor"].get(path)) == said
    wrong = post(town["finance"], path, {**body, "duty": "advance"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/wrong-duty-term")
    assert post(town["clerk"], path, body).status_code == 403
    ended = told(post(town["finance"], path, {**body, "within": None}), 200)
    assert ended["terms"] == []
