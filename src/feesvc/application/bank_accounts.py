"""Bank accounts: which of an agency's own accounts a bank line stands on, and on which day."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from feesvc.application.house import HANOI, House
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal


class NotACollectionAccount(Refusal):
    """The agency never named that bank account as one it collects on"""


def account_id(house: House, agency: Agency, account: BankAccount) -> UUID:
    """The id of one of the agency's collection accounts; raises ``NotACollectionAccount``."""
    if account not in agency.ever_held("collection"):
        raise NotACollectionAccount(f"{account.bank} in {account.currency} of {agency.agency}")
    return house.store.ids.bank_account(
        agency.agency, account.bank, account.number, account.currency
    )


def midnight(day: date) -> datetime:
    """The beginning of a day, Asia/Ho_Chi_Minh: banks tell days, and no more."""
    return datetime.combine(day, time(), HANOI)
