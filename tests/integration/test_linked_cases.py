"""Cases that end with a match: proposed by one, booked when another agrees to the case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk
from feesvc.testing.said_and_captured import Said, put_statement
from feesvc.testing.town import Town, post, told

AMOUNT = 115_000


class Desk(FileDesk):
    """Finance staff of a town whose batch of 115,000 came to the bank, and does not name itself."""

    def __init__(self, town: Town, db: psycopg.Connection[Any], came: int) -> None:
        super().__init__(town)
        transaction = town.paid("CHARGE")["transaction"]
        town.service.await_followers()
        put_statement(db, "B-1", [Said(name="l1", transaction=transaction, amount=AMOUNT)],
                      account=UUID(town.account))  # fmt: skip
        self.run(town.account)
        put_statement(db, "bank 1", [Said(name="c1", amount=came, kind="credit")],
                      leg="B", account=UUID(self.bank))  # fmt: skip
        self.run(self.bank)
        row = db.execute("SELECT id FROM feesvc.line WHERE identity = 'c1'").fetchone()
        assert row is not None
        self.line = int(row[0])
        self.batch = f"batch:{town.service.ids().of('batch', town.account, 'B-1')}"

    def run(self, account: str) -> None:
        body = {"account": account, "as_of": "2026-12-20"}
        told(post(self.town["finance"], f"/agencies/{self.town.agency}/match-runs", body))
        self.town.service.await_followers()

    def cases(self) -> list[dict[str, Any]]:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/case_list/cases"
        rows: list[dict[str, Any]] = told(self.town["finance"].get(path))["items"]
        return [row for row in rows if row["state"] != "closed"]

    def proposed(self, **more: Any) -> Any:
        body = {"account": self.bank, "lines": [self.line], "others": [self.batch],
                "reason": "phoned_the_bank", **more}  # fmt: skip
        return told(post(self.town["finance"], f"/agencies/{self.town.agency}/matches", body))

    def end(self, case: str, step: str, body: Any, by: str = "finance") -> Any:
        return post(self.town[by], f"/cases/{case}/{step}", body)


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        yield Desk(town, db, AMOUNT - 500)


def test_a_link_books_its_match_when_another_person_agrees(desk: Desk) -> None:
    [case] = desk.cases()
    assert (case["code"], case["at_risk"]["amount"]) == ("B03", AMOUNT - 500)
    nothing = desk.end(case["id"], "resolve", {"resolution": "link", "reason": "found"})
    assert nothing.json()["type"] == "/problems/not-that-way"
    match = desk.proposed(difference_to="1290", cap=500)
    body = {
        "resolution": "link",
        "reason": "found",
        "moves": {"how": "match", "match": match["id"]},
    }
    proposed = told(desk.end(case["id"], "resolve", body))
    assert proposed["state"] == "resolution_proposed"
    agreed = {"digest": proposed["digest"]}
    assert desk.end(case["id"], "approve", agreed).status_code == 403
    closed = told(desk.end(case["id"], "approve", agreed, "approver"))
    assert closed["state"] == "closed"
    assert told(desk.town["finance"].get(f"/matches/{match['id']}"))["state"] == "posted"
    left = [(one["code"], one["at_risk"]["amount"]) for one in desk.cases()]
    assert left == [("B04", 500)], "the claim on whoever kept it is a case of its own"


def test_a_link_that_is_sent_back_rejects_its_match(desk: Desk) -> None:
    [case] = desk.cases()
    match = desk.proposed(difference_to="1290", cap=500)
    body = {
        "resolution": "split", "reason": "found", "moves": {"how": "match", "match": match["id"]},
    }  # fmt: skip
    told(desk.end(case["id"], "resolve", body))
    told(desk.end(case["id"], "send-back", {"reason": "not_that"}, "approver"))
    assert told(desk.town["finance"].get(f"/matches/{match['id']}"))["state"] == "rejected"
    assert [one["code"] for one in desk.cases()] == ["B03"]
    again = desk.end(case["id"], "resolve", body)
    assert again.status_code == 409 and again.json()["type"] == "/problems/not-that-far"
