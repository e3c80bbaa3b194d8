"""Matching over HTTP: a run with its numbers, a match undone, rules that two people agree to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.said_and_captured import Said, put_statement
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

AS_OF = "2026-12-20"


@pytest.fixture
def settled(town: Town) -> Iterator[Town]:
    """A town whose intermediary has told of a payment, of another amount, and of money unknown."""
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        first, second = town.paid("CHARGE"), town.paid("CHARGE")
        put_statement(db, "B-1", [
            Said(name="l1", transaction=first["transaction"], amount=115_000),
            Said(name="l2", transaction=second["transaction"], amount=114_000),
            Said(name="l3", transaction="NOBODY", amount=50_000),
        ], account=UUID(town.account), agency=town.agency)  # fmt: skip
        town.service.await_followers()
        yield town


def run(town: Town, by: str = "finance", **more: Any) -> Any:
    body = {"account": town.account, "as_of": AS_OF, **more}
    return post(town[by], f"/agencies/{town.agency}/match-runs", body)


def test_a_run_is_tried_and_then_done_and_shown(settled: Town) -> None:
    town = settled
    dry = told(run(town, dry=True), 201)
    assert dry["would"] == {"matches": 1, "proposals": 0, "conflicts": 2}
    assert dry["breaks"] == {"S03": 1, "S04": 1}
    done = told(run(town), 201)
    assert (done["state"], done["matches"], done["complete"]) == ("concluded", 1, True)
    assert done["result"] == dry["result"] and done["inputs"] == dry["inputs"]
    assert told(town["auditor"].get(f"/match-runs/{done['id']}")) == done
    listed = told(town["auditor"].get(f"/agencies/{town.agency}/match-runs"))["items"]
    assert [one["id"] for one in listed] == [done["id"], dry["id"]]
    assert [run(town, by).status_code for by in ("clerk", "approver")] == [403, 403]


def test_rules_are_tried_on_what_was_matched_and_booked(settled: Town) -> None:
    town = settled
    done = told(run(town), 201)
    town.service.await_followers()
    days = {"first": "2026-11-20", "last": "2026-11-20"}
    assert told(run(town, dry=True), 201)["would"]["matches"] == 0
    past = told(run(town, dry=True, period=days), 201)
    assert (past["state"], past["would"]) == ("dry", {"matches": 1, "proposals": 0, "conflicts": 2})
    assert past["breaks"] == {"S03": 1, "S04": 1}
    changed = {"gained": 0, "lost": 0, "otherwise": 0, "asked": 0, "differing": []}
    assert past["period"] == {**days, "lines": 3, "kept": 1, **changed}
    fewer = {"passes": ["reference"]}
    tried = told(run(town, period=days, terms=fewer), 201)
    assert (tried["state"], tried["period"]["kept"], tried["period"]["lost"]) == ("dry", 0, 1)
    [lost] = tried["period"]["differing"]
    [match] = told(town["auditor"].get(
        f"/agencies/{town.agency}/matches", params={"run": done["id"]}
    ))["items"]  # fmt: skip
    assert sorted(lost["stands"]) == sorted(one["item"] for one in match["members"])
    assert told(town["auditor"].get(f"/match-runs/{tried['id']}")) == tried
    back = {"first": "2026-11-21", "last": "2026-11-20"}
    assert told(run(town, dry=True, period=back), 422)["type"] == "/problems/bad-period"
    assert run(town, dry=True, period={"first": "2026-11-20"}).status_code == 422


def test_a_match_says_why_and_is_undone_once(settled: Town) -> None:
    town = settled
    done = told(run(town), 201)
    path = f"/agencies/{town.agency}/matches"
    [match] = told(town["auditor"].get(path, params={"run": done["id"]}))["items"]
    assert (match["rule"], match["how"], match["state"]) == ("transaction", "key", "posted")
    assert {one["side"]: one["amount"]["amount"] for one in match["members"]} == {
        "A": 115_000, "B": 115_000,
    }  # fmt: skip
    undo = f"/matches/{match['id']}/undo"
    assert post(town["clerk"], undo, {"reason": "mistake"}).status_code == 403
    undone = told(post(town["finance"], undo, {"reason": "mistake"}))
    assert undone["state"] == "reversed"
    head = town.service.head()
    assert told(post(town["finance"], undo, {"reason": "mistake"})) == undone
    assert town.service.head() == head
    refused = post(town["finance"], f"/matches/{match['id']}/confirm", {})
    assert told(refused, 409)["type"] == "/problems/not-that-far"
    again = told(run(town), 201)
    assert again["matches"] == 1


def test_rules_need_two_people_and_hold_from_their_day(settled: Town) -> None:
    town = settled
    path = f"/agencies/{town.agency}/match-rules"
    assert told(town["finance"].get(path))["versions"] == []
    bad = {"terms": {"passes": ["linked", "transaction"]}, "valid_from": "2026-01-01"}
    assert told(post(town["finance"], path, bad), 422)["type"] == "/problems/bad-match-terms"
    wish = {"terms": {"passes": ["reference"], "days": 5}, "valid_from": "2026-01-01"}
    rules = told(post(town["finance"], path, wish), 201)
    [version] = rules["versions"]
    agree = {"number": 1, "digest": version["digest"]}
    approve = f"/match-rules/{rules['id']}/approve"
    assert post(town["finance"], approve, agree).status_code == 403
    other = post(town["approver"], approve, {**agree, "digest": "0" * 64})
    assert told(other, 422)["type"] == "/problems/changed-since-asked"
    agreed = told(post(town["approver"], approve, agree))
    assert agreed["in_force"]["days"] == 5
    dry = told(run(town, dry=True), 201)
    assert (dry["rules"], dry["would"]["matches"]) == (-1, 0)
