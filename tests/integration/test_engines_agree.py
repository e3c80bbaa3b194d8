"""Both engines over the same generated data: runs in PostgreSQL and the backfill find the same."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest

from feesvc.application.house import Decision, House
from feesvc.domain.match_terms import MatchTerms
from feesvc.domain.period import Period
from feesvc.reconciling.backfill import match_files
from feesvc.testing.ground import Ground
from feesvc.testing.said_and_captured import (
    ACCOUNT,
    AGENCY,
    NOON,
    Captured,
    Said,
    at_head,
    put_captures,
    put_statement,
)

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
PAYMENTS, ORDERS = 400, 12
Found = frozenset[tuple[str, str, str]]
"""Line, the capture that it is or nothing, and the pass that found it or the code it has."""


@dataclass
class Generated:
    """Payments and what a settlement says of them; lines and captures by their number."""

    captures: list[Captured] = field(default_factory=list)
    lines: list[Said] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)


def generated(seed: int) -> Generated:
    """Settled by either key, damaged, of another amount, told twice, unknown, and naming an order
    that nobody is known to have paid, one letter from the reference of a payment that waits.
    """
    chance, made = random.Random(seed), Generated()
    kinds = ["transaction"] * 8 + ["reference"] * 3 + ["damaged", "amount", "twice", "none"]
    waiting: list[Captured] = []
    for n in range(1, PAYMENTS + 1):
        reference = "".join(chance.choices(LETTERS, k=14))
        amount = chance.choice((20_000, 50_000, 115_000))
        one = Captured(name=str(n), transaction=f"T{seed}X{n}", reference=reference, amount=amount)
        made.captures.append(one)
        kind = chance.choice(kinds)
        told: dict[str, Any] = {"amount": amount, "transaction": one.transaction}
        if kind in ("reference", "damaged"):
            wrong = _damaged(reference, chance) if kind == "damaged" else reference.lower()
            told |= {"transaction": "", "reference": wrong}
        elif kind == "amount":
            told["amount"] = amount + 1_000
        elif kind == "none":
            waiting.append(one)
            continue
        for _ in range(2 if kind == "twice" else 1):
            made.lines.append(Said(name=str(len(made.lines) + 1), **told))
    for one in waiting[:ORDERS]:
        made.orders.append(_damaged(one.reference, chance))
        made.lines.append(
            Said(name=str(len(made.lines) + 1), reference=made.orders[-1], amount=one.amount)
        )
    for n in range(5):
        made.lines.append(Said(name=str(len(made.lines) + 1), transaction=f"NOBODY{n}"))
    return made


def _damaged(reference: str, chance: random.Random) -> str:
    at = chance.randrange(3, len(reference))
    other = chance.choice(LETTERS.replace(reference[at], ""))
    return reference[:at] + other + reference[at + 1 :]


def by_runs(ground: Ground, made: Generated) -> Found:
    """What a run over rows in PostgreSQL finds; the orders are streams of the log."""

    async def order(house: House) -> None:
        for reference in made.orders:
            id, act = house.store.ids.payment(ACCOUNT, reference), house.act(uuid4(), "person:a")
            stream = Period.open(id, AGENCY, "2026-11", act.at)

            async def decide(stream: Period = stream) -> Decision[None]:
                return Decision(None, [stream])

            await house.settle(act, decide)

    put_captures(ground.db, made.captures)
    put_statement(ground.db, "B1", made.lines)
    ground.do(order)
    at_head(ground.db)
    ground.run()
    names = {str(one.id): one.name for one in made.captures}
    rows = ground.rows(
        "SELECT line.identity, other.item, made.rule FROM feesvc.every_member AS mine "
        "JOIN feesvc.line ON line.id = mine.line "
        'JOIN feesvc.every_group AS made ON made.id = mine."group" '
        "JOIN feesvc.every_member AS other ON other.\"group\" = made.id AND other.side = 'A' "
        "WHERE mine.side = 'B'"
    )
    pairs = {
        (row["identity"], names[row["item"].partition(":")[2]], row["rule"]) for row in rows
    }  # fmt: skip
    paired = {line for line, _, _ in pairs}
    codes = {(line, "", code) for line, code in ground.codes().items() if line not in paired}
    return frozenset(pairs | codes)


def by_backfill(folder: Path, made: Generated, *, with_orders: bool = True) -> Found:
    head, day = "transaction,reference,amount,currency,day", NOON.date().isoformat()
    captures = [
        f"{one.name},{one.transaction},{one.reference},{one.amount},VND,{day}"
        for one in made.captures
    ]
    lines = [
        f"{one.name},{one.transaction},{one.reference},{one.amount},VND,{day},B1"
        for one in made.lines
    ]
    for name, title, rows in (
        ("captures", f"id,{head}", captures), ("lines", f"identity,{head},batch", lines),
        ("orders", "reference", made.orders),
    ):  # fmt: skip
        (folder / f"{name}.csv").write_text("\n".join([title, *rows]) + "\n")
    found = folder / "found.parquet"
    match_files(
        folder / "captures.csv", folder / "lines.csv", found, MatchTerms(),
        folder / "orders.csv" if with_orders else None,
    )  # fmt: skip
    return frozenset(
        (str(line), "" if code else str(capture), code or name)
        for line, capture, name, code in pl.read_parquet(found).rows()
    )


def hashed(found: Found) -> str:
    return sha256("\n".join(sorted("|".join(one) for one in found)).encode()).hexdigest()


@pytest.mark.parametrize("seed", [7])
def test_both_find_the_same(ground: Ground, tmp_path: Path, seed: int) -> None:
    made = generated(seed)
    ran, filled = by_runs(ground, made), by_backfill(tmp_path, made)
    assert sorted(ran ^ filled) == []
    assert hashed(ran) == hashed(filled)
    assert len(ran) == len(made.lines)
    assert {what for _, _, what in ran} == {
        "transaction", "reference", "similarity", "S03", "S04", "S07",
    }  # fmt: skip
    unpaid = {one.name for one in made.lines if one.reference in made.orders}
    assert {(line, "", "S03") for line in unpaid} <= ran
    without = by_backfill(tmp_path, made, with_orders=False)
    assert unpaid <= {line for line, _, what in without if what == "similarity"}, "they look alike"
