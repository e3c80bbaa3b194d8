"""Bank credits: money that came to an agency's own bank account, taken one line at a time.

Statements take their lines through the same command. What the bank says of whoever paid (the
narrative, a name, an account) is personal: it stands with a subject of its own, in no event.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog

from feesvc.application.bank_accounts import PAID_FROM, account_id, midnight
from feesvc.application.bank_references import narrative_readers, payments_named
from feesvc.application.house import Act, Decision, House
from feesvc.application.payment_lists import returned_refund
from feesvc.application.placing import place_for
from feesvc.application.unplacing import give_way, undo
from feesvc.application.what_banks_say import payer_details
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.origin import Origin
from feesvc.domain.payment import Payment
from feesvc.domain.placement import SuspenseReason, suspense
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.people import UnknownSubject

log = structlog.get_logger(__name__)

OVER = "/over"
"""What a credit was over stands in suspense under its reference with this behind it."""


class BankLineContradicted(Refusal):
    """The bank's reference is on record with another amount"""


class NotABankCredit(Refusal):
    """The money did not come as a bank credit"""


class PayoutOfBatches(Refusal):
    """The credit was taken as the payout of batches: it is reversed there"""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BankCredit:
    """One credit line of a bank account. ``amount`` is positive, in the account's currency.

    ``reference`` is the bank's own, unique on the account. ``narrative`` and what is said of the
    payer are personal; ``references`` name no person. Days are the bank's. ``evidence`` is the hash
    of the statement it stands in, if it came in one.
    """

    account: BankAccount
    reference: str
    amount: Money
    booked_on: date
    value_on: date
    narrative: str = ""
    references: str = ""
    payer: str = ""
    payer_bank: str = ""
    payer_account: str = ""
    evidence: str = ""

    def __repr__(self) -> str:
        return f"BankCredit({self.reference!r}, {self.amount}, …)"

    @property
    def told(self) -> str:
        """All that may name something of ours."""
        return f"{self.narrative} {self.references}"

    @property
    def occurred_at(self) -> datetime:
        return midnight(self.booked_on)


async def take_bank_credit(
    house: House, agency: str, line: BankCredit, principal: str
) -> Aggregate:
    """Book one credit, once: the same account and bank reference again books nothing.

    A narrative that names one of our payments pays it (P09g, with what is over as credit, P06o);
    one that names a refund of ours brings it back (P12f); one that names none, several, or a refund
    that it does not fit, waits in suspense (P09e). Raises ``NotACollectionAccount``,
    ``BankLineContradicted``, and nothing for what the narrative holds. Gives the transfer, the
    refund that came back, or a batch whose payout it was taken as before. The custody account at
    the Treasury takes nothing but refunds that come back.
    """
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    account = account_id(house, owner, line.account, PAID_FROM)
    id = house.store.ids.transfer(account, line.reference)
    fact = house.store.ids.of("fact", str(account), "bank_credit", line.reference)
    known = await _known(house, id, fact)
    if isinstance(known, Transfer) and known.unheard:
        fact = house.store.ids.of("fact", str(id), "told_again", known.version)
    elif known is not None:
        return await _same(house, known, line)
    named = payments_named(house, await narrative_readers(house, owner), line.told)
    evidence = line.evidence or await house.people.keep("bank_credit", evidence_of(line))
    await _keep_payer(house, agency, house.store.ids.payer(id), line)
    act = Act(id=fact, principal=principal, at=house.now())
    came_back: list[Aggregate] = []

    async def decide() -> Decision[None]:
        found = await house.store.load([id, *named])
        came_back.clear()
        stands = found.pop(id, None)
        if isinstance(stands, Transfer) and not stands.unheard:
            return Decision(None)
        back = await returned_refund(
            house, act, agency, account, line.told, line.amount, line.occurred_at
        )
        if back:
            came_back.append(back[0])
            return Decision(None, back)
        account_id(house, owner, line.account)
        payments = [one for one in found.values() if isinstance(one, Payment)]
        payment = payments[0] if len(payments) == 1 else None
        if isinstance(stands, Transfer):
            transfer = stands
            transfer.tell_again(line.amount, "bank", evidence, line.occurred_at, act.at)
        else:
            transfer = _first(house, agency, account, line, payment, evidence, act)
        if payment is not None:
            return Decision(
                None,
                await place_for(house, act, transfer, payment, line.occurred_at, variable=True),
            )
        reason: SuspenseReason = "several_references" if payments else "unknown_reference"
        if back is not None:
            reason = "refund_return"
        transfer.place(suspense(line.amount, reason), line.occurred_at, act.at)
        return Decision(None, [transfer])

    await house.take(act, decide)
    if came_back:
        return came_back[0]
    return await _same(house, (await house.store.peek([id]))[id], line)


async def _known(house: House, id: UUID, fact: UUID) -> Aggregate | None:
    """What the credit was taken as: a refund that came back has no transfer of its own."""
    known = (await house.store.peek([id])).get(id)
    before = None if known else await house.store.find(fact)
    if before is None:
        return known
    made = await house.made_by(before)
    return (await house.store.peek([made]))[made]


def _first(
    house: House, agency: str, account: UUID, line: BankCredit, payment: Payment | None,
    evidence: str, act: Act,
) -> Transfer:  # fmt: skip
    origin = Origin(
        via="bank", intermediary="", account=account, transaction=line.reference,
        payment=payment.id if payment else None,
    )  # fmt: skip
    return Transfer.first(
        Transfer.Received, house.store.ids.transfer(account, line.reference), act.at,
        agency=agency, source="bank", evidence=evidence, origin=origin,
        reference=payment.reference if payment else "", amount=line.amount,
        occurred_at=line.occurred_at,
    )  # fmt: skip


async def reverse_bank_credit(
    house: House, agency: str, transfer_id: UUID, booked_on: date, reason: str, principal: str, *,
    rest: bool = False,
) -> Transfer:  # fmt: skip
    """The bank took a credit back: the exact reverse of where it stands (P23f from suspense).

    What refunds or disputes had consumed is recorded as beyond what was left. Repeating it changes
    nothing. ``rest``: of a payout, what was no batch's. Raises ``NotABankCredit``,
    ``PayoutOfBatches``.
    """
    seen = await house.see(Transfer, transfer_id, f"transfer {transfer_id}")
    # It may be told again, and be taken back again.
    fact = house.store.ids.of("fact", str(transfer_id), "bank_credit_reversed", seen.version)
    act = Act(id=fact, principal=principal, at=house.now())

    async def decide() -> Decision[None]:
        transfer = await house.one(Transfer, transfer_id, f"transfer {transfer_id}")
        if transfer.origin.via != "bank" or transfer.agency != agency:
            raise NotABankCredit(str(transfer_id))
        if transfer.payouts and not rest:
            raise PayoutOfBatches(", ".join(str(batch) for batch in transfer.payouts))
        if transfer.reversed:
            return Decision(None)
        rejected = await give_way(house, transfer, transfer.amount.amount, "reversed", act)
        at = midnight(booked_on)
        undone = await undo(house, transfer, tuple(transfer.buckets), "reversed", at, act)
        transfer.reverse(undone.takes, reason, at, act.at)
        return Decision(None, [transfer, *undone.changed, *rejected])

    await house.take(act, decide)
    return await house.see(Transfer, transfer_id, f"transfer {transfer_id}")


async def _keep_payer(house: House, agency: str, payer: UUID, line: BankCredit) -> None:
    details = payer_details(line.narrative, line.payer, line.payer_bank, line.payer_account)
    if not any(details.given()):
        return
    try:
        await house.people.write(payer, details)
        await house.people.introduce(payer, [agency])
    except UnknownSubject:  # erased meanwhile: what was forgotten stays forgotten
        log.info("payer.erased", transfer_of=str(payer))


def evidence_of(line: BankCredit) -> bytes:
    """What the bank said, without anything personal."""
    said = {
        "account": [line.account.bank, line.account.number, line.account.currency],
        "reference": line.reference,
        "amount": line.amount.amount,
        "booked_on": line.booked_on.isoformat(),
        "value_on": line.value_on.isoformat(),
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False).encode()


async def on_record(house: House, transfer: Transfer) -> Money:
    """The credit of which a transfer waits; where a batch took a part, what it was over as well."""
    over = house.store.ids.transfer(transfer.origin.account, transfer.origin.transaction + OVER)
    beyond = (await house.store.peek([over])).get(over)
    if isinstance(beyond, Transfer) and not beyond.reversed:
        return transfer.amount + beyond.amount
    return transfer.amount


async def _same(house: House, known: Aggregate, line: BankCredit) -> Aggregate:
    assert isinstance(known, Transfer | Refund | Batch)
    if isinstance(known, Batch):  # it was taken as the payout of batches
        amounts = {c.whole for c in known.credits.values() if c.reference == line.reference}
        if line.amount not in amounts:
            raise BankLineContradicted(f"{line.reference} is on record as a payout")
        return known
    amount = await on_record(house, known) if isinstance(known, Transfer) else known.amount
    if amount != line.amount:
        raise BankLineContradicted(f"{line.reference}: {amount} is on record")
    return known
