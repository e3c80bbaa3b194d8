"""Choice over HTTP: which intermediaries take an amount, and what is said when one falls sick."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from feesvc.application.desk.operations import OPERATIONS, Operation
from feesvc.testing.faults import Fault
from feesvc.testing.service import RunningService
from feesvc.testing.town import Town, found_town, post, told


def other_account(town: Town) -> str:
    """A merchant account at another intermediary that takes đồng."""
    asked = {
        "intermediary": "stripe",
        "mode": "test",
        "settings": dict(town.service.stand_ins["stripe"].settings),
        "currencies": ["VND", "USD"],
    }
    path = f"/agencies/{town.agency}/merchant-accounts"
    return str(told(post(town["administrator"], path, asked), 201)["id"])


def offered(town: Town, amount: int = 115_000, currency: str = "VND") -> list[dict[str, Any]]:
    asked: dict[str, str | int] = {"amount": amount, "currency": currency}
    said = told(town.portal.get(f"/agencies/{town.agency}/intermediaries", params=asked))
    found: list[dict[str, Any]] = said["intermediaries"]
    return found


def test_a_portal_is_told_what_it_may_offer(town: Town) -> None:
    other = other_account(town)
    mine, second = offered(town)
    assert mine["account"] == town.account and second["account"] == other
    assert mine == {
        "account": town.account, "intermediary": "sandbox", "name_vi": "Thanh toán thử nghiệm",
        "name_en": "Test payments", "mode": "test", "currency": "VND",
        "limits": {"minimum": 1, "maximum": 10_000_000_000}, "fits": True,
        "surcharge": {"amount": 0, "currency": "VND"},
        "refunds": "intermediary", "cancellable": True, "variable_amount": False,
        "charge_borne_by": "agency", "checkout": None, "health": "ok", "since": None,
    }  # fmt: skip
    too_much, _ = offered(town, 10_000_000_001)
    assert too_much["fits"] is False and too_much["limits"]["maximum"] == 10_000_000_000
    dollars = {one["intermediary"]: one for one in offered(town, 500, "USD")}
    assert dollars["stripe"]["fits"] is True
    # The intermediary takes dollars, this account of it does not.
    assert dollars["sandbox"]["fits"] is False and dollars["sandbox"]["limits"] is None

    tariff = f"/merchant-accounts/{town.account}/tariff"
    terms = {"currency": "VND", "ppm": 11_000, "borne_by": "payer", "valid_from": "2020-01-01"}
    [asked] = told(post(town["finance"], tariff, terms), 201)["versions"]
    told(post(town["approver"], f"{tariff}/1/approve", {"digest": asked["digest"]}))
    borne, _ = offered(town, 100_000)
    assert (borne["surcharge"]["amount"], borne["charge_borne_by"]) == (1_100, "payer")

    told(post(town["administrator"], f"/merchant-accounts/{other}/close"))
    assert [one["account"] for one in offered(town)] == [town.account]


def test_only_who_may_see_payments_is_told(service: RunningService, town: Town) -> None:
    neighbour = found_town(service, "sandbox", "H26", "OTHER")
    path = f"/agencies/{town.agency}/intermediaries"
    asked: dict[str, str | int] = {"amount": 1000, "currency": "VND"}
    assert neighbour.portal.get(path, params=asked).status_code == 404
    assert neighbour["finance"].get(path, params=asked).status_code == 404
    assert town["auditor"].get(path, params=asked).status_code == 200
    wrongs: list[dict[str, str | int]] = [{"amount": 0}, {"currency": "đ"}, {"amount": "1.5"}]
    for wrong in wrongs:
        assert town.portal.get(path, params=asked | wrong).status_code == 422
    assert town.portal.get(path).status_code == 422


@pytest.mark.slow
def test_a_sick_intermediary_is_refused_at_once_and_others_are_named(town: Town) -> None:
    other = other_account(town)
    town.stand_in.counterpart.faults.set(Fault.SERVER_ERROR)
    owed = town.assessment()["id"]
    answers = [post(town.portal, "/payments", town.paying(owed)) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {503}

    head, asked = town.service.head(), len(town.stand_in.counterpart.ledger.orders)
    held_off = post(town.portal, "/payments", town.paying(owed))
    assert held_off.status_code == 503 and "Retry-After" in held_off.headers
    assert held_off.json()["type"] == "/problems/intermediary-unavailable"
    [instead] = held_off.json()["alternatives"]
    assert (instead["account"], instead["health"]) == (other, "ok")
    # Nothing was recorded that could not be sent, and nothing was sent.
    assert town.service.head() == head
    assert len(town.stand_in.counterpart.ledger.orders) == asked

    well, sick = offered(town)
    assert (well["intermediary"], well["health"], well["since"]) == ("stripe", "ok", None)
    assert (sick["intermediary"], sick["health"]) == ("sandbox", "unavailable")
    assert sick["since"] is not None

    # Queries are not held off by it, nor are payments elsewhere.
    town.stand_in.counterpart.faults.clear()
    instead = town.paying(owed) | {"account": other}
    payment = told(post(town.portal, "/payments", instead), 201)
    assert told(post(town.portal, f"/payments/{payment['id']}/look-up"))["state"] == "presented"


def test_a_payment_that_is_open_is_told_again_while_the_intermediary_is_sick(town: Town) -> None:
    asked = town.paying(town.assessment()["id"])
    first = post(town.portal, "/payments", asked, key="mine")
    assert first.status_code == 201
    town.stand_in.counterpart.faults.set(Fault.SERVER_ERROR)
    for _ in range(20):
        post(town.portal, "/payments", asked)
    again = post(town.portal, "/payments", asked, key="mine")
    assert again.content == first.content and again.status_code == 201


@pytest.mark.slow
def test_payments_that_hang_keep_back_neither_queries_nor_notifications(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = {**OPERATIONS, "request_payment": Operation(seconds=8.0)}
    monkeypatch.setattr("feesvc.application.desk.bulkhead.OPERATIONS", patience)
    payment = town.payment(town.assessment()["id"])
    town.stand_in.counterpart.faults.set(Fault.HANG)
    owed = [town.assessment()["id"] for _ in range(30)]
    with ThreadPoolExecutor(30) as crowd:
        hanging = [crowd.submit(post, town.portal, "/payments", town.paying(id)) for id in owed]
        while len(town.stand_in.counterpart.ledger.orders) < 20:
            time.sleep(0.01)
        town.stand_in.counterpart.faults.clear()
        town.stand_in.counterpart.pay(payment["reference"])
        town.stand_in.counterpart.outbox.drain()
        told(post(town.portal, f"/payments/{payment['id']}/look-up"))
        assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"] is True
        assert not all(each.done() for each in hanging)
        assert {each.result().status_code for each in hanging} <= {503, 201}
