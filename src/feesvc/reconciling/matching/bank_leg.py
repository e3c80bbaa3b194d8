"""Bank lines against batches and orders: read, paired as values, and written down."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import uuid5

from feesvc.reconciling.matching.pairing import BankLine, Expected, Pairing
from feesvc.reconciling.matching.scope import Found, Grouped, Hashes, Scope
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor


async def match(db: Cursor, scope: Scope) -> Found:
    """What the open lines of a bank account are the money of."""
    asked: dict[str, Any] = {
        "account": scope.account, "agency": scope.agency, "as_of": scope.as_of,
    }  # fmt: skip
    if scope.period:
        asked["first"], asked["last"] = scope.period
    of = "p" if scope.period else "b"
    lines = await (await db.execute(statement(f"{of}_lines"), asked)).fetchall()
    expected = await (await db.execute(statement(f"{of}_expected"), asked)).fetchall()
    rejected = await (await db.execute(statement("b_rejected"), asked)).fetchall()
    pairing = Pairing(
        [_line(row) for row in lines], [_expected(row) for row in expected], scope.terms,
        scope.calendar, collects=scope.collects,
    )  # fmt: skip
    if scope.period:
        await asyncio.to_thread(pairing.run)  # a year of a bank's lines is long for all who wait
    else:
        pairing.run()
    never = {(row["line"], row["item"]) for row in rejected}
    groups = tuple(
        group for group in pairing.groups
        if not (group.proposed and (group.lines[0][0], group.others[0][0]) in never)
    )  # fmt: skip
    breaks = tuple(pairing.breaks)
    said = [group.said for group in groups]
    said += [f"{one.identity} {one.code} {one.candidates}" for one in breaks]
    return Found(Hashes(_hash(map(_seen, lines)), _hash(said)), groups, breaks)


async def would(db: Cursor, found: Found) -> dict[str, Any]:
    """What recording would write: matches, proposals, and breaks by their code."""
    return {
        "would_match": sum(not group.proposed for group in found.groups),
        "would_propose": sum(group.proposed for group in found.groups),
        "conflicts": len(found.breaks),
        "by_code": Counter(one.code for one in found.breaks),
    }


async def members(db: Cursor, found: Found) -> None:
    """Write what ``match`` found beside what stands, to be compared line by line."""
    for number, group in enumerate(found.groups):
        items: list[tuple[str, int | None]] = [(item, None) for item, _ in group.others]
        items += [(f"line:{line}", line) for line, _ in group.lines]
        await db.executemany(
            statement("p_found"),
            [
                {"match": str(number), "item": item, "line": line, "proposed": group.proposed}
                for item, line in items
            ],
        )


async def record(db: Cursor, scope: Scope, found: Found) -> None:
    """Write what ``match`` found down; nobody else may be at this account meanwhile."""
    for group in found.groups:
        await _group(db, scope, group)
    await db.executemany(
        statement("b_record_break"),
        [
            {
                "run": scope.run, "line": one.line, "code": one.code, "amount": one.amount,
                "currency": one.currency, "candidates": list(one.candidates),
            }
            for one in found.breaks
        ],
    )  # fmt: skip


async def _group(db: Cursor, scope: Scope, group: Grouped) -> None:
    id = uuid5(scope.run, group.said)
    if group.proposed and await _stands(db, group):
        return
    why = {"lost": list(group.lost)} | ({"account": group.account} if group.account else {})
    await db.execute(statement("b_record_group"), {
        "id": id, "run": scope.run, "agency": scope.agency, "rule": group.rule,
        "rules": scope.rules, "how": "window" if group.proposed else group.how,
        "state": "proposed" if group.proposed else "confirmed", "difference": group.difference,
        "currency": group.currency, "why": json.dumps(why),
    })  # fmt: skip
    members = [("A", item, amount) for item, amount in group.others]
    members += [("B", f"line:{line}", amount) for line, amount in group.lines]
    await db.executemany(
        statement("b_record_member"),
        [
            {"group": id, "side": side, "item": item, "amount": amount,
             "active": not group.proposed}
            for side, item, amount in members
        ],
    )  # fmt: skip
    if not group.proposed:
        await db.execute(statement("matched"), {"lines": [line for line, _ in group.lines]})


async def _stands(db: Cursor, group: Grouped) -> bool:
    asked = {"line": f"line:{group.lines[0][0]}", "items": sorted(item for item, _ in group.others)}
    return await (await db.execute(statement("b_stands"), asked)).fetchone() is not None


def _line(row: dict[str, Any]) -> BankLine:
    return BankLine(
        id=row["id"], identity=row["identity"], kind=row["kind"], amount=row["net"],
        currency=row["currency"], keys=frozenset(_keys(row)), day=row["value_on"],
        statement=row["statement"], number=row["number"],
    )  # fmt: skip


def _keys(row: dict[str, Any]) -> Iterable[str]:
    yield from row["keys"]
    for name in ("transaction", "reference", "original", "batch"):
        if row[name]:
            yield row[name]


def _expected(row: dict[str, Any]) -> Expected:
    return Expected(
        id=row["id"], account=row["account"], kind=row["kind"], keys=frozenset(row["keys"]),
        left=row["amount"] - row["done"], currency=row["currency"], day=row["on_day"],
        done=row["state"] != "open",
    )  # fmt: skip


def _seen(row: dict[str, Any]) -> str:
    return "|".join(str(row[name]) for name in sorted(row) if name != "id")


def _hash(said: Iterable[str]) -> str:
    return sha256("\n".join(sorted(said)).encode()).hexdigest()
