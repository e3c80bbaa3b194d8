"""Choosing: through which intermediaries an agency takes an amount, and how each fares now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from feesvc.application.desk import State
from feesvc.application.house import House
from feesvc.application.tariffs import surcharge_on, tariff_id
from feesvc.domain.accounts import AcceptedThrough, Mode
from feesvc.domain.agency import Agency
from feesvc.domain.assessment import Assessment
from feesvc.intermediary import BankTransfers, Cancellations, Facts, Limits, Refunds
from feesvc.money import Money

WORST_LAST: Sequence[State] = ("ok", "degraded", "unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One open merchant account, and what a portal may want to know before it offers it."""

    account: UUID
    intermediary: str
    mode: Mode
    facts: Facts
    limits: Limits | None
    """Of one payment in the currency; None where the account does not take it."""
    surcharge: Money
    """What the payer is asked for on top, where the contract says so."""
    fits: bool
    refunds: Literal["intermediary", "bank_transfer"]
    cancellable: bool
    checkout: Literal["qr"] | None
    """What the payer is given; None where it depends on the payment."""
    health: State
    since: datetime | None
    """Since when it has been in trouble; None where it is not."""


async def choices(house: House, agency_code: str, amount: Money) -> list[Choice]:
    """Every open merchant account of the agency, the sickest last; raises ``Unknown``.

    Health is what this process saw within the last half minute.
    """
    id = house.store.ids.agency(agency_code)
    agency = await house.see(Agency, id, f"agency {agency_code}")
    open_ = [
        one for one in agency.merchant_accounts.values() if one.intermediary in house.desk.kinds
    ]
    tariffs = await house.store.peek([tariff_id(house, one.account) for one in open_])
    found = []
    for one in open_:
        tariff = tariffs.get(tariff_id(house, one.account))
        found.append(_choice(house, one, amount, surcharge_on(tariff, amount, house.today())))
    return sorted(found, key=lambda c: (WORST_LAST.index(c.health), c.intermediary, str(c.account)))


async def alternatives(house: House, agency_code: str, amount: Money, but: UUID) -> list[Choice]:
    """Where the same amount could be paid instead, now."""
    return [
        choice
        for choice in await choices(house, agency_code, amount)
        if choice.fits and choice.account != but and choice.health != "unavailable"
    ]


async def owed_now(house: House, ids: Sequence[UUID]) -> Money | None:
    """What is open on these assessments; None where it is nothing, or in several currencies."""
    found = await house.store.peek(list(ids))
    owing = [one for one in found.values() if isinstance(one, Assessment)]
    open_ = sum(line.open for one in owing for line in one.lines.values())
    currencies = {one.currency for one in owing}
    return Money(open_, currencies.pop()) if open_ and len(currencies) == 1 else None


def _choice(house: House, accepted: AcceptedThrough, amount: Money, surcharge: Money) -> Choice:
    kind = house.desk.kind(accepted.intermediary)
    health = house.desk.health(accepted.intermediary)
    taken = amount.currency in accepted.currencies
    limits = kind.facts.currencies.get(amount.currency) if taken else None
    return Choice(
        account=accepted.account, intermediary=accepted.intermediary, mode=accepted.mode,
        facts=kind.facts, limits=limits, surcharge=surcharge,
        fits=limits is not None
        and limits.minimum <= (amount + surcharge).amount <= limits.maximum,
        refunds="intermediary" if issubclass(kind, Refunds) else "bank_transfer",
        cancellable=issubclass(kind, Cancellations),
        checkout="qr" if issubclass(kind, BankTransfers) else None, health=health.state,
        since=None if health.lasted is None else house.now() - health.lasted,
    )  # fmt: skip
