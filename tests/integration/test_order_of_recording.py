"""In whatever order independent lives of money were recorded, books end at the same balances."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from feesvc import plugins
from feesvc.application.batches import credit_batch
from feesvc.application.cases import open_case
from feesvc.domain.aggregate import Recorded
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.digesting import digest
from feesvc.projecting.installing import install
from feesvc.projecting.rebuilding import rebuild
from feesvc.projecting.runner import Runner, connect
from feesvc.testing.batching import DAY, WHO, Payouts, credit, payment, vnd
from feesvc.testing.money_story import give_back, lose, reduce, split
from feesvc.testing.projection import SERVICE
from feesvc.testing.recorded import ListedLog, in_order
from feesvc.testing.scenario import Scenario

OF_ORDER = ("position", "number", "opened", "closed")
"""Columns that say when something was recorded, not what it comes to."""
LIVES = 6


async def life(s: Scenario, p: Payouts, number: int) -> None:
    """Paid, settled, in the bank, and then something of its own."""
    name, amount = f"T-{number}", 100_000 + number
    fee = await p.paid(name, amount)
    await p.settle(f"B-{number}", payment(name, amount, 1_000, 100))
    finding = Finding(
        agency="G14", code="S09", subject=CaseSubject(kind="assessment", id=fee),
        at_risk=vnd(number), discriminator=name, facts={},
    )  # fmt: skip
    await open_case(s.house, s.house.act(s.some_id(), WHO), finding)
    if number % 2:
        paid = credit(amount - 1_100, f"FT-{number}")
        await credit_batch(s.house, "G14", p.id(f"B-{number}"), paid, WHO)
    if number % 3 == 0:
        await give_back(s, p.account, 10_000 + number, name)
    elif number % 3 == 1:
        await reduce(s, fee, {1: 7_000})
    else:
        await lose(s, p.account, 20_000, name)


@cache
def told() -> tuple[Sequence[Recorded], Sequence[Sequence[Recorded]], Sequence[Recorded]]:
    """What comes before all lives, the lives, and what comes after all of them."""

    async def tell() -> Any:
        s = Scenario()
        p = await Payouts.begin(s)
        heads = [await s.store.head()]
        for number in range(1, LIVES + 1):
            await life(s, p, number)
            heads.append(await s.store.head())
        s.now += timedelta(days=2)
        assert await split(s, DAY)
        log = list(await s.store.read(0, 10_000))
        lives = [log[a:b] for a, b in pairwise(heads)]
        return log[: heads[0]], lives, log[heads[-1] :]

    return asyncio.run(tell())  # type: ignore[no-any-return]


def shuffled(seed: int) -> list[Recorded]:
    """Each life in its own order, the lives between one another in any."""
    before, lives, after = told()
    turns = [number for number, one in enumerate(lives) for _ in one]
    random.Random(seed).shuffle(turns)
    each = [iter(one) for one in lives]
    return in_order([*before, *(next(each[turn]) for turn in turns), *after])


def test_the_lives_share_no_stream() -> None:
    _, lives, after = told()
    streams = [{one.event.originator_id for one in each} for each in lives]
    assert after and all(len(each) > 5 for each in lives)
    assert len(set().union(*streams)) == sum(len(each) for each in streams)


def rows_of(database: Database, schema: str) -> dict[str, list[str]]:
    """Every table's rows without what says when they were recorded, in a fixed order."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(database.owner_url, row_factory=dict_row) as db:
        tables = db.execute(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = %s", [schema]
        ).fetchall()
        for table in tables:
            told = SQL("SELECT (to_jsonb(r) - %s::text[])::text AS row FROM {} AS r").format(
                Identifier(schema, table["name"])
            )
            rows = db.execute(told, [list(OF_ORDER)]).fetchall()
            found[table["name"]] = sorted(row["row"] for row in rows)
    return found


@pytest.mark.parametrize("name", sorted(plugins.projections()))
def test_the_order_of_recording_changes_no_balance(database: Database, name: str) -> None:
    projection: Projection = plugins.projections()[name]
    results = []
    for seed in range(3):
        if seed:
            with psycopg.connect(database.owner_url) as db:
                db.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(name)))
                db.execute("DELETE FROM feesvc.projection")
        install(database.owner_url, SERVICE, [projection])
        with Runner(database.url, projection, ListedLog(shuffled(seed))) as runner:
            runner.catch_up()
        results.append(rows_of(database, name))
    assert any(results[0].values())
    assert results[0] == results[1] == results[2]
    with connect(database.url, name) as db:
        live = digest(db.cursor(), name)
    rebuild(database.owner_url, SERVICE, projection, ListedLog(shuffled(2)))
    with connect(database.url, name) as db:
        assert digest(db.cursor(), name) == live
