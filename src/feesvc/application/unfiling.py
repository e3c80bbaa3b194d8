"""Unfiling: lines that a restated file changes leave the books, exactly as they came, or it waits.

All of them are looked at before the first is taken back: a file is never half undone by a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from feesvc.application import batches
from feesvc.application.bank_credits import reverse_bank_credit
from feesvc.application.concluding_bank import HANOI, booked_as
from feesvc.application.file_verdicts import finding
from feesvc.application.house import Decision, House
from feesvc.application.matches import see_match, undoable
from feesvc.application.told_first import take_untold
from feesvc.domain.aggregate import Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_standing import RESTATED
from feesvc.reconciling.filing import SourceFile
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

UNKNOWN = "unknown_settled_line"
UNDONE = ("fee", "tax", "payout")
"""Lines of the batch itself that are taken back as they were booked, or were never booked."""


class LinesPlaced(Refusal):
    """Lines that the restated file changes went further than that: settle their cases first"""


async def check(
    house: House, file: SourceFile, rows: Sequence[Mapping[str, Any]], groups: Sequence[UUID]
) -> None:
    """Raises ``LinesPlaced``, which names the first line or match that cannot be taken back, why,
    and the case of the file, which stays open.
    """
    case = finding(file, "VND").case_id(house.store.ids)
    for row in rows:
        why = "" if row["state"] == "matched" else await _hindrance(house, file, row)
        if why:
            raise LinesPlaced(f"{row['place'] or row['identity'][:20]}: {why}; case {case}")
    for group in groups:
        if not undoable(await see_match(house, group)):
            raise LinesPlaced(f"match {group} is undone where it was ordered; case {case}")


async def take_back(
    house: House, db: Cursor, file: SourceFile, rows: Sequence[Mapping[str, Any]], principal: str
) -> None:
    """Reverse what lines were booked as without a match. Repeating it changes nothing."""
    for row in rows:
        if file.source != "settlement":
            await _credit(house, file, row, principal)
            continue
        if row["state"] == "placed":
            await _settled(house, file, row, principal)
        if row["kind"] == "dispute":
            await take_untold(house, file.account, row)
    await db.execute(
        statement("opened"), {"lines": [row["id"] for row in rows if row["state"] == "placed"]}
    )


async def _hindrance(house: House, file: SourceFile, row: Mapping[str, Any]) -> str:
    transfer = await _transfer(house, file, row)
    if file.source != "settlement":
        return await _hindrance_of_bank(house, file, row, transfer)
    if row["state"] != "placed" or row["kind"] in UNDONE:
        return ""
    if row["kind"] != "payment" or transfer is None:
        return f"a line of kind {row['kind']} is corrected by a later line"
    if transfer.reversed or _untouched(transfer):
        return ""
    return f"transfer {transfer.id} stands no more in suspense as it came"


async def _hindrance_of_bank(
    house: House, file: SourceFile, row: Mapping[str, Any], transfer: Transfer | None
) -> str:
    if row["state"] == "placed" and row["reason"] != "B10":
        return f"it was booked as {row['reason']}"
    moved = transfer is not None and transfer.buckets.total != transfer.amount.amount
    if moved and transfer:
        return f"transfer {transfer.id} was paid on"
    return await _used(house, file, row)


async def _used(house: House, file: SourceFile, row: Mapping[str, Any]) -> str:
    """What people, or the line itself, took a bank's credit for that it would have to leave first;
    empty where it waits or pays.
    """
    if row["net"] <= 0:  # a credit of its name is another line's
        return ""
    ids, name = house.store.ids, booked_as(row)
    waits = ids.transfer(file.account, name)
    found = (await house.store.peek([waits])).get(waits)
    if isinstance(found, Transfer):
        taken = found.payouts and not found.reversed
        return "it is the payout of a batch: undo that credit first" if taken else ""
    told = await house.store.find(ids.of("fact", str(file.account), "bank_credit", name))
    if told is None:
        return ""
    stream = await house.made_by(told)
    about = (await house.store.peek([stream])).get(stream)
    if isinstance(about, Batch) and (file.account, name) in about.credits:
        return f"it is the payout of {about.origin.batch}: undo that credit first"
    return f"refund {stream} came back with it" if isinstance(about, Refund) else ""


async def _transfer(house: House, file: SourceFile, row: Mapping[str, Any]) -> Transfer | None:
    of_bank = file.source != "settlement"
    if of_bank and row["net"] <= 0:
        return None
    name = booked_as(row) if of_bank else row["told_transaction"]
    id = house.store.ids.transfer(file.account, name)
    found = (await house.store.peek([id])).get(id)
    live = isinstance(found, Transfer) and not (of_bank and (found.reversed or found.payouts))
    return found if live and isinstance(found, Transfer) else None


def _untouched(transfer: Transfer) -> bool:
    waiting = sum(p.amount.amount for p in transfer.buckets if p.reason == UNKNOWN)
    return waiting == transfer.amount.amount


async def _credit(house: House, file: SourceFile, row: Mapping[str, Any], principal: str) -> None:
    transfer = await _transfer(house, file, row)
    if transfer is not None:
        day = row["occurred_at"].astimezone(HANOI).date()
        await reverse_bank_credit(house, file.agency, transfer.id, day, RESTATED, principal)


async def _settled(house: House, file: SourceFile, row: Mapping[str, Any], principal: str) -> None:
    batch = batches.batch_id(house, file.account, row["batch_identity"])
    name = await batches.settled_as(house, batch, row)
    await batches.unsettle_lines(house, batch, [name], RESTATED, principal)
    if row["kind"] == "payment":
        id = house.store.ids.transfer(file.account, row["told_transaction"])
        await _unhear(house, id, principal)


async def _unhear(house: House, id: UUID, principal: str) -> None:
    """Money that only the changed line told of: the exact reverse of where it waited."""
    seen = await house.see(Transfer, id, f"transfer {id}")
    act = house.act(house.store.ids.of("fact", str(id), "unheard", seen.version), principal)

    async def decide() -> Decision[None]:
        transfer = await house.one(Transfer, id, f"transfer {id}")
        if not transfer.reversed:
            transfer.reverse(tuple(transfer.buckets), RESTATED, act.at, act.at)
        return Decision(None, [transfer])

    await house.take(act, decide)
