"""Accounts of an agency: at banks, at the State Treasury, at payment intermediaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Refusal

Mode: TypeAlias = Literal["live", "test"]
Purpose: TypeAlias = Literal["collection", "treasury_deposit", "treasury_custody", "treasury_fees"]


class IncompleteBankAccount(Refusal):
    """A bank account needs a bank, a number and a currency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """An account of the agency at a bank or at the State Treasury."""

    bank: str
    number: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedThrough:
    """One merchant account through which the agency takes payments."""

    account: UUID
    intermediary: str
    mode: Mode
    currencies: tuple[str, ...]


def checked_account(account: BankAccount) -> BankAccount:
    """Raises ``IncompleteBankAccount``."""
    if not (account.bank and account.number and account.currency):
        raise IncompleteBankAccount(f"{account.bank} {account.currency}")
    return account
