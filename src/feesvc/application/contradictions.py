"""Contradictions: what an intermediary says that cannot be so beside what is on record.

Nothing of it is booked. Each is one case for people; where a later fact explains it, it is cleared.
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Literal, TypeAlias

from feesvc.application import cases
from feesvc.application.house import Act, House
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed, Ended, Outcome, Received, Refunded, Reversed
from feesvc.money import Money

SOUGHT = timedelta(days=7)
"""How long a payment is asked after; a case follows if nobody can tell its end."""
_PLAIN = re.compile(r"[0-9A-Za-z._-]{1,64}")
"""What may be told of a message for which nobody vouches."""

Subject: TypeAlias = MerchantAccount | Payment | Refund | Transfer
KINDS: dict[type[Subject], Literal["account", "payment", "refund", "transfer"]] = {
    MerchantAccount: "account", Payment: "payment", Refund: "refund", Transfer: "transfer",
}  # fmt: skip


def finding(
    account: MerchantAccount, code: str, about: Subject, at_risk: Money, discriminator: str = "",
    evidence: str = "", **facts: str,
) -> Finding:  # fmt: skip
    subject = CaseSubject(kind=KINDS[type(about)], id=about.id)
    told = {"intermediary": account.intermediary, **{n: fact for n, fact in facts.items() if fact}}
    return Finding(
        agency=account.agency, code=code, subject=subject, at_risk=at_risk,
        discriminator=discriminator, facts=told, evidence=evidence,
    )  # fmt: skip


async def open_all(house: House, account: MerchantAccount, found: list[Finding]) -> None:
    """Open the cases of what was found, each under a command of its own."""
    for one in found:
        act = house.act(one.case_id(house.store.ids), f"account:{account.id}")
        await cases.open_case(house, act, one)


def of_money(
    account: MerchantAccount, said: Received, payment: Payment | None, about: Transfer,
    evidence: str,
) -> list[Finding]:  # fmt: skip
    """Money that names another merchant, or comes in another currency than was asked."""
    told = {"reference": said.reference, "transaction": said.transaction}
    if said.merchant:
        return [finding(account, "N11", about, said.amount, "", evidence, **told)]
    if payment is not None and said.amount.currency != payment.amount.currency:
        asked = str(payment.amount)
        return [finding(account, "N10", about, said.amount, "", evidence, asked=asked, **told)]
    return []


def of_known_money(
    account: MerchantAccount, said: Received, known: Transfer, evidence: str
) -> list[Finding]:
    """A transaction that we know, told with other facts; or told as new after its refund."""
    told = {"reference": said.reference, "transaction": said.transaction}
    other_order = bool(known.reference and said.reference and known.reference != said.reference)
    if other_order or said.amount != known.amount:
        told |= {"said": str(said.amount), "known": str(known.amount)}
        return [
            finding(
                account, "N08", known, said.amount, f"{said.reference} {said.amount}", evidence,
                known_reference=known.reference, **told,
            )
        ]  # fmt: skip
    if known.refunded and said.at > known.modified_on:
        return [finding(account, "N09", known, said.amount, said.at.isoformat(), evidence, **told)]
    return []


def of_no_money(account: MerchantAccount, said: Received, evidence: str) -> Finding:
    """Money of nothing or less, or of more than any ledger holds."""
    nothing = Money(0, said.amount.currency)
    return finding(
        account, "N13", account, nothing, said.transaction, evidence, said=str(said.amount),
        reference=said.reference, transaction=said.transaction,
    )  # fmt: skip


def of_hint(account: MerchantAccount, said: Outcome, evidence: str) -> Finding:
    """An order that we never placed is named where only a look-up of it could tell of money.

    Once per transaction, or per order where the message names no transaction.
    """
    named = {name: getattr(said, name, "") for name in ("reference", "transaction")}
    told = {name: text for name, text in named.items() if _PLAIN.fullmatch(text)}
    at_risk = Money(0, account.currencies[0])
    if isinstance(said, Received) and said.amount.amount > 0:
        at_risk = said.amount
    about = sha256((named["transaction"] or f"order {named['reference']}").encode()).hexdigest()
    return finding(account, "N14", account, at_risk, about, evidence, **told)


def of_reversal(account: MerchantAccount, said: Reversed) -> Finding:
    """A transfer that we never heard of was undone; how much it was, nobody said."""
    return finding(
        account, "N04", account, Money(0, account.currencies[0]), said.transaction,
        reference=said.reference, transaction=said.transaction, reason=said.reason,
    )  # fmt: skip


def of_dispute(account: MerchantAccount, said: Disputed, known: Transfer | None) -> Finding:
    """A dispute of a transfer that we never heard of, or in another currency, or of nothing."""
    told = {"dispute": said.dispute, "transaction": said.transaction, "stage": said.stage}
    if known is None:
        return finding(account, "N05", account, said.amount, said.dispute, **told)
    told |= {"said": str(said.amount), "known": str(known.amount)}
    return finding(account, "N03", known, known.amount, said.dispute, **told)


def of_no_end(payment: Payment, code: Literal["A08", "N07"]) -> Finding:
    """What nobody could tell the end of: A08, or N07 where the codes contradict each other."""
    facts = {"intermediary": payment.intermediary, "reference": payment.reference}
    if payment.doubt:
        facts["code"] = payment.doubt
    return Finding(
        agency=payment.agency, code=code, subject=CaseSubject(kind="payment", id=payment.id),
        at_risk=payment.amount, facts=facts,
    )  # fmt: skip


def of_end(account: MerchantAccount, said: Ended, payment: Payment, evidence: str) -> list[Finding]:
    """It is said to have failed whose money came. Part money of an order that ends is none."""
    if payment.ended != "received" or payment.variable_amount:
        return []
    told = {"reference": said.reference, "reason": said.reason}
    return [finding(account, "N06", payment, payment.amount, "", evidence, **told)]


def of_refund(account: MerchantAccount, said: Refunded, refund: Refund | None) -> Finding:
    """A refund that we never sent was paid, or one of another amount than we sent."""
    told = {"reference": said.reference, "said": str(said.amount)}
    if refund is None:
        return finding(account, "N12", account, said.amount, said.reference, **told)
    told["known"] = str(refund.amount)
    return finding(account, "N02", refund, refund.amount, said.reference, **told)


def of_claim(payment: Payment, said: Received | None = None, evidence: str = "") -> Finding:
    """A hint tells of money for an attempt that is over, and no look-up knows of any (S06)."""
    told = {"intermediary": payment.intermediary, "reference": payment.reference}
    if said is not None and _PLAIN.fullmatch(said.transaction):
        told["transaction"] = said.transaction
    return Finding(
        agency=payment.agency, code="S06", subject=CaseSubject(kind="payment", id=payment.id),
        at_risk=payment.amount, facts=told, evidence=evidence,
    )  # fmt: skip


async def explained(house: House, act: Act, *found: Finding) -> list[Case]:
    """The cases of these findings that stand open, cleared: to be recorded with what explains."""
    ids = [one.case_id(house.store.ids) for one in found]
    known = await house.store.load(ids)
    cleared = [case for case in known.values() if isinstance(case, Case)]
    for case in cleared:
        case.clear("evidence", "told_at_last", "", act.at)
    return [case for case in cleared if case.news]
