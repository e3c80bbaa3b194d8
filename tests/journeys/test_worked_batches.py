"""Worked cases of settlement batches and disputes, over HTTP and through files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feesvc.testing.faults import Fault
from feesvc.testing.road import Road, movement, open_road
from feesvc.testing.service import RunningService
from feesvc.testing.town import post, told

LAYOUT, REGISTER = "sandbox-table", "payment_register"


def test_paid_twice(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A08", "sandbox", LAYOUT)
    second = roads.stand_ins["vnpay"].counterpart
    account = road.merchant("vnpay")
    charge = road.town.assessment("CHARGE")
    second.notify_url = f"{roads.url}/v1/notifications/{account}"
    two, one = road.asks(charge, account=account), road.asks(charge)
    road.opens(two)  # and pays only after the other page, which it can take back no more
    transactions = road.paid(one), road.paid(two, at=second)
    [proposed] = road.proposed(REGISTER)
    told(post(road.town["approver"], f"/refunds/{proposed['id']}/reject", {"reason": "by_bank"}))
    road.credited(road.papers.settlement(road.papers.payment(transactions[0], True)))
    line = road.papers.payment(transactions[1], True, second)
    road.credited(road.papers.settlement(line, at=second, account=account))
    money = road.transfer(transactions[1], account)
    road.pays_out(road.gives_back(money, 115_000))
    road.allocates()
    road.moves("whole_from_estimate", 2_530, target="collection")
    road.remits()
    ends("paid_twice", road)


def test_a_negative_batch(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A09", "sandbox", LAYOUT)
    [paid] = road.through(road.owes("charge", 200_000))
    refund = road.gives_back(road.transfer(paid), 60_000, "intermediary")
    refund = road.returns(refund)
    small = road.pays(road.owes("charge", 35_000))
    back = road.papers.refund(refund, paid)
    negative = road.papers.settlement(road.papers.payment(small), back)
    large = road.papers.payment(road.pays(road.owes("charge", 100_000)))
    carried = movement("carry_in", f"C-{negative}", -25_000, reference=negative)
    road.credited(road.papers.settlement(large, carried))
    ends("negative_batch", road)


def test_a_line_before_its_callback(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A10", "sandbox", LAYOUT)
    payment = road.asks(road.owes("charge", 135_000))
    silent = road.town.stand_in.counterpart
    silent.faults.set(Fault.LOSE, payment["reference"])
    silent.faults.set(Fault.SERVER_ERROR, payment["reference"])
    paid = road.paid(payment)
    road.credited(road.papers.settlement(road.papers.payment(paid, True)))
    assert read(road).balances()[2150] == -135_000
    silent.faults.clear(payment["reference"])
    order = silent.ledger.order(payment["reference"])
    silent.notify(order, silent.announce_payment(order))
    ends("line_before_callback", road, short=1_485)


def test_a_short_credit(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A11", "sandbox", LAYOUT)
    paid = road.pays(road.owes("charge", 100_000))
    batch = road.papers.settlement(road.papers.payment(paid, True))
    road.credited(batch, 98_000, claim=True)
    assert read(road).balances()[1290] == 900
    road.recovered(batch, 900)
    ends("short_credit", road, short=1_100)


def disputing(roads: RunningService, agency: str, fee: int) -> tuple[Road, Any]:
    road = open_road(roads, agency, "stripe", "stripe-payouts-vnd")
    stripe: Any = road.town.stand_in.counterpart
    stripe.notify_url = f"{roads.url}/v1/notifications/{road.town.account}"
    stripe.account.tariff = replace(stripe.account.tariff, dispute_fee={"vnd": fee})
    return road, stripe


def test_a_dispute_after_allocation(roads: RunningService, ends: Any) -> None:
    road, stripe = disputing(roads, "A12", 5_000)
    [paid] = road.through(road.owes("fee", 100_000, 300_000))
    road.allocates()
    road.through(road.owes("charge", 200_000))
    dispute = stripe.dispute(paid)
    roads.await_followers()
    lost = movement("dispute", dispute, -100_000, of=stripe.books()[paid], commission=5_000)
    stripe.close_dispute(dispute, won=False)
    batch = road.papers.settlement(lost)
    road.papers.statement((-105_000, f"TRA NO {batch}"))
    ends("dispute_after_allocation", road, short=5_000)


def test_a_dispute_after_remittance(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A13", "sandbox", LAYOUT)
    [paid] = road.through(road.owes("fee", 100_000, 300_000))
    road.allocates()
    road.remits()
    road.moves("retained_to_deposit", 30_000, "collection", "treasury_deposit")
    counterpart = road.town.stand_in.counterpart
    counterpart.reverse(paid)
    lost = movement("dispute", f"{paid}R", -100_000, of=counterpart.books()[paid])
    negative = road.papers.settlement(lost)
    more = road.papers.payment(road.pays(road.owes("charge", 150_000)))
    carried = movement("carry_in", f"C-{negative}", -100_000, reference=negative)
    road.credited(road.papers.settlement(more, carried))
    ends("dispute_after_remittance", road, short=100_000)


def test_a_dispute_that_is_won(roads: RunningService, ends: Any) -> None:
    road, stripe = disputing(roads, "A14", 5_000)
    paid = road.pays(road.owes("charge", 100_000))
    dispute = stripe.dispute(paid)
    roads.await_followers()
    stripe.close_dispute(dispute, won=True)
    roads.await_followers()
    taken = stripe.books()[paid]
    road.credited(road.papers.settlement(
        road.papers.payment(paid),
        movement("dispute", f"{dispute}-1", -100_000, of=taken, commission=5_000),
        movement("dispute_reversal", f"{dispute}-2", 100_000, of=taken, commission=-5_000),
    ))  # fmt: skip
    ends("dispute_won", road)
