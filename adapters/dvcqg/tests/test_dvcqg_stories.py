"""The payment platform in the whole house, over raw ASGI: from INIT to the books."""

from __future__ import annotations

import json
from uuid import UUID

from feesvc.application.payments import look_up_payment
from feesvc.domain import transfer_events
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.testing.at_once import at_once
from feesvc.testing.world import World

NAME = "dvcqg"


def opened(**changes: str) -> tuple[World, UUID, UUID]:
    """A world with one account, and what a dossier owes: a phí and a lệ phí."""
    world = World(names=(NAME,))
    world.found("G14")
    account = world.open_account("G14", NAME, {**world.settings(NAME), **changes})
    world.listen(account)
    world.counterparts[NAME].outbox.deliver = world.deliver
    return world, account, at_once(world.assessment("G14", ("fee", 85_000), ("charge", 30_000)))


def told(world: World) -> list[str]:
    """The ``MaLoi`` of each answer that the platform got."""
    outbox = world.counterparts[NAME].outbox
    outbox.drain()
    codes = [json.loads(reply.content)["MaLoi"] for reply in outbox.replies]
    outbox.replies.clear()
    return codes


def transfers(world: World) -> list[transfer_events.Received]:
    events = [one.event for one in world.log()]
    return [event for event in events if isinstance(event, Transfer.Received)]


def test_a_confirm_books_even_where_no_look_up_is_configured() -> None:
    world, account, owed = opened(query_url="", query_type="")
    payment = world.ask(account, owed)
    transaction = world.counterparts[NAME].pay(payment.reference)
    assert told(world) == ["00"]
    [received] = transfers(world)
    assert received.source == "notification" and received.origin.transaction == transaction
    assert at_once(world.see(owed)).state == "paid"


def test_a_confirm_that_was_lost_is_made_good_by_the_query() -> None:
    world, account, owed = opened()
    payment = world.ask(account, owed)
    world.counterparts[NAME].pay(payment.reference)
    world.counterparts[NAME].outbox.deliver = None
    at_once(look_up_payment(world.house, payment.id))
    [received] = transfers(world)
    assert received.source == "look_up"
    world.counterparts[NAME].outbox.deliver = world.deliver
    assert told(world) == ["00"], "the same transfer, told late"
    assert len(transfers(world)) == 1


def test_another_amount_goes_to_suspense_and_the_platform_is_told_99() -> None:
    world, account, owed = opened()
    payment = world.ask(account, owed)
    transaction = world.counterparts[NAME].pay(payment.reference, 114_999)
    assert told(world) == ["99"]
    id = world.store.ids.transfer(account, transaction)
    [placed] = at_once(world.house.see(Transfer, id, "")).buckets
    assert (placed.to, placed.reason, placed.amount.amount) == (
        "suspense", "wrong_amount", 114_999,
    )  # fmt: skip
    assert at_once(world.see(owed)).state != "paid"


def test_a_failure_is_looked_up_and_ends_the_payment() -> None:
    world, account, owed = opened()
    payment = world.ask(account, owed)
    world.counterparts[NAME].decline(payment.reference)
    told(world)
    assert transfers(world) == []
    assert at_once(world.house.see(Payment, payment.id, "")).ended == "declined"
