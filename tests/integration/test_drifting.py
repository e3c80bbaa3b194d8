"""Books that are wrong in themselves: balances on the wrong side, tables that left the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
import typer

from feesvc import settings
from feesvc.application import batches
from feesvc.application.bank_credits import BankCredit
from feesvc.application.booking import MatchedLine
from feesvc.application.drifting import looked_at
from feesvc.application.house import House
from feesvc.assembly import open_house
from feesvc.cli import rebuild
from feesvc.domain.accounts import BankAccount
from feesvc.domain.closing import Abnormal
from feesvc.intermediary import SettlementLine
from feesvc.money import Money
from feesvc.projecting.runner import connect
from feesvc.testing.file_desk import FileDesk, session
from feesvc.testing.town import Town, post, told

T = TypeVar("T")
BANK = BankAccount(bank="970436", number="0011004455667", currency="VND")
DAY = date(2026, 10, 20)


def do(town: Town, act: Callable[[House], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with open_house(town.service.settings) as house:
            return await act(house)

    return asyncio.run(inside())


def cases(town: Town) -> list[tuple[str, int, str]]:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/case_list/cases"
    rows = told(town["finance"].get(path, params={"limit": 200}))["items"]
    return sorted((row["code"], row["at_risk"]["amount"], row["state"]) for row in rows)


def _bank(town: Town) -> None:
    named = {"bank": BANK.bank, "number": BANK.number, "purpose": "collection", "currency": "VND",
             "effective_on": "2020-01-01"}  # fmt: skip
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))


def credited_before_its_lines(town: Town) -> None:
    """A batch is declared and credited, and nobody booked any of its lines: 1210 is in credit."""
    _bank(town)
    money, account = Money(70_000, "VND"), UUID(town.account)

    async def story(house: House) -> None:
        said = batches.Declared(
            batch="B-1", currency="VND", gross=70_000, commission=0, tax=0, net=70_000, count=1,
            settled_on=DAY,
        )  # fmt: skip
        batch = await batches.declare_batch(house, account, said, "person:a")
        credit = BankCredit(
            account=BANK, reference="FT1", amount=money, booked_on=DAY, value_on=DAY
        )
        await batches.credit_batch(house, town.agency, batch.id, credit, "person:a")

    do(town, story)


def below_nothing(town: Town) -> None:
    """A batch of a fee alone, and nothing to take it from: 1210 is in credit, and it is carried."""
    fee = Money(-25_000, "VND")
    line = SettlementLine(
        kind="fee", native_id="L1", transaction="", reference="", gross=Money(0, "VND"),
        commission=fee, tax=Money(0, "VND"), net=fee, at=datetime(2026, 10, 20, 5, tzinfo=UTC),
    )  # fmt: skip

    async def story(house: House) -> None:
        said = batches.Declared(
            batch="B-2", currency="VND", gross=0, commission=25_000, tax=0, net=-25_000, count=1,
            settled_on=DAY,
        )  # fmt: skip
        account = UUID(town.account)
        batch = await batches.declare_batch(house, account, said, "person:a")
        await batches.settle_lines(house, account, "B-2", [MatchedLine(line=line)], "person:a")
        await batches.carry_forward(house, batch.id, "person:a")

    do(town, story)


def test_a_batch_below_nothing_is_on_the_side_where_it_must_be(town: Town) -> None:
    with town.service.working():
        below_nothing(town)
        at = f"/agencies/{town.agency}/periods/2026-10"
        told(post(town["finance"], f"{at}/begin-closing"), 200)
        sheet = told(town["finance"].get(f"{at}/sheet"))
        [transit] = [one["closing"] for one in sheet["balances"] if one["account"] == "1210"]
        assert transit["amount"] == -25_000
        red = [item["item"] for item in sheet["items"] if item["red"]]
        assert "3 roll-forward" not in red
        owner = town.subjects["finance"]
        whys = [{"item": one, "owner": owner, "reason": "known"} for one in red]
        told(post(town["finance"], f"{at}/propose",
                  {"digest": sheet["digest"], "explanations": whys}), 200)  # fmt: skip
        assert [code for code, _, _ in cases(town)] == ["S21"]


def test_a_balance_on_the_wrong_side_is_a_case_when_the_period_is_closed(town: Town) -> None:
    with town.service.working():
        credited_before_its_lines(town)
        at = f"/agencies/{town.agency}/periods/2026-10"
        told(post(town["finance"], f"{at}/begin-closing"), 200)
        sheet = told(town["finance"].get(f"{at}/sheet"))
        assert ("G03", 70_000, "open") not in cases(town), "to look is not to vouch"
        red = [item["item"] for item in sheet["items"] if item["red"]]
        assert "3 roll-forward" in red
        owner = town.subjects["finance"]
        body = {
            "digest": sheet["digest"],
            "explanations": [{"item": one, "owner": owner, "reason": "known"} for one in red],
        }
        told(post(town["finance"], f"{at}/propose", body), 200)
        assert ("G03", 70_000, "open") in cases(town)


def test_lines_that_people_look_at_explain_what_is_in_transit_and_nothing_else(
    desk: FileDesk,
) -> None:
    """A reserve given back, and nobody said by which batch, is on the wrong side of 1290."""
    town = desk.town
    head, line = (json.loads(one) for one in session("B1", 90_000).splitlines())
    line["transaction"] = town.paid("CHARGE")["transaction"]
    release = line | {"kind": "reserve_release", "id": "B1-2", "transaction": "T-B1-2"}
    release |= {"gross": 5_000, "commission": 0, "tax": 0, "net": 5_000}
    head |= {"net": head["net"] + 5_000, "count": 2}
    with town.service.working():
        content = "\n".join(json.dumps(one) for one in (head, line, release)).encode()
        file = desk.send(content, town.account)
        told(desk.accept(file))
        town.service.await_followers()
        assert desk.states(file) == ["open", "placed"]
    batch = town.service.ids().of("batch", town.account, "B1")

    async def looked(house: House) -> list[bool]:
        found = [
            Abnormal(account=one, amount=Money(-5_000, "VND"), item=batch)
            for one in ("1210", "1290")
        ]
        return [await looked_at(house, one) for one in found]

    assert do(town, looked) == [True, False]


def test_tables_that_are_not_what_the_log_says_are_told_and_become_a_case(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with town.service.working():
        town.paid("CHARGE")
        town.service.await_followers()
    monkeypatch.setattr(settings, "load", lambda: town.service.settings)

    def checked(name: str) -> tuple[int, Any]:
        with pytest.raises(typer.Exit) as ended:
            rebuild.command([name], check=True, as_json=True)
        return ended.value.exit_code, json.loads(capsys.readouterr().out)

    assert checked("case_list") == (0, {"drifted": {"case_list": []}})
    assert checked("custody") == (0, {"drifted": {"custody": []}})
    with connect(town.service.settings.need_owner_url(), "custody") as db:
        db.execute("UPDATE transfer SET currency = 'USD'")
    assert checked("custody") == (1, {"drifted": {"custody": ["transfer"]}})
    with town.service.working():
        assert cases(town) == [("G04", 0, "open")]
