"""Batches: declared by intermediaries, netted from one to the next, paid by us where negative.

What the bank says of them is in ``crediting``, their lines in ``settling``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from feesvc.application.bank_accounts import account_id, midnight
from feesvc.application.batch_arrivals import bank_settled
from feesvc.application.booking import MatchedLine
from feesvc.application.crediting import credit_batch, credit_batches
from feesvc.application.house import Act, Decision, House
from feesvc.application.recovering import recover_claim
from feesvc.application.recrediting import reverse_batch_credit, undo_batch_credit
from feesvc.application.settling import (
    SettledLines,
    batch_id,
    settle_lines,
    settled_as,
    unsettle_lines,
)
from feesvc.domain import netting
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.batch_credit import Declaration
from feesvc.domain.batch_events import BatchOrigin
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.money import Money

__all__ = [
    "Declared", "MatchedLine", "SettledLines", "batch_id", "carry_forward", "credit_batch",
    "credit_batches", "declare_batch", "pay_negative", "recover_claim",
    "reverse_batch_credit", "settle_lines", "settled_as", "take_up", "to_budget",
    "undo_batch_credit", "unsettle_lines",
]  # fmt: skip


class OneCurrency(Refusal):
    """A batch is of one currency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What an intermediary declares of a batch, payouts left out: amounts in minor units.

    ``gross`` less ``commission`` and ``tax``, positive where withheld, is ``net``.
    """

    batch: str
    currency: str
    gross: int
    commission: int
    tax: int
    net: int
    count: int
    settled_on: date
    statement: UUID | None = None

    def totals(self) -> Declaration:
        gross, commission, tax, net = (
            Money(amount, self.currency)
            for amount in (self.gross, self.commission, self.tax, self.net)
        )
        return Declaration(
            gross=gross, commission=commission, tax=tax, net=net, count=self.count,
            settled_on=self.settled_on, statement=self.statement,
        )  # fmt: skip


async def declare_batch(house: House, account_id: UUID, said: Declared, principal: str) -> Batch:
    """Record what a batch is said to add up to. The same again changes nothing; other totals
    replace it, as a restated file does. Raises ``OneCurrency``.
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    id = batch_id(house, account_id, said.batch)
    known = await _version(house, id)
    act = house.act(house.store.ids.of("fact", str(id), "declared", known), principal)

    async def decide() -> Decision[None]:
        found = (await house.store.load([id])).get(id)
        if not isinstance(found, Batch):
            origin = BatchOrigin(
                account=account_id, intermediary=account.intermediary, batch=said.batch
            )
            found = Batch.open(id, account.agency, origin, said.currency, act.at)
        if found.currency != said.currency:
            raise OneCurrency(f"{said.batch}: {found.currency} and {said.currency}")
        found.declare(said.totals(), act.at)
        return Decision(None, [found])

    await house.take(act, decide)
    return await bank_settled(house, id, house.now(), principal)


async def carry_forward(house: House, batch: UUID, principal: str) -> Batch:
    """A negative batch is to be netted in a later one (S21). Raises ``NotNegative``."""
    return await _do(
        house, batch, "carried_forward", principal,
        lambda found, act: netting.carry_forward(found, act.at),
    )  # fmt: skip


async def take_up(
    house: House, batch: UUID, source: UUID, amount: Money, occurred_at: datetime, principal: str
) -> Batch:
    """What ``source`` owes was taken off ``batch`` (P08c, P08n), without a line that says so.

    Once for each moment. Raises ``AnotherIntermediary``, ``CarriedMoreThanOwed``.
    """
    known = await _version(house, batch)
    fact = house.store.ids.of("fact", str(batch), "taken_up", str(source), known)
    line = f"carry_in {source} {occurred_at.isoformat()}"
    act = house.act(fact, principal)

    async def decide() -> Decision[None]:
        into = await house.one(Batch, batch, f"batch {batch}")
        out = await house.one(Batch, source, f"batch {source}")
        if line in into.lines:
            return Decision(None)
        netting.take_up(into, out, line, amount, occurred_at, act.at)
        return Decision(None, [into, out])

    await house.take(act, decide)
    await bank_settled(house, source, occurred_at, principal)
    return await bank_settled(house, batch, occurred_at, principal)


async def pay_negative(
    house: House, agency: str, batch: UUID, account: BankAccount, reference: str, amount: Money,
    booked_on: date, principal: str,
) -> Batch:  # fmt: skip
    """The bank debited what a negative batch owes (P08p), once per bank reference.

    Raises ``NotACollectionAccount``, ``NotNegative``, ``CarriedMoreThanOwed``.
    """
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    bank = account_id(house, owner, account)
    fact = house.store.ids.of("fact", str(bank), "bank_debit", reference)
    act = house.act(fact, principal)

    async def decide() -> Decision[None]:
        found = await house.one(Batch, batch, f"batch {batch}")
        netting.pay(found, bank, reference, amount, midnight(booked_on), act.at)
        return Decision(None, [found])

    if await house.store.find(fact) is None:
        await house.take(act, decide)
    return await bank_settled(house, batch, midnight(booked_on), principal)


async def to_budget(
    house: House, batch: UUID, reference: str, amount: Money, booked_on: date, principal: str
) -> Batch:
    """It went straight into the State budget account (P09k), once per reference of the Treasury.

    Once all of it has come its lines are banked, split (P15) and remitted with it. Raises
    ``MoreThanInTransit``.
    """
    at = midnight(booked_on)
    await _do(
        house, batch, f"to_budget {reference}", principal,
        lambda found, act: netting.to_budget(found, reference, amount, at, act.at),
    )  # fmt: skip
    return await bank_settled(house, batch, at, principal, straight=True)


async def _do(
    house: House, batch: UUID, what: str, principal: str, do: Callable[[Batch, Act], None]
) -> Batch:
    act = house.act(house.store.ids.of("fact", str(batch), what), principal)

    async def decide() -> Decision[None]:
        found = await house.one(Batch, batch, f"batch {batch}")
        do(found, act)
        return Decision(None, [found])

    if await house.store.find(act.id) is None:
        await house.take(act, decide)
    return await house.see(Batch, batch, f"batch {batch}")


async def _version(house: House, id: UUID) -> int:
    found = (await house.store.peek([id])).get(id)
    return found.version if found else 0
