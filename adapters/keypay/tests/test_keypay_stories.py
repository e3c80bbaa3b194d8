"""KeyPay in the whole house, over raw ASGI: a hint books nothing, and a bill is paid elsewhere."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from feesvc.domain import transfer_events
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.testing.at_once import at_once
from feesvc.testing.world import World
from feesvc_keypay.counterpart import KeyPayBridgeCounterpart

BOTH = ["keypay", "keypay_bridge"]


def opened(name: str) -> tuple[World, UUID, UUID]:
    """A world with one account of this intermediary, and what a dossier owes."""
    world = World(names=(name,))
    world.found("G14")
    account = world.open_account("G14", name, world.settings(name))
    world.listen(account)
    return world, account, at_once(world.assessment("G14", ("fee", 85_000), ("charge", 30_000)))


def said(world: World, name: str) -> list[httpx.Response]:
    """What we answered to everything that the intermediary had to say."""
    outbox = world.counterparts[name].outbox
    outbox.deliver = world.deliver
    outbox.drain()
    return outbox.replies


def transfers(world: World) -> list[transfer_events.Received]:
    events = [one.event for one in world.log()]
    return [event for event in events if isinstance(event, Transfer.Received)]


@pytest.mark.parametrize("name", BOTH)
def test_a_hint_makes_us_look_and_the_look_up_books(name: str) -> None:
    world, account, owed = opened(name)
    payment = world.ask(account, owed)
    transaction = world.counterparts[name].pay(payment.reference)
    for _ in range(2):
        said(world, name)
    [received] = transfers(world)
    assert received.source == "look_up" and received.amount.amount == 115_000
    assert received.origin.transaction == transaction
    assert at_once(world.see(owed)).state == "paid"


@pytest.mark.parametrize("name", BOTH)
def test_a_hint_of_a_payment_that_was_not_made_books_nothing(name: str) -> None:
    world, account, owed = opened(name)
    payment = world.ask(account, owed)
    world.counterparts[name].decline(payment.reference)
    outbox = world.counterparts[name].outbox
    told: dict[str, dict[str, Any]] = {
        "keypay": {"response_code": "00"},
        "keypay_bridge": {"status": 0},
    }

    def lie(request: httpx.Request) -> httpx.Response:
        counterpart = world.counterparts[name]
        return world.deliver(counterpart.rephrased(request, told[name], world.settings(name)))

    outbox.deliver = lie
    outbox.drain()
    assert len(outbox.replies) == 1
    assert transfers(world) == []
    assert at_once(world.house.see(Payment, payment.id, "")).ended == "declined"
    assert at_once(world.see(owed)).state != "paid"


def test_the_national_portal_asks_its_payer_pays_and_we_are_told() -> None:
    world, _, owed = opened("keypay_bridge")
    portal = cast("KeyPayBridgeCounterpart", world.counterparts["keypay_bridge"])
    dossier = at_once(world.see(owed)).dossier

    reference = portal.told(world.deliver(portal.inquiry(dossier)).content)
    assert reference
    assert portal.told(world.deliver(portal.inquiry(dossier)).content) == reference
    portal.pay(reference)
    said(world, "keypay_bridge")

    assert at_once(world.see(owed)).state == "paid"
    [received] = transfers(world)
    assert received.amount.amount == 115_000
    assert portal.told(world.deliver(portal.inquiry(dossier)).content) == ""


def test_an_inquiry_that_is_not_believed_is_answered_like_any_forgery() -> None:
    world, _, owed = opened("keypay_bridge")
    portal = cast("KeyPayBridgeCounterpart", world.counterparts["keypay_bridge"])
    question = portal.inquiry(at_once(world.see(owed)).dossier)
    before = world.head()
    question.headers["authorization"] = "Bearer another"
    answer = world.deliver(question)
    assert json.loads(answer.content) == {"return_code": -1, "return_msg": "error"}
    assert world.head() == before


def test_the_classic_one_is_asked_no_bills() -> None:
    world, account, _ = opened("keypay")
    request = httpx.Request(
        "POST", f"https://fees.test/v1/notifications/{account}/inquiry", content=b"{}"
    )
    assert world.deliver(request).status_code == 404


def test_keys_rotate_while_a_bill_is_open() -> None:
    world, account, owed = opened("keypay_bridge")
    portal = cast("KeyPayBridgeCounterpart", world.counterparts["keypay_bridge"])
    settings = world.settings("keypay_bridge")
    overlap = {
        **settings,
        "hash_key_2": "kpb_key2_new",
        "hash_key_2_previous": settings["hash_key_2"],
        "inquiry_token": "kpb_token_new",
        "inquiry_token_previous": settings["inquiry_token"],
    }
    world.rekey(account, "keypay_bridge", overlap)
    dossier = at_once(world.see(owed)).dossier
    reference = portal.told(world.deliver(portal.inquiry(dossier)).content)
    portal.pay(reference)
    said(world, "keypay_bridge")
    assert at_once(world.see(owed)).state == "paid"
    without = {k: v for k, v in overlap.items() if not k.endswith("_previous")}
    world.rekey(account, "keypay_bridge", without)
    assert world.deliver(portal.inquiry(dossier)).json()["return_code"] == -1
