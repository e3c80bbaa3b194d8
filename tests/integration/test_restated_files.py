"""Restated files: what they change leaves the books exactly as it came, the rest stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from feesvc.application import files
from feesvc.application.concluding import reconcile
from feesvc.application.file_restating import LinesPlaced, stood
from feesvc.application.house import House
from feesvc.assembly import open_house
from feesvc.domain.aggregate import Refusal
from feesvc.processes.filing import Filing
from feesvc.reacting import Command, Due
from feesvc.reconciling.matching.runs import ProjectionBehind
from feesvc.testing.file_desk import FileDesk, camt, report, session
from feesvc.testing.town import told


def test_what_a_restated_settlement_changes_leaves_suspense_as_it_came(desk: FileDesk) -> None:
    """Money that nobody knew of was booked from the old file: it is taken back, all of it."""
    town = desk.town
    with town.service.working():
        old = desk.send(session("B1", 100_000, 50_000), town.account)
        told(desk.accept(old))
        town.service.await_followers()
        assert desk.states(old) == ["placed", "placed"]
        assert desk.balances() == {"1210": 148_350, "2150": -150_000, "5100": 1_500, "5150": 150}
        new = desk.send(session("B1", 100_000), town.account)
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
        assert desk.states(new) == ["placed"]
        assert desk.balances() == {"1210": 98_900, "2150": -100_000, "5100": 1_000, "5150": 100}
    path = f"/agencies/{town.agency}/batches"
    ids = town.service.ids()
    batch = told(town["finance"].get(f"{path}/{ids.of('batch', town.account, 'B1')}"))
    assert (batch["declared"]["net"]["amount"], batch["settled"]["amount"]) == (98_900, 98_900)


def test_what_a_restated_statement_changes_leaves_the_bank_and_the_rest_stays(
    desk: FileDesk,
) -> None:
    town = desk.town
    with town.service.working():
        told(desk.accept(desk.send(camt(1, 0, (50_000, "A"), (30_000, "B"), (7_000, "C")))))
        town.service.await_followers()
        assert desk.balances() == {"1300": 87_000, "2150": -87_000}
        new = desk.send(camt(1, 0, (50_000, "A"), (31_000, "B")))
        assert (new["state"], new["verdict"]) == ("held", "F03")
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
        assert desk.balances() == {"1300": 81_000, "2150": -81_000}
    assert desk.states(new) == ["open", "open"]


def test_a_run_that_comes_between_leaves_nothing_of_the_old_file(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it books of lines that were just taken out is taken out again, before they go."""
    town, came = desk.town, []

    async def run(house: House) -> None:
        for _ in range(100):
            try:
                await reconcile(
                    house, town.agency, UUID(town.account), "S", house.today(),
                    principal="person:x", id=uuid4(),
                )  # fmt: skip
            except ProjectionBehind:
                await asyncio.sleep(0.1)
            else:
                return

    async def then_a_run(house: House, *asked: Any) -> Any:
        found = await stood(house, *asked)
        await run(house)
        came.append(desk.states(old))
        return found

    async def accept() -> None:
        async with open_house(town.service.settings) as house:
            act = house.act(uuid4(), "person:other")
            await files.accept_file(house, act, UUID(new["id"]), new["digest"])

    with town.service.working():
        old = desk.send(session("B1", 100_000, 50_000), town.account)
        told(desk.accept(old))
        town.service.await_followers()
        new = desk.send(session("B1", 100_000), town.account)
        monkeypatch.setattr("feesvc.application.files.stood", then_a_run)
        asyncio.run(accept())
        town.service.await_followers()
        assert came == [["placed", "placed"]], "else no run came between"
        assert desk.states(new) == ["placed"]
        assert desk.balances() == {"1210": 98_900, "2150": -100_000, "5100": 1_000, "5150": 100}


@pytest.mark.parametrize("why", [LinesPlaced("it is refunded"), Refusal("nobody foresaw it")])
def test_a_file_that_cannot_be_finished_holds_up_no_other(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch, why: Refusal
) -> None:
    """The process asks again; it would stop for every agency otherwise."""
    town = desk.town
    with town.service.working():
        told(desk.accept(desk.send(session("B1", 100_000), town.account)))

    async def refuse(*asked: Any) -> None:
        raise why

    async def react() -> Sequence[Due]:
        async with open_house(town.service.settings) as house:
            stream = house.store.ids.of("statement", town.account, "VND", "B1")
            [recorded] = await house.store.history(stream)
            [command] = Filing(house).react(recorded)
            assert isinstance(command, Command)
            return await command.run(uuid4()) or ()

    monkeypatch.setattr("feesvc.processes.filing.finish", refuse)
    [due] = asyncio.run(react())
    assert due.step == "finish+"


def test_what_a_report_takes_back_stands_where_another_statement_says_it(desk: FileDesk) -> None:
    """Both told of B; the report, which came first, takes it back, and the statement does not."""
    town = desk.town
    with town.service.working():
        told(desk.accept(desk.send(report((50_000, "A"), (30_000, "B")))))
        statement = desk.send(camt(1, 0, (50_000, "A"), (30_000, "B"), (7_000, "C")))
        told(desk.accept(statement))
        assert desk.states(statement) == ["repeated", "repeated", "open"]
        town.service.await_followers()
        assert desk.balances() == {"1300": 87_000, "2150": -87_000}
        new = desk.send(report((50_000, "A")))
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
        assert desk.balances() == {"1300": 87_000, "2150": -87_000}
    assert desk.states(new) == ["open"]
    assert sorted(desk.states(statement)) == ["open", "open", "repeated"]


def test_what_only_repeated_is_taken_back_and_the_first_file_still_says_it(desk: FileDesk) -> None:
    """Three told of B: it stands where it stood, counts once and never leaves the books."""
    town = desk.town
    with town.service.working():
        statement = desk.send(camt(1, 0, (50_000, "A"), (30_000, "B")))
        told(desk.accept(statement))
        for name in ("R1", "R2"):
            told(desk.accept(desk.send(report((50_000, "A"), (30_000, "B"), name=name))))
        town.service.await_followers()
        assert desk.balances() == {"1300": 80_000, "2150": -80_000}
        new = desk.send(report((50_000, "A"), name="R2"))
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
        assert desk.balances() == {"1300": 80_000, "2150": -80_000}
    with psycopg.connect(town.service.settings.need_database_url()) as db:
        reversals = db.execute("SELECT FROM feesvc.event WHERE topic = 'transfer.reversed'")
        assert reversals.fetchall() == [], "it is another file's to take back"
    assert desk.states(statement) == ["open", "open"]
    assert desk.states(new) == ["repeated"]
