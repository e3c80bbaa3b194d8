"""Forwarded: money that another agency passed on comes to the bank of the agency it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from feesvc.application.custody import custody_of
from feesvc.application.house import Act, House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.forwarding import Forwarded, Forwarding
from feesvc.domain.origin import Origin
from feesvc.domain.placement import suspense
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


async def arrive(
    house: House, act: Act, forwarding: Forwarding, amount: Money, bank_reference: str,
    occurred_at: datetime,
) -> list[Aggregate]:  # fmt: skip
    """What changes on both books. The lines that it pays are banked (P20d, then P09z); what nobody
    said yet what it is for waits in the receiving agency's suspense (P09e); what comes back for
    refunds that we made settles what was due between the agencies (P20j).
    """
    forwarding.receive(amount, bank_reference, occurred_at, act.at)
    custody = await custody_of(house, act, forwarding.beneficiary)
    changed: list[Aggregate] = [forwarding, custody]
    if forwarding.kind == "collector":
        for take in forwarding.takes:
            paid = Money(take.amount, amount.currency)
            custody.repaid(forwarding.id, take.transfer, paid, bank_reference, occurred_at, act.at)
        return changed
    known = [only for take in forwarding.takes if (only := _only(take, "line")).placements]
    if known:
        custody.arrive(forwarding.id, forwarding.agency, known, bank_reference, occurred_at, act.at)
        changed += await _banked(house, act, known, occurred_at)
    held = sum(_only(take, "held").amount for take in forwarding.takes)
    if held:
        left = Money(held, amount.currency)
        changed.append(_waiting(house, act, forwarding, left, bank_reference, occurred_at))
    return changed


def _only(take: Forwarded, to: str) -> Forwarded:
    return replace(take, placements=tuple(p for p in take.placements if p.to == to))


async def _banked(
    house: House, act: Act, takes: list[Forwarded], occurred_at: datetime
) -> list[Aggregate]:
    paid: dict[UUID, list[UUID]] = {}
    for take in takes:
        for placement in take.placements:
            assert placement.assessment is not None
            paid.setdefault(placement.assessment, []).append(take.transfer)
    loaded = await house.store.load(list(paid))
    for id, transfers in paid.items():
        assessment = loaded[id]
        assert isinstance(assessment, Assessment)
        for transfer in dict.fromkeys(transfers):
            assessment.bank(transfer, occurred_at, act.at)
    return list(loaded.values())


def _waiting(
    house: House, act: Act, forwarding: Forwarding, amount: Money, bank_reference: str,
    occurred_at: datetime,
) -> Transfer:  # fmt: skip
    to = forwarding.credited
    account = house.store.ids.bank_account(forwarding.beneficiary, to.bank, to.number, to.currency)
    transfer = Transfer.first(
        Transfer.Received, house.store.ids.transfer(account, bank_reference), act.at,
        agency=forwarding.beneficiary, source="bank", evidence="", reference=forwarding.reference,
        origin=Origin(
            via="bank", intermediary="", account=account, transaction=bank_reference, payment=None
        ),
        amount=amount, occurred_at=occurred_at,
    )  # fmt: skip
    transfer.place(suspense(amount, "unknown_reference"), occurred_at, act.at)
    return transfer
