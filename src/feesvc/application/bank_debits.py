"""Bank debits: money that left the agency's own account, and the refund that it paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from feesvc.application.bank_accounts import PAID_FROM, account_id, midnight
from feesvc.application.cases import open_case
from feesvc.application.house import Act, Decision, House
from feesvc.application.payment_lists import instructed_under, method_of
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Appended


class NoSuchInstruction(Refusal):
    """The debit names no refund of ours, or several; nothing was booked"""


class DebitContradicts(Refusal):
    """The debit does not fit the refund that it names: a case was opened, and nothing was booked"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDebit:
    """One debit line of a bank account. ``amount`` is positive, in the account's currency.

    ``reference`` is the bank's own; ``narrative`` (or an end-to-end id) names the refund.
    """

    account: BankAccount
    reference: str
    amount: Money
    booked_on: date
    narrative: str


async def take_bank_debit(house: House, agency: str, line: BankDebit, principal: str) -> Refund:
    """The bank paid a refund (P12c, P12j). The same account and bank reference again books nothing.

    Another amount or account than was instructed, or a second debit, is never booked silently: it
    opens a case. Raises ``NoSuchInstruction``, ``DebitContradicts``, ``NotACollectionAccount``.
    """
    owner = await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    account = account_id(house, owner, line.account, PAID_FROM)
    act = Act(
        id=house.store.ids.of("fact", str(account), "bank_debit", line.reference),
        principal=principal, at=house.now(),
    )  # fmt: skip
    before = await house.store.find(act.id)
    if before is not None:
        return await _again(house, act, agency, line, before)
    told: list[Refund] = []

    async def decide() -> Decision[str]:
        instructed = await instructed_under(house, agency, line.narrative)
        if instructed is None:
            raise NoSuchInstruction(line.reference)
        drawn, refund, reference = instructed
        told[:] = [refund]
        wrong = _wrong(refund, reference, line)
        if wrong or drawn.account != account:
            return Decision(wrong or "another account was to be debited")
        if refund.state in ("failed", "approved"):  # refused, and paid after all
            refund.instruct(reference, method_of(owner, line.account), act.at)
        at = midnight(line.booked_on)
        nothing = Money(0, line.amount.currency)
        refund.pay(line.reference, nothing, at, act.at)
        transfers = [await house.one(Transfer, t.transfer, "transfer") for t in refund.takes]
        for transfer in transfers:
            transfer.pay_refund(refund.id, act.at)
        changed: list[Aggregate] = [refund, *transfers]
        return Decision("", changed)

    contradiction = await house.take(act, decide)
    if contradiction is None:  # another was first with this line
        return await take_bank_debit(house, agency, line, principal)
    if contradiction:
        await _contradict(house, act, _finding(agency, told[0], line, contradiction))
    return await house.see(Refund, told[0].id, "refund")


def _wrong(refund: Refund, reference: str, line: BankDebit) -> str:
    """Why this debit cannot have paid the refund under this end-to-end id; empty where it can."""
    if refund.left != line.amount:
        return f"{refund.left} was instructed"
    if refund.reference != reference:
        return "it was sent again under another reference"
    if refund.state == "approved" and refund.paid_under == reference:
        return "it was paid under this reference, and came back"
    if refund.state not in ("instructed", "accepted", "failed", "approved"):
        return f"it is {refund.state}"
    return ""


async def _again(house: House, act: Act, agency: str, line: BankDebit, before: Appended) -> Refund:
    """A line that is on record: the refund that it paid, however that stands now."""
    known = await house.see(Refund, await house.made_by(before), "refund")
    instructed = await instructed_under(house, agency, line.narrative)
    if instructed is None or instructed[1].id != known.id or known.left != line.amount:
        why = "the bank's reference is on record for another refund or amount"
        await _contradict(house, act, _finding(agency, known, line, why))
    return known


async def _contradict(house: House, act: Act, finding: Finding) -> None:
    await open_case(house, act, finding)
    raise DebitContradicts(finding.facts["why"])


def _finding(agency: str, refund: Refund, line: BankDebit, why: str) -> Finding:
    id: UUID = refund.id
    return Finding(
        agency=agency, code="N02", subject=CaseSubject(kind="refund", id=id),
        at_risk=line.amount, discriminator=line.reference,
        facts={
            "debit": line.reference, "said": str(line.amount), "asked": str(refund.amount),
            "why": why,
        },
    )  # fmt: skip
