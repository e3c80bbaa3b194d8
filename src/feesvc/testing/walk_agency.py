"""Steps of a walk in the agency's own bank account, and with what waits for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from feesvc.application import bank_credits, reclassifying
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.placement import Placement
from feesvc.domain.reclassification import Purpose, Reclassification
from feesvc.domain.transfer import Transfer
from feesvc.money import Money

if TYPE_CHECKING:
    from feesvc.testing.walk import Step, Walk

COLLECTION = BankAccount(bank="970436", number="0011004455667", currency="VND")
DAY = date(2026, 11, 19)
PURPOSES: tuple[Purpose, ...] = ("apply", "hold_for_agency", "credit_payer", "disclaim")
Place: TypeAlias = reclassifying.Place


async def open_bank_account(walk: Walk) -> None:
    """G22 collects on an account of its own too."""
    agency = await walk.s.house.one(Agency, walk.s.store.ids.agency("G22"), "G22")
    agency.set_bank_account("collection", COLLECTION, date(2026, 1, 1), walk.s.now)
    await walk.s.keep(agency)


async def credit_bank(walk: Walk, step: Step) -> None:
    """The bank tells of a credit; sometimes of one that it told of before."""
    named = walk.payments[step.which % len(walk.payments)].reference if walk.payments else ""
    reference = f"FT-{len(walk.bank.credits) + 1}"
    if step.which == 7 and walk.bank.credits:
        reference = list(walk.bank.credits)[step.amount % len(walk.bank.credits)]
    amount = walk.bank.credits.setdefault(reference, step.amount)
    line = bank_credits.BankCredit(
        account=COLLECTION, reference=reference, amount=Money(amount, "VND"), booked_on=DAY,
        value_on=DAY, narrative=f"nop tien {named}" if step.either else "nop tien",
    )  # fmt: skip
    await bank_credits.take_bank_credit(walk.s.house, "G22", line, "person:o")


async def take_credit_back(walk: Walk, step: Step) -> None:
    credits = list(walk.bank.credits)
    if credits:
        reference = credits[step.which % len(credits)]
        walk.bank.taken_back.add(reference)
        await bank_credits.reverse_bank_credit(
            walk.s.house, "G22", banked(walk, reference), DAY, "x", "person:o"
        )


async def ask_move(walk: Walk, step: Step) -> None:
    """Somebody asks that free money stand elsewhere, mostly where such money may go."""
    transfer = await some_transfer(walk, step)
    waiting = [place for place in transfer.buckets if place.to != "line"] if transfer else []
    if transfer is None or not waiting:
        return
    place = waiting[step.amount % len(waiting)]
    purpose = PURPOSES[step.which % 4]
    owed = walk.owed[int(step.either)]
    wish = reclassifying.Wish(
        item=_item(transfer.id, place), purpose=purpose, reason="x",
        amount=min(step.amount, place.amount.amount) if step.which < 4 else None,
        assessment=owed if purpose == "apply" else None,
        beneficiary="G14" if step.either or purpose == "hold_for_agency" else "",
    )  # fmt: skip
    done = await reclassifying.request_reclassification(
        walk.s.house, walk.act("person:maker"), wish
    )
    assert done.result is not None
    walk.moves.append(done.result.id)


async def decide_move(walk: Walk, step: Step) -> None:
    if not walk.moves:
        return
    which = walk.moves[step.which % len(walk.moves) if step.which % 2 else -1]
    asked = await walk.s.house.one(Reclassification, which, "reclassification")
    if step.amount % 5 == 0:
        await reclassifying.reject_reclassification(
            walk.s.house, walk.act("person:b"), asked.id, "no"
        )
        return
    done = await reclassifying.approve_reclassification(
        walk.s.house, walk.act("person:b"), asked.id, asked.digest
    )
    if done.result is not None and asked.purpose == "disclaim":
        transfer = await walk.s.house.one(Transfer, asked.transfer, "transfer")
        walk.bank.disown(transfer.origin.transaction, asked.source.amount.amount)


def _item(transfer: UUID, place: Placement) -> reclassifying.Item:
    assert place.to in ("suspense", "credit", "held")
    return reclassifying.Item(
        transfer=transfer, place=place.to, assessment=place.assessment,
        beneficiary=place.beneficiary,
    )  # fmt: skip


def banked(walk: Walk, reference: str) -> UUID:
    ids = walk.s.store.ids
    account = ids.bank_account("G22", COLLECTION.bank, COLLECTION.number, COLLECTION.currency)
    return ids.transfer(account, reference)


async def some_transfer(walk: Walk, step: Step) -> Transfer | None:
    """One of those that came either way, the youngest first."""
    known = [walk.s.store.ids.transfer(walk.account, name) for name in walk.bank.money]
    known += [banked(walk, name) for name in walk.bank.credits]
    if not known:
        return None
    found = await walk.s.store.load([known[-1 - step.amount % len(known)]])
    for transfer in found.values():
        if isinstance(transfer, Transfer):
            return transfer
    return None
