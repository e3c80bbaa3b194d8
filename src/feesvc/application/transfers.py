"""Facts from outside: money received, reversed, disputed; never refused, only placed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

import structlog

from feesvc.application import contradictions, refunding
from feesvc.application.cases import case_of
from feesvc.application.hearing import first_heard, hearing
from feesvc.application.house import Act, Decision, House
from feesvc.application.owing import by_assessment, owed
from feesvc.application.placing import pay, place_for
from feesvc.application.unplacing import give_way, undo
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.finding import Finding
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.origin import Source
from feesvc.domain.payment import End, Payment
from feesvc.domain.placement import Move, SuspenseReason, place, suspense
from feesvc.domain.settling import use_surcharge, win
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Disputed,
    Ended,
    Outcome,
    Pending,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    Reversed,
    Verdict,
    code_of,
)
from feesvc.money import LARGEST, Money

log = structlog.get_logger(__name__)

AGES, AHEAD = timedelta(days=3650), timedelta(days=2)
"""How far back, and how far ahead of our clock, the time of a fact is believed."""
ENDS: dict[str, End] = {"cancelled": "cancelled", "expired": "expired"}
"""What an adapter's reason means to us; any other is a decline."""


async def record_outcome(
    house: House, account: MerchantAccount, outcome: Outcome, source: Source, evidence: str
) -> Verdict:
    """The one door for what an intermediary says, however it reached us.

    ``evidence`` is the hash of the raw message, or empty. The same fact twice is a duplicate;
    a fact that loses a race is decided again until it is recorded.
    """
    outcome = _believable(outcome, house.now())
    match outcome:
        case Received():
            return await _received(house, account, outcome, source, evidence)
        case Reversed():
            return await _reversed(house, account, outcome)
        case Disputed():
            return await _disputed(house, account, outcome)
        case Ended():
            return await _ended(house, account, outcome, evidence)
        case RefundAccepted() | Refunded() | RefundFailed():
            return await refunding.record_refund_outcome(house, account, outcome)
        case Pending():
            return await _pending(house, account, outcome)
        case _:
            assert_never(outcome)


def _believable(outcome: Outcome, now: datetime) -> Outcome:
    """What is said to have been long ago, or is still to come, was when we heard of it.

    The time of a fact is a claim of others: no money is refused for it, and no moment without a
    day in Asia/Ho_Chi_Minh reaches a ledger.
    """
    if isinstance(outcome, (Pending, RefundAccepted)) or now - AGES <= outcome.at <= now + AHEAD:
        return outcome
    log.warning("fact.time_not_believed", outcome=type(outcome).__name__)
    return replace(outcome, at=now)


def _fact(house: House, account: MerchantAccount, *parts: str) -> Act:
    id = house.store.ids.of("fact", str(account.id), *parts)
    return house.act(id, f"account:{account.id}")


async def _received(
    house: House, account: MerchantAccount, said: Received, source: Source, evidence: str
) -> Verdict:
    if not 0 < said.amount.amount <= LARGEST:
        nothing = contradictions.of_no_money(account, said, evidence)
        await contradictions.open_all(house, account, [nothing])
        return Verdict.NOTHING
    act = await hearing(house, account, said.transaction)
    otherwise: list[Finding] = []

    async def decide() -> Decision[Verdict]:
        ids = house.store.ids
        id, payment_id = ids.transfer(account.id, said.transaction), UUID(int=0)
        if said.reference:
            payment_id = ids.payment(account.id, said.reference)
        found = await house.store.load([id, payment_id])
        payment, transfer = found.get(payment_id), found.get(id)
        assert payment is None or isinstance(payment, Payment)
        if isinstance(transfer, Transfer) and not transfer.unheard:
            otherwise[:] = contradictions.of_known_money(account, said, transfer, evidence)
            if otherwise:
                wrong = said.amount != transfer.amount
                return Decision(Verdict.WRONG_AMOUNT if wrong else Verdict.DUPLICATE)
            return await _again(house, act, transfer, payment)
        if isinstance(transfer, Transfer):
            transfer.tell_again(said.amount, source, evidence, said.at, act.at)
        else:
            transfer = first_heard(house, account, said, payment, source, evidence, act)
        odd = contradictions.of_money(account, said, payment, transfer, evidence)
        told = [case for one in odd for case in await case_of(house, act, one)]
        if payment is None or said.merchant:
            reason: SuspenseReason = "wrong_merchant" if payment else "unknown_reference"
            transfer.place(suspense(said.amount, reason), said.at, act.at)
            return Decision(Verdict.UNKNOWN_ORDER, [transfer, *told])
        met = await _met(house, act, transfer, payment, said)
        return Decision(met.result, [*met.changed, *told])

    verdict = await _record(house, act, decide)
    await contradictions.open_all(house, account, otherwise)
    return verdict


async def _met(
    house: House, act: Act, transfer: Transfer, payment: Payment, said: Received
) -> Decision[Verdict]:
    """Money for one of our payments: placed by the table of DESIGN §6, on what is open now."""
    over = payment.ended is not None
    changed = await place_for(
        house, act, transfer, payment, said.at, variable=payment.variable_amount
    )
    explains = [contradictions.of_claim(payment)] if over else []
    if act.at - payment.created_on >= contradictions.SOUGHT:
        explains += [contradictions.of_no_end(payment, code) for code in ("A08", "N07")]
    changed += await contradictions.explained(house, act, *explains)
    wrong = any(placement.to == "suspense" for placement in transfer.buckets)
    return Decision(Verdict.WRONG_AMOUNT if wrong else Verdict.RECORDED, changed)


async def _again(
    house: House, act: Act, transfer: Transfer, payment: Payment | None
) -> Decision[Verdict]:
    """A transfer that we know. Booked from a settlement line it is moved, never booked twice."""
    waiting = [p for p in transfer.buckets if p.reason == "unknown_settled_line"]
    if payment is None:
        return Decision(Verdict.DUPLICATE)
    if not waiting:
        payment.end("received", "", act.at, act.at)  # news only where its money came another way
        return Decision(Verdict.DUPLICATE, [payment])
    held = waiting[0]
    owing = await owed(house, payment, act.day)
    targets = place(
        held.amount, payment.amount, payment.variable_amount, owing, payment.surcharge.amount
    )
    moves = [Move(source=held.of(t.amount.amount), target=t) for t in targets]
    transfer.re_place(moves, "late_notification", act.at)
    use_surcharge(transfer, act.at)
    changed: list[Aggregate] = [transfer]
    for one in owing:
        lines = by_assessment(targets).get(one.assessment.id)
        if lines:
            pay(one.assessment, transfer, lines, act.at, act)
            changed.append(one.assessment)
    payment.end("received", "", act.at, act.at)
    wrong = any(target.to == "suspense" for target in targets)
    return Decision(Verdict.WRONG_AMOUNT if wrong else Verdict.RECORDED, [*changed, payment])


async def _reversed(house: House, account: MerchantAccount, said: Reversed) -> Verdict:
    """Undone. Before settlement the exact reverse; after it, a dispute opened and lost at once."""
    act = _fact(house, account, "reversed", said.transaction)

    async def decide() -> Decision[Verdict]:
        transfer = await _transfer(house, account, said.transaction)
        if transfer is None:
            return Decision(Verdict.TRY_AGAIN)
        unknown = contradictions.of_reversal(account, said)
        cleared = await contradictions.explained(house, act, unknown)
        name = f"reversal:{said.transaction}"
        dispute = transfer.dispute_called(name, transfer.ours, act.at)
        if transfer.reversed or dispute in transfer.closed_disputes:
            return Decision(Verdict.DUPLICATE, [transfer])
        rejected = await give_way(house, transfer, transfer.amount.amount, "reversed", act)
        if transfer.settled or dispute in transfer.disputes:
            nothing = Money(0, transfer.amount.currency)
            transfer.dispute(dispute, transfer.ours, nothing, said.at, act.at)
            taken = transfer.disputes[dispute]
            undone = await undo(house, transfer, taken, "reversed", said.at, act)
            transfer.lose(dispute, undone.takes, said.at, act.at)
        else:
            taken = tuple(transfer.buckets)
            undone = await undo(house, transfer, taken, "reversed", said.at, act)
            transfer.reverse(undone.takes, said.reason, said.at, act.at)
        return Decision(Verdict.RECORDED, [transfer, *undone.changed, *rejected, *cleared])

    verdict = await _record(house, act, decide)
    if verdict is Verdict.TRY_AGAIN:
        # It may only have come before its money, and is then told again.
        unknown = contradictions.of_reversal(account, said)
        await contradictions.open_all(house, account, [unknown])
    return verdict


async def _disputed(house: House, account: MerchantAccount, said: Disputed) -> Verdict:
    act = _fact(house, account, "disputed", said.dispute, said.stage)
    found: list[Finding] = []

    async def decide() -> Decision[Verdict]:
        transfer = await _transfer(house, account, said.transaction)
        unknown = contradictions.of_dispute(account, said, None)
        found[:] = [unknown]
        if transfer is None:
            return Decision(Verdict.TRY_AGAIN)
        if said.amount.currency != transfer.amount.currency or said.amount.amount <= 0:
            found[:] = [contradictions.of_dispute(account, said, transfer)]
            return Decision(Verdict.WRONG_AMOUNT)
        found.clear()
        fee = said.fee or Money(0, transfer.amount.currency)
        changed: list[Aggregate] = [transfer]
        changed += await contradictions.explained(house, act, unknown)
        dispute = transfer.dispute_called(said.dispute, said.amount, act.at)
        if not transfer.knows_dispute(dispute):
            changed += await give_way(house, transfer, said.amount.amount, "disputed", act)
        transfer.dispute(dispute, said.amount, fee, said.at, act.at)
        if said.stage == "won":
            win(transfer, dispute, said.at, act.at)
        elif said.stage == "lost" and dispute in transfer.disputes:
            taken = transfer.disputes[dispute]
            undone = await undo(house, transfer, taken, "dispute_lost", said.at, act)
            transfer.lose(dispute, undone.takes, said.at, act.at)
            changed += undone.changed
        news = bool(transfer.news)
        return Decision(Verdict.RECORDED if news else Verdict.DUPLICATE, changed)

    verdict = await _record(house, act, decide)
    await contradictions.open_all(house, account, found)
    return verdict


async def _ended(house: House, account: MerchantAccount, said: Ended, evidence: str) -> Verdict:
    act = _fact(house, account, "ended", said.reference)
    found: list[Finding] = []

    async def decide() -> Decision[Verdict]:
        payment = await _payment(house, account, said.reference)
        if payment is None:
            return Decision(Verdict.UNKNOWN_ORDER)
        found[:] = contradictions.of_end(account, said, payment, evidence)
        payment.end(ENDS.get(said.reason, "declined"), code_of(said.reason), said.at, act.at)
        return Decision(Verdict.RECORDED if payment.news else Verdict.DUPLICATE, [payment])

    verdict = await _record(house, act, decide)
    await contradictions.open_all(house, account, found)
    return verdict


async def _pending(house: House, account: MerchantAccount, said: Pending) -> Verdict:
    """No answer yet; a code that makes no sense is kept, so that no end is taken for granted."""

    async def decide() -> Decision[Verdict]:
        payment = await _payment(house, account, said.reference)
        if payment is not None:
            payment.question(said.code, act.at)
        return Decision(Verdict.NOTHING, [payment] if payment else [])

    if said.code:
        act = _fact(house, account, "pending", said.reference, said.code)
        await house.take(act, decide)
    return Verdict.NOTHING


async def _payment(house: House, account: MerchantAccount, reference: str) -> Payment | None:
    id = house.store.ids.payment(account.id, reference)
    found = (await house.store.load([id])).get(id)
    return found if isinstance(found, Payment) else None


async def _transfer(house: House, account: MerchantAccount, transaction: str) -> Transfer | None:
    id = house.store.ids.transfer(account.id, transaction)
    found = (await house.store.load([id])).get(id)
    return found if isinstance(found, Transfer) else None


async def _record(
    house: House, act: Act, decide: Callable[[], Awaitable[Decision[Verdict]]]
) -> Verdict:
    return await house.take(act, decide) or Verdict.DUPLICATE
