"""Files and runs that come between each other, or die half-way: the books end as the files say."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from feesvc.application import batches, concluding, files, matching
from feesvc.application.house import House
from feesvc.assembly import open_house
from feesvc.reconciling.filing.keeping import Filing
from feesvc.reconciling.filing.steps import sql
from feesvc.testing.file_desk import (
    FileDesk,
    bank_credit,
    camt,
    report,
    session,
    settled,
    settlement,
    told_anew,
)
from feesvc.testing.said_and_captured import at_head
from feesvc.testing.town import post, told


def do(desk: FileDesk, act: Callable[[House], Awaitable[Any]]) -> Any:
    async def inside() -> Any:
        async with open_house(desk.town.service.settings) as house:
            return await act(house)

    return asyncio.run(inside())


def as_if_read(desk: FileDesk) -> None:
    """There is nothing to capture in these tests: no worker need run for a run to begin."""
    with psycopg.connect(desk.town.service.settings.need_owner_url(), autocommit=True) as db:
        at_head(db)


def read_anew(desk: FileDesk) -> None:
    with psycopg.connect(desk.town.service.settings.need_owner_url(), autocommit=True) as db:
        db.execute("UPDATE feesvc.projection SET position = 0 WHERE name = 'captures'")


def test_a_run_begun_before_a_restatement_books_what_stands_no_more(desk: FileDesk) -> None:
    """Killed between its match and its conclusion; whoever comes next concludes it."""
    town = desk.town
    told(desk.accept(desk.send(camt(1, 0, (50_000, "A"), (30_000, "B")))))
    as_if_read(desk)
    do(
        desk,
        lambda house: matching.run(
            house,
            town.agency,
            UUID(desk.bank),
            "B",
            house.today(),
            principal="person:x",
            id=uuid4(),
        ),
    )
    new = desk.send(camt(1, 0, (50_000, "A")))
    told(desk.accept(new, "approver", digest=new["digest"]))
    read_anew(desk)
    with town.service.working():
        town.service.await_followers()
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}


def test_killed_between_settling_and_its_rows(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = desk.town
    told(desk.accept(desk.send(session("B1", 100_000, 50_000), town.account)))
    as_if_read(desk)
    real = batches.settle_lines

    async def dies(*asked: Any) -> Any:
        await real(*asked)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(batches, "settle_lines", dies)
        with pytest.raises(RuntimeError):
            do(
                desk,
                lambda house: concluding.reconcile(
                    house,
                    town.agency,
                    UUID(town.account),
                    "S",
                    house.today(),
                    principal="person:x",
                    id=uuid4(),
                ),
            )
    new = desk.send(session("B1", 100_000), town.account)
    told(desk.accept(new, "approver", digest=new["digest"]))
    read_anew(desk)
    with town.service.working():
        town.service.await_followers()
        assert desk.balances() == {"1210": 98_900, "2150": -100_000, "5100": 1_000, "5150": 100}


def test_what_is_matched_and_not_booked_yet_can_be_undone(desk: FileDesk) -> None:
    town = desk.town
    name = town.paid()["transaction"]
    with town.service.working():
        town.service.await_followers()
    content = session("B1", 115_000).replace(b"T-B1-1", name.encode())
    told(desk.accept(desk.send(content, town.account)))
    as_if_read(desk)
    do(
        desk,
        lambda house: matching.run(
            house,
            town.agency,
            UUID(town.account),
            "S",
            house.today(),
            principal="person:x",
            id=uuid4(),
        ),
    )
    [match] = told(town["finance"].get(f"/agencies/{town.agency}/matches"))["items"]
    told(post(town["finance"], f"/matches/{match['id']}/undo", {"reason": "mistake"}))


def test_a_line_accepted_while_it_is_superseded_elsewhere_stands(desk: FileDesk) -> None:
    """The two transactions of ``Filing.accept`` and ``Filing.supersede`` overlap."""
    old = desk.send(report((50_000, "A"), (30_000, "B")))
    told(desk.accept(old))
    new = desk.send(report((50_000, "A")))
    statement = desk.send(camt(1, 0, (50_000, "A"), (30_000, "B")))
    with psycopg.connect(desk.town.service.settings.need_owner_url()) as db:
        found = db.execute("SELECT file, id FROM feesvc.statement").fetchall()
        of = {str(file): id for file, id in found}
        db.rollback()
        for step in (
            "lock_account",
            "lock_file",
            "accept_lines",
            "accept_statements",
            "accept_file",
        ):
            db.execute(sql(step), {"id": statement["id"]})

        def supersede() -> None:
            pair = of[old["id"]], of[new["id"]]
            do(desk, lambda house: Filing(house.rows).supersede(*pair))

        thread = threading.Thread(target=supersede)
        thread.start()
        thread.join(3)
        db.commit()
        thread.join()
    assert "open" in desk.states(statement)


def test_a_refusal_in_the_second_statement_leaves_the_first(desk: FileDesk) -> None:
    def two(a: int, c: int) -> bytes:
        one = camt(1, 0, (a, "A"), (80_000 - a, "A2")).decode()
        other = camt(2, 80_000, (c, "FT0"), (100_000 - c, "C2")).decode()
        inner = other[other.index("<Stmt>") : other.index("</Stmt>") + len("</Stmt>")]
        return one.replace("</Stmt>", "</Stmt>" + inner).encode()

    with desk.town.service.working():
        desk.take(session("B1", 100_000), desk.town.account)
        desk.take(two(50_000, 98_900))
        told(
            post(
                desk.town["finance"], f"{desk.batch_path('B1')}/credits", bank_credit("FT0", 98_900)
            )
        )
        before = desk.balances()
        new = desk.send(two(51_000, 98_901))
        told(desk.accept(new, "approver", digest=new["digest"]), 422)
        assert desk.balances() == before


def test_a_match_that_cannot_be_undone_leaves_the_others(desk: FileDesk) -> None:
    """Which one comes first is chance: of many matches one nearly always does."""
    town = desk.town
    with town.service.working():
        desk.take(settlement("NEG77X1", settled("fee", "f1", -30_000)), town.account)
        for number in range(6):
            desk.take(session(f"POS77X{number}", 100_000), town.account)
        content = camt(1, 100_000, (-30_000, "N"), *((98_900, f"P{n}") for n in range(6)))
        names = iter([b"NEG77X1", *(f"POS77X{n}".encode() for n in range(6))])
        content = re.sub(b"BATCH77X1", lambda _: next(names), content)
        file = desk.take(content)
        assert desk.states(file) == ["matched"] * 7
        for number in range(7):
            content = told_anew(content, number)
        new = desk.send(content)
        refused = told(desk.accept(new, "approver", digest=new["digest"]), 422)
        assert desk.states(file) == ["matched"] * 7
        assert refused["type"] == "/problems/lines-placed"


def test_killed_before_its_event_the_old_file_is_booked_as_it_stands(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.town.service.working():
        desk.take(camt(1, 0, (50_000, "A"), (30_000, "B")))
        new = desk.send(camt(1, 0, (50_000, "A")))

        async def dies(*asked: Any) -> Any:
            raise RuntimeError("killed")

        with monkeypatch.context() as patched:
            patched.setattr(files, "_concluded", dies)
            assert desk.accept(new, "approver", digest=new["digest"]).status_code == 500
        assert desk.balances() == {"1300": 80_000, "2150": -80_000}
