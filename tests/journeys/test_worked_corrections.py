"""Worked cases of the Treasury's accounts, of refunds that cost, and of what two people mend."""

from __future__ import annotations

from typing import Any

from feesvc.testing.finding import found_case
from feesvc.testing.road import Road, movement, open_road
from feesvc.testing.road.papers import today
from feesvc.testing.service import RunningService
from feesvc.testing.town import post, told

LAYOUT = "sandbox-table"
ACCOUNTS = ("collection", "treasury_deposit", "treasury_fees")


def test_fees_at_the_treasury_and_commission_made_whole(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A30", "sandbox", LAYOUT, ACCOUNTS)
    road.through(road.owes("fee", 100_000, 300_000))
    road.allocates()
    road.moves("fees_to_treasury", 100_000, "collection", "treasury_fees")
    road.remits(source="treasury_fees")
    road.moves("retained_to_deposit_from_fees", 30_000, "treasury_fees", "treasury_deposit")
    bill = {
        "number": "HD-11", "month": "2026-11", "commission": 1_000, "tax": 100, "currency": "VND",
        "issued_on": today().isoformat(),
    }  # fmt: skip
    path = f"/merchant-accounts/{road.town.account}/commission-invoices"
    told(post(road.town["finance"], path, bill), 201)
    road.moves("invoice_paid", 1_100, "treasury_deposit")
    road.through(road.owes("charge", 100_000), rate=True)
    road.allocates()
    road.moves("whole_from_retained", 1_100, "treasury_deposit", "collection")
    road.remits()
    ends("treasury", road)


def test_a_batch_that_went_straight_to_the_budget(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A31", "sandbox", LAYOUT)
    paid = road.pays(road.owes("charge", 100_000))
    batch = road.papers.settlement(road.papers.payment(paid))
    id = roads.ids().of("batch", road.town.account, batch)
    body = {"reference": "KB-1", "amount": 100_000, "booked_on": today().isoformat()}
    path = f"/agencies/{road.town.agency}/batches/{id}/to-budget"
    told(post(road.town["finance"], path, body))
    ends("straight", road)


def test_what_refunds_cost_and_bring_back(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A32", "sandbox", LAYOUT)
    [paid] = road.through(road.owes("charge", 200_000), rate=True)
    taken = road.town.stand_in.counterpart.books()[paid]
    lines = []
    for amount, commission, tax in ((100_000, 1_000, 0), (60_000, -600, -60)):
        refund = road.returns(road.gives_back(road.transfer(paid), amount, "intermediary"))
        named = road.papers.refund(refund, paid)
        lines.append(movement(
            "refund", named.native_id, -amount, of=taken, reference=refund["reference"],
            commission=commission, tax=tax,
        ))  # fmt: skip
    more = road.papers.payment(road.pays(road.owes("charge", 300_000)))
    road.credited(road.papers.settlement(*lines, more))
    ends("given_back", road, short=2_540)


def test_a_refund_that_comes_back(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A39", "sandbox", LAYOUT)
    [paid] = road.through(road.owes("charge", 200_000))
    refund = road.returns(road.gives_back(road.transfer(paid), 60_000, "intermediary"))
    gone = road.papers.refund(refund, paid)
    back = movement(
        "refund_reversal", f"{gone.native_id}B", 60_000,
        of=road.town.stand_in.counterpart.books()[paid], reference=refund["reference"],
    )  # fmt: skip
    for line in (gone, back):
        more = road.papers.payment(road.pays(road.owes("charge", 100_000)))
        road.credited(road.papers.settlement(more, line))
    road.refund_is(refund, "returned")
    ends("came_back", road)


def test_an_advance_returned_out_of_custody(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A33", "vietqr")
    advance = road.town.assessment("ADVANCE")
    money = road.transfers_from_bank(road.asks(advance), 300_000)
    road.moves("advance_to_custody", 300_000, "collection", "treasury_custody")
    part = [{"assessment": advance["id"], "line": 1, "amount": 100_000}]
    refund = road.gives_back(money, 100_000, lines=part)
    road.pays_out(refund, number=road.accounts["treasury_custody"])
    ends("from_custody", road)


def ended(road: Road, case: str, resolution: str, **moves: Any) -> None:
    """Finance says how a case ends and what moves with it; another person agrees."""
    body = {"resolution": resolution, "reason": "found", "moves": moves}
    asked = told(post(road.town["finance"], f"/cases/{case}/resolve", body))
    digest = {"digest": asked["digest"]}
    assert told(post(road.town["approver"], f"/cases/{case}/approve", digest))["state"] == "closed"


def test_what_two_people_claim_lose_and_correct(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A34", "sandbox")
    right, wrong = (road.owes("charge", 100_000) for _ in range(2))
    asked = [road.asks(one) for one in (right, wrong)]
    kept, mistaken = (road.transfer(road.paid(one)) for one in asked)
    asked += [road.asks(road.owes("charge", 1_000)) for _ in range(2)]
    cases = [found_case(roads, "A34", one["id"], 1) for one in asked]
    ended(road, cases[0], "claim", how="claimed", about=kept["id"], amount=900)
    ended(road, cases[2], "write_off", how="claim_written_off", about=kept["id"], amount=900)
    ended(
        road, cases[1], "correct_ledger", how="corrected", about=mistaken["id"], amount=10_000
    )  # fmt: skip
    ended(road, cases[3], "write_off", how="receivable_written_off", about=wrong["id"])
    ends("corrected", road)


def test_what_is_taken_back_of_fees_that_are_due_no_more(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A35", "sandbox", LAYOUT)
    fees = [road.owes("fee", 100_000, 300_000) for _ in range(4)]
    asked = [road.asks(one) for one in fees]
    paid = []
    for payment, how_far in zip(asked, ("remitted", "allocated", "banked", ""), strict=True):
        paid.append(road.paid(payment))
        batch = road.papers.settlement(road.papers.payment(paid[-1]))
        if how_far:
            road.credited(batch)
        if how_far in ("remitted", "allocated"):
            road.allocates()
        if how_far == "remitted":
            road.remits()
    more = {"lines": {"1": 20_000}, "reason": "recounted"}
    for fee, payment in zip(fees, asked, strict=True):
        told(post(road.town["clerk"], f"/assessments/{fee['id']}/increase", more))
        case = found_case(roads, "A35", payment["id"], 1)
        ended(road, case, "write_off", how="receivable_written_off", about=fee["id"])
    for transaction in paid:
        road.town.stand_in.counterpart.reverse(transaction)
        roads.await_followers()
    ends("not_due", road)


def test_one_payment_of_two_lines(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A36", "sandbox", LAYOUT)
    items = road.charges("F90", "fee", 200_000, 900_000), road.charges("C0", "charge", 50_000)
    both = road.town.assessment(*items)
    [paid] = road.through(both)
    road.allocates()
    part = [{"assessment": both["id"], "line": 1, "amount": 100_000}]
    road.pays_out(road.gives_back(road.transfer(paid), 100_000, lines=part))
    sent = road.draws()
    road.debited(sent, 60_000)
    road.papers.statement((60_000, f"TRA LAI {sent['reference']}"))
    ends("two_lines", road)


def test_what_is_kept_back_and_released(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A37", "sandbox", LAYOUT)
    for kind, amount in (("reserve_hold", -5_000), ("reserve_release", 5_000)):
        paid = road.papers.payment(road.pays(road.owes("charge", 100_000)))
        kept = movement(kind, f"R-{amount}", amount)  # type: ignore[arg-type]
        road.credited(road.papers.settlement(paid, kept))
    ends("reserve", road)


def test_a_part_of_what_was_asked(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A38", "vietqr")
    road.transfers_from_bank(road.asks(road.owes("charge", 100_000)), 80_000)
    ends("too_little", road)
