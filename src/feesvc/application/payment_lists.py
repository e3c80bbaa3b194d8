"""Payment lists: approved refunds told to the agency's bank, each once, in one numbered list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from feesvc.application.bank_accounts import PAID_FROM, account_id, midnight
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.payees import account_at, payee_of
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.payee import Payee
from feesvc.domain.payment_list import Drawable, PaymentList, reference_of, references_in
from feesvc.domain.refund import LEAST_PEOPLE, Method, Refund, SamePerson, WrongState, is_person
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.people import RefundAccount
from feesvc.store import Answer


class NotForThisList(Refusal):
    """A refund that does not belong in the list"""


class PayeeErased(Refusal):
    """The account of a payee was erased; the refund cannot be paid out"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewList:
    """``refunds`` in the order in which the bank is to be told; ``debited`` is a collection account
    of the agency in their currency, or its custody account at the State Treasury (P12j). The bank
    pays on ``execute_on``, or the first day it can.
    """

    agency: str
    debited: BankAccount
    refunds: Sequence[UUID]
    execute_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """One line of a list as the bank needs it. Personal: it leaves in the document only."""

    reference: str
    amount: int
    to: RefundAccount


async def draw_list(
    house: House, act: Act, new: NewList, answer: Callable[[PaymentList], Answer] | None = None
) -> Done[PaymentList]:
    """Draw a list and instruct its refunds (P12a), all in one append or none.

    Refused, naming it, where a refund is another agency's, not approved, not by bank transfer, of
    another currency, without a confirmed payee, or its money was taken back meanwhile. Where no
    person named the account, whoever alone confirmed it draws no list of it (``SamePerson``).
    """
    owner = await house.see(Agency, house.store.ids.agency(new.agency), f"agency {new.agency}")
    account = account_id(house, owner, new.debited, PAID_FROM)
    method = method_of(owner, new.debited)

    async def decide() -> Decision[PaymentList]:
        number = await house.store.numbers()
        reference = reference_of(house.store.epoch, number)
        wanted = dict.fromkeys(new.refunds)
        drawable = [await _drawable(house, act, new, id) for id in wanted]
        refunds = [refund for refund, _ in drawable]
        drawn = PaymentList.draw(
            house.store.ids.payment_list(new.agency, reference), new.agency, act.principal,
            reference, account, new.debited, new.execute_on,
            [
                Drawable(refund=refund.id, amount=refund.left, account=payee.account)
                for refund, payee in drawable
            ],
            act.at,
        )  # fmt: skip
        for refund, entry in zip(refunds, drawn.entries, strict=True):
            refund.instruct(entry.reference, method, act.at)
        return Decision(drawn, [drawn, *refunds])

    return await house.settle(act, decide, answer)


def method_of(owner: Agency, debited: BankAccount) -> Method:
    """How a refund is paid that the bank takes from this account."""
    kept = debited in owner.ever_held("treasury_custody")
    return "treasury_custody" if kept else "bank_transfer"


async def payouts_of(house: House, drawn: PaymentList, actor: str) -> list[Payout]:
    """What the bank is told: the accounts that were confirmed when the list was drawn, whatever was
    named since. Reading each is put on record, under the list's reference.
    """
    payouts = []
    for entry in drawn.entries:
        subject = entry.account or (await payee_of(house, entry.refund)).account
        account = await account_at(house, subject, drawn.reference, actor)
        if account is None:
            raise PayeeErased(entry.reference)
        payouts.append(Payout(reference=entry.reference, amount=entry.amount.amount, to=account))
    return payouts


async def refuse_payout(
    house: House, act: Act, list_id: UUID, reference: str, reason: str, refused_on: date,
    answer: Callable[[Refund], Answer] | None = None,
) -> Done[Refund]:  # fmt: skip
    """The bank refused one line of a list before paying it (P12d); the others go their way."""

    async def decide() -> Decision[Refund]:
        drawn = await house.see(PaymentList, list_id, f"payment list {list_id}")
        entry = drawn.entry(reference)
        if entry is None:
            raise NotForThisList(reference)
        refund = await house.one(Refund, entry.refund, f"refund {entry.refund}")
        if refund.reference != reference or refund.state not in ("instructed", "accepted"):
            raise WrongState(f"it is {refund.state}")
        refund.fail(reason, midnight(refused_on), act.at)
        return Decision(refund, [refund])

    return await house.settle(act, decide, answer)


async def _drawable(house: House, act: Act, new: NewList, id: UUID) -> tuple[Refund, Payee]:
    refund = await house.one(Refund, id, f"refund {id}")
    if refund.agency != new.agency or refund.amount.currency != new.debited.currency:
        raise NotForThisList(f"refund {id} is of {refund.agency} in {refund.amount.currency}")
    if refund.method != "bank_transfer" or refund.state != "approved":
        raise NotForThisList(f"refund {id} by {refund.method} is {refund.state}")
    payee = await payee_of(house, id)
    if not payee.confirmed:
        raise NotForThisList(f"refund {id} goes to an account that nobody confirmed")
    people = {who for who in (payee.giver, *payee.checkers, act.principal) if is_person(who)}
    if len(people) < LEAST_PEOPLE:
        raise SamePerson(f"another person than confirmed the account of {id} draws the list")
    for take in refund.takes:
        (await house.see(Transfer, take.transfer, "transfer")).check_covered()
    return refund, payee


async def returned_refund(
    house: House, act: Act, agency: str, account: UUID, narrative: str, amount: Money,
    occurred_at: datetime,
) -> list[Aggregate] | None:  # fmt: skip
    """What changes where a bank credit brings a refund back (P12f), the refund first.

    None where it names no refund of ours; nothing changes where it does not fit the one it names.
    """
    instructed = await instructed_under(house, agency, narrative)
    if instructed is None:
        return None
    drawn, refund, reference = instructed
    going = refund.state in ("instructed", "accepted", "paid") and refund.reference == reference
    if not going or refund.left != amount or drawn.account != account:
        return []
    changed: list[Aggregate] = [refund]
    if refund.state != "paid":  # the debit was not told yet: it was paid, and came back
        refund.pay("", Money(0, amount.currency), occurred_at, act.at)
        for take in refund.takes:
            transfer = await house.one(Transfer, take.transfer, "transfer")
            transfer.pay_refund(refund.id, act.at)
            changed.append(transfer)
    refund.fail("returned_by_bank", occurred_at, act.at)
    return changed


async def instructed_under(
    house: House, agency: str, narrative: str
) -> tuple[PaymentList, Refund, str] | None:
    """The list, refund and end-to-end id that a bank's text names; None for none of ours, or for
    more than one. The refund is free to be changed.
    """
    found: list[tuple[PaymentList, Refund, str]] = []
    for list_reference, reference in dict.fromkeys(references_in(narrative)):
        id = house.store.ids.payment_list(agency, list_reference)
        drawn: Aggregate | None = (await house.store.peek([id])).get(id)
        entry = drawn.entry(reference) if isinstance(drawn, PaymentList) else None
        if isinstance(drawn, PaymentList) and entry is not None:
            refund = await house.one(Refund, entry.refund, f"refund {entry.refund}")
            found.append((drawn, refund, reference))
    return found[0] if len(found) == 1 else None
