"""Bank references: what of ours a bank's text names, however banks cut it up on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal
from feesvc.domain.bank_order import orders_in
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment_list import references_in as refunds_in
from feesvc.intermediary import BankTransfers
from feesvc.secrets import Misconfigured

NamesIn: TypeAlias = Callable[[str], Sequence[str]]
Readers: TypeAlias = Sequence[tuple[UUID, BankTransfers]]
"""Merchant accounts of whose money only banks tell, and who finds their references."""

log = structlog.get_logger(__name__)


async def narrative_readers(house: House, agency: Agency) -> Readers:
    """An adapter that is gone or not set up finds nothing: the money is taken all the same."""
    readers: list[tuple[UUID, BankTransfers]] = []
    for accepted in agency.ever_accepted.values():
        try:
            if not hasattr(house.desk.kind(accepted.intermediary), "references_in"):
                continue
            account = await house.see(MerchantAccount, accepted.account, "merchant account")
            adapter = house.desk.adapter(account)
        except (Refusal, Misconfigured) as why:
            log.error("narrative.not_read", account=str(accepted.account), error=str(why))
            continue
        assert isinstance(adapter, BankTransfers)
        readers.append((account.id, adapter))
    return readers


def payments_named(house: House, readers: Readers, narrative: str) -> Sequence[UUID]:
    """The payments of ours that a narrative may name; whether they exist is seen on loading."""
    named = (
        house.store.ids.payment(account, reference)
        for account, adapter in readers for reference in adapter.references_in(narrative)
    )  # fmt: skip
    return list(dict.fromkeys(named))


async def naming_ours(house: House, agency: str, said: Mapping[int, str]) -> set[int]:
    """By their keys, the texts that name a payment of ours, or may name an order or a refund."""
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    readers = await narrative_readers(house, owner)
    payments = {key: payments_named(house, readers, text) for key, text in said.items()}
    there = await house.store.peek([id for some in payments.values() for id in some])
    return {
        key for key, text in said.items()
        if any(id in there for id in payments[key])
        or any(orders_in(text)) or any(refunds_in(text))
    }  # fmt: skip


async def names_in(house: House, agency: str) -> NamesIn:
    """A function that gives the payments and orders of the agency that a narrative names."""
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    readers = await narrative_readers(house, owner)

    def named(narrative: str) -> Iterator[str]:
        for _, reader in readers:
            yield from reader.references_in(narrative)
        for _, reference in orders_in(narrative):
            yield reference

    return lambda narrative: list(dict.fromkeys(named(narrative)))
