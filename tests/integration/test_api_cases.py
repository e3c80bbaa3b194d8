"""Cases over HTTP: worked on by officers of the agency, ended by two where much is at risk."""

from __future__ import annotations

from typing import Any

from feesvc.testing.finding import found_case
from feesvc.testing.town import Town, post, told

FUTURE = "2099-01-01"


def case_of(town: Town, at_risk: int = 115_000) -> str:
    payment = town.payment(town.assessment("FEE")["id"])
    return found_case(town.service, town.agency, payment["id"], at_risk)


def do(town: Town, who: str, case: str, what: str, body: dict[str, Any] | None = None) -> Any:
    return told(post(town[who], f"/cases/{case}/{what}", body), 200)


def test_a_case_goes_all_the_way(town: Town) -> None:
    case = case_of(town)
    assert do(town, "clerk", case, "assign", {"assignee": town.subjects["finance"]})["state"] == (
        "assigned"
    )
    assert do(town, "finance", case, "take-up")["state"] == "investigating"
    asked = do(town, "finance", case, "inquire", {"inquiry": "TS-77", "due_on": FUTURE})
    assert (asked["state"], asked["due_on"], asked["inquiry"]) == (
        "awaiting_counterparty", FUTURE, "TS-77",
    )  # fmt: skip
    do(town, "finance", case, "answer", {"reason": "confirmed_paid"})
    do(town, "finance", case, "notes", {"text": "Bà Lan đã gọi lại"})
    proposed = do(town, "finance", case, "resolve", {"resolution": "claim", "reason": "lost"})
    assert proposed["state"] == "resolution_proposed"
    closed = do(town, "approver", case, "approve", {"digest": proposed["digest"]})
    assert closed["state"] == "closed"
    assert do(town, "finance", case, "reopen", {"reason": "wrong"})["state"] == "investigating"
    notes = told(town["auditor"].get(f"/cases/{case}/notes"))["notes"]
    assert [note["text"] for note in notes] == ["Bà Lan đã gọi lại"]


def test_a_repeat_changes_nothing_and_says_the_same(town: Town) -> None:
    case = case_of(town)
    note = {"text": "một"}
    first, again = (
        post(town["clerk"], f"/cases/{case}/notes", note, key="one key") for _ in range(2)
    )
    assert told(first, 200)["notes"] == 1
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    other = post(town["clerk"], f"/cases/{case}/notes", {"text": "hai"}, key="one key")
    assert other.status_code == 422


def test_who_proposes_does_not_approve_and_who_only_reads_changes_nothing(town: Town) -> None:
    case = case_of(town)
    resolving = {"resolution": "explained", "reason": "late"}
    assert post(town["clerk"], f"/cases/{case}/resolve", resolving).status_code == 403
    assert post(town["auditor"], f"/cases/{case}/take-up").status_code == 403
    assert town.portal.get(f"/cases/{case}").status_code == 403
    digest = do(town, "finance", case, "resolve", resolving)["digest"]
    assert post(town["finance"], f"/cases/{case}/approve", {"digest": digest}).status_code == 403
    back = do(town, "approver", case, "send-back", {"reason": "not_enough"})
    assert back["state"] == "investigating"
    late = post(town["approver"], f"/cases/{case}/approve", {"digest": digest})
    assert told(late, 409)["type"] == "/problems/case-not-there"


def test_within_the_agencys_limit_one_person_ends_it(town: Town) -> None:
    limit = {"limit": {"amount": 1_000_000, "currency": "VND"}, "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/approval-limit", limit))
    resolving = {"resolution": "explained", "reason": "late"}
    assert do(town, "finance", case_of(town), "resolve", resolving)["state"] == "closed"
    much = case_of(town, 1_000_001)
    assert do(town, "finance", much, "resolve", resolving)["state"] == "resolution_proposed"


def test_a_case_is_assigned_to_officers_only(town: Town) -> None:
    case = case_of(town)
    nobody = {"assignee": "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2f"}
    assert post(town["clerk"], f"/cases/{case}/assign", nobody).status_code == 404


def test_the_list_shows_it_as_it_stands(town: Town) -> None:
    case = case_of(town)
    do(town, "finance", case, "take-up")
    with town.service.working():
        town.service.await_followers()
    said = told(town["finance"].get(f"/agencies/{town.agency}/case_list/cases"))
    assert [(one["id"], one["state"]) for one in said["items"]] == [(case, "investigating")]
    assert town.portal.get(f"/agencies/{town.agency}/case_list/cases").status_code == 404
