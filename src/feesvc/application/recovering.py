"""Recovering: what a payout was short of, and was claimed, comes as a bank credit of its own."""

from __future__ import annotations

from uuid import UUID

from feesvc.application.bank_accounts import account_id
from feesvc.application.bank_credits import BankCredit, BankLineContradicted
from feesvc.application.crediting import NotWaiting, waits
from feesvc.application.house import Decision, House
from feesvc.domain import netting, settling
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.transfer import Transfer


async def recover_claim(
    house: House, agency: str, batch: UUID, credit: BankCredit, principal: str
) -> Batch:
    """What a credit was short of came after all, as a credit of its own (P09i).

    One that waits in suspense already leaves it (P09f). Repeating it changes nothing. Raises
    ``MoreThanClaimed``, ``NotWaiting`` where not all of it waits, ``BankLineContradicted``.
    """
    ids = house.store.ids
    owner = await house.see(Agency, ids.agency(agency), f"agency {agency}")
    bank = account_id(house, owner, credit.account)
    key, waiting = (bank, credit.reference), ids.transfer(bank, credit.reference)
    known = (await house.store.peek([waiting])).get(waiting)
    versions = [known.version] if known is not None else []
    fact = ids.of("fact", str(bank), "bank_credit", credit.reference, *versions)
    act = house.act(fact, principal)

    async def decide() -> Decision[None]:
        found = await house.one(Batch, batch, f"batch {batch}")
        transfer = (await house.store.load([waiting])).get(waiting)
        changed: list[Aggregate] = [found]
        there = isinstance(transfer, Transfer) and not transfer.unheard
        if key in found.recoveries:
            return Decision(None)
        netting.recover(
            found, *key, credit.amount, credit.occurred_at, act.at, waiting if there else None
        )
        if isinstance(transfer, Transfer) and there:
            if transfer.amount != credit.amount:
                raise BankLineContradicted(f"{credit.reference}: {transfer.amount} is on record")
            if waits(transfer).amount != credit.amount:
                raise NotWaiting(credit.reference)
            settling.identify(transfer, found.name, [waits(transfer)], credit.occurred_at, act.at)
            changed.append(transfer)
        return Decision(None, changed)

    await house.take(act, decide)
    found = await house.see(Batch, batch, f"batch {batch}")
    if key not in found.recoveries:
        raise BankLineContradicted(f"{credit.reference} is on record for something else")
    return found
