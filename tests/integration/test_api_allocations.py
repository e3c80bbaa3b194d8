"""Money of lines over HTTP and in PostgreSQL: banked, split, given back, advances decided on."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from feesvc.application.banking import bank_transfers
from feesvc.application.house import Decision, House
from feesvc.application.transfers import record_outcome
from feesvc.assembly import open_house
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import Disputed
from feesvc.money import Money
from feesvc.testing.asking_advances import advance_in_bank
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting


def today(days: int = 0) -> str:
    """A day in Asia/Ho_Chi_Minh."""
    return (datetime.now(UTC) + timedelta(hours=7, days=days)).date().isoformat()


def bank(town: Town, *transfers: str) -> int:
    """Their batch was credited."""

    async def banked() -> int:
        async with open_house(town.service.settings) as house:
            ids = [UUID(one) for one in transfers]
            return await bank_transfers(house, ids, house.now(), "person:finance")

    return asyncio.run(banked())


def remit(town: Town, assessment: str) -> None:
    """What was split is on its way to the budget: the part of the remittance on the line."""

    async def remitted() -> None:
        async with open_house(town.service.settings) as house:
            one = await house.one(Assessment, UUID(assessment), "")
            amounts = {n: line.allocated - line.remitted for n, line in one.lines.items()}
            one.remit(uuid4(), amounts, house.now())
            await keep(house, one)

    asyncio.run(remitted())


def lose(town: Town, transfer: dict[str, Any], amount: int) -> None:
    """The intermediary says that a dispute about so much was lost."""

    async def lost() -> None:
        async with open_house(town.service.settings) as house:
            account = await house.see(MerchantAccount, UUID(town.account), "")
            said = Disputed(
                dispute=f"D-{uuid4()}", transaction=transfer["transaction"], stage="lost",
                amount=Money(amount, "VND"), at=house.now(),
            )  # fmt: skip
            await record_outcome(house, account, said, "notification", "")

    asyncio.run(lost())


def split(town: Town, until: str = "") -> Any:
    body = {"until": until or today()}
    return told(post(town["finance"], f"/agencies/{town.agency}/allocations", body))


def give_back(town: Town, transfer: str, amount: int) -> None:
    wish = {"transfer": transfer, "amount": amount, "reason": "withdrawn"}
    asked = told(post(town["finance"], "/refunds", wish), 201)
    body = {"digest": asked["digest"]}
    told(post(town["approver"], f"/refunds/{asked['id']}/approve", body))


def balances(town: Town) -> dict[int, int]:
    """Debits - credits of every account that is not at zero."""
    town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["auditor"].get(path))["books"]
    return {
        int(row["account"]): row["balance"]["amount"]
        for row in book["accounts"]
        if row["balance"]["amount"]
    }


def listed(town: Town, what: str, **asked: Any) -> Any:
    town.service.await_followers()
    return told(town["auditor"].get(f"/agencies/{town.agency}/line_money/{what}", params=asked))


EVERY_STAGE = {
    "collected": {1200: 100_000, 2200: -40_000, 2500: -60_000},
    "banked": {1200: 100_000, 2200: -40_000, 2510: -60_000},
    "allocated": {1200: 100_000, 2200: -40_000, 2400: -6_000, 4100: -54_000},
    "remitted": {1200: 100_000, 1400: 4_000, 2200: -40_000, 2400: -10_000, 4100: -54_000},
}


@pytest.mark.parametrize("stage", EVERY_STAGE)
def test_a_refund_comes_from_where_the_money_stands(town: Town, stage: str) -> None:
    transfer = town.paid("FEE")
    assessment = transfer["placements"][0]["assessment"]
    with town.service.working():
        if stage != "collected":
            assert bank(town, transfer["id"]) == 1
        if stage in ("allocated", "remitted"):
            split(town)
        if stage == "remitted":
            remit(town, assessment)
        give_back(town, transfer["id"], 40_000)
        after = balances(town)
        after[2200] = after.get(2200, 0) + after.pop(2210, 0)  # instructed by now, or not yet
        assert after == EVERY_STAGE[stage]


def test_a_dispute_lost_after_allocation_and_after_remittance(town: Town) -> None:
    transfer = town.paid("FEE")
    assessment = transfer["placements"][0]["assessment"]
    with town.service.working():
        bank(town, transfer["id"])
        split(town)
        lose(town, transfer, 30_000)
        owed = {1100: 30_000, 2900: -30_000}
        assert balances(town) == owed | {1200: 70_000, 2400: -7_000, 4100: -63_000}
        remit(town, assessment)
        lose(town, transfer, 70_000)
        owed = {1100: 100_000, 2900: -100_000}
        assert balances(town) == owed | {1400: 7_000, 2400: -7_000}
    assert told(town.portal.get(f"/assessments/{assessment}"))["state"] == "open"


def test_what_is_banked_waits_until_it_is_split_once(town: Town) -> None:
    fee, charge = town.paid("FEE"), town.paid("CHARGE")
    path = f"/agencies/{town.agency}/allocations"
    assert post(town["clerk"], path, {"until": today()}).status_code == 403
    assert post(town.portal, path, {"until": today()}).status_code == 403
    late = post(town["finance"], path, {"until": today(2)})
    assert told(late, 422)["type"] == "/problems/day-not-over"
    with town.service.working():
        assert split(town)["allocations"] == []
        bank(town, fee["id"], charge["id"])
        waiting = listed(town, "waiting")["items"]
        assert sorted((one["kind"], one["amount"]["amount"]) for one in waiting) == [
            ("charge", 115_000), ("fee", 100_000),
        ]  # fmt: skip
        first = listed(town, "waiting", limit=1)
        second = listed(town, "waiting", limit=1, cursor=first["next"])
        assert [*first["items"], *second["items"]] == waiting and second["next"] is None
        assert split(town, today(-1))["allocations"] == []
        headers = {"Idempotency-Key": "split-1"}
        once = town["finance"].post(path, json={"until": today()}, headers=headers)
        [made] = told(once)["allocations"]
        [total] = made["totals"]
        assert (total["amount"]["amount"], total["retained"]["amount"]) == (215_000, 90_000)
        assert (total["budget"]["amount"], total["lines"]) == (125_000, 2)
        again = town["finance"].post(path, json={"until": today()}, headers=headers)
        assert again.content == once.content
        assert split(town)["allocations"] == []
        assert listed(town, "waiting")["items"] == []
        [told_again] = listed(town, "allocations")["items"]
        assert (told_again["id"], told_again["totals"]) == (made["id"], made["totals"])
        lines = listed(town, f"allocations/{made['id']}/lines")["items"]
        assert sum(one["budget"]["amount"] for one in lines) == 125_000
        assert told(town["auditor"].get(f"/allocations/{made['id']}")) == made
        books = {1200: 215_000, 2400: -125_000, 4100: -90_000}
        assert balances(town) == books


def test_an_advance_is_applied_and_the_rest_falls_to_the_budget_by_two(town: Town) -> None:
    advance = advance_in_bank(town)
    notice = town.assessment("CHARGE")["id"]
    assert told(town["clerk"].get(f"/advances/{advance}"))["held"]["amount"] == 300_000
    too_much = post(
        town["finance"], f"/advances/{advance}/apply", {"assessment": notice, "amount": 115_001}
    )
    assert told(too_much, 422)["type"] == "/problems/more-than-is-owed"
    assert (
        post(town["clerk"], f"/advances/{advance}/apply", {"assessment": notice}).status_code == 403
    )
    left = told(post(town["finance"], f"/advances/{advance}/apply", {"assessment": notice}))
    assert left["held"]["amount"] == 185_000
    assert told(town.portal.get(f"/assessments/{notice}"))["state"] == "paid"
    wish = {"reason": "judgment", "amount": 85_000}
    asked = told(post(town["finance"], f"/advances/{advance}/forfeit", wish), 201)
    digest, path = {"digest": asked["digest"]}, f"/forfeitures/{asked['id']}"
    assert post(town["finance"], f"{path}/approve", digest).status_code == 403
    done = told(post(town["approver"], f"{path}/approve", digest))
    assert done["state"] == told(town["auditor"].get(path))["state"] == "approved"
    with town.service.working():
        books = {1300: 300_000, 2300: -100_000, 2400: -85_000, 2510: -115_000}
        assert balances(town) == books
        split(town)
        assert balances(town) == {1300: 300_000, 2300: -100_000, 2400: -200_000}
        [waits] = listed(town, "waiting")["items"]
        assert (waits["kind"], waits["amount"]["amount"]) == ("advance", 100_000)


def test_the_command_line_splits_and_decides(town: Town, tmp_path: Path) -> None:
    transfer, advance = town.paid("FEE"), advance_in_bank(town)

    def feesvc(by: str, *words: str) -> Any:
        token = town[by].headers["authorization"].removeprefix("Bearer ")
        ran = subprocess.run(
            [sys.executable, "-c", "from feesvc.cli import main; main()", *words, "--json"],
            capture_output=True, text=True, check=False,
            env={
                "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"],
                "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
            },
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    with town.service.working():
        bank(town, transfer["id"])
        town.service.await_followers()
        waiting = feesvc("finance", "allocations", "waiting", town.agency)["items"]
        assert sorted(one["kind"] for one in waiting) == ["advance", "fee"]
        asked = ("allocations", "make", town.agency, "--until", today())
        [made] = feesvc("finance", *asked)["allocations"]
        assert feesvc("auditor", "allocations", "show", made["id"])["totals"] == made["totals"]
        town.service.await_followers()
        [told_again] = feesvc("auditor", "allocations", "list", town.agency)["items"]
        assert told_again["id"] == made["id"]
    wish = ("advances", "forfeit", advance, "--reason", "judgment", "--amount", "1000")
    forfeiture = feesvc("finance", *wish)
    shown = feesvc("approver", "advances", "asked", forfeiture["id"])
    agreed = ("advances", "approve", forfeiture["id"], "--digest", shown["digest"])
    assert feesvc("approver", *agreed)["state"] == "approved"
    assert feesvc("auditor", "advances", "show", advance)["held"]["amount"] == 299_000


async def keep(house: House, *aggregates: Aggregate) -> None:
    async def decide() -> Decision[None]:
        return Decision(None, aggregates)

    await house.settle(house.act(uuid4(), "person:finance"), decide)
