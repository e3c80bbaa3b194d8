"""Refunding: an approved refund is sent, looked up, and followed to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from feesvc.application import contradictions
from feesvc.application.house import Act, Decision, House
from feesvc.application.refunds import NoRefundHere
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.finding import Finding
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Pending,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Verdict,
    code_of,
)
from feesvc.money import Money

RESEND_STATES = ("approved", "failed", "returned")


async def instruct_refund(house: House, act: Act, refund_id: UUID) -> None:
    """Put the instruction on record, send it, record what came back.

    Repeating it goes on where it stopped: an instruction once recorded is sent again under its own
    reference, which the intermediary knows. Raises ``Unavailable``: look it up later; and
    ``MoreThanIsLeft`` where the money was reversed or disputed away after the approval.
    """
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    if refund.method != "intermediary":
        return  # it was reissued another way meanwhile
    account = await _account(house, refund)
    adapter = house.desk.adapter(account)
    if not isinstance(adapter, Refunds):
        raise NoRefundHere(account.intermediary)
    if refund.state in RESEND_STATES:
        number = await house.store.numbers()
        reference = adapter.reference_for(house.store.epoch, number, act.at)
        await _instruct(house, act, refund, account, reference)
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    if refund.state == "instructed":
        order = await _order(house, refund)
        await _ask(house, account, refund, "request_refund", lambda: adapter.request_refund(order))


async def look_up_refund(house: House, act: Act, refund_id: UUID) -> bool:
    """Ask how a refund stands and record what is said; True once it has come to an end.

    One that was instructed and never taken on is sent again, under its own reference.
    """
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    if refund.method != "intermediary":
        return True  # it was reissued another way
    if refund.state in ("instructed", "accepted"):
        account = await _account(house, refund)
        adapter = house.desk.adapter(account)
        assert isinstance(adapter, Refunds)
        order = await _order(house, refund)
        await _ask(house, account, refund, "look_up_refund", lambda: adapter.look_up_refund(order))
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
        if refund.state == "instructed" and not refund.handle:
            await _ask(
                house, account, refund, "request_refund", lambda: adapter.request_refund(order)
            )
            refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    return refund.state not in ("approved", "instructed", "accepted")


async def record_refund_outcome(
    house: House, account: MerchantAccount, outcome: RefundOutcome
) -> Verdict:
    """What the intermediary says of a refund, found by the reference it was sent under."""
    instruction = await house.store.find(_instruction(house, account, outcome.reference))
    if instruction is None:
        if isinstance(outcome, Refunded):
            strange = contradictions.of_refund(account, outcome, None)
            await contradictions.open_all(house, account, [strange])
        return Verdict.UNKNOWN_ORDER
    refund_id = await house.made_by(instruction)
    act = house.act(_outcome_id(house, account, outcome), f"account:{account.id}")
    otherwise: list[Finding] = []

    async def decide() -> Decision[Verdict]:
        refund = await house.one(Refund, refund_id, "refund")
        if isinstance(outcome, Refunded) and outcome.amount != refund.left:
            # Booking either amount would hide the other: it stays open until a person explains it.
            otherwise[:] = [contradictions.of_refund(account, outcome, refund)]
            return Decision(Verdict.WRONG_AMOUNT)
        changed: list[Aggregate] = [refund]
        if outcome.reference == refund.reference:
            changed += await _follow(house, refund, outcome, act.at)
        elif isinstance(outcome, Refunded):
            # It was sent again under another reference: it may be paid twice.
            otherwise[:] = [contradictions.of_refund(account, outcome, refund)]
        news = bool(refund.news)
        return Decision(Verdict.RECORDED if news else Verdict.DUPLICATE, changed)

    verdict = await house.take(act, decide) or Verdict.DUPLICATE
    await contradictions.open_all(house, account, otherwise)
    return verdict


async def _follow(
    house: House, refund: Refund, outcome: RefundOutcome, at: datetime
) -> list[Transfer]:
    nothing = Money(0, refund.amount.currency)
    match outcome:
        case RefundAccepted():
            refund.accept(outcome.handle, at)
        case Refunded():
            was = refund.state
            if was in ("failed", "approved"):  # reissued, and paid the first time after all
                refund.instruct(refund.reference, "intermediary", at)
            refund.pay(outcome.handle, outcome.fee or nothing, outcome.at, at)
            if refund.state != was:
                transfers = [await house.one(Transfer, t.transfer, "") for t in refund.takes]
                for transfer in transfers:
                    transfer.pay_refund(refund.id, at)
                return transfers
        case RefundFailed():
            if outcome.returned and refund.state in ("instructed", "accepted"):
                refund.pay(outcome.handle, nothing, outcome.at, at)
            refund.fail(code_of(outcome.reason), outcome.at, at)
        case Pending():
            pass
    return []


async def _instruct(
    house: House, act: Act, refund: Refund, account: MerchantAccount, reference: str
) -> None:
    async def decide() -> Decision[None]:
        now = await house.one(Refund, refund.id, "refund")
        if now.state in RESEND_STATES and now.method == "intermediary":
            for take in now.takes:
                transfer = await house.one(Transfer, take.transfer, "transfer")
                transfer.check_covered()
            now.instruct(reference, "intermediary", act.at)
        return Decision(None, [now])

    instruction = Act(
        id=_instruction(house, account, reference), principal=act.principal, at=act.at,
        cause=act.cause,
    )  # fmt: skip
    await house.take(instruction, decide)


async def _ask(
    house: House, account: MerchantAccount, refund: Refund, operation: str,
    ask: Callable[[], RefundOutcome],
) -> None:  # fmt: skip
    try:
        outcome = await house.desk.call(account.intermediary, operation, ask)
    except Refused as refused:
        outcome = RefundFailed(
            reference=refund.reference, reason=code_of(str(refused)), at=house.now()
        )
    await record_refund_outcome(house, account, outcome)


async def _order(house: House, refund: Refund) -> RefundOrder:
    take = refund.takes[0]
    transfer = await house.see(Transfer, take.transfer, "transfer")
    whole = refund.left == transfer.amount
    placed_at = transfer.created_on
    if transfer.origin.payment is not None:
        placed_at = (await house.see(Payment, transfer.origin.payment, "payment")).created_on
    return RefundOrder(
        reference=refund.reference, payment_reference=transfer.reference,
        payment_placed_at=placed_at, transaction=transfer.origin.transaction,
        transaction_amount=transfer.amount, amount=refund.left, whole=whole,
        reason=refund.reason, placed_at=refund.created_on, asked_at=house.now(),
        handle=refund.handle,
    )  # fmt: skip


async def _account(house: House, refund: Refund) -> MerchantAccount:
    return await house.see(MerchantAccount, refund.takes[0].origin.account, "merchant account")


def _instruction(house: House, account: MerchantAccount, reference: str) -> UUID:
    """The command that recorded an instruction: by it a wire reference finds its refund."""
    return house.store.ids.of("instruction", str(account.id), reference)


def _outcome_id(house: House, account: MerchantAccount, outcome: RefundOutcome) -> UUID:
    kind = type(outcome).__name__
    if isinstance(outcome, RefundFailed) and outcome.returned:
        kind = "RefundReturned"  # it may have failed before, been paid after all, and come back now
    return house.store.ids.of("fact", str(account.id), "refund", kind, outcome.reference)
