"""Accounts that files tell of: an agency's merchant accounts, and its own accounts at banks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args
from uuid import UUID

from feesvc.application.house import House, Unknown
from feesvc.domain.accounts import BankAccount, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.file_profiles import FileProfiles, ProfileVersion
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.statement import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccount:
    """One account, with the one of ``merchant`` and ``bank`` that it is."""

    id: UUID
    agency: str
    source: Source
    currency: str
    merchant: MerchantAccount | None = None
    bank: BankAccount | None = None
    profile: ProfileVersion | None = None
    """How its tables are read today, where two people have said so."""


async def file_account(house: House, agency: str, id: UUID) -> FileAccount:
    """Raises ``Unknown`` where the agency has no such account."""
    streams = house.store.ids
    profiles = streams.of("file_profiles", str(id))
    found = await house.store.peek([id, streams.agency(agency), profiles])
    merchant, owner = found.get(id), found.get(streams.agency(agency))
    told = found.get(profiles)
    in_force = told.in_force(house.today()) if isinstance(told, FileProfiles) else None
    if isinstance(merchant, MerchantAccount) and merchant.agency == agency:
        return FileAccount(
            id=id, agency=agency, source="settlement", currency=merchant.currencies[0],
            merchant=merchant, profile=in_force,
        )  # fmt: skip
    if not isinstance(owner, Agency):
        raise Unknown(f"agency {agency}")
    for purpose in get_args(Purpose):
        for bank in owner.ever_held(purpose):
            if streams.bank_account(agency, bank.bank, bank.number, bank.currency) == id:
                source: Source = "treasury" if purpose.startswith("treasury") else "bank"
                return FileAccount(
                    id=id, agency=agency, source=source, currency=bank.currency, bank=bank,
                    profile=in_force,
                )  # fmt: skip
    raise Unknown(f"account {id}")


async def file_accounts(house: House, agency: str) -> list[FileAccount]:
    """Every account of the agency that files may tell of today."""
    owner = await house.see(Agency, house.store.ids.agency(agency), agency)
    ids = [through.account for through in owner.merchant_accounts.values()]
    ids += [
        house.store.ids.bank_account(agency, bank.bank, bank.number, bank.currency)
        for _, bank in owner.bank_accounts_on(house.today())
    ]
    return [await file_account(house, agency, id) for id in dict.fromkeys(ids)]
