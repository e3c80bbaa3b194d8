"""A marker in every personal field of every request: found where it belongs, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import psycopg
import pytest
import structlog
from structlog.testing import LogCapture

from feesvc.testing.town import Town, post, told

MARK = "Zyxmarker"
ACCOUNT = {"bank": "970436", "number": f"{MARK}6", "holder": f"{MARK} holder"}
PERSON: Mapping[str, Any] = {
    "name": f"{MARK} name", "identity_number": f"{MARK}1", "tax_code": f"{MARK}2",
    "phone": "0912777333", "email": f"{MARK}@example.vn", "address": f"{MARK} street",
    "note": f"{MARK} note", "refund_account": ACCOUNT,
}  # fmt: skip
MARKS = (MARK, "912777333")
KEY = "a key of one's own"
PARTS = ("PersonBody", "RefundAccountBody")


@pytest.fixture
def heard() -> Iterator[LogCapture]:
    """All that is logged, before anything is left out of it."""
    listening = LogCapture()
    structlog.configure(processors=[listening])
    yield listening
    structlog.reset_defaults()


def told_anything(text: str) -> list[str]:
    """The marks in a text, in any case, also where the text shows bytes in hexadecimal."""
    folded = text.casefold()
    marks = [*MARKS, *(m.encode().hex() for m in MARKS), MARK.casefold().encode().hex()]
    return [mark for mark in marks if mark.casefold() in folded]


def personal_fields(document: Mapping[str, Any]) -> Iterator[str]:
    """The requests that may speak of a person."""
    for name, schema in document["components"]["schemas"].items():
        said = json.dumps(schema)
        if name not in PARTS and any(part in said for part in (*PARTS, '"narrative"')):
            yield name


def test_the_story_below_tells_every_request_that_speaks_of_a_person(town: Town) -> None:
    document = httpx.get(f"{town.service.url}/openapi.json").json()
    assert set(personal_fields(document)) == {
        "RaiseBody", "RefundBody", "CreditBody", "PayeeBody", "BankCreditBody", "BankDebitBody",
        "OrderLineBody",
    }  # fmt: skip
    assert set(document["components"]["schemas"]["PersonBody"]["properties"]) == set(PERSON)


def test_no_personal_detail_leaves_its_place(
    town: Town, heard: LogCapture, capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    answers = list(story(town))
    for answer in answers:
        assert not told_anything(answer.text), answer.url.path
        assert not told_anything(str(answer.headers)), answer.url.path
    logged = "".join(capfd.readouterr()) + caplog.text + repr(heard.entries)
    assert "/v1/refunds" in logged and not told_anything(logged)
    rows = list(everything_on_record(town))
    for table, row in rows:
        assert not told_anything(row), table
    assert any(table == "feesvc.event" and b"refund".hex() in row for table, row in rows)

    known = f"/agencies/{town.agency}/subjects/{subject_of(answers[0])}"
    read = town["clerk"].get(known, params={"reason": "refund"})
    assert {name: told(read)[name] for name in PERSON} == PERSON


def subject_of(raised: httpx.Response) -> str:
    return str(raised.json()["assessments"][0]["subject"])


def story(town: Town) -> Iterator[httpx.Response]:
    """Everything that a request may say of a person, said well and said badly."""
    asked = {**town.raising("CHARGE", "FEE"), "payer": PERSON}
    raised = post(town.portal, "/assessments", asked, key=KEY)
    yield raised
    yield post(town.portal, "/assessments", asked, key=KEY)
    yield post(town.portal, "/assessments", {**asked, "dossier": "OTHER-1"}, key=KEY)
    for field in PERSON:
        for wrong in (7, f"{MARK}\0", MARK * 500, {"unknown": MARK}):
            spoiled = {**town.raising("CHARGE"), "payer": {**PERSON, field: wrong}}
            yield post(town.portal, "/assessments", spoiled)
    yield post(town.portal, "/assessments", {**asked, "unknown": MARK})
    yield town.portal.post("/assessments", content=f'{{"payer": "{MARK}', headers=JSON)

    payment = town.payment(raised.json()["assessments"][0]["id"])
    transfer = town.receive(payment)
    wish = {"transfer": transfer["id"], "amount": 1_000, "reason": "withdrawn", "payee": PERSON}
    yield post(town["finance"], "/refunds", wish)
    yield post(town["finance"], "/refunds", {**wish, "amount": 10**9})
    yield from bank_story(town, wish)
    for field in ("name", "email", "phone", "identity_number"):
        search = f"/agencies/{town.agency}/subjects/search"
        yield town["clerk"].post(search, json={field: PERSON[field]})
    sub = {"issuer": town.service.issuer.url, "sub": MARK, "roles": ["clerk"]}
    yield post(town["administrator"], f"/agencies/{town.agency}/officers", sub)
    with town.service.person(MARK) as marked:
        yield marked.get("/me")
        yield post(marked, f"/agencies/{town.agency}/rename", {})


def bank_story(town: Town, wish: Mapping[str, Any]) -> Iterator[httpx.Response]:
    """What is said of a person where money comes and goes by bank."""
    collection = {"bank": "970436", "number": "0011"}
    named = {"purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", collection | named))
    line = {
        "account": collection, "reference": "FT1", "amount": 5_000, "currency": "VND",
        "booked_on": "2026-11-20", "narrative": f"{MARK} nop tien",
    }  # fmt: skip
    payer = {"payer_name": f"{MARK} name", "payer_bank": "970415", "payer_account": f"{MARK}7"}
    credit = post(town["finance"], f"/agencies/{town.agency}/bank-credits", line | payer)
    yield credit
    yield post(town["finance"], f"/agencies/{town.agency}/bank-credits", line | {"amount": 1})
    yield post(town["finance"], f"/agencies/{town.agency}/bank-credits", line | {"amount": MARK})
    yield post(town["finance"], f"/agencies/{town.agency}/bank-debits", line)
    for way in ("order-debits", "order-credits"):
        path = f"/agencies/{town.agency}/{way}"
        yield post(town["finance"], path, line | {"reference": way})
        yield post(town["finance"], path, line | {"narrative": {"unknown": MARK}})
    item = {"transfer": credit.json()["transfer"]}
    known = {"item": item, "reason": "payer_known", "payer": PERSON}
    yield post(town["finance"], "/suspense/credit", known)
    by_bank = {**wish, "method": "bank_transfer", "amount": 500}
    refund = post(town["finance"], "/refunds", by_bank)
    yield refund
    path = f"/refunds/{refund.json()['id']}/payee"
    yield post(town["finance"], path, {"account": ACCOUNT | {"number": f"{MARK}8"}})
    yield post(town["finance"], path, {"account": ACCOUNT | {"number": MARK * 9}})
    payee = town["approver"].get(path).json()
    agreed = {"digest": refund.json()["digest"], "payee": payee["digest"], "acknowledge_name": True}
    yield post(town["approver"], path.removesuffix("payee") + "approve", agreed)
    drawing = {"account": collection, "currency": "VND", "refunds": [refund.json()["id"]]}
    yield post(town["finance"], f"/agencies/{town.agency}/payment-lists", drawing)


JSON = {"Content-Type": "application/json", "Idempotency-Key": KEY}


def everything_on_record(town: Town) -> Iterator[tuple[str, str]]:
    """Every row of every table as text; bytes in hexadecimal."""
    url = town.service.settings.need_owner_url()
    with psycopg.connect(url) as db:
        tables = db.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert ("feesvc.event",) in tables and ("feesvc.command",) in tables
        for (table,) in tables:
            for (row,) in db.execute(f"SELECT t::text FROM {table} t".encode()):
                yield table, row
