"""Refunds: asked for by one, approved or rejected by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.application.payees import payee_of
from feesvc.application.unplacing import undo
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.placement import Bucket, Placement
from feesvc.domain.refund import Method, Refund, SamePerson, Take, digest_of
from feesvc.domain.transfer import Transfer
from feesvc.money import Money, total
from feesvc.store import Answer


class NotRefundable(Refusal):
    """The law behind this line says that it is not given back"""


class NoRefundHere(Refusal):
    """The intermediary makes no refunds; ask for a bank transfer"""


class PayeeUnconfirmed(Refusal):
    """Nobody confirmed the account that was named"""


class AdvanceNotBanked(Refusal):
    """An advance is applied, returned or forfeited once all of it is in the bank"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be given back: an amount, and of which lines where that matters.

    ``lines`` maps (assessment, line) to minor units; ``item`` is one place of the transfer's
    money. Without either suspense and credits go first, then lines from the last one filled.
    """

    transfer: UUID
    amount: int
    lines: Mapping[tuple[UUID, int], int]
    reason: str
    method: Method
    portal: str = ""
    subject: UUID | None = None
    item: Bucket | None = None
    agencies: frozenset[str] | None = None
    """The agencies the caller acts for; None for all."""


async def request_refund(
    house: House, act: Act, wish: Wish, answer: Callable[[Refund], Answer] | None = None
) -> Done[Refund]:
    """Ask for a refund and set its money aside at once, so that no other can take it (P10)."""

    return await house.settle(act, lambda: ask_for(house, act, wish), answer)


async def ask_for(house: House, act: Act, wish: Wish) -> Decision[Refund]:
    """The refund as it is asked for, to be recorded with other news or alone."""
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


async def approve_refund(
    house: House, act: Act, refund_id: UUID, digest: str,
    answer: Callable[[Refund], Answer] | None = None, *, payee: str = "",
    acknowledged: bool = False,
) -> Done[Refund]:  # fmt: skip
    """A second person agrees to exactly what was asked, named by its ``digest`` (P11).

    For a bank transfer ``payee`` is the digest of the account that was named, to which they agree
    in the same append, and ``acknowledged`` says that they have seen a holder's name that is not
    known to be the payer's. Where no person had asked for it, it takes two approvers: the first
    endorses it. Refused (``MoreThanIsLeft``) where the money was reversed or disputed away.
    """

    return await house.settle(
        act, lambda: agree_to(house, act, refund_id, digest, payee, acknowledged), answer
    )


async def agree_to(
    house: House, act: Act, refund_id: UUID, digest: str, payee: str = "",
    acknowledged: bool = False,
) -> Decision[Refund]:  # fmt: skip
    """The refund as it is agreed to, to be recorded with other news or alone."""
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    takes, undone = await _undone(house, act, refund)
    refund.approve(act.principal, digest, act.at, payee, takes)
    changed: list[Aggregate] = [refund]
    if refund.method == "bank_transfer":
        named = await payee_of(house, refund_id)
        named.confirm(act.principal, payee, acknowledged, act.at)
        changed.append(named)
    if refund.state != "approved":
        return Decision(refund, changed)
    return Decision(refund, [*changed, *undone])


async def reject_refund(
    house: House, act: Act, refund_id: UUID, reason: str,
    answer: Callable[[Refund], Answer] | None = None,
) -> Done[Refund]:  # fmt: skip
    """It will not be paid; the money set aside stands where it stood."""

    return await house.settle(act, lambda: refuse(house, act, refund_id, reason), answer)


async def refuse(house: House, act: Act, refund_id: UUID, reason: str) -> Decision[Refund]:
    """The refund as it is rejected, to be recorded with other news or alone."""
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    refund.reject(act.principal, reason, act.at)
    transfers = [await house.one(Transfer, t.transfer, "transfer") for t in refund.takes]
    for transfer in transfers:
        transfer.release(refund.id, act.at)
    return Decision(refund, [refund, *transfers])


async def reissue_refund(
    house: House, act: Act, refund_id: UUID, method: Method,
    answer: Callable[[Refund], Answer] | None = None,
) -> Done[Refund]:  # fmt: skip
    """What could not be sent, failed or came back is to be sent again, by this way.

    By bank transfer it goes to an account that another person confirmed.
    """

    async def decide() -> Decision[Refund]:
        refund = await house.one(Refund, refund_id, f"refund {refund_id}")
        transfers = [await house.see(Transfer, t.transfer, "transfer") for t in refund.takes]
        for transfer in transfers:
            await _check_method(house, transfer, method)
            transfer.check_covered()
        if method == "bank_transfer":
            payee = await payee_of(house, refund_id)
            if not payee.confirmed:
                raise PayeeUnconfirmed(f"refund {refund_id}")
            if payee.checkers == [act.principal]:
                raise SamePerson("another person than confirmed the account sends it there")
        refund.reissue(act.principal, method, act.at)
        return Decision(refund, [refund])

    return await house.settle(act, decide, answer)


async def _undone(
    house: House, act: Act, refund: Refund
) -> tuple[tuple[Take, ...], list[Aggregate]]:
    """What the refund takes, by how far its money has come by now, and the assessments changed."""
    takes: list[Take] = []
    changed: list[Aggregate] = []
    if refund.state == "requested":
        for take in refund.takes:
            transfer = await house.see(Transfer, take.transfer, "transfer")
            transfer.check_covered()
            await _check_refundable(house, take.placements)
            undone = await undo(house, transfer, take.placements, "refunded", act.at, act)
            takes.append(replace(take, placements=undone.takes))
            changed += undone.changed
    return tuple(takes), changed


async def _check_method(house: House, transfer: Transfer, method: Method) -> None:
    if method == "intermediary":
        if transfer.origin.via != "intermediary":
            raise NoRefundHere(f"it came by {transfer.origin.via}")
        account = await house.see(MerchantAccount, transfer.origin.account, "merchant account")
        kind = house.desk.kind(account.intermediary)
        if not hasattr(kind, "request_refund"):
            raise NoRefundHere(account.intermediary)


def _takes(transfer: Transfer, wish: Wish) -> tuple[Placement, ...]:
    """What the wish takes from which place; refuses more than is there."""
    if wish.lines:
        takes = tuple(
            take
            for place, amount in wish.lines.items()
            for take in _on_line(transfer, place, amount)
        )
    elif wish.item:
        takes = _of_item(transfer, wish.item, wish.amount)
    else:
        takes = transfer.buckets.take(wish.amount)
    taken = total((take.amount for take in takes), transfer.amount.currency)
    if taken.amount != wish.amount or wish.amount <= 0:
        raise MoreThanIsLeft(f"{wish.amount} asked, {transfer.buckets.total} is left")
    return takes


def _on_line(transfer: Transfer, place: tuple[UUID, int], amount: int) -> Iterator[Placement]:
    """So much of one line: what was passed on to its agency goes last."""
    there = [p for p in transfer.buckets if (p.to, p.assessment, p.line) == ("line", *place)]
    for placement in sorted(there, key=lambda p: p.state == "forwarded"):
        part = min(amount, placement.amount.amount)
        amount -= part
        if part:
            yield placement.of(part)
    if amount:
        raise MoreThanIsLeft(f"the transfer paid {amount} less on line {place[1]} of {place[0]}")


def _of_item(transfer: Transfer, item: Bucket, amount: int) -> tuple[Placement, ...]:
    for placement in transfer.buckets:
        if placement.bucket == item and placement.amount.amount >= amount:
            return (placement.of(amount),)
    raise MoreThanIsLeft(f"{amount} asked of {transfer.buckets.holds(item)} in {item[0]}")


async def _check_refundable(house: House, takes: Sequence[Placement]) -> None:
    for take in takes:
        if take.to == "line" and take.assessment is not None:
            assessment = await house.see(Assessment, take.assessment, "assessment")
            line = assessment.lines[take.line]
            if not line.refundable:
                raise NotRefundable(f"line {take.line}: {assessment.terms[take.line].citation}")
            if line.kind == "advance" and line.banked < line.collected:
                raise AdvanceNotBanked(f"line {take.line}")
