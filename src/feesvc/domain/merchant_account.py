"""Merchant account: one agency's account with one intermediary, and how its adapter is set up.

The stream's id is a random UUID, passed in: it is the unguessable part of the notification URL.
No event ever holds a secret: a secret setting is a reference, ``env:NAME`` or ``file:PATH``.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.accounts import Mode
from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.dated import Dated

REFERENCES = ("env:", "file:")
PREVIOUS = "_previous"
"""``NAME_previous`` holds a secret from before a rotation: as secret as ``NAME``."""


class SecretInPlain(Refusal):
    """A secret setting must be a reference, env:NAME or file:PATH, never the secret"""


class NoCurrency(Refusal):
    """A merchant account takes at least one currency, named by its ISO 4217 code"""


class MerchantAccountClosed(Refusal):
    """The merchant account is closed"""


class WrongTerm(Refusal):
    """A settlement term is between no and sixty business days"""


LONGEST_TERM = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementTerm:
    """What the contract promises, in business days: from the payment to the settlement that holds
    it, and from the settlement to its credit at the bank.
    """

    settled_within: int
    credited_within: int


class MerchantAccount(Aggregate):
    TOPIC = "merchant_account"

    class Opened(FirstEvent):
        """An agency has an account with an intermediary."""

        TOPIC = "merchant_account.opened"
        agency: str
        intermediary: str
        mode: Mode
        settings: Mapping[str, str]
        """Plain values, and references to secrets."""
        currencies: tuple[str, ...]

    class Rekeyed(Aggregate.Event):
        """All settings were replaced by these."""

        TOPIC = "merchant_account.rekeyed"
        settings: Mapping[str, str]

    class SettlementTermSet(Aggregate.Event):
        """From a day on the contract promises this, in business days; before, nothing was known."""

        TOPIC = "merchant_account.settlement_term_set"
        settled_within: int
        credited_within: int
        effective_on: date

    class Closed(Aggregate.Event):
        """Nothing is asked for here any more; notifications of what was asked are still heard."""

        TOPIC = "merchant_account.closed"

    @event(Opened)
    def __init__(
        self, agency: str, intermediary: str, mode: Mode, settings: Mapping[str, str],
        currencies: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.agency = agency
        self.intermediary = intermediary
        self.mode = mode
        self.settings = settings
        self.currencies = currencies
        self.closed = False
        self._terms: Dated[SettlementTerm | None] = Dated()

    def term_on(self, day: date) -> SettlementTerm | None:
        """What its contract promises on a day; None where nobody said."""
        return self._terms.on(day, None)

    # Commands decide. A repeated command changes nothing.

    @classmethod
    def open(
        cls, id: UUID, agency: str, intermediary: str, mode: Mode, settings: Mapping[str, str],
        secrets: AbstractSet[str], currencies: tuple[str, ...], at: datetime,
    ) -> Self:  # fmt: skip
        """``secrets`` are the names of the settings that the adapter declares secret.

        Raises ``SecretInPlain`` (which never repeats the value) and ``NoCurrency``.
        """
        _check_secrets(settings, secrets)
        if not currencies or not all(len(c) == 3 and c.isupper() for c in currencies):
            raise NoCurrency(", ".join(currencies))
        return cls.first(
            cls.Opened, id, at, agency=agency_code(agency), intermediary=intermediary, mode=mode,
            settings=dict(settings), currencies=currencies,
        )  # fmt: skip

    def rekey(self, settings: Mapping[str, str], secrets: AbstractSet[str], at: datetime) -> None:
        """Replace all settings, as when a key was rotated. Raises ``SecretInPlain``."""
        if self.closed:
            raise MerchantAccountClosed(str(self.id))
        _check_secrets(settings, secrets)
        if dict(settings) != dict(self.settings):
            self.record(self.Rekeyed, at, settings=dict(settings))

    def set_term(self, term: SettlementTerm, effective_on: date, at: datetime) -> None:
        """Raises ``WrongTerm``, ``MerchantAccountClosed``."""
        if self.closed:
            raise MerchantAccountClosed(str(self.id))
        if not all(0 <= n <= LONGEST_TERM for n in (term.settled_within, term.credited_within)):
            raise WrongTerm(f"{term.settled_within} and {term.credited_within} days")
        if self.term_on(effective_on) != term:
            self.record(
                self.SettlementTermSet, at, settled_within=term.settled_within,
                credited_within=term.credited_within, effective_on=effective_on,
            )  # fmt: skip

    def close(self, at: datetime) -> None:
        if not self.closed:
            self.record(self.Closed, at)

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Rekeyed)
    def _rekeyed(self, settings: Mapping[str, str]) -> None:
        self.settings = settings

    @event(SettlementTermSet)
    def _term_set(self, settled_within: int, credited_within: int, effective_on: date) -> None:
        term = SettlementTerm(settled_within=settled_within, credited_within=credited_within)
        self._terms = self._terms.since(effective_on, term)

    @event(Closed)
    def _closed(self) -> None:
        self.closed = True


def _check_secrets(settings: Mapping[str, str], secrets: AbstractSet[str]) -> None:
    for name, value in settings.items():
        if name.removesuffix(PREVIOUS) in secrets and value and not value.startswith(REFERENCES):
            raise SecretInPlain(name)
