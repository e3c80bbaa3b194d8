"""Stories of a line's money for tests: paid, banked, split, remitted, given back, disputed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias
from uuid import UUID

from feesvc.application import allocating, assessments, banking, refunds
from feesvc.application.refunds import Wish
from feesvc.domain.refund import Refund
from feesvc.intermediary import Disputed
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario

TODAY = date(2026, 11, 20)
K = 1000
Stage: TypeAlias = Literal["collected", "banked", "allocated", "remitted"]


async def paid(s: Scenario, *lines: Any, retained: int = 300_000) -> tuple[UUID, UUID]:
    """An assessment paid by one transfer, T-1: its merchant account, itself."""
    account = await s.agency("G14")
    fee = await s.assessment("G14", *(lines or (("fee", 100 * K),)), retained_ppm=retained)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, payment.amount.amount)
    return account, fee


async def bank(s: Scenario, account: UUID, *transactions: str) -> int:
    ids = [s.store.ids.transfer(account, one) for one in transactions]
    return await banking.bank_transfers(s.house, ids, NOON, "person:officer")


async def split(s: Scenario, until: date = TODAY) -> int:
    made = await allocating.allocate(
        s.house, s.house.act(s.some_id(), "person:officer"), "G14", until
    )
    return sum(one.amount.amount for allocation in made for one in allocation.totals)


async def remit(s: Scenario, fee: UUID) -> UUID:
    assessment, remittance = await s.see(fee), s.some_id()
    amounts = {n: one.allocated - one.remitted for n, one in assessment.lines.items()}
    assessment.remit(remittance, {n: a for n, a in amounts.items() if a}, s.now)
    await s.keep(assessment)
    return remittance


async def give_back(
    s: Scenario, account: UUID, amount: int, transaction: str = "T-1", **wished: Any
) -> Refund:
    """A refund, asked for by one and approved by another."""
    wish = Wish(
        transfer=s.store.ids.transfer(account, transaction), amount=amount,
        lines=wished.get("lines", {}), reason="x", method="intermediary",
    )  # fmt: skip
    act = s.house.act(s.some_id(), "person:maker")
    asked = (await refunds.request_refund(s.house, act, wish)).result
    assert asked is not None
    act = s.house.act(s.some_id(), "person:checker")
    done = (await refunds.approve_refund(s.house, act, asked.id, asked.digest)).result
    assert done is not None
    return done


async def lose(s: Scenario, account: UUID, amount: int, transaction: str = "T-1") -> None:
    said = Disputed(
        dispute=f"D-{s.some_id()}", transaction=transaction, stage="lost",
        amount=Money(amount, "VND"), at=NOON,
    )  # fmt: skip
    await s.says(account, said)


async def reduce(s: Scenario, fee: UUID, amounts: Mapping[int, int]) -> None:
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.reduce_assessment(s.house, act, fee, amounts, "mistake")


async def come_to(s: Scenario, stage: Stage, account: UUID, fee: UUID) -> None:
    if stage != "collected":
        await bank(s, account, "T-1")
    if stage in ("allocated", "remitted"):
        assert await split(s)
    if stage == "remitted":
        await remit(s, fee)
