"""Bad input over HTTP: each kind has its problem type, and the books stay exactly as they were."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict
from starlette.responses import Response

from feesvc.embedded import Database
from feesvc.testing.asking import ITEM
from feesvc.testing.proxy import CuttingProxy
from feesvc.testing.service import new_key, running_service
from feesvc.testing.town import CIRCUMSTANCES, Town, found_town, post, told

Case = tuple[str, Callable[[], httpx.Response], int, str]


def cases(town: Town) -> Iterator[Case]:
    """What is asked badly, and what it is told."""
    good = town.raising("CHARGE", dossier="BAD-1")
    [share] = good["shares"]

    def raising(**more: Any) -> Callable[[], httpx.Response]:
        return lambda: post(town.portal, "/assessments", {**good, **more})

    def sharing(**more: Any) -> Callable[[], httpx.Response]:
        return raising(shares=[{**share, **more}])

    def line(**more: Any) -> Callable[[], httpx.Response]:
        return sharing(lines=[{"item": "CHARGE", **more}])

    def when(**more: Any) -> Callable[[], httpx.Response]:
        return raising(circumstances={**CIRCUMSTANCES, **more})

    invalid = (422, "invalid-request")
    yield "unknown agency", sharing(agency="Z99"), 404, "unknown"
    yield "unknown item", line(item="NOTHING"), 422, "unknown-item"
    yield "unknown procedure", sharing(procedure="9.9"), 422, "unknown-procedure"
    yield "quantity that is no integer", line(quantity=1.5), *invalid
    yield "quantity as text", line(quantity="2"), *invalid
    yield "base that is no integer", line(base={"amount": 1.0, "currency": "VND"}), *invalid
    yield "date before the schedule", when(submitted_on="2019-12-31"), 422, "not-in-force"
    yield "date that is none", when(submitted_on="2026-02-30"), *invalid
    yield "date as a number", when(submitted_on=20261120), *invalid
    yield "unknown field", raising(discount=1), *invalid
    yield "NUL in a text", raising(dossier="BAD\0"), *invalid
    yield "NUL in a name", raising(payer={"name": "A\0"}), 422, "bad-personal-detail"
    yield "dossier of 4,000 characters", raising(dossier="D" * 4000), *invalid
    yield "10 MB of text", raising(dossier="D" * 10**7), 413, LARGE
    yield "10 MB in pieces", lambda: _raw(town, (b"x" * 10**5 for _ in range(100))), 413, LARGE
    yield "settlement that is none", lambda: _upload(town, 2 * 10**6), 422, "settlement-malformed"
    yield "settlement beyond all size", lambda: _upload(town, 65 * 2**20), 413, LARGE
    yield "no JSON", lambda: _raw(town, b'{"dossier":'), *invalid
    yield "no UTF-8", lambda: _raw(town, b'{"dossier": "\xff"}'), 400, "unreadable-body"
    yield "nested deeply", lambda: _raw(town, b"[" * 100_000), 400, "unreadable-body"
    yield "number beyond belief", lambda: _raw(town, b'{"dossier": 1e999}'), *invalid
    yield from _of_schedules(town)
    yield "unknown merchant account", lambda: _paying(town, account=ZERO), 404, "unknown"
    yield "nothing to pay", lambda: _paying(town, assessments=[]), *invalid
    yield "return URL of another", lambda: _paying(town, return_url=EVIL), 422, RETURN
    yield "script to return to", lambda: _paying(town, town["clerk"], return_url=JS), 422, UNSAFE
    yield "no such route", lambda: town.portal.get("/nothing"), 404, "not-found"
    yield "no such method", lambda: town.portal.put("/payments"), 405, "method-not-allowed"


ZERO = "00000000-0000-0000-0000-000000000000"
LARGE = "body-too-large"
EVIL = "https://portal.example.evil.example/return"
RETURN = "return-url-not-allowed"
JS = "javascript:alert(1)"
UNSAFE = "unsafe-url"


def _of_schedules(town: Town) -> Iterator[Case]:
    schedule = f"/fee-schedules/{town.schedule}"

    def item(**more: Any) -> Callable[[], httpx.Response]:
        body = {"proposal": "BAD", "item": {**ITEM, **more}}
        return lambda: post(town["finance"], f"{schedule}/items", body)

    invalid = (422, "invalid-request")
    yield "rule with a fraction", item(rule={"rule": "flat", "amount": 1.5}), *invalid
    yield "rule that is none", item(rule={"rule": "magic"}), *invalid
    yield "rule with an unknown field", item(rule={"rule": "flat", "amount": 1, "x": 1}), *invalid
    yield "item with an unknown field", item(colour="red"), *invalid
    yield "charge that is retained", item(retained_ppm=1), 422, "unfit-item"
    yield "NUL in an item", item(name_vi="A\0"), *invalid
    yield (
        "unknown reduction",
        lambda: post(town["approver"], f"{schedule}/reductions/NOTHING/approve"),
        422,
        "unknown-proposal",
    )


def _upload(town: Town, size: int) -> httpx.Response:
    path = f"/merchant-accounts/{town.account}/settlement-documents"
    headers = {"Content-Type": "application/octet-stream", **new_key()}
    return town["finance"].post(path, content=b"x" * size, headers=headers)


def _raw(town: Town, body: bytes | Iterator[bytes]) -> httpx.Response:
    headers = {"Content-Type": "application/json", **new_key()}
    return town.portal.post("/assessments", content=body, headers=headers)


def _paying(town: Town, by: httpx.Client | None = None, **more: Any) -> httpx.Response:
    assessment = town.service.ids().assessment(town.agency, "GOOD-1", "1")
    return post(by or town.portal, "/payments", {**town.paying(str(assessment)), **more})


def test_each_has_its_problem_and_nothing_is_recorded(town: Town) -> None:
    town.assessment(dossier="GOOD-1")
    head = town.service.head()
    for name, asked, status, kind in cases(town):
        answer = asked()
        assert answer.headers["Content-Type"] == "application/problem+json", (name, answer)
        said = answer.json()
        assert (answer.status_code, said["type"]) == (status, f"/problems/{kind}"), (name, said)
        assert said["status"] == status and said["title"], name
        assert town.service.head() == head, name


def test_where_an_item_is_wrong_is_said(town: Town) -> None:
    body = {"proposal": "BAD", "item": {**ITEM, "rule": {"rule": "flat", "amount": "10"}}}
    answer = post(town["finance"], f"/fee-schedules/{town.schedule}/items", body)
    assert told(answer, 422)["errors"] == [
        {"at": "body.item.rule.amount", "why": "Expected `int`, got `str`"}
    ]


def test_a_key_with_another_body_or_path_is_refused(town: Town) -> None:
    asked = town.raising("CHARGE")
    told(post(town.portal, "/assessments", asked, key="mine"), 201)
    head = town.service.head()
    other = post(town.portal, "/assessments", {**asked, "due_on": "2026-12-31"}, key="mine")
    assert told(other, 422)["type"] == "/problems/idempotency-key-reused"
    assert town.service.head() == head
    same = post(town["clerk"], "/assessments", asked, key="mine")
    assert told(same, 200)["assessments"], "another's key of the same name is another key"


def test_a_notice_with_another_content_is_refused_with_its_url(town: Town) -> None:
    first = town.assessment("CHARGE", dossier="TWICE-1")
    head = town.service.head()
    other = post(town.portal, "/assessments", town.raising("FEE", dossier="TWICE-1"))
    assert told(other, 409)["url"] == f"/v1/assessments/{first['id']}"
    assert town.service.head() == head


def test_a_refund_is_refused_above_what_is_left_and_by_its_maker(town: Town) -> None:
    transfer = town.paid("CHARGE")
    both = {"issuer": town.service.issuer.url, "sub": "finance.G14", "roles": ["approver"]}
    told(post(town["administrator"], f"/agencies/{town.agency}/officers", both), 201)
    head = town.service.head()
    wish = {"transfer": transfer["id"], "amount": 115_001, "reason": "withdrawn"}
    above = post(town["finance"], "/refunds", wish)
    assert told(above, 409)["type"] == "/problems/more-than-is-left"
    assert town.service.head() == head
    refund = told(post(town["finance"], "/refunds", {**wish, "amount": 1_000}), 201)
    head = town.service.head()
    path, said = f"/refunds/{refund['id']}/approve", {"digest": refund["digest"]}
    assert told(post(town["finance"], path, said), 403)["type"] == "/problems/same-person"
    assert town.service.head() == head


def sent(town: Town, reference: str) -> httpx.Request:
    """The intermediary's own message that this order was paid, signed now."""
    counterpart = town.stand_in.counterpart
    build = counterpart.announce_payment(counterpart.ledger.order(reference))
    assert build is not None
    return build()


def test_a_webhook_is_believed_only_when_signed_in_time_and_once(town: Town) -> None:
    payment = town.payment(town.assessment("CHARGE")["id"])
    counterpart = town.stand_in.counterpart
    counterpart.outbox.deliver = None
    counterpart.pay(payment["reference"])
    genuine = sent(town, payment["reference"])
    signature = genuine.headers["sandbox-signature"]
    forged = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    at, _, hashed = signature.partition(",")
    old = f"t={int(at.removeprefix('t=')) - 3600},{hashed}"
    head = town.service.head()
    with httpx.Client() as http:

        def deliver(body: bytes, signed: str) -> int:
            headers = {"sandbox-signature": signed}
            return http.post(genuine.url, content=body, headers=headers).status_code

        body = genuine.read()
        for spoiled, signed in (
            (body, forged), (body, ""), (body, old), (body + b" ", signature),
            (body.replace(b"115000", b"1"), signature), (b"", signature), (b"\0" * 60_000, "x"),
        ):  # fmt: skip
            assert deliver(spoiled, signed) == 400
        assert deliver(b" " * 70_000, signature) == 413
        assert town.service.head() == head
        assert deliver(body, signature) == 200
        recorded = town.service.head()
        assert recorded > head and deliver(body, signature) == 200
        assert town.service.head() == recorded
    assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"]


def test_money_of_another_amount_or_reference_is_taken_and_placed_in_suspense(town: Town) -> None:
    payment = town.payment(town.assessment("CHARGE")["id"])
    short = town.receive(payment, 100_000)
    assert [(p["to"], p["amount"]["amount"]) for p in short["placements"]] == [
        ("suspense", 100_000)
    ]
    assert not told(town.portal.get(f"/payments/{payment['id']}"))["paid"]


def test_a_webhook_that_outruns_the_answer_is_taken(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payer pays, and we are told, before the call that opened the checkout returns."""
    counterpart = town.stand_in.counterpart
    answer = counterpart.answer
    told_us = threading.Event()

    def pay(reference: str) -> None:
        before = len(counterpart.outbox.replies)
        counterpart.pay(reference)
        while len(counterpart.outbox.replies) == before:
            counterpart.outbox.drain()
        told_us.set()

    async def late(reference: str, response: Response) -> Response:
        if not told_us.is_set():
            await asyncio.to_thread(pay, reference)
        return await answer(reference, response)

    monkeypatch.setattr(counterpart, "answer", late)
    payment = town.payment(town.assessment("CHARGE")["id"])
    assert told_us.is_set() and payment["state"] == "received"
    assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"]


def test_a_database_that_is_gone_is_503_and_the_repeat_has_one_effect(database: Database) -> None:
    proxy = CuttingProxy(database.url)
    where = conninfo_to_dict(proxy.url)
    place = f"{where['user']}@127.0.0.1:{where['port']}/{where['dbname']}"
    url = f"postgresql://{place}?sslmode=disable&gssencmode=disable"
    try:
        with running_service(replace(database, url=url)) as service:
            town = found_town(service, "sandbox")
            asked, head = town.raising("CHARGE"), service.head()
            proxy.cut("feesvc.append", "lose", times=10**6)
            gone = post(town.portal, "/assessments", asked, key="again")
            assert told(gone, 503)["type"] == "/problems/database-unavailable"
            assert int(gone.headers["Retry-After"]) >= 1 and proxy.cuts
            proxy.cut("feesvc.append", "lose", times=0)
            assert service.head() == head
            again = post(town.portal, "/assessments", asked, key="again")
            assert told(again, 201) and service.head() == head + 1
            proxy.cut("feesvc.append", "swallow")
            paid = town.payment(again.json()["assessments"][0]["id"])
            assert paid["state"] == "presented"
            # Raised; then the intent with the attempt it is, and what it was answered.
            assert service.head() == head + 1 + 2 + 1
    finally:
        proxy.close()
