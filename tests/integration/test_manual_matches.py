"""Matches by hand: proposed by one, confirmed by another, with a difference that both saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk
from feesvc.testing.said_and_captured import Said, put_statement
from feesvc.testing.town import Town, post, told

AMOUNT, CAME = 115_000, 114_500
COVERS_TOO_LITTLE: Sequence[Mapping[str, Any]] = (
    {}, {"difference_to": "1290", "cap": 499}, {"difference_to": "2150", "cap": 900},
)  # fmt: skip


class Desk(FileDesk):
    """Two people of finance at a town whose batch B-1 of 115,000 is settled and not credited."""

    def __init__(self, town: Town, db: psycopg.Connection[Any]) -> None:
        super().__init__(town)
        self.db = db
        transaction = town.paid("CHARGE")["transaction"]
        town.service.await_followers()
        put_statement(db, "B-1", [Said(name="l1", transaction=transaction, amount=AMOUNT)],
                      account=UUID(town.account))  # fmt: skip
        self.run(town.account)
        self.batch = f"batch:{town.service.ids().of('batch', town.account, 'B-1')}"

    def run(self, account: str) -> Any:
        body = {"account": account, "as_of": "2026-12-20"}
        said = told(post(self.town["finance"], f"/agencies/{self.town.agency}/match-runs", body))
        self.town.service.await_followers()
        return said

    def credited(self, amount: int, *keys: str) -> int:
        """The bank tells of a credit; gives its line."""
        put_statement(self.db, "bank 1", [Said(name="c1", amount=amount, kind="credit", keys=keys)],
                      leg="B", account=UUID(self.bank))  # fmt: skip
        self.run(self.bank)
        return self.line("c1")

    def line(self, identity: str) -> int:
        asked = "SELECT id FROM feesvc.line WHERE identity = %s"
        row = self.db.execute(asked, [identity]).fetchone()
        assert row is not None
        return int(row[0])

    def propose(self, line: int, other: str, account: str = "", **more: Any) -> Any:
        body = {"account": account or self.bank, "lines": [line], "others": [other],
                "reason": "phoned_the_bank", **more}  # fmt: skip
        return post(self.town["finance"], f"/agencies/{self.town.agency}/matches", body)

    def confirm(self, match: Any, by: str = "approver", digest: str = "") -> Any:
        body = {"digest": digest or match["why"]["digest"]}
        return post(self.town[by], f"/matches/{match['id']}/confirm", body)

    def balances(self) -> dict[str, int]:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/agency_ledger/trial-balance"
        [book] = told(self.town["finance"].get(path))["books"]
        found = {str(row["account"]): row["balance"]["amount"] for row in book["accounts"]}
        return {account: balance for account, balance in found.items() if balance}


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        yield Desk(town, db)


def test_a_short_credit_is_forced_by_two_and_the_rest_is_claimed(desk: Desk) -> None:
    line = desk.credited(CAME)
    waiting = desk.balances()
    assert (waiting["1210"], waiting["2150"]) == (AMOUNT, -CAME)
    for covers in COVERS_TOO_LITTLE:
        refused = desk.propose(line, desk.batch, **covers)
        assert told(refused, 422)["type"] == "/problems/difference-not-covered"
    match = told(desk.propose(line, desk.batch, difference_to="1290", cap=500), 201)
    assert (match["state"], match["how"], match["difference"]["amount"]) == (
        "proposed", "forced", 500,
    )  # fmt: skip
    assert desk.balances() == waiting, "nothing is booked before another person says so"
    assert told(desk.confirm(match, "finance"), 403)["type"] == "/problems/same-person"
    changed = desk.confirm(match, digest="0" * 64)
    assert told(changed, 422)["type"] == "/problems/changed-since-asked"
    assert told(desk.confirm(match))["state"] == "posted"
    books = desk.balances()
    assert (books["1290"], books["1300"], books["2510"]) == (500, CAME, -AMOUNT)
    assert not {"1210", "2150"} & books.keys()
    undo = f"/matches/{match['id']}/undo"
    told(post(desk.town["finance"], undo, {"reason": "mistake"}))
    assert desk.balances() == waiting
    again = told(desk.propose(line, desk.batch, difference_to="1290", cap=500), 201)
    assert told(desk.confirm(again))["state"] == "posted"
    assert desk.balances() == books


def test_what_is_over_waits_in_suspense(desk: Desk) -> None:
    line = desk.credited(AMOUNT + 700)
    match = told(desk.propose(line, desk.batch, difference_to="2150", cap=700), 201)
    told(desk.confirm(match))
    books = desk.balances()
    assert (books["1300"], books["2150"], books["2510"]) == (AMOUNT + 700, -700, -AMOUNT)


def test_a_line_without_a_readable_reference_is_matched_by_hand(desk: Desk) -> None:
    town = desk.town
    transfer = town.paid("CHARGE")["transaction"]
    town.service.await_followers()
    capture = f"capture:{town.service.ids().transfer(UUID(town.account), transfer)}"
    put_statement(desk.db, "B-2", [
        Said(name="refund", kind="refund", transaction="unreadable", amount=-7),
        Said(name="a1", kind="adjustment", transaction="unreadable", amount=AMOUNT),
    ], account=UUID(town.account))  # fmt: skip
    desk.run(town.account)
    desk.db.execute("UPDATE feesvc.told_line SET kind = 'payment' WHERE identity = 'a1'")
    other = desk.propose(desk.line("refund"), capture, town.account)
    assert told(other, 422)["type"] == "/problems/do-not-belong"
    match = told(desk.propose(desk.line("a1"), capture, town.account), 201)
    said = match["how"], match["leg"], match["difference"]["amount"]
    assert said == ("manual", "settlement", 0)
    told(desk.confirm(match))
    assert desk.balances()["1210"] == 2 * AMOUNT
    taken = desk.propose(desk.line("l1"), capture, town.account)
    assert told(taken, 409)["type"] == "/problems/not-open"
    undo = f"/matches/{match['id']}/undo"
    told(post(town["finance"], undo, {"reason": "mistake"}))
    assert desk.balances()["1210"] == AMOUNT


def test_a_rule_claims_up_to_its_cap_and_no_further(desk: Desk) -> None:
    town = desk.town
    path = f"/agencies/{town.agency}/match-rules"
    rule = [{"account": "1290", "currency": "VND", "cap": 500}]
    rules = told(post(town["finance"], path, {
        "terms": {"tolerances": rule}, "valid_from": "2026-01-01",
    }), 201)  # fmt: skip
    [version] = rules["versions"]
    agree = {"number": 1, "digest": version["digest"]}
    told(post(town["approver"], f"/match-rules/{rules['id']}/approve", agree))
    desk.credited(CAME, "B-1")
    books = desk.balances()
    assert (books["1290"], books["1300"], books["2510"]) == (500, CAME, -AMOUNT)


def test_a_charge_beyond_the_tariff_ends_the_run_with_a_case(desk: Desk) -> None:
    """The rule of the match allows it, the tariff does not: the run does not stay under way."""
    town = desk.town
    path = f"/agencies/{town.agency}/match-rules"
    rule = [{"account": "5320", "currency": "VND", "cap": 500}]
    rules = told(post(town["finance"], path, {
        "terms": {"tolerances": rule}, "valid_from": "2026-01-01",
    }), 201)  # fmt: skip
    agree = {"number": 1, "digest": rules["versions"][0]["digest"]}
    told(post(town["approver"], f"/match-rules/{rules['id']}/approve", agree))
    desk.credited(CAME, "B-1")
    [last, *_] = told(town["finance"].get(f"/agencies/{town.agency}/match-runs"))["items"]
    assert (last["state"], last["breaks"]) == ("concluded", {"B04": 1})
    assert (desk.balances()["1210"], desk.balances()["2150"]) == (AMOUNT, -CAME)


def test_two_officers_at_once_confirm_and_undo_only_once(desk: Desk) -> None:
    line = desk.credited(AMOUNT)
    match = told(desk.propose(line, desk.batch), 201)

    def at_once(ask: Any) -> set[int]:
        with ThreadPoolExecutor(4) as officers:
            return {answer.status_code for answer in officers.map(lambda _: ask(), range(4))}

    assert at_once(lambda: desk.confirm(match)) <= {200, 409}
    books = desk.balances()
    assert (books["1300"], books["2510"], "2150" in books) == (AMOUNT, -AMOUNT, False)
    undo = f"/matches/{match['id']}/undo"
    reason = {"reason": "mistake"}
    assert at_once(lambda: post(desk.town["finance"], undo, reason)) <= {200, 409}
    books = desk.balances()
    assert (books["1210"], books["1300"], books["2150"]) == (AMOUNT, AMOUNT, -AMOUNT)


def test_a_rule_that_changes_in_the_middle_of_a_run_is_for_the_next_one(desk: Desk) -> None:
    """The run was begun, and killed, under no rules: it goes on under none."""
    town, begun = desk.town, uuid4()
    transaction = town.paid("CHARGE")["transaction"]
    put_statement(desk.db, "B-2", [Said(name="l2", transaction=transaction, amount=AMOUNT)],
                  account=UUID(town.account))  # fmt: skip
    desk.db.execute(
        "INSERT INTO feesvc.match_run (id, agency, account, leg, started_at, started_by, as_of, "
        "rules, calendar, log_position, inputs, result, state) "
        "VALUES (%s, %s, %s, 'S', now(), 'person:b', '2026-12-20', 0, '', 1, '', '', 'under_way')",
        [begun, town.agency, town.account],
    )
    path = f"/agencies/{town.agency}/match-rules"
    wish = {"terms": {"passes": ["similarity"]}, "valid_from": "2026-01-01"}
    rules = told(post(town["finance"], path, wish), 201)
    agree = {"number": 1, "digest": rules["versions"][0]["digest"]}
    told(post(town["approver"], f"/match-rules/{rules['id']}/approve", agree))
    after = desk.run(town.account)
    first = told(town["finance"].get(f"/match-runs/{begun}"))
    assert (first["state"], first["rules"], first["matches"]) == ("concluded", 0, 1)
    assert (after["rules"], after["matches"]) == (-1, 0)
