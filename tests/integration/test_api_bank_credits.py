"""Bank credits and settlement lines over HTTP: who may, booked once, and what no answer tells."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from feesvc.testing.town import Town, post, told

ACCOUNT = {"bank": "970436", "number": "0011004455667"}
LINE = {
    "account": ACCOUNT, "reference": "FT26323000001", "amount": 115_000, "currency": "VND",
    "booked_on": "2026-11-20", "narrative": "TRAN THI B nop le phi\u0000", "payer_bank": "970415",
    "payer_name": "TRAN THI B", "payer_account": "10203040",
}  # fmt: skip


@pytest.fixture
def banked(town: Town) -> Town:
    named = {**ACCOUNT, "purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
    return town


def credit(town: Town, by: str = "finance", **other: Any) -> Any:
    return post(town[by], f"/agencies/{town.agency}/bank-credits", {**LINE, **other})


def test_a_credit_is_booked_once_whatever_the_key(banked: Town) -> None:
    town = banked
    first = told(credit(town), 201)
    assert [(p["to"], p["reason"]) for p in first["placements"]] == [
        ("suspense", "unknown_reference")
    ]
    head = town.service.head()
    assert told(credit(town), 201) == first
    path, key = f"/agencies/{town.agency}/bank-credits", "one key"
    same = [post(town["finance"], path, LINE, key=key) for _ in range(2)]
    assert same[0].content == same[1].content and same[1].headers["Idempotent-Replayed"]
    assert town.service.head() == head
    other = credit(town, amount=115_001)
    assert told(other, 409)["type"] == "/problems/bank-line-contradicted"
    elsewhere = credit(town, account={**ACCOUNT, "number": "1"})
    assert told(elsewhere, 422)["type"] == "/problems/not-a-collection-account"


def test_only_finance_staff_take_bank_lines(banked: Town) -> None:
    assert [credit(banked, by).status_code for by in ("clerk", "approver", "auditor")] == [403] * 3
    path = f"/agencies/{banked.agency}/bank-credits"
    assert post(banked.portal, path, LINE).status_code == 403


def test_who_paid_is_read_on_record_and_stands_nowhere_else(banked: Town) -> None:
    town = banked
    taken = credit(town)
    assert "TRAN" not in taken.text and "10203040" not in taken.text
    payer = told(taken, 201)["payer"]
    path = f"/agencies/{town.agency}/subjects/{payer}"
    known = told(town["finance"].get(path, params={"reason": "suspense"}))
    assert known["refund_account"] == {
        "bank": "970415", "number": "10203040", "holder": "TRAN THI B",
    }  # fmt: skip
    assert known["note"] == "TRAN THI B nop le phi"
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        events = db.execute("SELECT string_agg(encode(state, 'escape'), ' ') FROM feesvc.event")
        said = events.fetchone()
    assert said and "TRAN" not in said[0] and "10203040" not in said[0]


def test_the_bank_takes_a_credit_back(banked: Town) -> None:
    town = banked
    taken = told(credit(town), 201)
    path = f"/agencies/{town.agency}/bank-credits/{taken['transfer']}/reverse"
    body = {"booked_on": "2026-11-21", "reason": "bank_error"}
    assert post(town["clerk"], path, body).status_code == 403
    back = told(post(town["finance"], path, body))
    assert (back["reversed"], back["placements"]) == (True, [])
    head = town.service.head()
    assert told(post(town["finance"], path, body)) == back
    assert town.service.head() == head


def test_one_settlement_line_is_taken_as_a_documents_lines_are(town: Town) -> None:
    path = f"/merchant-accounts/{town.account}/settlement-lines"
    line = {
        "batch": "B-7", "native_id": "L-1", "transaction": "tx_unheard_of", "gross": 115_000,
        "commission": -1_000, "tax": -100, "net": 113_900, "currency": "VND",
        "at": "2026-11-20T10:00:00+07:00",
    }  # fmt: skip
    assert post(town["clerk"], path, line).status_code == 403
    wrong = post(town["finance"], path, {**line, "net": 113_901})
    assert told(wrong, 422)["type"] == "/problems/line-does-not-add-up"
    taken = told(post(town["finance"], path, line))
    assert taken["state"] == "booked"
    assert told(post(town["finance"], path, line))["state"] == "repeated"
    transfer = told(town["finance"].get(f"/transfers/{taken['transfer']}"))
    assert transfer["settled"] is True
    assert transfer["placements"][0]["reason"] == "unknown_settled_line"
