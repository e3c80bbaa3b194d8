"""Rates, conversions and sales by command line; a shortfall blocks; claims on the budget end."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

ACCOUNT = {"bank": "VCB", "number": "0011"}
PAYEE = {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN DUC"}
DAY = "2026-11-21"
RATE = "26000000000"


@pytest.fixture
def banked(town: Town) -> Town:
    for currency in ("VND", "USD"):
        named = {
            **ACCOUNT, "purpose": "collection", "currency": currency, "effective_on": "2020-01-01",
        }  # fmt: skip
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named), 200)
    return town


def feesvc(town: Town, who: str, *words: str, code: int = 0) -> Any:
    """What ``feesvc exchange …`` says when that officer gives it."""
    token = town[who].headers["authorization"].removeprefix("Bearer ")
    ran = subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", "exchange", *words, "--json"],
        capture_output=True, text=True, check=False,
        env={
            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "FEESVC_URL": town.service.url,
            "FEESVC_TOKEN": token,
        },
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout + ran.stderr
    return json.loads(ran.stdout) if not code else ran.stderr


def line(amount: int, order: str, reference: str) -> dict[str, Any]:
    return {
        "account": ACCOUNT, "reference": reference, "amount": amount, "currency": "VND",
        "booked_on": DAY, "narrative": order,
    }  # fmt: skip


def in_the_bank(town: Town) -> dict[str, Any]:
    """A charge of 115,000 was paid in cash; the bank has it, and it is the budget's."""
    fee = town.assessment("CHARGE")
    cash = {"desk": "Q1", "slip": fee["id"], "amount": 115_000}
    paid: dict[str, Any] = told(post(town["clerk"], f"/assessments/{fee['id']}/cash", cash), 201)
    deposits = f"/agencies/{town.agency}/cash-deposits"
    handed = told(post(town["clerk"], deposits, {"desk": "Q1"}), 201)
    credit = line(115_000, handed["reference"], "C1")
    told(post(town["finance"], f"/agencies/{town.agency}/order-credits", credit), 200)
    told(post(town["finance"], f"/agencies/{town.agency}/allocations", {"until": DAY}))
    return paid


def balances(town: Town, currency: str = "VND") -> dict[int, int]:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    books = told(town["auditor"].get(path))["books"]
    return {
        int(row["account"]): row["balance"]["amount"]
        for book in books
        if book["currency"] == currency
        for row in book["accounts"]
        if row["balance"]["amount"]
    }


def sold(town: Town, amount: int, foreign: str, into: str, received: int) -> None:
    """From asking until the bank has paid: P24a, P24b."""
    asked = feesvc(
        town, "finance", "sell", town.agency, str(amount), foreign, "--into", into,
        "--reason", "needed",
    )  # fmt: skip
    feesvc(town, "finance", "approve", asked["id"], code=1)
    assert feesvc(town, "approver", "approve", asked["id"])["state"] == "approved"
    bank = ("--booked-on", DAY, "--reference")
    early = ("received", asked["id"], str(received), *bank, "FX-2", "--rate", RATE)
    feesvc(town, "finance", *early, code=1)
    feesvc(town, "finance", "sold", asked["id"], str(amount), *bank, "FX-1")
    assert feesvc(town, "finance", *early)["state"] == "received"


def test_money_is_sold_and_what_is_short_of_it_goes_nowhere(banked: Town) -> None:
    """15,000 đồng that are the budget's are sold by mistake: the remittance waits for them."""
    town = banked
    with town.service.working():
        in_the_bank(town)
        sold(town, 15_000, "VND", "USD", 57)
        assert balances(town) == {1260: 15_000, 1300: 100_000, 2400: -115_000}
        assert balances(town, "USD") == {1260: -57, 1300: 57}
        refused = told(post(town["finance"], f"/agencies/{town.agency}/remittances", {}), 409)
        assert refused["type"] == "/problems/shortfall"
        assert "15,000 VND is missing" in refused["detail"]
        town.service.await_followers()
        [case] = told(town["finance"].get(f"/agencies/{town.agency}/case_list/cases"))["items"]
        assert (case["code"], case["at_risk"]["amount"]) == ("N15", 15_000)
        sold(town, 57, "USD", "VND", 15_000)
        told(post(town["finance"], f"/agencies/{town.agency}/remittances", {}), 201)


def test_a_fee_in_dollars_is_converted_from_the_command_line(banked: Town) -> None:
    town = banked
    items = f"/fee-schedules/{town.schedule}/items"
    item = {
        "code": "ABROAD", "name_vi": "a", "name_en": "a", "kind": "fee", "currency": "USD",
        "rule": {"rule": "flat", "amount": 4_000}, "effective_from": "2020-01-01",
        "retained_ppm": 500_000, "citation": "TT 1/2026/TT-BTC",
    }  # fmt: skip
    told(post(town["finance"], items, {"proposal": "ABROAD", "item": item}), 201)
    told(post(town["approver"], f"{items}/ABROAD/approve"), 200)
    fee = town.assessment("ABROAD")
    assert "exchange rate" in feesvc(town, "clerk", "convert", fee["id"], code=1).lower()
    rate = feesvc(
        town, "finance", "propose-rate", town.agency, "USD", RATE, "--source", "vcb", "--since",
        "2026-01-01",
    )  # fmt: skip
    agreed = ("approve-rate", rate["id"], RATE, "--since", "2026-01-01")
    feesvc(town, "finance", *agreed, code=1)
    feesvc(town, "approver", *agreed)
    made = feesvc(town, "clerk", "convert", fee["id"])
    assert (made["from_amount"]["amount"], made["to_amount"]["amount"]) == (4_000, 1_040_000)
    with town.service.working():
        assert balances(town, "USD") == {}
        assert balances(town) == {1100: 1_040_000, 2900: -1_040_000}
        path = f"/agencies/{town.agency}/agency_ledger/journal"
        entries = told(town["auditor"].get(path))["entries"]
        rules = {one["rule"] for entry in entries for one in entry["lines"]}
    assert rules == {"P01", "P24c", "P24d"}


def test_a_claim_is_repaid_in_part_and_refused_for_the_rest(banked: Town) -> None:
    """40,000 of a charge are refunded after its remittance: P11d, then P11e and P11h."""
    town = banked
    base = f"/agencies/{town.agency}"
    with town.service.working():
        paid = in_the_bank(town)
        drawn = told(post(town["finance"], f"{base}/remittances", {}), 201)
        digest = {"digest": drawn["digest"]}
        told(post(town["approver"], f"/remittances/{drawn['id']}/approve", digest), 200)
        debit = line(115_000, drawn["reference"], "D1")
        told(post(town["finance"], f"{base}/order-debits", debit), 200)
        wish = {
            "transfer": paid["transfer"], "amount": 40_000, "reason": "withdrawn",
            "method": "bank_transfer",
            "payee": {"name": "NGUYEN VAN DUC", "refund_account": PAYEE},
        }  # fmt: skip
        refund = told(post(town["finance"], "/refunds", wish), 201)
        payee = told(town["approver"].get(f"/refunds/{refund['id']}/payee"))
        body = {
            "digest": refund["digest"], "payee": payee["digest"], "acknowledge_name": True,
        }  # fmt: skip
        told(post(town["approver"], f"/refunds/{refund['id']}/approve", body), 200)
        assert balances(town) == {1400: 40_000, 2200: -40_000}
        [claim] = told(town["finance"].get(f"{base}/budget-claims"))["items"]
        one = f"/budget-claims/{claim['id']}"
        repaid = {"amount": 25_000, "reference": "KB1", "booked_on": DAY}
        for _ in range(2):  # the bank tells it twice
            told(post(town["finance"], f"{one}/repaid", repaid), 200)
        much = {"way": "refused", "amount": 15_001, "reason": "too_late", "confirmation": ""}
        assert told(post(town["finance"], f"{one}/end", much), 422)["type"].endswith("than-claimed")
        ending = told(post(town["finance"], f"{one}/end", {**much, "amount": 15_000}), 200)
        agreed = {"digest": ending["digest"]}
        assert post(town["finance"], f"{one}/approve", agreed).status_code == 403
        told(post(town["approver"], f"{one}/approve", agreed), 200)
        assert balances(town) == {1300: 25_000, 2200: -40_000, 5310: 15_000}
        assert told(town["finance"].get(f"{base}/budget-claims"))["items"] == []
