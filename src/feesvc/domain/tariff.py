"""Tariff: what an intermediary may take for a payment by its contract, since when.

    proposed ─┬─ approved (by a second person), in force from a day on
              └─ rejected

One stream per merchant account. A version never changes; earlier ones stay for their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import PPM

Rounding: TypeAlias = Literal["down", "half_up", "up"]
Bearer: TypeAlias = Literal["agency", "payer"]


class UnknownTariff(Refusal):
    """There is no such version of the tariff waiting for a decision"""


class TariffMalformed(Refusal):
    """Rates and amounts of a tariff are not negative, and its least is not above its most"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffTerms:
    """Commission on one payment, in minor units of ``currency``: ``ppm`` of it and ``fixed``, at
    least ``minimum``, at most ``maximum`` (None: no bound), and value-added tax on that.

    Each of the two is rounded to whole ``unit``s. ``bank_charge`` is the most that the bank keeps
    of one payout. ``borne_by`` "payer": commission and tax on what is owed are asked of the payer
    on top of it (P06s), and what is withheld is taken from that (P07b).
    """

    currency: str
    ppm: int
    fixed: int = 0
    minimum: int = 0
    maximum: int | None = None
    tax_ppm: int = 0
    rounding: Rounding = "half_up"
    unit: int = 1
    bank_charge: int = 0
    borne_by: Bearer = "agency"

    def surcharge(self, owed: int) -> int:
        """What a payer is asked for on top of what is owed, in minor units."""
        return sum(self.commission(owed)) if self.borne_by == "payer" else 0

    def check(self) -> None:
        """Raises ``TariffMalformed``."""
        amounts = (self.ppm, self.fixed, self.minimum, self.tax_ppm, self.bank_charge)
        most = self.maximum is not None and self.maximum < self.minimum
        if min(amounts) < 0 or self.unit < 1 or max(self.ppm, self.tax_ppm) > PPM or most:
            raise TariffMalformed(str(self))

    def commission(self, gross: int) -> tuple[int, int]:
        """Commission and the tax on it for a payment of ``gross``, both positive."""
        commission = self._rounded(gross * self.ppm) + self.fixed
        commission = max(commission, self.minimum)
        if self.maximum is not None:
            commission = min(commission, self.maximum)
        return commission, self._rounded(commission * self.tax_ppm)

    def _rounded(self, millionths: int) -> int:
        """Whole units of an amount in millionths of a minor unit."""
        step = PPM * self.unit
        add = {"down": 0, "half_up": step // 2, "up": step - 1}[self.rounding]
        return (millionths + add) // step * self.unit

    @property
    def digest(self) -> str:
        """What an approval is bound to, besides the day."""
        return sha256(repr(self).encode()).hexdigest()


@dataclass(slots=True)
class TariffVersion:
    number: int
    terms: TariffTerms
    valid_from: date
    maker: str
    digest: str
    state: Literal["proposed", "approved", "rejected"] = "proposed"
    checker: str = ""


class Tariff(Aggregate):
    TOPIC = "tariff"

    class Opened(FirstEvent):
        """A merchant account begins to have a tariff."""

        TOPIC = "tariff.opened"
        agency: str
        account: UUID

    class Proposed(Aggregate.Event):
        """Somebody proposes what the contract says from a day on."""

        TOPIC = "tariff.proposed"
        FORM = 2
        number: int
        terms: TariffTerms
        valid_from: date
        maker: str
        digest: str

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            return state | {"terms": state["terms"] | {"borne_by": "agency"}}

    class Approved(Aggregate.Event):
        """Somebody else agreed."""

        TOPIC = "tariff.approved"
        number: int
        digest: str
        checker: str

    class Rejected(Aggregate.Event):
        """The contract does not say so."""

        TOPIC = "tariff.rejected"
        number: int
        checker: str
        reason: str

    @event(Opened)
    def __init__(self, agency: str, account: UUID) -> None:
        self.agency = agency
        self.account = account
        self.versions: dict[int, TariffVersion] = {}

    @classmethod
    def open(cls, id: UUID, agency: str, account: UUID, at: datetime) -> Self:
        return cls.first(cls.Opened, id, at, agency=agency, account=account)

    def propose(self, terms: TariffTerms, valid_from: date, maker: str, at: datetime) -> int:
        """Gives the number of the version. Raises ``TariffMalformed``."""
        terms.check()
        number = len(self.versions) + 1
        self.record(
            self.Proposed, at, number=number, terms=terms, valid_from=valid_from, maker=maker,
            digest=sha256(f"{number} {valid_from} {terms.digest}".encode()).hexdigest(),
        )  # fmt: skip
        return number

    def approve(self, number: int, digest: str, checker: str, at: datetime) -> None:
        """Raises ``UnknownTariff``, ``SamePerson``, ``ChangedSinceAsked``."""
        waiting = self._waiting(number)
        if waiting.maker == checker:
            raise SamePerson("a tariff is approved by another person than proposed it")
        if waiting.digest != digest:
            raise ChangedSinceAsked(f"proposed: {waiting.digest}")
        self.record(self.Approved, at, number=number, digest=digest, checker=checker)

    def reject(self, number: int, checker: str, reason: str, at: datetime) -> None:
        """Raises ``UnknownTariff``."""
        self._waiting(number)
        self.record(self.Rejected, at, number=number, checker=checker, reason=reason)

    def on(self, day: date, currency: str) -> TariffTerms | None:
        """What holds on ``day`` in ``currency``: the latest day, then the latest number."""
        due = [
            one for one in self.versions.values()
            if one.state == "approved" and one.valid_from <= day and one.terms.currency == currency
        ]  # fmt: skip
        found = max(due, key=lambda one: (one.valid_from, one.number), default=None)
        return found.terms if found else None

    def _waiting(self, number: int) -> TariffVersion:
        found = self.versions.get(number)
        if found is None or found.state != "proposed":
            raise UnknownTariff(str(number))
        return found

    @event(Proposed)
    def _proposed(
        self, number: int, terms: TariffTerms, valid_from: date, maker: str, digest: str
    ) -> None:
        self.versions[number] = TariffVersion(number, terms, valid_from, maker, digest)

    @event(Approved)
    def _approved(self, number: int, checker: str) -> None:
        self.versions[number].state = "approved"
        self.versions[number].checker = checker

    @event(Rejected)
    def _rejected(self, number: int, checker: str) -> None:
        self.versions[number].state = "rejected"
        self.versions[number].checker = checker
