"""Banking: transfers came into the bank, and the lines they pay are banked with them (P09z).

A line is banked once every transfer that still pays it is in the bank (DESIGN §7). Money of other
agencies is banked in their book when it arrives there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.application.house import Act, Decision, House, Unknown
from feesvc.application.owing import assessments
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.allocation import Allocation
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import positive
from feesvc.domain.transfer import Transfer

Into: TypeAlias = Literal["bank", "budget", "nowhere"]
AT_ONCE = 250
"""Transfers of one append: with the assessments that they pay it stays well under a second."""


async def bank_transfers(
    house: House, transfer_ids: Sequence[UUID], occurred_at: datetime, principal: str, *,
    cause: str = "", straight: bool = False,
) -> int:  # fmt: skip
    """Record that these transfers are in the bank of their agency since then; gives how many are
    new there.

    Hundreds are one append, decided again until recorded; what was there already stays as it is,
    so that a repeat, or going on after a crash, changes nothing. ``straight``: they went into the
    State budget's account itself, so that their lines are split in the same append (P15) and the
    budget's share of that has been passed on (P09k). Raises ``Unknown``.
    """
    into: Into = "budget" if straight else "bank"
    return await _record(house, transfer_ids, occurred_at, principal, cause, into=into)


async def unbank_transfers(
    house: House, transfer_ids: Sequence[UUID], occurred_at: datetime, principal: str, *,
    cause: str = "",
) -> int:  # fmt: skip
    """The credit that had brought these was taken back, or matched by mistake: the exact reverse,
    but for what was split already, which stays split and is missing in the bank (custody).
    """
    return await _record(house, transfer_ids, occurred_at, principal, cause, into="nowhere")


async def _record(
    house: House, ids: Sequence[UUID], occurred_at: datetime, principal: str, cause: str, *,
    into: Into,
) -> int:  # fmt: skip
    changed = 0
    for some in _chunks(ids):
        versions = [f"{one.id}-{one.version}" for one in (await transfers_of(house, some)).values()]
        act = Act(
            id=house.store.ids.of("fact", "money in", into, *versions), principal=principal,
            at=house.now(), cause=cause,
        )  # fmt: skip

        async def decide(some: Sequence[UUID] = some, act: Act = act) -> Decision[int]:
            found = list((await transfers_of(house, some)).values())
            move = Transfer.unbank if into == "nowhere" else Transfer.bank
            news = [one for one in found if move(one, occurred_at, act.at)]
            told = await tell_lines(house, news, occurred_at, act.at)
            aggregates: list[Aggregate] = [*news, *told.values()]
            if into == "budget":
                aggregates += _passed_on(house, act, news, list(told.values()))
            return Decision(len(news), aggregates)

        changed += await house.take(act, decide) or 0
    return changed


def _passed_on(
    house: House, act: Act, news: Sequence[Transfer], told: Sequence[Assessment]
) -> list[Allocation]:
    """Split what was just banked, and say that the budget has its share; gives the allocation."""
    id = house.store.ids.of("allocation", str(act.id))
    split = []
    for assessment in told:
        before = {number: line.allocated for number, line in assessment.lines.items()}
        assessment.allocate(id, None, act.at)
        new = {n: line.allocated - before[n] for n, line in assessment.lines.items()}
        if any(new.values()):
            assessment.remit(id, positive(new), act.at)
            split.append(assessment)
    if not split:
        return []
    return [Allocation.make(id, news[0].agency, act.principal, act.day, split, act.at)]


async def transfers_of(house: House, ids: Sequence[UUID]) -> dict[UUID, Transfer]:
    """These transfers, free to be changed; raises ``Unknown`` for a missing one."""
    found = await house.store.load(list(ids))
    transfers: dict[UUID, Transfer] = {}
    for id in ids:
        transfer = found.get(id)
        if not isinstance(transfer, Transfer):
            raise Unknown(f"transfer {id}")
        transfers[id] = transfer
    return transfers


async def tell_lines(
    house: House, transfers: Sequence[Transfer], occurred_at: datetime, at: datetime
) -> dict[UUID, Assessment]:
    """Tell the assessments that these pay whether the money is in the bank; gives them all."""
    paid = await assessments(house, [id for one in transfers for id in one.paying])
    for transfer in transfers:
        for id in transfer.paying:
            if transfer.in_bank:
                paid[id].bank(transfer.id, occurred_at, at)
            else:
                paid[id].unbank(transfer.id, occurred_at, at)
    return paid


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), AT_ONCE):
        yield unique[start : start + AT_ONCE]
