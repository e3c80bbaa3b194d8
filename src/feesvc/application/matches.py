"""Matches: what people do with groups: undo one, confirm what was only proposed, or reject it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from feesvc.application import batches, concluding, concluding_bank, matching
from feesvc.application.house import House, Unknown
from feesvc.application.line_cases import end_explained
from feesvc.application.manual_matches import BY_HAND, agree
from feesvc.domain.aggregate import Refusal
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor


class NotThatFar(Refusal):
    """The match is not at that point"""


class NoLongerOpen(Refusal):
    """What was proposed to belong together belongs to something else by now"""


class NotUndoable(Refusal):
    """What a debit paid is undone where it was ordered"""


async def see_match(house: House, id: UUID) -> dict[str, Any]:
    """Raises ``Unknown``."""
    async with house.rows.cursor() as db:
        return await _group(db, id)


async def matches_of(
    house: House, agency: str, *, run: UUID | None, state: str | None, after: UUID | None,
    limit: int,
) -> Sequence[dict[str, Any]]:  # fmt: skip
    """The agency's groups, in the order of their ids."""
    asked = {"agency": agency, "run": run, "state": state, "after": after, "rows": limit}
    async with house.rows.cursor() as db:
        return await (await db.execute(statement("groups"), asked)).fetchall()


async def undo(house: House, id: UUID, reason: str, principal: str) -> dict[str, Any]:
    """Reverse what a match booked, exactly; its lines and what they were matched with are open
    again. Repeating it changes nothing. Raises ``NotThatFar``, ``NotUndoable``, ``RunUnderWay``.
    """
    group = await see_match(house, id)
    async with concluding.settled(house, group["account"], group["leg"], principal) as db:
        return await undo_on(house, db, id, reason, principal)


async def undo_on(
    house: House, db: Cursor, id: UUID, reason: str, principal: str
) -> dict[str, Any]:  # fmt: skip
    """``undo`` for whoever may be alone at the account already, on the connection that is."""
    group = await _group(db, id)
    async with runs.alone(db, group["account"], group["leg"]):
        group = await _group(db, id)
        if group["state"] == "reversed":
            return group
        if group["state"] not in ("confirmed", "posted"):
            raise NotThatFar(f"it is {group['state']}")
        lines = await (await db.execute(statement("group_lines"), {"id": id})).fetchall()
        if group["leg"] == "S":
            await _unsettle(house, lines, reason, principal)
        else:
            await _uncredit(house, group, lines, reason, principal)
        async with db.connection.transaction():
            await _move(db, id, "reversed", ("confirmed", "posted"), active=False)
            await _lines(db, lines, "opened")
        return await _group(db, id)


async def confirm(house: House, id: UUID, principal: str, digest: str = "") -> dict[str, Any]:
    """Somebody looked at a proposal and says that it is so: it is booked.

    What another person proposed by hand is confirmed by its ``digest``. Raises ``NotThatFar``,
    ``NoLongerOpen``, ``RunUnderWay``, ``SamePerson``, ``ChangedSinceAsked``.
    """
    async with house.rows.cursor() as db:
        group = await _group(db, id)
        async with runs.alone(db, group["account"], group["leg"]):
            group = await _group(db, id)
            if group["state"] == "proposed":
                if group["how"] in BY_HAND:
                    await agree(db, group, digest, principal)
                await _take(db, id, group)
            elif group["state"] not in ("confirmed", "posted"):
                raise NotThatFar(f"it is {group['state']}")
            run = await matching.see_run(house, group["run"])
            if group["leg"] == "S":
                await concluding.settle(house, db, run, principal)
            else:
                await concluding_bank.book(house, db, run, principal)
            await end_explained(house, db, group["agency"], group["account"], principal)
            done = await _group(db, id)
            if done["state"] != "posted":
                raise NoLongerOpen(f"it could not be booked, and is {done['state']}")
            return done


async def reject(house: House, id: UUID) -> dict[str, Any]:
    """A proposal that nobody makes again. Raises ``NotThatFar``."""
    async with house.rows.transaction() as db:
        group = await _group(db, id)
        if group["state"] == "rejected":
            return group
        if not await _move(db, id, "rejected", ("proposed",), active=False):
            raise NotThatFar(f"it is {group['state']}")
        return await _group(db, id)


async def _take(db: Cursor, id: UUID, group: Mapping[str, Any]) -> None:
    others = [one["item"] for one in group["members"] if one["side"] == "A"]
    taken = await db.execute(statement("taken"), {"items": others})
    if not group["lines_open"] or await taken.fetchone() is not None:
        raise NoLongerOpen(str(id))
    lines = await (await db.execute(statement("group_lines"), {"id": id})).fetchall()
    async with db.connection.transaction():
        await _move(db, id, "confirmed", ("proposed",), active=True)
        await _lines(db, lines, "matched")


async def _unsettle(
    house: House, lines: Sequence[Mapping[str, Any]], reason: str, principal: str
) -> None:
    for line in lines:
        batch = batches.batch_id(house, line["account"], line["batch_identity"])
        await batches.unsettle_lines(
            house, batch, [await batches.settled_as(house, batch, line)], reason, principal
        )


async def _uncredit(
    house: House, group: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], reason: str,
    principal: str,
) -> None:  # fmt: skip
    if not undoable(group):
        raise NotUndoable(str(group["id"]))
    others = [one["item"] for one in group["members"] if one["side"] == "A"]
    for line in lines:
        await batches.undo_batch_credit(
            house, group["agency"], UUID(others[0].partition(":")[2]), line["account"],
            concluding_bank.booked_as(line), reason, principal,
        )  # fmt: skip


def undoable(group: Mapping[str, Any]) -> bool:
    """Whether ``undo`` takes back what the match booked: of a bank, the credits of payouts."""
    members = group["members"]
    payouts = all(one["item"].startswith("batch:") for one in members if one["side"] == "A")
    credits = all(one["amount"] > 0 for one in members if one["side"] == "B")
    return group["leg"] == "S" or (payouts and credits)


async def _group(db: Cursor, id: UUID) -> dict[str, Any]:
    found = await (await db.execute(statement("group"), {"id": id})).fetchone()
    if found is None:
        raise Unknown("")  # told to whoever asks: a foreign match is none
    return found


async def _move(
    db: Cursor, id: UUID, to: str, was: Sequence[str], *, active: bool
) -> bool:  # fmt: skip
    asked = {"id": id, "to": to, "was": list(was), "active": active}
    row = await (await db.execute(statement("group_state"), asked)).fetchone()
    return bool(row and row["moved"])


async def _lines(db: Cursor, lines: Sequence[Mapping[str, Any]], become: str) -> None:
    await db.execute(statement(become), {"lines": [line["id"] for line in lines]})
