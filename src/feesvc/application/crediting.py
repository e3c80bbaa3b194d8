"""Crediting: a bank credit that is the payout of batches, exact, short, over or in parts.

One credit may be several batches', and several credits one batch's. A credit is taken once: as
batches' payout or, where nothing of them is still to come, as money in suspense (B08).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from feesvc.application import tariffs
from feesvc.application.bank_accounts import account_id
from feesvc.application.bank_credits import (
    OVER,
    BankCredit,
    BankLineContradicted,
    evidence_of,
    on_record,
)
from feesvc.application.batch_arrivals import bank_settled
from feesvc.application.differences import Sought, reviewed
from feesvc.application.house import Act, Decision, House
from feesvc.domain import settling
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.batch_credit import BatchCredit
from feesvc.domain.finding import CaseSubject
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement, SuspenseReason, suspense
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


class MoreThanTheBatches(Refusal):
    """The credit is more than the batches have still to come"""


class AnotherCurrency(Refusal):
    """The credit and the batches are in different currencies"""


class ChargeBeyondTariff(Refusal):
    """The bank charges no more than its tariff, and no more than is missing"""


class NotWaiting(Refusal):
    """The credit does not wait in suspense as it came"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How what a credit lacks is explained; what is not explained is still to come.

    ``charge`` is the bank's own, by its tariff (P09d); ``claim`` claims the rest (P09b); ``over``
    lets what is too much wait in suspense (P09c).
    """

    charge: Money | None = None
    claim: bool = False
    over: bool = False


async def credit_batch(
    house: House, agency: str, batch: UUID, credit: BankCredit, principal: str, *,
    charge: Money | None = None, claim: bool = False, over: bool = False,
) -> Batch:  # fmt: skip
    """As ``credit_batches``, of one batch."""
    missing = Missing(charge=charge, claim=claim, over=over)
    [found] = await credit_batches(house, agency, [batch], credit, principal, missing)
    return found


async def credit_batches(
    house: House, agency: str, batches: Sequence[UUID], credit: BankCredit, principal: str,
    missing: Missing | None = None,
) -> list[Batch]:  # fmt: skip
    """Book a credit as the payout of these batches, in their order (P09a, or P09f where it waited).

    What is missing is of the last. Raises ``MoreThanTheBatches``, ``ChargeBeyondTariff``,
    ``BankLineContradicted``, ``NotACollectionAccount``. Repeating it changes nothing.
    """
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    bank = account_id(house, owner, credit.account)
    ids = house.store.ids
    waiting = ids.transfer(bank, credit.reference)
    for _ in range(2):  # it may come to wait in suspense at this very moment
        known = (await house.store.peek([waiting])).get(waiting)
        there = isinstance(known, Transfer) and not known.unheard
        told = "payout" if there else "bank_credit"
        versions = [str(known.version)] if isinstance(known, Transfer) else []
        fact = ids.of("fact", str(bank), told, credit.reference, *versions)
        crediting = _Crediting(
            house, house.act(fact, principal), agency, bank, waiting if there else None,
            tuple(dict.fromkeys(batches)), credit, missing or Missing(),
        )  # fmt: skip
        if await crediting.take():
            break
    return [
        await bank_settled(house, batch, credit.occurred_at, principal)
        for batch in crediting.batches
    ]


@dataclass(frozen=True, slots=True)
class _Crediting:
    """One credit, on its way to its batches."""

    house: House
    act: Act
    agency: str
    bank: UUID
    waiting: UUID | None
    batches: tuple[UUID, ...]
    credit: BankCredit
    missing: Missing

    async def take(self) -> bool:
        """Whether it stands as these batches' now; False: it is to be decided on again."""
        await self.house.take(self.act, self._decide)
        key = (self.bank, self.credit.reference)
        found = [await self._batch(id, free=False) for id in self.batches]
        if any(key in batch.credits for batch in found):
            return True
        waiting = self.house.store.ids.transfer(*key)
        known = (await self.house.store.peek([waiting])).get(waiting)
        if isinstance(known, Transfer) and not known.unheard:
            return self.waiting is not None or not any(batch.outstanding > 0 for batch in found)
        raise BankLineContradicted(f"{self.credit.reference} is on record for something else")

    async def _decide(self) -> Decision[None]:
        credit, key = self.credit, (self.bank, self.credit.reference)
        found = [await self._batch(id) for id in self.batches]
        for batch in found:
            if batch.agency != self.agency or batch.currency != credit.amount.currency:
                raise AnotherCurrency(f"{batch.origin.batch}: {batch.currency}")
            if key in batch.credits:
                self._same(batch.credits[key])
                return Decision(None)
        if not any(batch.outstanding > 0 for batch in found):
            return await self._twice()
        transfer, available = await self._money()
        shares = await self._shares(found, available)
        changed: list[Aggregate] = [*found]
        for batch, part in zip(found, shares, strict=True):
            if part.covers:
                batch.credit(part, credit.occurred_at, self.act.at)
                if transfer is not None and part.amount.amount:
                    takes = [waits(transfer).of(part.amount.amount)]
                    settling.identify(transfer, batch.name, takes, credit.occurred_at, self.act.at)
        over = available.amount - sum(part.amount.amount for part in shares)
        if transfer is not None:
            changed.append(transfer)
        elif over:
            changed.append(await self._suspended(over, "over_credited", OVER))
        return Decision(None, changed)

    async def _shares(self, batches: Sequence[Batch], available: Money) -> list[BatchCredit]:
        left, parts = available.amount, []
        for batch in batches:
            part = min(max(batch.outstanding, 0), left)
            parts.append(part)
            left -= part
        if left and not self.missing.over:
            raise MoreThanTheBatches(f"{Money(left, available.currency)} too much")
        lacking = max(batches[-1].outstanding, 0) - parts[-1]
        charge = await self._charge(batches[-1], lacking)
        short = lacking - charge if self.missing.claim else 0
        nothing = Money(0, available.currency)
        return [
            BatchCredit(
                bank_account=self.bank, reference=self.credit.reference, whole=self.credit.amount,
                amount=batch.money(part), transfer=self.waiting, batches=self.batches,
                short=batch.money(short) if batch is batches[-1] else nothing,
                charge=batch.money(charge) if batch is batches[-1] else nothing,
            )
            for batch, part in zip(batches, parts, strict=True)
        ]  # fmt: skip

    async def _charge(self, batch: Batch, lacking: int) -> int:
        charge = self.missing.charge
        if charge is None or not charge.amount:
            return 0
        account, day = batch.origin.account, self.credit.booked_on
        cap = await tariffs.bank_charge(self.house, account, day, batch.currency)
        if charge.currency != batch.currency or not 0 < charge.amount <= min(cap, lacking):
            raise ChargeBeyondTariff(f"{charge} of {lacking} missing, the tariff says {cap}")
        return charge.amount

    async def _money(self) -> tuple[Transfer | None, Money]:
        """Where it waits, if it does, and how much of it is there."""
        if self.waiting is None:
            return None, self.credit.amount
        transfer = await self.house.one(Transfer, self.waiting, "transfer")
        whole = await on_record(self.house, transfer)
        if whole != self.credit.amount:
            raise BankLineContradicted(f"{self.credit.reference}: {whole} is on record")
        return transfer, waits(transfer).amount

    async def _twice(self) -> Decision[None]:
        """All of it has come before: it waits, and people find out why (B08)."""
        if self.waiting is None:
            whole = self.credit.amount.amount
            return Decision(None, [await self._suspended(whole, "duplicate_credit", "")])
        sought = Sought(
            agency=self.agency, code="B03", named="B08", opens=True,
            subject=CaseSubject(kind="transfer", id=self.waiting),
            facts={"reference": self.credit.reference},
        )  # fmt: skip
        return Decision(None, await reviewed(self.house, self.act, [sought]))

    async def _suspended(self, amount: int, reason: SuspenseReason, behind: str) -> Transfer:
        evidence = self.credit.evidence
        if not evidence:
            kept = evidence_of(self.credit)
            evidence = await self.house.people.keep("bank_credit", kept)
        money = Money(amount, self.credit.amount.currency)
        return await suspended(
            self.house, self.agency, self.bank, self.credit.reference + behind, money, reason,
            evidence, self.credit.occurred_at, self.act,
        )  # fmt: skip

    async def _batch(self, id: UUID, *, free: bool = True) -> Batch:
        find = self.house.one if free else self.house.see
        return await find(Batch, id, f"batch {id}")

    def _same(self, known: BatchCredit) -> None:
        if known.whole != self.credit.amount:
            raise BankLineContradicted(f"{self.credit.reference}: {known.whole} is on record")


async def suspended(
    house: House, agency: str, bank: UUID, reference: str, amount: Money, reason: SuspenseReason,
    evidence: str, occurred_at: datetime, act: Act,
) -> Transfer:  # fmt: skip
    """Money of a bank credit that waits under ``reference`` (P09e, P09c), told again perhaps."""
    id = house.store.ids.transfer(bank, reference)
    transfer = (await house.store.load([id])).get(id)
    if isinstance(transfer, Transfer) and transfer.unheard:
        transfer.tell_again(amount, "bank", evidence, occurred_at, act.at)
    else:
        transfer = Transfer.first(
            Transfer.Received, id, act.at, agency=agency,
            origin=Origin(
                via="bank", intermediary="", account=bank, transaction=reference, payment=None
            ),
            reference="", amount=amount, source="bank", evidence=evidence,
            occurred_at=occurred_at,
        )  # fmt: skip
    transfer.place(suspense(amount, reason), occurred_at, act.at)
    return transfer


def waits(transfer: Transfer) -> Placement:
    for placement in transfer.buckets:
        if placement.to == "suspense":
            return placement
    raise NotWaiting(transfer.origin.transaction[:100])
