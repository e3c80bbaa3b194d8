"""Worked cases over HTTP: every book must end where the hand says, whatever road led there."""

from __future__ import annotations

from typing import Any

from feesvc.testing.road import SINCE, open_road
from feesvc.testing.service import RunningService
from feesvc.testing.town import post, told

LAYOUT, REGISTER = "sandbox-table", "payment_register"


def test_cash_at_the_counter(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A01", "sandbox")
    road.takes_cash(road.town.assessment("CHARGE"), 115_000)
    deposit = road.hands_in()
    road.papers.statement((115_000, f"NOP TIEN MAT {deposit['reference']}"))
    road.allocates()
    road.remits()
    ends("at_the_counter", road)
    assert read(road).cases() == []


def test_a_forfeited_advance(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A02", "vietqr")
    advance = road.town.assessment("ADVANCE")
    road.transfers_from_bank(road.asks(advance), 300_000)
    road.moves("advance_to_custody", 300_000, "collection", "treasury_custody")
    wish = {"reason": "judgment"}
    asked = told(post(road.town["finance"], f"/advances/{advance['id']}/forfeit", wish), 201)
    road.approved("forfeitures", asked)
    road.remits(source="treasury_custody")
    ends("forfeited", road)
    assert read(road).cases() == []


def test_reduced_after_part(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A03", "vietqr")
    charge = road.owes("charge", 100_000)
    transfer = road.transfers_from_bank(road.asks(charge), 80_000)
    less = {"lines": {"1": 50_000}, "reason": "reconsidered"}
    told(post(road.town["clerk"], f"/assessments/{charge['id']}/reduce", less))
    assert read(road).covered()["VND"]["owed"]["credit"] == 30_000
    road.pays_out(road.gives_back(transfer, 30_000))
    ends("reduced_after_part", road)


def test_cancelled_in_flight(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A04", "sandbox")
    charge = road.owes("charge", 80_000)
    payment = road.asks(charge)
    cancel = {"reason": "withdrawn"}
    told(post(road.town["clerk"], f"/assessments/{charge['id']}/cancel", cancel))
    road.paid(payment)
    [refund] = road.proposed(REGISTER)
    road.agrees_to(refund)
    road.returns(refund)
    ends("cancelled_in_flight", road)


def test_set_off(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A05", "vietqr")
    first = road.transfers_from_bank(road.asks(road.owes("charge", 70_000)), 70_000)
    road.allocates()
    road.remits()
    refund = road.gives_back(first, 70_000)
    road.transfers_from_bank(road.asks(road.owes("charge", 100_000)), 100_000)
    road.pays_out(refund)
    road.allocates()
    whole = post(road.town["finance"], f"/agencies/{road.town.agency}/remittances", {})
    assert told(whole, 409)["type"] == "/problems/shortfall"  # what was given back is missing
    sent = road.remits(set_off=True)
    assert (sent["total"]["amount"], sent["paid"]["amount"]) == (100_000, 30_000)
    ends("set_off", road)


def test_money_for_three_at_one_desk(roads: RunningService, ends: Any) -> None:
    desk, other = open_road(roads, "A06", "sandbox", LAYOUT), open_road(roads, "A07", "sandbox")
    both = {"agencies": ["A06", "A07"]}
    told(post(desk.everybody(other), "/portals/PA06/agencies", both))
    own, fee = (
        desk.charges("OWN", "charge", 50_000),
        other.charges("FEE90", "fee", 100_000, 900_000),
    )
    mail = desk.charges("MAIL", "postal", 30_000)
    shares = [
        {"agency": "A06", "lines": [{"item": own}, {"item": mail}]},
        {"agency": "A07", "lines": [{"item": fee}]},
    ]  # fmt: skip
    raised = post(desk.town.portal, "/assessments", desk.town.raising(shares=shares))
    transaction = desk.pays(*told(raised, 201)["assessments"])
    desk.credited(desk.papers.settlement(desk.papers.payment(transaction)))
    sent = desk.forwards(kind="agency", beneficiary="A07")
    desk.forwards(kind="postal", payee={"bank": "970422", "number": "556677"})
    other.papers.statement((100_000, f"CHUYEN PHI {sent['reference']}"))
    desk.allocates()
    desk.remits()
    other.allocates()
    other.remits()
    other.moves("retained_to_deposit", 90_000, "collection", "treasury_deposit")
    ends("one_stop", desk, "A")
    ends("one_stop", other, "B")


def test_dollars_paid_in_dong(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A15", "sandbox", LAYOUT)
    owed = road.town.assessment(road.charges("VISA", "fee", 4_000, 500_000, "USD"))
    rate = {
        "foreign": "USD", "rate_ppm": 26_000_000_000, "source": "vcb", "effective_on": SINCE,
    }  # fmt: skip
    at = f"/agencies/{road.town.agency}/exchange-rates"
    proposed = told(post(road.town["finance"], at, rate), 201)
    agreed = {name: rate[name] for name in ("rate_ppm", "effective_on")}
    told(post(road.town["approver"], f"/exchange-rates/{proposed['id']}/approve", agreed))
    made = told(post(road.town["clerk"], f"/assessments/{owed['id']}/convert", {}), 201)
    road.through({"id": made["target"]})
    road.allocates()
    road.remits()
    road.moves("retained_to_deposit", 520_000, "collection", "treasury_deposit")
    ends("dollars", road)


def test_commission_surplus_refunds_and_an_advance(
    roads: RunningService, ends: Any, read: Any
) -> None:
    road = open_road(roads, "A16", "sandbox", LAYOUT)
    half = road.halved(road.charges("C50", "charge", 50_000))
    assert road.town.assessment(road.charges("FREE", "charge", 0))["state"] == "paid"
    fee = road.owes("fee", 200_000, 900_000)
    change = {"lines": {"1": 20_000}, "reason": "recounted"}
    told(post(road.town["clerk"], f"/assessments/{fee['id']}/increase", change))
    asked = road.asks(fee)
    told(post(road.town["clerk"], f"/assessments/{fee['id']}/reduce", change))
    advance = road.town.assessment("ADVANCE")
    transactions = [
        road.pays(road.owes("charge", 135_000)), road.pays(road.town.assessment(half)),
        road.paid(asked), road.pays(advance),
    ]  # fmt: skip
    lines = [road.papers.payment(one, True) for one in transactions]
    road.credited(road.papers.settlement(*lines))
    assert read(road).balances()[1300] == 672_520
    road.allocates()
    road.moves("whole_from_estimate", 5_280, target="collection")
    over = {"kind": "credit", "assessment": fee["id"]}
    road.pays_out(road.gives_back(road.transfer(transactions[2]), 20_000, item=over))
    road.remits()
    road.moves("retained_to_deposit", 177_800, "collection", "treasury_deposit")
    partly = road.gives_back(road.transfer(transactions[2]), 40_000)
    road.moves("retained_back", 36_000, "treasury_deposit", "collection")
    road.repaid_by_treasury(4_000)
    road.pays_out(partly)
    notice = road.owes("charge", 180_000)
    told(
        post(road.town["finance"], f"/advances/{advance['id']}/apply", {"assessment": notice["id"]})
    )
    rest = [{"assessment": advance["id"], "line": 1, "amount": 120_000}]
    road.pays_out(road.gives_back(road.transfer(transactions[3]), 120_000, lines=rest))
    road.allocates()
    road.remits()
    ends("main", road)
