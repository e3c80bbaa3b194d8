"""Agencies, merchant accounts, portals, schedules and histories over HTTP."""

from __future__ import annotations

from typing import Any

import psycopg

from feesvc.testing.asking import ITEM
from feesvc.testing.service import OPERATOR
from feesvc.testing.town import Town, post, told


def refused(answer: Any, status: int, kind: str) -> None:
    assert told(answer, status)["type"] == f"/problems/{kind}"


def test_an_agency_is_what_it_was_on_a_day(town: Town) -> None:
    path = f"/agencies/{town.agency}"
    names = {"name_vi": "Bộ mới", "name_en": "New ministry", "effective_on": "2030-01-01"}
    told(post(town["administrator"], f"{path}/rename", names), 200)
    bank = {"purpose": "collection", "bank": "970436", "number": "1", "currency": "VND"}
    dated = {**bank, "effective_on": "2026-01-01"}
    told(post(town["administrator"], f"{path}/bank-accounts", dated), 200)
    assert told(town["auditor"].get(path))["name_en"] == "Agency G14"
    later = told(town["auditor"].get(path, params={"on": "2030-01-01"}))
    assert later["name_en"] == "New ministry" and later["bank_accounts"] == [bank]
    assert told(town.portal.get(path))["bank_accounts"] == []
    assert [a["id"] for a in later["merchant_accounts"]] == [town.account]
    with town.service.person(OPERATOR) as operator:
        taken = {"code": town.agency, "name_vi": "A", "name_en": "A"}
        refused(post(operator, "/agencies", taken), 409, "already-registered")
        gone = {"code": "H26", "name_vi": "A", "name_en": "A", "parent": "Z99"}
        refused(post(operator, "/agencies", gone), 422, "unknown-parent")


def test_a_key_is_told_once_and_kept_nowhere(town: Town) -> None:
    keys = f"/portals/{town.portal_code}/keys"
    first = post(town["administrator"], keys, {"key": "2026-12"}, key="new key")
    secret = told(first, 201)["secret"]
    again = post(town["administrator"], keys, {"key": "2026-12"}, key="new key")
    assert told(again, 200) == {**first.json(), "secret": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        kept = db.execute("SELECT convert_from(answer, 'UTF8') FROM feesvc.command "
                          "WHERE answer IS NOT NULL").fetchall()  # fmt: skip
    assert any("2026-12" in answer for (answer,) in kept)
    assert not any(secret in answer or secret[-20:] in answer for (answer,) in kept)

    fresh = town.service.client(secret)
    assert told(fresh.get("/me"))["principal"] == f"portal:{town.portal_code}"
    told(post(town["administrator"], f"{keys}/2026-12/revoke"), 200)
    refused(fresh.get("/me"), 401, "bad-key")
    assert town.portal.get("/me").status_code == 200, "other keys stay good"


def test_secret_settings_are_never_shown(town: Town) -> None:
    path = f"/merchant-accounts/{town.account}"
    shown = told(town["administrator"].get(path))
    assert shown["secret_settings"] == ["api_key", "signing_key"]
    assert not set(shown["secret_settings"]) & set(shown["settings"])
    assert "file:" not in town["administrator"].get(path).text
    assert shown["notification_url"].endswith(f"/v1/notifications/{town.account}")
    plain = {**town.stand_in.settings, "api_key": "a secret in plain"}
    answer = post(town["administrator"], f"{path}/rekey", {"settings": plain})
    refused(answer, 422, "secret-in-plain")
    assert "a secret" not in answer.text
    lacking = post(town["administrator"], f"{path}/rekey", {"settings": {}})
    refused(lacking, 422, "setting-missing")
    rotated = {**town.stand_in.settings}
    rotated["signing_key_previous"] = rotated["signing_key"]
    told(post(town["administrator"], f"{path}/rekey", {"settings": rotated}), 200)
    town.paid("CHARGE")
    told(post(town["administrator"], f"{path}/close"), 200)
    paying = town.paying(town.assessment("CHARGE")["id"])
    assert post(town.portal, "/payments", paying).status_code == 422


def test_an_account_is_opened_once_under_an_id_that_nobody_guesses(town: Town) -> None:
    path = f"/agencies/{town.agency}/merchant-accounts"
    asked = {
        "intermediary": "sandbox", "mode": "test", "currencies": ["VND"],
        "settings": dict(town.stand_in.settings),
    }  # fmt: skip
    first = told(post(town["administrator"], path, asked, key="one more"), 201)
    assert told(post(town["administrator"], path, asked, key="one more"), 201) == first
    other = told(post(town["administrator"], path, asked, key="another"), 201)
    listed = told(town["finance"].get(path))["merchant_accounts"]
    assert {one["id"] for one in listed} == {town.account, first["id"], other["id"]}


def test_a_settlement_is_fetched_or_brought_and_booked_once(town: Town) -> None:
    town.paid("CHARGE")
    batch = town.stand_in.counterpart.settle()  # type: ignore[attr-defined]
    path = f"/merchant-accounts/{town.account}"
    taken = told(post(town["finance"], f"{path}/settlements", {"batch": batch}, key="s"), 200)
    assert taken["taken"] == {"payment": 1} and taken["repeated"] == 0
    head = town.service.head()
    repeat = post(town["finance"], f"{path}/settlements", {"batch": batch}, key="s")
    assert repeat.json() == taken and repeat.headers["Idempotent-Replayed"] == "true"
    again = told(post(town["finance"], f"{path}/settlements", {"batch": batch}), 200)
    assert again["taken"] == {} and again["repeated"] == 1
    assert town.service.head() == head
    assert post(town["clerk"], f"{path}/settlements", {"batch": batch}).status_code == 403


def test_a_fee_is_charged_once_a_second_person_approved_it(town: Town) -> None:
    path = f"/fee-schedules/{town.schedule}"
    item = {**ITEM, "effective_from": "2020-01-01"}
    told(post(town["finance"], f"{path}/items", {"proposal": "P", "item": item}), 201)
    raising = town.raising("OTHER")
    refused(post(town.portal, "/assessments", raising), 422, "unknown-item")
    waiting = told(town["auditor"].get(path))["proposed_items"]["P"]
    assert waiting["maker"] == f"person:{town.subjects['finance']}"
    told(post(town["approver"], f"{path}/items/P/approve"), 200)
    raised = told(post(town.portal, "/assessments", raising), 201)["assessments"][0]
    assert raised["total"] == {"amount": 10_000, "currency": "VND"}
    gone = {"withdrawn_on": "2026-11-01", "reason": "replaced"}
    told(post(town["approver"], f"{path}/items/P/withdraw", gone), 200)
    refused(post(town.portal, "/assessments", town.raising("OTHER")), 422, "not-in-force")
    assert "P" not in told(town["auditor"].get(path, params={"on": "2026-11-20"}))["items"]


def test_a_history_tells_every_event_as_it_was_recorded(town: Town) -> None:
    transfer = town.paid("CHARGE")
    path = f"/agencies/{town.agency}/histories/{transfer['id']}"
    said = told(town["auditor"].get(path))
    assert [e["topic"] for e in said["events"]] == ["transfer.received", "transfer.placed"]
    received = said["events"][0]
    assert received["facts"]["amount"] == {"amount": 115_000, "currency": "VND"}
    assert received["actor"] == f"account:{town.account}" and received["version"] == 1
    first = told(town["auditor"].get(path, params={"limit": 1}))
    assert first["events"] == said["events"][:1] and first["next"] == 1
    rest = told(town["auditor"].get(path, params={"after": first["next"]}))
    assert rest["events"] == said["events"][1:] and rest["next"] is None
    assert town.portal.get(path).status_code == 403
