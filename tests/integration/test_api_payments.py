"""Payments and refunds over HTTP on a real server: one request has one effect, in any race."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import psycopg

from feesvc.testing.town import Town, post, told

CROWD = 50


def at_once(ask: Callable[[int], httpx.Response], times: int = CROWD) -> list[httpx.Response]:
    """Ask from as many threads at one moment."""
    ready = Barrier(times)

    def asked(number: int) -> httpx.Response:
        ready.wait()
        return ask(number)

    with ThreadPoolExecutor(times) as crowd:
        return list(crowd.map(asked, range(times)))


def test_fifty_posts_of_one_key_give_one_payment(town: Town) -> None:
    asked = town.paying(town.assessment("CHARGE", "FEE")["id"])

    def ask(number: int) -> httpx.Response:
        return post(town.portal, "/payments", asked, key="one key")

    first = at_once(ask)
    assert {answer.status_code for answer in first} <= {201, 409}
    for answer in first:
        if answer.status_code == 409:
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.json()["type"] == "/problems/in-flight"

    second = at_once(ask)
    assert {answer.status_code for answer in second} == {201}
    assert len({answer.content for answer in second}) == 1
    assert {answer.headers["Idempotent-Replayed"] for answer in second} == {"true"}
    assert {a.content for a in first if a.status_code == 201} == {second[0].content}

    reference = second[0].json()["reference"]
    assert list(town.stand_in.counterpart.ledger.orders) == [reference]
    head = town.service.head()
    assert ask(0).content == second[0].content and town.service.head() == head


def test_fifty_racing_refunds_never_exceed_what_was_received(town: Town) -> None:
    transfer = town.paid("CHARGE", "FEE")
    received, part = transfer["amount"]["amount"], 9_000
    assert received == 215_000

    def ask(number: int) -> httpx.Response:
        wish = {"transfer": transfer["id"], "amount": part, "reason": "paid_twice"}
        return post(town["finance"], "/refunds", wish, key=f"refund {number}")

    answers = at_once(ask)
    # A busy answer says that nothing was recorded; whoever asks again is told for good.
    while any(a.status_code == 409 and "Retry-After" in a.headers for a in answers):
        answers = at_once(ask)
    kinds = Counter(answer.status_code for answer in answers)
    assert kinds == {201: received // part, 409: CROWD - received // part}
    assert {a.json()["type"] for a in answers if a.status_code == 409} == {
        "/problems/more-than-is-left"
    }
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == received // part
    now = told(town["finance"].get(f"/transfers/{transfer['id']}"))
    assert now["free"]["amount"] == received - received // part * part


def test_a_refund_takes_two_people_and_exactly_what_was_asked(town: Town) -> None:
    transfer = town.paid("CHARGE")
    wish = {"transfer": transfer["id"], "amount": 50_000, "reason": "withdrawn"}
    refund = told(post(town["finance"], "/refunds", wish), 201)
    path = f"/refunds/{refund['id']}"

    changed = post(town["approver"], f"{path}/approve", {"digest": "0" * 64})
    assert told(changed, 422)["type"] == "/problems/changed-since-asked"
    same = post(town["approver"], f"{path}/approve", {"digest": refund["digest"]})
    assert told(same, 200)["state"] == "approved"
    assert post(town["approver"], f"{path}/reject", {"reason": "no"}).status_code == 409


def test_a_repeat_after_72_hours_is_told_what_the_resource_says(town: Town) -> None:
    asked = town.raising("CHARGE")
    raised = told(post(town.portal, "/assessments", asked, key="long ago"))
    paying = town.paying(raised["assessments"][0]["id"])
    paid = told(post(town.portal, "/payments", paying, key="long ago"))
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        db.execute("UPDATE feesvc.command SET answer = NULL")

    head = town.service.head()
    assert told(post(town.portal, "/assessments", asked, key="long ago")) == raised
    assert told(post(town.portal, "/payments", paying, key="long ago")) == paid
    other = post(town.portal, "/payments", {**paying, "locale": "en"}, key="long ago")
    assert told(other, 422)["type"] == "/problems/idempotency-key-reused"
    assert town.service.head() == head
