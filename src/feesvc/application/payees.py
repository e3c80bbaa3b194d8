"""Payees: to which bank account a refund goes, whether its holder's name is the payer's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House
from feesvc.domain.aggregate import Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.payee import NameCheck, Payee
from feesvc.domain.refund import Refund, WrongState, is_person
from feesvc.people import Details, Field, Redacted, RefundAccount, UnknownSubject
from feesvc.people.comparing import same_name
from feesvc.store import Answer

Known: TypeAlias = Literal["subject", "payer"]
"""Whose account on record: the refund's subject, or whoever paid the bank credit."""
Tell: TypeAlias = Callable[[Payee], Answer] | None


class NoPayee(Refusal):
    """Nobody has said to which account the refund goes"""


class NoKnownAccount(Refusal):
    """No account of theirs is on record"""


async def name_payee(
    house: House, act: Act, refund_id: UUID, account: RefundAccount, answer: Tell = None
) -> Done[Payee]:
    """Say to which account a refund goes. It is kept with a subject of its own, which nothing else
    names: what was confirmed cannot be changed unseen. Raises ``BadPersonalDetail``.
    """
    refund = await house.see(Refund, refund_id, f"refund {refund_id}")
    asked = act.fingerprints[0].hex() if act.fingerprints else ""
    subject = house.store.ids.of("subject", "payee", str(act.id), asked)
    if await house.before(act) is None:
        await house.people.write(subject, Details(refund_account=account))
    check = await _check_name(house, refund, account.holder, act.principal)
    id = house.store.ids.payee(refund_id)

    async def decide() -> Decision[Payee]:
        now = await house.see(Refund, refund_id, f"refund {refund_id}")
        if now.state not in ("requested", "approved", "failed", "returned"):
            raise WrongState(f"it is {now.state}")
        payee = (await house.store.load([id])).get(id)
        if isinstance(payee, Payee):
            payee.change(act.principal, subject, check, act.at)
        else:
            payee = Payee.first(
                Payee.Named, id, act.at, agency=now.agency, refund=refund_id,
                giver=act.principal, account=subject, name_check=check,
            )  # fmt: skip
        return Decision(payee, [payee])

    return await house.settle(act, decide, answer)


async def known_account(house: House, refund_id: UUID, whose: Known, actor: str) -> RefundAccount:
    """The account on record to send it back to; raises ``NoKnownAccount``. The read is recorded."""
    refund = await house.see(Refund, refund_id, f"refund {refund_id}")
    subject = refund.subject
    if whose == "payer":
        subject = house.store.ids.payer(refund.takes[0].transfer)
    known = await _read(house, subject, "refund_account", actor)
    if known is None or known.refund_account is None:
        raise NoKnownAccount(whose)
    return known.refund_account


async def confirm_payee(
    house: House, act: Act, refund_id: UUID, digest: str, acknowledged: bool, answer: Tell = None
) -> Done[Payee]:
    """Another person agrees to the account that was named after the refund was approved."""

    async def decide() -> Decision[Payee]:
        payee = await payee_of(house, refund_id)
        payee.confirm(act.principal, digest, acknowledged, act.at)
        return Decision(payee, [payee])

    return await house.settle(act, decide, answer)


async def payee_of(house: House, refund_id: UUID) -> Payee:
    """Free to be changed; raises ``NoPayee``."""
    id = house.store.ids.payee(refund_id)
    found = (await house.store.load([id])).get(id)
    if not isinstance(found, Payee):
        raise NoPayee(f"refund {refund_id}")
    return found


async def account_of(house: House, payee: Payee, reason: str, actor: str) -> RefundAccount | None:
    """The account as it was named; None once it was erased. The read is put on record."""
    return await account_at(house, payee.account, reason, actor)


async def account_at(house: House, subject: UUID, reason: str, actor: str) -> RefundAccount | None:
    """As ``account_of``, of the subject with whom an account stands."""
    known = await house.people.read(subject, ["refund_account"], reason, actor)
    return None if isinstance(known, Redacted) else known.refund_account


async def _check_name(house: House, refund: Refund, holder: str, actor: str) -> NameCheck:
    async for name, vouched in _payers_names(house, refund, actor):
        if not same_name(name, holder):
            return "differs"
        return "matches" if vouched else "unknown"
    return "unknown"


async def _payers_names(
    house: House, refund: Refund, actor: str
) -> AsyncIterator[tuple[str, bool]]:
    """What the payer may be called: by the dossiers, by the bank that told of it, and only then by
    whoever asked for the refund. An officer who asks does not vouch for who paid.
    """
    subjects: list[UUID | None] = []
    for take in refund.takes:
        for placement in take.placements:
            if placement.assessment is not None:
                assessment = await house.see(Assessment, placement.assessment, "assessment")
                subjects.append(assessment.subject)
        if take.origin.via == "bank":
            subjects.append(house.store.ids.payer(take.transfer))
    for subject in dict.fromkeys([*subjects, refund.subject]):
        known = await _read(house, subject, "name", actor)
        if known is not None and known.name:
            yield known.name, subject in subjects or not is_person(refund.maker)


async def _read(house: House, subject: UUID | None, field: Field, actor: str) -> Details | None:
    if subject is None:
        return None
    try:
        known = await house.people.read(subject, [field], "refund_payee", actor)
    except UnknownSubject:
        return None
    return None if isinstance(known, Redacted) else known
