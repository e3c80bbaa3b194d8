"""Settlement lines against captures: the passes as SQL over one account, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from feesvc.domain.match_terms import KEYS
from feesvc.reconciling.matching.scope import Found, Hashes, Scope, midnight
from feesvc.reconciling.matching.similarity import alike_keys, judge
from feesvc.reconciling.matching.statements import as_if_unmatched, statement
from feesvc.reconciling.rows import Cursor

UNKNOWN = json.dumps({
    "payment": "S03", "refund": "S11", "refund_reversal": "S13", "dispute": "S14",
    "dispute_reversal": "S15", "reserve_hold": "S16", "reserve_release": "S16",
    "adjustment": "S17",
})  # fmt: skip
"""What a line is that nothing on record explains, by its kind."""
HOW = {"transaction": "key", "reference": "composite", "original": "composite"}


async def match(db: Cursor, scope: Scope) -> Found:
    """Run the passes; what they found stands in the work tables ``pair`` and ``break``."""
    asked: dict[str, Any] = {
        "account": scope.account, "as_of": scope.as_of, "unknown": UNKNOWN,
    }  # fmt: skip
    await db.execute(statement("drop_work"))
    await db.execute(statement("s_tables"))
    await db.execute(statement("p_items" if scope.period else "s_items"), asked)
    told = as_if_unmatched if scope.period else statement
    inputs = await _hash(db, "s_hash_inputs")
    passed = False
    for name in scope.terms.passes:
        if name in KEYS:
            asked |= {"pass": name, "how": HOW[name]}
            await db.execute("TRUNCATE candidate")
            await db.execute(told(f"s_{name}"), asked)
            if passed:
                await db.execute(statement("s_taken"), asked)
            await db.execute(statement("s_several"), asked)
            await db.execute(statement("s_twins"), asked)
            await db.execute(statement("s_ambiguous"))
        elif name == "linked":
            await db.execute(told("s_linked"), asked)
        elif name == "similarity":
            await _similar(db, scope, asked)
        else:
            continue
        if passed:
            await db.execute(statement("s_consume"), {"pass": name})
        else:
            await _keep_what_is_left(db)
            passed = True
    await db.execute(statement("s_unknown"), asked)
    return Found(Hashes(inputs, await _hash(db, "s_hash_result")))


async def record(db: Cursor, scope: Scope, _: Found) -> None:
    """Write what ``match`` found down; nobody else may be at this account meanwhile."""
    asked = {"run": scope.run, "agency": scope.agency, "rules": scope.rules}
    await db.execute(statement("s_known_proposals"))
    for name in ("pairs", "groups", "members", "lines", "breaks"):
        await db.execute(statement(f"s_record_{name}"), asked if name != "lines" else None)
    await db.execute(statement("s_reasons"))
    await db.execute(statement("s_rest"))


async def would(db: Cursor, _: Found) -> dict[str, Any]:
    """What recording would write: pairs, proposals, and breaks by their code."""
    row = await (await db.execute(statement("s_would"))).fetchone()
    assert row is not None
    return dict(row)


async def members(db: Cursor, _: Found) -> None:
    """Write what ``match`` found beside what stands, to be compared line by line."""
    await db.execute(statement("p_found_pairs"))


async def _keep_what_is_left(db: Cursor) -> None:
    await db.execute(statement("s_left"))
    await db.execute("DROP TABLE item")
    await db.execute("ALTER TABLE item_left RENAME TO item")
    # Little is left: whoever joins it without knowing that reads all captures.
    await db.execute("ANALYZE item (line, transaction, reference)")


async def _hash(db: Cursor, name: str) -> str:
    row = await (await db.execute(statement(name))).fetchone()
    assert row is not None
    return str(row["hash"])


async def _of_no_order(
    db: Cursor, scope: Scope, lines: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Lines but those that name an order of ours letter for letter: nothing of them is damaged, and
    what we know nothing of is its money (S06), not another payment's.
    """
    if scope.ids is None or not lines:
        return list(lines)
    orders = {row["line"]: scope.ids.payment(scope.account, row["told_reference"]) for row in lines}
    said = await db.execute(statement("s_orders"), {"orders": list(orders.values())})
    known = {row["stream"] for row in await said.fetchall()}
    return [row for row in lines if orders[row["line"]] not in known]


async def _similar(db: Cursor, scope: Scope, asked: dict[str, Any]) -> None:
    days = await (await db.execute(
        "SELECT min(day) AS first, max(day) AS last FROM item WHERE kind = 'payment'"
    )).fetchone()  # fmt: skip
    if days is None or days["first"] is None:
        return
    told = as_if_unmatched if scope.period else statement
    calendar, reach = scope.calendar, scope.terms.days
    first = calendar.plus(days["first"], -reach - 1)
    last = calendar.plus(days["last"], reach + 1)
    asked |= {
        "first": midnight(first), "last": midnight(last + timedelta(days=1)),
        "distance": scope.terms.distance,
    }  # fmt: skip
    found = await (await db.execute(statement("s_left_over"))).fetchall()
    lines = await _of_no_order(db, scope, found)
    if not lines:
        return
    captures = await (await db.execute(told("s_near"), asked)).fetchall()
    denied = await (await db.execute(statement("s_denied"))).fetchall()
    never = {(row["line"], row["capture"]) for row in denied}
    near = alike_keys(lines, captures, scope.terms.distance)
    judged = judge(
        [one for one in near if (one.line, one.capture) not in never], scope.terms, calendar
    )
    for alike in judged.proposed:
        await db.execute(statement("s_propose"), {
            "line": alike.line, "capture": alike.capture, "other_day": alike.of_day,
            "lost": [f"capture:{capture}" for capture in alike.lost],
        })  # fmt: skip
    for line, several in judged.ambiguous:
        await db.execute(
            statement("s_set_ambiguous"), {"line": line, "captures": list(several)}
        )  # fmt: skip
