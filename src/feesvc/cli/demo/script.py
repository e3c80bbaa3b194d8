"""The script of the demo: who there is, beside the sample fees. All of it is sample configuration.

Which intermediaries and which projections it speaks of stands in ``demo.json``, not in the program.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import msgspec

from feesvc.domain.accounts import BankAccount
from feesvc.domain.officer import Role

SERVICE_PORT = 8000
"""The service; then, ten apart, the issuer and the stand-ins."""

Amounts: TypeAlias = dict[str, int]


class SampleAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merchant account of an agency. ``name`` is what the cases call it."""

    name: str
    agency: str
    intermediary: str
    currencies: tuple[str, ...]


class SampleProcedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    agency: str
    code: str
    name_vi: str
    name_en: str


class SampleSeries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    agency: str
    series: str
    form: str


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    note: str
    submitted_on: date
    """The day on which every dossier of the demo was handed in."""
    ledger: str
    """The projection that keeps the books, as it stands in URLs."""
    register: str
    """The projection that finds payments, as it stands in URLs."""
    roles: tuple[Role, ...]
    offices: tuple[str, ...]
    """The agencies at which one person is appointed in each role; their units follow."""
    year_intermediary: str
    """Who takes the money of a year, and settings of its accounts beside what it says itself."""
    year_settings: dict[str, str]
    portal: str
    portal_owner: str
    portal_agency: str
    """The agency whose fee the sample portal's page takes, the fee item, and what it comes to."""
    portal_item: str
    portal_amount: int
    portal_bank: BankAccount
    """Its collection account, which codes to scan lead to."""
    accounts: tuple[SampleAccount, ...]
    procedures: tuple[SampleProcedure, ...]
    receipt_series: tuple[SampleSeries, ...]


class Ledger(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One agency's own book in one currency. Minor units; ``accounts`` are debits - credits.

    An account that was moved stands there even when it has come to zero.
    """

    agency: str
    currency: str
    debits: int
    credits: int
    accounts: Amounts


class Counts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    assessments: int
    payments: int
    transfers: int
    refunds: int
    events: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the whole demo comes to."""

    ledgers: tuple[Ledger, ...]
    counts: Counts


@cache
def script() -> Script:
    """``demo.json``."""
    return msgspec.json.decode(_text("demo.json"), type=Script)


def worked_by_hand() -> Outcome:
    """``balances.json``: worked out from the posting rules, as ``balances.md`` beside it shows."""
    return msgspec.json.decode(_text("balances.json"), type=Outcome)


def _text(name: str) -> bytes:
    return files("feesvc.cli.sample").joinpath(name).read_bytes()
