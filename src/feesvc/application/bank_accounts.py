"""Bank accounts: which of an agency's own accounts a bank line stands on, and on which day."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from feesvc.application.house import HANOI, House
from feesvc.domain.accounts import BankAccount, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal

PAID_FROM: tuple[Purpose, ...] = ("collection", "treasury_custody")
"""Accounts out of which payers are paid back."""


class NotACollectionAccount(Refusal):
    """The agency never named that bank account as one it collects on"""


def account_id(
    house: House, agency: Agency, account: BankAccount,
    purposes: tuple[Purpose, ...] = ("collection",),
) -> UUID:  # fmt: skip
    """The id of an account that the agency ever held for one of these purposes.

    Raises ``NotACollectionAccount``.
    """
    if not any(account in agency.ever_held(purpose) for purpose in purposes):
        raise NotACollectionAccount(f"{account.bank} in {account.currency} of {agency.agency}")
    return house.store.ids.bank_account(
        agency.agency, account.bank, account.number, account.currency
    )


def midnight(day: date) -> datetime:
    """The beginning of a day, Asia/Ho_Chi_Minh: banks tell days, and no more."""
    return datetime.combine(day, time(), HANOI)
