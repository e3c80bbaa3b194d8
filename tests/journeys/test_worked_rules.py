"""Worked cases of rules that few roads lead to: surcharges, lapses, other agencies, reversals."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from feesvc.testing.road import SINCE, Road, movement, open_road
from feesvc.testing.service import RunningService
from feesvc.testing.town import post, told

LAYOUT, CASE_LIST = "sandbox-table", "case_list"
LAW = {"limited_on": "2026-01-01", "legal_basis": "BLDS 2015, Điều 429"}


def line_of(road: Road, transaction: str, commission: int, tax: int) -> Any:
    taken = road.town.stand_in.counterpart.books()[transaction]
    return movement(
        "payment", transaction, taken.amount.amount, of=taken, commission=commission, tax=tax
    )


def typed(road: Road, who: str, *words: str) -> Any:
    """What ``feesvc tariffs …`` says when that officer types it."""
    token = road.town[who].headers["authorization"].removeprefix("Bearer ")
    ran = subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", "tariffs", *words, "--json"],
        capture_output=True, text=True, check=False,
        env={
            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "FEESVC_URL": road.town.service.url,
            "FEESVC_TOKEN": token,
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def test_a_surcharge_pays_the_commission(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A20", "sandbox", LAYOUT)
    account = road.town.account
    terms = ("--ppm", "10000", "--tax-ppm", "100000", "--borne-by", "payer")
    [asked] = typed(road, "finance", "propose", account, *terms, "--valid-from", SINCE)["versions"]
    assert (asked["state"], asked["borne_by"]) == ("proposed", "payer")
    typed(road, "approver", "approve", account, "1", "--digest", asked["digest"])
    first, second = (road.asks(road.owes("charge", 100_000)) for _ in range(2))
    assert (first["amount"]["amount"], first["surcharge"]["amount"]) == (101_100, 1_100)
    lines = [line_of(road, road.paid(first), 1_000, 100)]
    lines.append(line_of(road, road.paid(second), 1_100, 100))
    road.credited(road.papers.settlement(*lines))
    road.allocates()
    road.moves("whole_from_estimate", 100, target="collection")
    road.remits()
    ends("surcharge", road)
    assert read(road).cases() == ["S09"]


def test_what_is_left_of_a_surcharge_is_the_payers(roads: RunningService, read: Any) -> None:
    road = open_road(roads, "A28", "sandbox", LAYOUT)
    terms = ("--ppm", "10000", "--borne-by", "payer", "--valid-from", SINCE)
    [asked] = typed(road, "finance", "propose", road.town.account, *terms)["versions"]
    typed(road, "approver", "approve", road.town.account, "1", "--digest", asked["digest"])
    transaction = road.paid(road.asks(road.owes("charge", 100_000)))
    road.credited(road.papers.settlement(line_of(road, transaction, 700, 0)))
    held = {"kind": "surcharge", "transfer": road.transfer(transaction)["id"]}
    body = {"item": held, "reason": "less_was_taken"}
    moved = told(post(road.town["finance"], "/suspense/credit", body), 201)
    if moved["needs_second"]:
        approval = {"digest": moved["digest"]}
        told(post(road.town["approver"], f"/reclassifications/{moved['id']}/approve", approval))
    proofs = read(road)
    assert proofs.balances() == {1300: 100_300, 2100: -300, 2510: -100_000}
    assert proofs.covered()["VND"]["surplus"] == 0
    assert proofs.open_items(2650) == {}


def lapses(road: Road, transfer: str, code: str, **place: str) -> None:
    """Finance ends the case of this money, and another person agrees that it lapses."""
    road.town.service.await_followers()
    path = f"/agencies/{road.town.agency}/{CASE_LIST}/cases"
    found = told(road.town["finance"].get(path, params={"subject": transfer}))["items"]
    [case] = [one["id"] for one in found if one["code"] == code]
    moves = {"how": "unclaimed", "about": transfer, "codes": {"sub_item": "4949"}, **LAW, **place}
    body = {"resolution": "forward_to_budget", "reason": "limited", "moves": moves}
    asked = told(post(road.town["finance"], f"/cases/{case}/resolve", body))
    digest = {"digest": asked["digest"]}
    assert told(post(road.town["approver"], f"/cases/{case}/approve", digest))["state"] == "closed"


def test_what_lapsed_is_remitted(roads: RunningService, ends: Any, read: Any) -> None:
    road = open_road(roads, "A21", "vietqr")
    [unknown] = road.papers.statement((50_000, "KHONG RO NOI DUNG"))
    charge = road.owes("charge", 100_000)
    over = road.transfers_from_bank(road.asks(charge), 120_000)
    lapses(road, road.of_the_bank(unknown)["id"], "B03")
    lapses(road, over["id"], "A02", place="credit", assessment=charge["id"])
    road.allocates()
    sent = road.remits()
    by_codes = {tuple(e["codes"].values()): e["amount"]["amount"] for e in sent["entries"]}
    assert by_codes == {(): 100_000, ("4949",): 70_000}
    ends("lapsed", road)
    assert read(road).cases() == []


def test_money_of_another_agency_comes_and_goes_back(roads: RunningService, ends: Any) -> None:
    desk, other = open_road(roads, "A22", "sandbox", LAYOUT), open_road(roads, "A23", "sandbox")
    both = {"agencies": ["A22", "A23"]}
    told(post(desk.everybody(other), "/portals/PA22/agencies", both))
    charge = other.charges("CHARGE100", "charge", 100_000)
    mail = desk.charges("MAIL", "postal", 30_000)
    shares = [
        {"agency": "A23", "lines": [{"item": "ADVANCE"}, {"item": charge}]},
        {"agency": "A22", "lines": [{"item": mail}]},
    ]  # fmt: skip
    raised = told(post(desk.town.portal, "/assessments", desk.town.raising(shares=shares)), 201)
    theirs, own = (one["id"] for one in raised["assessments"])
    transaction = desk.pays(*raised["assessments"])
    desk.credited(desk.papers.settlement(desk.papers.payment(transaction)))
    money = desk.transfer(transaction)

    def part(assessment: str, line: int, amount: int) -> Any:
        asked = [{"assessment": assessment, "line": line, "amount": amount}]
        return desk.gives_back(money, amount, lines=asked)

    desk.pays_out(part(theirs, 2, 50_000), part(own, 1, 30_000))
    sent = desk.forwards(kind="agency", beneficiary="A23")
    other.papers.statement((350_000, f"CHUYEN PHI {sent['reference']}"))
    notice = other.owes("charge", 180_000)
    wish = {"assessment": notice["id"]}
    told(post(other.town["finance"], f"/advances/{theirs}/apply", wish))
    rest = part(theirs, 1, 120_000)
    back = other.forwards(kind="collector", beneficiary="A22")
    desk.papers.statement((120_000, f"HOAN PHI {back['reference']}"))
    desk.pays_out(rest)
    other.allocates()
    other.remits()
    ends("between_agencies", desk, "A")
    ends("between_agencies", other, "B")


def less(road: Road, assessment: Any, owed: int) -> None:
    body = {"lines": {"1": owed}, "reason": "reconsidered"}
    told(post(road.town["clerk"], f"/assessments/{assessment['id']}/reduce", body))


def test_reductions_of_paid_fees(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A24", "sandbox", LAYOUT)
    allocated, remitted = (road.owes("fee", 100_000, 300_000) for _ in range(2))
    road.through(allocated, remitted)
    road.allocates()
    less(road, allocated, 20_000)
    road.remits()
    less(road, remitted, 20_000)
    collected = road.owes("fee", 100_000, 300_000)
    money = road.transfer(road.pays(collected))
    less(road, collected, 20_000)
    more = {"lines": {"1": 20_000}, "reason": "recounted"}
    told(post(road.town["clerk"], f"/assessments/{collected['id']}/increase", more))
    less(road, collected, 30_000)
    waived = {"reason": "hardship"}
    path = f"/assessments/{road.owes('charge', 80_000)['id']}/waive"
    told(post(road.town["clerk"], path, waived))
    item = {"transfer": money["id"], "kind": "credit", "assessment": collected["id"]}
    wish = {
        "item": item, "assessment": road.owes("charge", 20_000)["id"], "reason": "payer_asked"
    }  # fmt: skip
    asked = told(post(road.town["finance"], "/suspense/apply", wish), 201)
    road.approved("reclassifications", asked)
    ends("reduced", road, short=0)


def test_another_amount_than_was_ordered(roads: RunningService, ends: Any) -> None:
    road = open_road(roads, "A25", "sandbox")
    payment = road.asks(road.owes("charge", 100_000))
    money = road.transfer(road.paid(payment, 101_000))
    item = {"transfer": money["id"], "kind": "suspense"}
    wish = {"item": item, "amount": 41_000, "reason": "payer_known", "payer": {"name": "Lê Thị C"}}
    road.approved(
        "reclassifications", told(post(road.town["finance"], "/suspense/credit", wish), 201)
    )
    road.returns(road.gives_back(money, 60_000, "intermediary", item={"kind": "suspense"}))
    ends("misplaced", road)


def test_what_is_taken_back_after_settlement(roads: RunningService, ends: Any) -> None:
    road, other = open_road(roads, "A26", "sandbox", LAYOUT), open_road(roads, "A27", "sandbox")
    both = {"agencies": ["A26", "A27"]}
    told(post(road.everybody(other), "/portals/PA26/agencies", both))
    shares = [{"agency": "A27", "lines": [{"item": other.charges("C70", "charge", 70_000)}]}]
    raised = told(post(road.town.portal, "/assessments", road.town.raising(shares=shares)), 201)
    cancelled = road.owes("charge", 50_000)
    in_flight = road.asks(cancelled)
    withdrawn = {"reason": "withdrawn"}
    told(post(road.town["clerk"], f"/assessments/{cancelled['id']}/cancel", withdrawn))
    taken = [
        road.pays(road.owes("charge", 100_000)),
        road.pays(road.town.assessment("ADVANCE")),
        road.paid(in_flight),
        road.paid(road.asks(road.owes("charge", 100_000)), 101_000),
        road.pays(*raised["assessments"]),
    ]
    road.papers.settlement(*[road.papers.payment(one) for one in taken])
    fee = road.owes("fee", 90_000)
    taken += road.through(fee)
    for one in taken:
        road.town.stand_in.counterpart.reverse(one)
        roads.await_followers()
    ends("taken_back", road, "A")
    ends("taken_back", other, "B")
