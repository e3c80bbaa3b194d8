"""From cash to the State budget over HTTP, the books in PostgreSQL, and two officers at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from feesvc.application.house import Decision
from feesvc.assembly import open_house
from feesvc.domain.assessment import Assessment
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

ACCOUNT = {"bank": "VCB", "number": "0011"}
DAY = "2026-11-21"


@pytest.fixture
def banked(town: Town) -> Town:
    """A town with a collection account."""
    for purpose in ("collection", "treasury_deposit"):
        named = {"purpose": purpose, "currency": "VND", "effective_on": "2020-01-01"}
        number = ACCOUNT["number"] if purpose == "collection" else "9500"
        body = {**named, "bank": "VCB", "number": number}
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", body), 200)
    return town


def line(amount: int, order: str, reference: str = "") -> dict[str, Any]:
    return {
        "account": ACCOUNT, "reference": reference or f"B-{order}-{amount}", "amount": amount,
        "currency": "VND", "booked_on": DAY, "narrative": f"nop {order.lower()} ngay",
    }  # fmt: skip


def in_the_bank(town: Town, *items: str) -> dict[str, Any]:
    """Paid in cash, handed in, credited by the bank, and split."""
    fee = town.assessment(*items)
    owed = fee["total"]["amount"]
    cash = {"desk": "QUAY-1", "slip": fee["id"], "amount": owed}
    told(post(town["clerk"], f"/assessments/{fee['id']}/cash", cash), 201)
    path = f"/agencies/{town.agency}/cash-deposits"
    handed = told(post(town["clerk"], path, {"desk": "QUAY-1"}), 201)
    assert handed["total"]["amount"] == owed
    credit = line(owed, handed["reference"])
    said = told(post(town["finance"], f"/agencies/{town.agency}/order-credits", credit), 200)
    assert (said["kind"], said["state"]) == ("cash_deposit", "credited")
    asyncio.run(allocate(town, UUID(fee["id"])))
    return fee


async def allocate(town: Town, id: UUID) -> None:
    async with open_house(town.service.settings) as house:

        async def decide() -> Decision[None]:
            assessment = await house.one(Assessment, id, "")
            assessment.allocate(uuid4(), None, house.now())
            return Decision(None, [assessment])

        await house.settle(house.act(uuid4(), "person:finance"), decide)


def covered(town: Town) -> dict[str, Any]:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/custody/cover"
    [cover] = told(town["auditor"].get(path))["items"]
    found: dict[str, Any] = cover
    return found


def balances(town: Town) -> dict[int, int]:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["auditor"].get(path))["books"]
    return {
        int(row["account"]): row["balance"]["amount"]
        for row in book["accounts"]
        if row["balance"]["amount"]
    }


def test_cash_goes_to_the_bank_and_the_budget_share_to_the_treasury(banked: Town) -> None:
    town = banked
    path = f"/agencies/{town.agency}/remittances"
    with town.service.working():
        nothing = post(town["finance"], path, {})
        assert told(nothing, 422)["type"] == "/problems/nothing-to-send"
        in_the_bank(town, "CHARGE", "FEE")
        cover = covered(town)
        assert (cover["accounts"]["bank"], cover["owed"]["budget"]) == (215_000, 125_000)
        assert (cover["surplus"], cover["retained_to_move"]) == (90_000, 90_000)
        assert post(town["clerk"], path, {}).status_code == 403

        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(post, town["finance"], path, {}) for _ in range(2)]
        answers = sorted((one.result() for one in asked), key=lambda one: one.status_code)
        assert [one.status_code for one in answers] == [201, 422]
        drawn = told(answers[0])
        assert (drawn["total"]["amount"], drawn["state"]) == (125_000, "drawn")

        one = f"/remittances/{drawn['id']}"
        digest = {"digest": drawn["digest"]}
        assert post(town["finance"], f"{one}/approve", digest).status_code == 403
        early = post(town["finance"], f"/agencies/{town.agency}/order-debits",
                     line(125_000, drawn["reference"]))  # fmt: skip
        assert told(early, 409)["type"] == "/problems/line-contradicts"
        approved = told(post(town["approver"], f"{one}/approve", digest), 200)
        assert approved["state"] == "approved"
        document = town["finance"].get(f"{one}/document").content.decode("utf-8-sig")
        assert '"125000","VND"' in document and drawn["reference"] in document
        debit = line(125_000, drawn["reference"], reference="TT-1")
        for _ in range(2):
            told(post(town["finance"], f"/agencies/{town.agency}/order-debits", debit), 200)
        confirmed = {
            "number": "KB-1", "confirmed_on": DAY,
            "lines": [
                {"codes": e["codes"], "amount": e["amount"]["amount"]} for e in drawn["entries"]
            ],
        }  # fmt: skip
        done = told(post(town["finance"], f"{one}/confirm", confirmed), 200)
        assert (done["state"], done["confirmation"]) == ("confirmed", "KB-1")

        moving = {"kind": "retained_to_deposit", "amount": 90_001, "reason": "monthly"}
        moves = f"/agencies/{town.agency}/custody-moves"
        refused = post(town["finance"], moves, moving)
        assert told(refused, 409)["type"] == "/problems/more-than-may-move"
        moved = told(post(town["finance"], moves, {**moving, "amount": 90_000}), 201)
        [waiting] = told(town["approver"].get(f"/agencies/{town.agency}/open-orders"))["items"]
        assert (waiting["id"], waiting["state"]) == (moved["id"], "requested")
        told(post(town["approver"], f"/custody-moves/{moved['id']}/approve",
                  {"digest": moved["digest"]}), 200)  # fmt: skip
        told(post(town["finance"], f"/agencies/{town.agency}/order-debits",
                  line(90_000, moved["reference"])), 200)  # fmt: skip
        assert balances(town) == {1310: 90_000, 4100: -90_000}
        assert covered(town)["surplus"] == 0


def test_a_remittance_that_comes_back_is_drawn_again(banked: Town) -> None:
    town = banked
    path = f"/agencies/{town.agency}/remittances"
    with town.service.working():
        in_the_bank(town, "CHARGE")
        for number in (1, 2):
            drawn = told(post(town["finance"], path, {}), 201)
            approve = f"/remittances/{drawn['id']}/approve"
            told(post(town["approver"], approve, {"digest": drawn["digest"]}), 200)
            debit = line(115_000, drawn["reference"])
            told(post(town["finance"], f"/agencies/{town.agency}/order-debits", debit), 200)
            if number == 1:
                back = line(115_000, drawn["reference"], reference="BACK-1")
                credits = f"/agencies/{town.agency}/order-credits"
                assert told(post(town["finance"], credits, back), 200)["state"] == "returned"
                assert balances(town) == {1300: 115_000, 2400: -115_000}
        assert balances(town) == {}
        found = told(town["finance"].get(f"/agencies/{town.agency}/case_list/cases"))["items"]
        assert [case["code"] for case in found] == ["T05"]
