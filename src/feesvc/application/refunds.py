"""Refunds: asked for by one, approved by another, then sent and followed to their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.application.unplacing import undo
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Method, Refund, Take, digest_of
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
)
from feesvc.money import Money, total
from feesvc.store import Answer

RESEND_STATES = ("approved", "failed", "returned")


class NotRefundable(Refusal):
    """The law behind this line says that it is not given back"""


class NoRefundHere(Refusal):
    """The intermediary makes no refunds; ask for a bank transfer"""


class AnotherAgencysTransfer(Refusal):
    """The transfer was collected by another agency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be given back: an amount, and of which lines where that matters.

    ``lines`` maps (assessment, line) to minor units; without it credits and suspense go first,
    then lines from the last one filled.
    """

    transfer: UUID
    amount: int
    lines: Mapping[tuple[UUID, int], int]
    reason: str
    method: Method
    portal: str = ""
    subject: UUID | None = None
    agencies: frozenset[str] | None = None
    """The agencies the caller acts for; None for all."""


async def request_refund(
    house: House, act: Act, wish: Wish, answer: Callable[[Refund], Answer] | None = None
) -> Done[Refund]:
    """Ask for a refund and set its money aside at once, so that no other can take it (P10)."""

    async def decide() -> Decision[Refund]:
        transfer = await house.one(Transfer, wish.transfer, f"transfer {wish.transfer}")
        if wish.agencies is not None and transfer.agency not in wish.agencies:
            raise Unknown(f"transfer {wish.transfer}")
        await _check_method(house, transfer, wish.method)
        takes = _takes(transfer, wish)
        await _check_refundable(house, takes)
        id = house.store.ids.refund(act.id)
        transfer.reserve(id, takes, act.at)
        take = Take(transfer=transfer.id, origin=transfer.origin, placements=takes)
        refund = Refund.first(
            Refund.Requested, id, act.at, agency=transfer.agency, maker=act.principal,
            portal=wish.portal, method=wish.method, takes=(take,),
            amount=Money(wish.amount, transfer.amount.currency), reason=wish.reason,
            subject=wish.subject,
            digest=digest_of(transfer.agency, wish.method, [take], wish.reason),
        )  # fmt: skip
        return Decision(refund, [refund, transfer])

    return await house.settle(act, decide, answer)


async def approve_refund(
    house: House, act: Act, refund_id: UUID, digest: str,
    answer: Callable[[Refund], Answer] | None = None,
) -> Done[Refund]:  # fmt: skip
    """A second person agrees to exactly what was asked, named by its ``digest`` (P11)."""

    async def decide() -> Decision[Refund]:
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
        refund.approve(act.principal, digest, act.at)
        changed: list[Aggregate] = [refund]
        for take in refund.takes:
            transfer = await house.see(Transfer, take.transfer, "transfer")
            undone = await undo(house, transfer, take.placements, "refunded", act.at, act)
            changed += undone.changed
        return Decision(refund, changed)

    return await house.settle(act, decide, answer)


async def reject_refund(
    house: House, act: Act, refund_id: UUID, reason: str,
    answer: Callable[[Refund], Answer] | None = None,
) -> Done[Refund]:  # fmt: skip
    """It will not be paid; the money set aside stands where it stood."""

    async def decide() -> Decision[Refund]:
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
        refund.reject(act.principal, reason, act.at)
        transfers = [await house.one(Transfer, t.transfer, "transfer") for t in refund.takes]
        for transfer in transfers:
            transfer.release(refund.id, act.at)
        return Decision(refund, [refund, *transfers])

    return await house.settle(act, decide, answer)


async def instruct_refund(house: House, act: Act, refund_id: UUID) -> None:
    """Put the instruction on record, send it, record what came back.

    Repeating it goes on where it stopped: an instruction once recorded is sent again under its own
    reference, which the intermediary knows. Raises ``Unavailable``: look it up later.
    """
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    account = await _account(house, refund)
    adapter = house.desk.adapter(account)
    if not isinstance(adapter, Refunds):
        raise NoRefundHere(account.intermediary)
    if refund.state in RESEND_STATES:
        reference = adapter.reference_for(house.store.epoch, await house.store.numbers(), act.at)
        await _instruct(house, act, refund, account, reference)
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    if refund.state == "instructed":
        order = await _order(house, refund)
        await _ask(house, account, refund, lambda: adapter.request_refund(order))


async def look_up_refund(house: House, act: Act, refund_id: UUID) -> bool:
    """Ask how a refund stands and record what is said; True once it has come to an end.

    One that was instructed and never taken on is sent again, under its own reference.
    """
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    if refund.state in ("instructed", "accepted"):
        account = await _account(house, refund)
        adapter = house.desk.adapter(account)
        assert isinstance(adapter, Refunds)
        order = await _order(house, refund)
        await _ask(house, account, refund, lambda: adapter.look_up_refund(order))
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
        if refund.state == "instructed" and not refund.handle:
            await _ask(house, account, refund, lambda: adapter.request_refund(order))
            refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    return refund.state not in ("approved", "instructed", "accepted")


async def record_refund_outcome(
    house: House, account: MerchantAccount, outcome: RefundOutcome
) -> Verdict:
    """What the intermediary says of a refund, found by the reference it was sent under."""
    instruction = await house.store.find(_instruction(house, account, outcome.reference))
    if instruction is None:
        return Verdict.UNKNOWN_ORDER
    refund_id = await house.made_by(instruction)
    act = house.act(_outcome_id(house, account, outcome), f"account:{account.id}")

    async def decide() -> Decision[Verdict]:
        refund = await house.one(Refund, refund_id, "refund")
        changed: list[Aggregate] = [refund]
        if outcome.reference == refund.reference:
            changed += await _follow(house, refund, outcome, act.at)
        news = bool(refund.news)
        return Decision(Verdict.RECORDED if news else Verdict.DUPLICATE, changed)

    return await house.take(act, decide) or Verdict.DUPLICATE


async def _follow(
    house: House, refund: Refund, outcome: RefundOutcome, at: datetime
) -> list[Transfer]:
    nothing = Money(0, refund.amount.currency)
    match outcome:
        case RefundAccepted():
            refund.accept(outcome.handle, at)
        case Refunded():
            was = refund.state
            if was == "failed":
                refund.instruct(refund.reference, refund.method, at)
            refund.pay(outcome.handle, outcome.fee or nothing, outcome.at, at)
            if refund.state != was:
                transfers = [await house.one(Transfer, t.transfer, "") for t in refund.takes]
                for transfer in transfers:
                    transfer.pay_refund(refund.id, at)
                return transfers
        case RefundFailed():
            if outcome.returned and refund.state in ("instructed", "accepted"):
                refund.pay(outcome.handle, nothing, outcome.at, at)
            refund.fail(outcome.reason[:200], outcome.at, at)
        case Pending():
            pass
    return []


async def _instruct(
    house: House, act: Act, refund: Refund, account: MerchantAccount, reference: str
) -> None:
    async def decide() -> Decision[None]:
        now = await house.one(Refund, refund.id, "refund")
        if now.state in RESEND_STATES:
            now.instruct(reference, "intermediary", act.at)
        return Decision(None, [now])

    instruction = Act(
        id=_instruction(house, account, reference), principal=act.principal, at=act.at,
        cause=act.cause,
    )  # fmt: skip
    await house.take(instruction, decide)


async def _ask(
    house: House, account: MerchantAccount, refund: Refund, ask: Callable[[], RefundOutcome]
) -> None:
    try:
        outcome = await house.desk.call(account.intermediary, ask)
    except Refused as refused:
        outcome = RefundFailed(
            reference=refund.reference, reason=str(refused)[:200], at=house.now()
        )
    await record_refund_outcome(house, account, outcome)


async def _order(house: House, refund: Refund) -> RefundOrder:
    take = refund.takes[0]
    transfer = await house.see(Transfer, take.transfer, "transfer")
    whole = refund.amount == transfer.amount
    return RefundOrder(
        reference=refund.reference, payment_reference=transfer.reference,
        transaction=transfer.origin.transaction, amount=refund.amount, whole=whole,
        reason=refund.reason, placed_at=refund.created_on, handle=refund.handle,
    )  # fmt: skip


async def _account(house: House, refund: Refund) -> MerchantAccount:
    return await house.see(MerchantAccount, refund.takes[0].origin.account, "merchant account")


def _instruction(house: House, account: MerchantAccount, reference: str) -> UUID:
    """The command that recorded an instruction: by it a wire reference finds its refund."""
    return house.store.ids.of("instruction", str(account.id), reference)


def _outcome_id(house: House, account: MerchantAccount, outcome: RefundOutcome) -> UUID:
    kind = type(outcome).__name__
    return house.store.ids.of("fact", str(account.id), "refund", kind, outcome.reference)


async def _check_method(house: House, transfer: Transfer, method: Method) -> None:
    if method == "intermediary":
        account = await house.see(MerchantAccount, transfer.origin.account, "merchant account")
        kind = house.desk.kind(account.intermediary)
        if not hasattr(kind, "request_refund"):
            raise NoRefundHere(account.intermediary)


def _takes(transfer: Transfer, wish: Wish) -> tuple[Placement, ...]:
    """What the wish takes from which place; refuses more than is there."""
    if wish.lines:
        takes = tuple(_on_line(transfer, place, n) for place, n in wish.lines.items())
    else:
        takes = transfer.buckets.take(wish.amount)
    taken = total((take.amount for take in takes), transfer.amount.currency)
    if taken.amount != wish.amount or wish.amount <= 0:
        raise MoreThanIsLeft(f"{wish.amount} asked, {transfer.buckets.total} is left")
    return takes


def _on_line(transfer: Transfer, place: tuple[UUID, int], amount: int) -> Placement:
    for placement in transfer.buckets:
        if placement.to == "line" and (placement.assessment, placement.line) == place:
            return placement.of(amount)
    raise MoreThanIsLeft(f"the transfer paid nothing on line {place[1]} of {place[0]}")


async def _check_refundable(house: House, takes: Sequence[Placement]) -> None:
    for take in takes:
        if take.to == "line" and take.assessment is not None:
            assessment = await house.see(Assessment, take.assessment, "assessment")
            if not assessment.lines[take.line].refundable:
                raise NotRefundable(f"line {take.line}: {assessment.terms[take.line].citation}")
