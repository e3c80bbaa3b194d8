"""Forwarding: money held for other agencies and payees, drawn by one and approved by another.

The 24 hours run from when the bank had it; ``holdings.overdue_forwardings`` tells what is late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from feesvc.application.custody import (
    covered,
    custody_of,
    new_reference,
    order_id,
    owner_of,
    telling_shortfalls,
)
from feesvc.application.holdings import Holdings, Waiting
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.remitting import NoSuchAccount, account_for
from feesvc.domain.accounts import BankAccount, checked_account
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.custody import Custody
from feesvc.domain.forwarding import MOST, Forwarded, Forwarding, ForwardKind
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

Tell: TypeAlias = Callable[[Forwarding], Answer] | None
HELD_AS: dict[ForwardKind, str] = {
    "agency": "other_agency", "postal": "postal", "collector": "to_collector",
}  # fmt: skip


class NoPayee(Refusal):
    """A postal operator is paid on an account that is named; an agency on its own"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForwarding:
    """What waits for one payee, up to 500 transfers.

    ``agency`` pays ``beneficiary`` its fees (P20b), or back what that agency refunded for it
    (``collector``, P20i); ``postal`` pays an operator on ``payee``, its account (P20f).
    """

    agency: str
    kind: ForwardKind
    beneficiary: str
    currency: str
    execute_on: date
    payee: BankAccount | None = None


async def draw_forwarding(
    house: House, act: Act, new: NewForwarding, answer: Tell = None
) -> Done[Forwarding]:
    """Draw all that is in the bank for this payee and that no other forwarding has.

    Raises ``NothingToSend``, ``NoSuchAccount``, and ``Shortfall``, which opens a case.
    """

    async def decide() -> Decision[Forwarding]:
        debited = await account_for(house, act, new.agency, "bank", new.currency)
        credited = await _payee(house, act, new)
        custody = await custody_of(house, act, new.agency)
        books = await covered(house, new.agency, new.currency)
        takes = await _takes(house, books, custody, new)
        reference = await new_reference(house, "forwarding")
        forwarding = Forwarding.draw(
            order_id(house, "forwarding", reference), new.agency, act.principal, new.kind,
            new.beneficiary, reference, debited, credited, new.execute_on, takes, act.at,
        )  # fmt: skip
        custody.draw("forwarding", forwarding.id, act.at)
        return Decision(forwarding, [forwarding, custody])

    async def settled() -> Done[Forwarding]:
        return await house.settle(act, decide, answer)

    return await telling_shortfalls(house, act, settled)


async def approve_forwarding(
    house: House, act: Act, id: UUID, digest: str, answer: Tell = None
) -> Done[Forwarding]:
    """Another person agrees: from now on it counts as forwarded. What was refunded meanwhile is not
    there any more, and nothing is sent (``MoreThanIsLeft``): reject it and draw again.
    """

    async def decide() -> Decision[Forwarding]:
        forwarding = await house.one(Forwarding, id, f"forwarding {id}")
        forwarding.approve(act.principal, digest, act.at)
        await covered(house, forwarding.agency, forwarding.total.currency)
        changed: list[Aggregate] = [forwarding]
        if forwarding.kind == "collector":  # what is owed back stands in the books until its debit
            return Decision(forwarding, changed)
        transfers = await house.store.load([take.transfer for take in forwarding.takes])
        for take in forwarding.takes:
            transfer = transfers[take.transfer]
            assert isinstance(transfer, Transfer)
            transfer.forward(id, take.placements, act.at)
            changed.append(transfer)
        custody = await custody_of(house, act, forwarding.agency)
        custody.end(id, act.at)
        return Decision(forwarding, [*changed, custody])

    async def settled() -> Done[Forwarding]:
        return await house.settle(act, decide, answer)

    return await telling_shortfalls(house, act, settled)


async def reject_forwarding(
    house: House, act: Act, id: UUID, reason: str, answer: Tell = None
) -> Done[Forwarding]:
    """It is not sent; the money is held as it was. Whoever drew it may take it back so."""

    async def decide() -> Decision[Forwarding]:
        forwarding = await house.one(Forwarding, id, f"forwarding {id}")
        custody = await custody_of(house, act, forwarding.agency)
        forwarding.reject(act.principal, reason, act.at)
        custody.end(id, act.at)
        return Decision(forwarding, [forwarding, custody])

    return await house.settle(act, decide, answer)


async def undo_forwarded(house: House, forwarding: Forwarding, act: Act) -> list[Aggregate]:
    """The bank brought it back: the money of each transfer waits again."""
    if forwarding.kind == "collector":
        return []
    changed: list[Aggregate] = []
    for take in forwarding.takes:
        transfer = await house.one(Transfer, take.transfer, "transfer")
        transfer.undo_forwarding(forwarding.id, act.at)
        changed.append(transfer)
    return changed


async def _payee(house: House, act: Act, new: NewForwarding) -> BankAccount:
    if new.kind == "postal":
        if new.payee is None:
            raise NoPayee("postal")
        return checked_account(new.payee)
    if new.payee is not None:
        raise NoPayee(new.beneficiary)
    owner = await owner_of(house, new.beneficiary)
    account = owner.bank_account_on("collection", new.currency, act.day)
    if account is None:
        raise NoSuchAccount(f"collection of {new.beneficiary} in {new.currency}")
    return account


async def _takes(
    house: House, books: Holdings, custody: Custody, new: NewForwarding
) -> list[Forwarded]:
    drawn = await _drawn(house, custody)
    item = HELD_AS[new.kind]
    beneficiary = "" if new.kind == "postal" else new.beneficiary
    most = MOST + len(drawn)
    waiting = await books.waiting(new.agency, item, new.currency, beneficiary, most)
    waiting = [one for one in waiting if one.transfer not in drawn]
    takes = await _of_transfers(house, new, waiting)
    if not takes:
        raise NothingToSend(f"nothing waits in the bank for {new.beneficiary or new.kind}")
    return takes[:MOST]


async def _of_transfers(
    house: House, new: NewForwarding, waiting: Sequence[Waiting]
) -> list[Forwarded]:
    if new.kind == "collector":
        return [
            Forwarded(
                transfer=one.transfer, intermediary="",
                placements=(
                    Placement(
                        to="held", amount=Money(one.amount, one.currency),
                        beneficiary=new.beneficiary,
                    ),
                ),
            )
            for one in waiting
        ]  # fmt: skip
    transfers = await house.store.peek([one.transfer for one in waiting])
    takes = []
    for one in waiting:
        transfer = transfers[one.transfer]
        assert isinstance(transfer, Transfer)
        placements = tuple(p for p in transfer.buckets if _goes(p, new))
        if placements and transfer.in_bank:
            takes.append(
                Forwarded(
                    transfer=transfer.id, intermediary=transfer.origin.intermediary,
                    placements=placements,
                )
            )  # fmt: skip
    return takes


def _goes(placement: Placement, new: NewForwarding) -> bool:
    if placement.state == "forwarded" or placement.to not in ("line", "held"):
        return False
    if new.kind == "postal":
        return placement.kind == "postal" and placement.beneficiary == new.agency
    return placement.beneficiary == new.beneficiary


async def _drawn(house: House, custody: Custody) -> set[UUID]:
    """Transfers of forwardings that are open: drawn, or to a collector and not debited."""
    ids = [id for id, kind in custody.open.items() if kind == "forwarding"]
    return {
        take.transfer
        for one in (await house.store.peek(ids)).values()
        if isinstance(one, Forwarding)
        for take in one.takes
    }
