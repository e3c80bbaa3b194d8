"""Who may learn who somebody is, and who may change what is known of them."""

from __future__ import annotations

from typing import Any

import httpx

from feesvc.testing.town import Town, found_town, post, told

PAYER = {"name": "Nguyễn Văn An", "phone": "0912000111"}


def described(town: Town, **more: Any) -> str:
    """Raise something for a payer who is described; gives the subject."""
    said = told(post(town.portal, "/assessments", town.raising(payer={**PAYER, **more})), 201)
    return str(said["assessments"][0]["subject"])


def read(town: Town, subject: str, by: str = "clerk") -> httpx.Response:
    asked = {"reason": "refund"}
    return town[by].get(f"/agencies/{town.agency}/subjects/{subject}", params=asked)


def found(town: Town) -> list[str]:
    search = f"/agencies/{town.agency}/subjects/search"
    subjects: list[str] = told(town["clerk"].post(search, json={"phone": PAYER["phone"]}))[
        "subjects"
    ]
    return subjects


def test_another_agencys_people_are_neither_found_nor_read_nor_named(town: Town) -> None:
    elsewhere = found_town(town.service, "sandbox", "H26", "ELSEWHERE")
    subject = described(town)
    assert found(town) == [subject] and read(town, subject).status_code == 200
    assert found(elsewhere) == []
    foreign = read(elsewhere, subject)
    assert foreign.status_code == 404
    missing = read(elsewhere, "00000000-0000-4000-8000-000000000000")
    assert foreign.json() == missing.json()
    named = post(elsewhere.portal, "/assessments", elsewhere.raising(subject=subject))
    assert named.status_code == 404
    assert found(elsewhere) == [] and read(elsewhere, subject).status_code == 404


def test_a_known_person_is_named_again_by_the_same_agency(town: Town) -> None:
    subject = described(town)
    again = told(post(town.portal, "/assessments", town.raising(subject=subject)), 201)
    assert again["assessments"][0]["subject"] == subject


def test_a_portal_changes_nothing_that_is_known_of_somebody(town: Town) -> None:
    subject = described(town)
    forged = {"refund_account": {"bank": "970436", "number": "666", "holder": "MALLORY"}}
    asked = town.raising(subject=subject, payer=forged)
    assert post(town.portal, "/assessments", asked).status_code == 403
    assert told(read(town, subject))["refund_account"] is None
    corrected = town.raising(subject=subject, payer={"name": "Nguyễn Văn Ân"})
    told(post(town["clerk"], "/assessments", corrected), 201)
    assert told(read(town, subject))["name"] == "Nguyễn Văn Ân"


def test_a_key_that_came_with_another_body_changes_nobody(town: Town) -> None:
    asked = town.raising(payer=PAYER)
    key = "one-key"
    first = told(post(town.portal, "/assessments", asked, key=key), 201)
    subject = first["assessments"][0]["subject"]
    other = post(town.portal, "/assessments", {**asked, "payer": {"name": "Mallory"}}, key=key)
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert told(read(town, subject))["name"] == PAYER["name"]
    assert post(town.portal, "/assessments", asked, key=key).json() == first
