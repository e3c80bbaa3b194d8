"""Settling: the lines of a batch booked in bulk, each on its transfer and all of them on the batch.

Hundreds of lines are one append. A line is booked once, under its own name within its batch; one
that contradicts what is on record, or settles a transfer a second time, is left for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from feesvc.application.banking import unbank_transfers
from feesvc.application.batch_arrivals import bank_settled, unbank_settled
from feesvc.application.booking import Booking, LineState, MatchedLine
from feesvc.application.house import Act, Decision, House
from feesvc.application.tariffs import check_commission
from feesvc.domain import netting, settling
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchLine, BatchOrigin
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer

AT_ONCE = 300
"""Lines of one append."""
REVERSIBLE = frozenset({"payment", "refund", "refund_reversal", "dispute", "dispute_reversal",
                        "fee", "tax"})  # fmt: skip


class NotReversible(Refusal):
    """What is kept back or carried is corrected by a line of the intermediary, not undone"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLines:
    """What became of each line, in the order in which they were given."""

    batch: UUID
    states: tuple[LineState, ...]


def batch_id(house: House, account: UUID, batch: str) -> UUID:
    """The stream of a batch: one for each name at each merchant account."""
    return house.store.ids.of("batch", str(account), batch)


async def settle_lines(
    house: House, account_id: UUID, batch: str, lines: Sequence[MatchedLine], principal: str
) -> SettledLines:
    """Book the lines of a batch, hundreds in one append. Repeating it books nothing twice.

    A payment line that no transfer is known for is money all the same: it waits in suspense (P08x).
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    states: list[LineState] = []
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        found = await _settle(house, account, batch, some, principal)
        booked = [
            (one.transfer or house.store.ids.transfer(account_id, one.transaction), one.line)
            for one, state in zip(some, found, strict=True)
            if one.line.kind == "payment" and state in ("booked", "suspense", "repeated")
        ]
        await check_commission(house, account_id, batch, booked, principal)
        states += found
    id = batch_id(house, account_id, batch)
    if id in await house.store.peek([id]):
        await bank_settled(house, id, house.now(), principal)
    return SettledLines(batch=id, states=tuple(states))


async def settled_as(house: House, batch: UUID, row: Mapping[str, Any]) -> str:
    """The name under which a line was booked: its native id, as long as no other line of the batch
    bore it then; else its identity.
    """
    lines = (await house.see(Batch, batch, f"batch {batch}")).lines
    told = lines.get(row["native_id"])
    is_it = told is not None and (told.kind, told.net.amount) == (row["kind"], row["net"])
    return str(row["native_id"] if is_it and row["identity"] not in lines else row["identity"])


async def unsettle_lines(
    house: House, batch: UUID, lines: Sequence[str], reason: str, principal: str
) -> Batch:
    """Reverse exactly what lines were booked as, by their names. Raises ``NotReversible``.

    A line that is not booked changes nothing. Money that only a line told of stays in suspense.
    """
    seen = await house.see(Batch, batch, f"batch {batch}")
    act = _act(house, batch, "unsettled", seen.version, lines, principal)

    async def decide() -> Decision[None]:
        found = await house.one(Batch, batch, f"batch {batch}")
        booked = [found.lines[line] for line in lines if line in found.lines]
        for one in booked:
            if one.kind not in REVERSIBLE:
                raise NotReversible(one.kind)
        moved = await house.store.load([one.transfer for one in booked if one.transfer])
        for one in booked:
            transfer = moved.get(one.transfer) if one.transfer else None
            if isinstance(transfer, Transfer):
                settling.unsettle(transfer, found.name, one.line, reason, act.at)
            netting.uncharge_fee(found, one.line, reason, act.at)
        found.unsettle(booked, reason, act.at)
        return Decision(None, [*moved.values(), found])

    moved = [seen.lines[line].transfer for line in lines if line in seen.lines]
    # First: whoever dies in between leaves the lines, by which a repeat finds its way.
    if gone := [transfer for transfer in moved if transfer in seen.transfers]:
        await unbank_transfers(house, gone, act.at, principal)
    await house.take(act, decide)
    return await unbank_settled(house, batch, act.at, principal)


async def _settle(
    house: House, account: MerchantAccount, batch: str, lines: Sequence[MatchedLine], principal: str
) -> Sequence[LineState]:
    id = batch_id(house, account.id, batch)
    known = (await house.store.peek([id])).get(id)
    names = [line.name for line in lines]
    act = _act(house, id, "settled", known.version if known else 0, names, principal)

    async def decide() -> Decision[Sequence[LineState]]:
        booking = await _booking(house, account, id, batch, lines, act.at)
        states = [booking.book(line) for line in lines]
        booking.batch.settle(booking.told, act.at)
        changed: list[Aggregate] = [*booking.changed]
        if booking.batch.version > 1 or len(booking.batch.news) > 1:
            changed.append(booking.batch)
        return Decision(states, changed)

    states = await house.take(act, decide)
    return states if states is not None else ["repeated"] * len(lines)


async def _booking(
    house: House, account: MerchantAccount, id: UUID, batch: str, lines: Sequence[MatchedLine],
    at: datetime,
) -> Booking:  # fmt: skip
    """Everything that these lines may touch, free to be changed."""
    ids = house.store.ids
    transfers = {
        line: line.transfer or ids.transfer(account.id, line.transaction)
        for line in lines
        if line.transfer or line.transaction
    }
    carried = {
        line: batch_id(house, account.id, line.line.original or line.line.reference)
        for line in lines
        if line.line.kind == "carry_in"
    }
    found = await house.store.load([id, *dict.fromkeys([*transfers.values(), *carried.values()])])
    refunds = {line.refund for line in lines if line.refund}
    for one in found.values():
        if isinstance(one, Transfer):
            refunds.update(one.refunds_paid)
    has_refunds = any(line.line.kind.startswith("refund") for line in lines)
    given_back = await house.store.peek(list(refunds)) if has_refunds else {}
    stands = found.pop(id, None)
    if not isinstance(stands, Batch):
        origin = BatchOrigin(account=account.id, intermediary=account.intermediary, batch=batch)
        currency = lines[0].line.net.currency
        stands = Batch.open(id, account.agency, origin, currency, at)
    return Booking(
        account=account, batch=stands, at=at, transfers=transfers, carried=carried, found=found,
        refunds={id: one for id, one in given_back.items() if isinstance(one, Refund)},
    )  # fmt: skip


def _act(
    house: House, batch: UUID, what: str, version: int, names: Sequence[str], principal: str
) -> Act:
    """A command of its own for these lines at this state of the batch."""
    digest = sha256("\0".join(names).encode()).hexdigest()
    return house.act(house.store.ids.of("fact", str(batch), what, version, digest), principal)


__all__ = [
    "BatchLine", "MatchedLine", "SettledLines", "batch_id", "settle_lines", "settled_as",
    "unsettle_lines",
]  # fmt: skip
