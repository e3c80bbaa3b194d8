"""Recrediting: a payout that the bank took back, or that was matched to the wrong batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from feesvc.application.bank_accounts import midnight
from feesvc.application.bank_credits import OVER, reverse_bank_credit
from feesvc.application.banking import unbank_transfers
from feesvc.application.batch_arrivals import unbank_settled
from feesvc.application.crediting import suspended
from feesvc.application.differences import Sought, review
from feesvc.application.house import Act, Decision, House
from feesvc.domain import settling
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.batch_credit import BatchCredit
from feesvc.domain.finding import CaseSubject
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


async def reverse_batch_credit(
    house: House, agency: str, batch: UUID, bank_account: UUID, reference: str, booked_on: date,
    reason: str, principal: str,
) -> Batch:  # fmt: skip
    """The bank took a payout back (P09h): all batches that shared it expect it again.

    What it was over, or waits as no batch's, is taken out of suspense (P23f). Repeating it changes
    nothing. Raises ``UnknownCredit``.
    """
    key, at = (bank_account, reference), midnight(booked_on)
    fact = house.store.ids.of("fact", str(bank_account), "payout_reversed", reference)
    act = house.act(fact, principal)
    if await house.store.find(fact) is None:
        credit = await _credit(house, batch, key)

        async def decide() -> Decision[None]:
            found = [await house.one(Batch, id, f"batch {id}") for id in credit.batches]
            for one in found:
                if key in one.credits:
                    one.reverse_credit(key, reason, at, act.at)
            return Decision(None, found)

        await _out_of_bank(house, credit, at, principal)
        await house.take(act, decide)
        await _told(house, act, agency, credit.batches, reference, reason)
        await _expected_again(house, credit, at, principal)
    else:  # whoever took it back may have died before it was told
        await _told(house, act, agency, [batch], reference, reason)
    for name in (reference + OVER, reference):
        id = house.store.ids.transfer(bank_account, name)
        known = (await house.store.peek([id])).get(id)
        if isinstance(known, Transfer) and not known.reversed:
            await reverse_bank_credit(house, agency, id, booked_on, reason, principal, rest=True)
    return await house.see(Batch, batch, f"batch {batch}")


async def _told(
    house: House, act: Act, agency: str, of: Iterable[UUID], reference: str, reason: str
) -> None:
    """Its cases (B07), at once: who credits the batch again a moment later does not hide it."""
    found = await house.store.peek(list(of))
    sought = [
        Sought(
            agency=agency, code="B07", subject=CaseSubject(kind="batch", id=one.id), opens=True,
            facts={"batch": one.origin.batch, "credit": reference, "reason": reason},
        )
        for one in found.values() if isinstance(one, Batch)
    ]  # fmt: skip
    await review(house, act, sought)


async def undo_batch_credit(
    house: House, agency: str, batch: UUID, bank_account: UUID, reference: str, reason: str,
    principal: str,
) -> Batch:  # fmt: skip
    """A payout was not these batches': the exact reverse, and the money waits in suspense.

    From there it may be any batch's again. Repeating it changes nothing. Raises ``UnknownCredit``.
    """
    key, ids = (bank_account, reference), house.store.ids
    found = await house.see(Batch, batch, f"batch {batch}")
    waiting = ids.transfer(*key)
    if key not in found.credits and waiting in await house.store.peek([waiting]):
        return found
    credit = await _credit(house, batch, key)
    seen = await house.see(Batch, batch, f"batch {batch}")
    act = house.act(ids.of("fact", str(batch), "credit_undone", seen.version), principal)

    async def decide() -> Decision[None]:
        found = [await house.one(Batch, id, f"batch {id}") for id in credit.batches]
        standing = [one for one in found if key in one.credits]
        undone = sum(one.credits[key].amount.amount for one in standing)
        changed: list[Aggregate] = [*standing]
        if credit.transfer is not None:
            waits = await house.one(Transfer, credit.transfer, "transfer")
            for one in standing:
                settling.disprove(waits, one.name, reason, act.at)
            changed.append(waits)
        elif standing:
            over = await _over(house, bank_account, reference)
            if over is not None:
                undone += over.amount.amount
                over.reverse(tuple(over.buckets), "undone_credit", act.at, act.at)
                changed.append(over)
            money = Money(undone, credit.whole.currency)
            changed.append(await suspended(
                house, agency, bank_account, reference, money, "undone_credit", "", act.at, act
            ))  # fmt: skip
        for one in standing:
            one.undo_credit(key, reason, act.at)
        return Decision(None, changed)

    await _out_of_bank(house, credit, act.at, principal)
    await house.take(act, decide)
    await _expected_again(house, credit, act.at, principal)
    return await house.see(Batch, batch, f"batch {batch}")


async def _over(house: House, bank_account: UUID, reference: str) -> Transfer | None:
    """What the credit was over, where all of it waits as it came; else it stays what it became."""
    id = house.store.ids.transfer(bank_account, reference + OVER)
    found = (await house.store.load([id])).get(id)
    if not isinstance(found, Transfer) or found.reversed:
        return None
    waiting = sum(place.amount.amount for place in found.buckets if place.to == "suspense")
    return found if waiting == found.amount.amount else None


async def _credit(house: House, batch: UUID, key: tuple[UUID, str]) -> BatchCredit:
    found = await house.see(Batch, batch, f"batch {batch}")
    return found.credit_of(key)


async def _out_of_bank(house: House, credit: BatchCredit, at: datetime, principal: str) -> None:
    """Before the credit goes: whoever dies in between leaves the credit, by which a repeat finds
    its way; afterwards nothing would tell what it had banked.
    """
    for batch in credit.batches:
        found = await house.see(Batch, batch, f"batch {batch}")
        if found.transfers:
            await unbank_transfers(house, found.transfers, at, principal)


async def _expected_again(house: House, credit: BatchCredit, at: datetime, principal: str) -> None:
    for batch in credit.batches:
        await unbank_settled(house, batch, at, principal)
