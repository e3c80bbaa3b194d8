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
from feesvc.application.house import Decision, House
from feesvc.domain.aggregate import Refusal
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


async def check(house: House, file: SourceFile, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raises ``LinesPlaced``, which names the first line that cannot be taken back, and why."""
    for row in rows:
        why = await _hindrance(house, file, row)
        if why:
            raise LinesPlaced(f"{row['place'] or row['identity'][:20]}: {why}")


async def take_back(
    house: House, db: Cursor, file: SourceFile, rows: Sequence[Mapping[str, Any]], principal: str
) -> None:
    """Reverse what lines were booked as without a match. Repeating it changes nothing."""
    for row in rows:
        if file.source != "settlement":
            await _credit(house, file, row, principal)
        elif row["state"] == "placed":
            await _settled(house, file, row, principal)
    await db.execute(statement("line_states"), {
        "lines": [row["id"] for row in rows if row["state"] == "placed"], "state": "open",
    })  # fmt: skip


async def _hindrance(house: House, file: SourceFile, row: Mapping[str, Any]) -> str:
    transfer = await _transfer(house, file, row)
    if file.source != "settlement":
        if row["state"] == "placed" and row["reason"] != "B10":
            return f"it was booked as {row['reason']}"
        moved = transfer is not None and transfer.buckets.total != transfer.amount.amount
        return f"transfer {transfer.id} was paid on" if moved and transfer else ""
    if row["state"] != "placed" or row["kind"] in UNDONE:
        return ""
    if row["kind"] != "payment" or transfer is None:
        return f"a line of kind {row['kind']} is corrected by a later line"
    if transfer.reversed or _untouched(transfer):
        return ""
    return f"transfer {transfer.id} stands no more in suspense as it came"


async def _transfer(house: House, file: SourceFile, row: Mapping[str, Any]) -> Transfer | None:
    of_bank = file.source != "settlement"
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
    name = row["native_id"] if row["proved"] else row["identity"]
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
