"""Manual matches: what one person says belongs together, and another agrees to; forced where the
sides differ, and the difference goes to a named account, up to a cap that both of them saw.

A settlement line takes no difference: what it lacks stays on 1200, to be claimed or corrected.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from feesvc.application.file_accounts import file_account
from feesvc.application.house import House, Unknown
from feesvc.application.matching import captures_at_head
from feesvc.domain.aggregate import Refusal
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.scope import Leg
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

SHORT = ("1290", "5320")
"""A claim on whoever paid too little, or a charge of the bank (at most what its tariff says)."""
OVER = "2150"
BY_HAND = ("manual", "forced")


class NotOpen(Refusal):
    """A line or what it is to be matched with is not open, or is another match's"""


class DoNotBelong(Refusal):
    """Such lines and items are never one match"""


class DifferenceNotCovered(Refusal):
    """The sides differ by more than the proposal says where to put"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """``lines`` by their ids, ``others`` as ``capture:…`` or ``batch:…``.

    What they differ by, up to ``cap`` minor units, goes to ``difference_to``: 1290, 5320 or, where
    more came than was awaited, 2150.
    """

    agency: str
    account: UUID
    lines: tuple[int, ...]
    others: tuple[str, ...]
    reason: str
    difference_to: Literal["", "1290", "5320", "2150"] = ""
    cap: int = 0

    @property
    def digest(self) -> str:
        return sha256(repr(self).encode()).hexdigest()


async def propose_match(house: House, id: UUID, said: ByHand, principal: str) -> UUID:
    """Write a proposal down under ``id``, which names it from then on; nothing is booked.

    Raises ``NotOpen``, ``DoNotBelong``, ``DifferenceNotCovered``, ``RunUnderWay``,
    ``ProjectionBehind``, ``Unknown``.
    """
    account = await file_account(house, said.agency, said.account)
    leg: Leg = "S" if account.source == "settlement" else "B"
    async with house.rows.cursor() as db, runs.alone(db, said.account, leg):
        if await (await db.execute(statement("group"), {"id": id})).fetchone() is not None:
            return id
        await captures_at_head(db)
        lines, others = await _sides(db, said)
        difference = _difference(leg, said, lines, others)
        why = {
            "reason": said.reason, "maker": principal, "digest": said.digest, "cap": said.cap,
            "account": said.difference_to if difference else "", "lost": [],
        }  # fmt: skip
        async with db.connection.transaction():
            await db.execute(statement("m_propose"), {
                "id": id, "agency": said.agency, "account": said.account, "leg": leg,
                "at": house.now(), "by": principal, "as_of": house.today(),
                "calendar": house.calendar.version, "digest": said.digest,
                "how": "forced" if difference else "manual", "difference": difference,
                "currency": lines[0]["currency"], "why": json.dumps(why),
            })  # fmt: skip
            await _members(db, id, leg, lines, others)
    return id


async def agree(db: Cursor, group: Mapping[str, Any], digest: str, principal: str) -> None:
    """Whether this person may say yes to it, and it is still what was proposed.

    Raises ``SamePerson``, ``ChangedSinceAsked``, and what proposing raises.
    """
    why = group["why"]
    if why["maker"] == principal:
        raise SamePerson("a match by hand is confirmed by another person than proposed it")
    if why["digest"] != digest:
        raise ChangedSinceAsked(f"the match's digest is {why['digest']}")
    said = ByHand(
        agency=group["agency"], account=group["account"], reason=why["reason"],
        lines=tuple(int(one["item"][5:]) for one in group["members"] if one["side"] == "B"),
        others=tuple(one["item"] for one in group["members"] if one["side"] == "A"),
        difference_to=why["account"], cap=why["cap"],
    )  # fmt: skip
    lines, others = await _sides(db, said)
    if _difference(group["leg"], said, lines, others) != group["difference"]:
        raise ChangedSinceAsked("something came, or went, since")


async def _sides(db: Cursor, said: ByHand) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    wanted = {"lines": list(said.lines)}
    lines = await (await db.execute(statement("lines_of"), wanted)).fetchall()
    items = {"items": list(said.others), "ids": [_id(item) for item in said.others]}
    others = await (await db.execute(statement("m_others"), items)).fetchall()
    ours = all(one["account"] == said.account and one["agency"] == said.agency for one in lines)
    if not ours or not lines or len(lines) != len(said.lines):
        raise Unknown("no such lines of the account")
    theirs = all(one["agency"] == said.agency for one in others)
    if not theirs or not others or len(others) != len(said.others):
        raise Unknown("nothing such is on record")
    if any(one["state"] != "open" for one in lines):
        raise NotOpen("a line")
    if any(one["state"] != "open" or one["taken"] for one in others):
        raise NotOpen("what it is to be matched with")
    return lines, others


def _difference(
    leg: str, said: ByHand, lines: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]
) -> int:
    """What the lines lack of what was awaited; negative where they are more."""
    if len({one["currency"] for one in (*lines, *others)}) > 1:
        raise DoNotBelong("one currency")
    if len(lines) > 1 and len(others) > 1:
        raise DoNotBelong("several lines with several items")
    if leg == "S":
        _check_settled(said, lines, others)
        return 0
    if any(line["net"] <= 0 for line in lines) or any(
        not one["item"].startswith("batch:") for one in others
    ):
        raise DoNotBelong("bank credits are matched with batches by hand; orders by their names")
    difference: int = sum(one["amount"] for one in others) - sum(line["net"] for line in lines)
    covered = said.difference_to in (SHORT if difference > 0 else (OVER,))
    if difference and (not covered or abs(difference) > said.cap):
        raise DifferenceNotCovered(f"they differ by {difference} {lines[0]['currency']}")
    return difference


def _check_settled(
    said: ByHand, lines: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]
) -> None:
    [line, *more], [other, *rest] = lines, others
    kinds = line["kind"] == other["kind"] and other["item"].startswith("capture:")
    if more or rest or not kinds or other["account"] != said.account:
        raise DoNotBelong("one settlement line with one item of its kind and account")
    if line["gross"] != other["amount"]:
        raise DifferenceNotCovered(f"they differ by {other['amount'] - line['gross']}")


async def _members(
    db: Cursor, id: UUID, leg: Leg, lines: Sequence[dict[str, Any]],
    others: Sequence[dict[str, Any]],
) -> None:  # fmt: skip
    amount = "gross" if leg == "S" else "net"
    sides = [("A", one["item"], one["amount"]) for one in others]
    sides += [("B", f"line:{line['id']}", line[amount]) for line in lines]
    await db.executemany(statement("b_record_member"), [
        {"group": id, "side": side, "item": item, "amount": worth, "active": False}
        for side, item, worth in sides
    ])  # fmt: skip


def _id(item: str) -> UUID:
    try:
        return UUID(item.partition(":")[2])
    except ValueError:
        raise DoNotBelong(f"{item[:60]!r} is no capture and no batch") from None
