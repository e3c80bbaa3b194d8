"""Hearing of money: the first of it, or of what a restated file had told and taken back."""

from __future__ import annotations

from feesvc.application.house import Act, House
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.origin import Origin, Source
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Received


async def hearing(house: House, account: MerchantAccount, transaction: str) -> Act:
    """Hearing of it; once more where a restated file had taken it back."""
    id = house.store.ids.transfer(account.id, transaction)
    known = (await house.store.peek([id])).get(id)
    again = [str(known.version)] if isinstance(known, Transfer) and known.unheard else []
    fact = house.store.ids.of("fact", str(account.id), "received", transaction, *again)
    return house.act(fact, f"account:{account.id}")


def first_heard(
    house: House, account: MerchantAccount, said: Received, payment: Payment | None,
    source: Source, evidence: str, act: Act,
) -> Transfer:  # fmt: skip
    """The first that was heard of it; where it stands, is said next."""
    origin = Origin(
        via="intermediary", intermediary=account.intermediary, account=account.id,
        transaction=said.transaction, payment=payment.id if payment else None,
    )  # fmt: skip
    return Transfer.first(
        Transfer.Received, house.store.ids.transfer(account.id, said.transaction), act.at,
        agency=account.agency, origin=origin, reference=said.reference, amount=said.amount,
        source=source, evidence=evidence, occurred_at=said.at,
    )  # fmt: skip
