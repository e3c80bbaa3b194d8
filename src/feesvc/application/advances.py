"""Advances: a deposit that is applied to a fee (P14b), or falls to the State budget (P14d).

What is left is returned by a refund (P14c). All of it only once it is in the bank (DESIGN §7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.application.placing import pay
from feesvc.application.reclassifying import AnotherCurrency, MoreThanIsOwed
from feesvc.application.refunds import AdvanceNotBanked
from feesvc.application.unplacing import take_off
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment, NotOpen
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.forfeiture import Forfeiture
from feesvc.domain.line import AdvanceLine
from feesvc.domain.placement import Move, Placement
from feesvc.domain.standing import held
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer


async def apply_advance(
    house: House, act: Act, advance_id: UUID, notice_id: UUID, amount: int | None,
    answer: Callable[[Assessment], Answer] | None = None,
) -> Done[Assessment]:  # fmt: skip
    """Pay an assessment of the same agency with the money of an advance (P14b).

    ``amount`` in minor units; None for all that is owed, or all that is left where that is less.
    What another agency collected counts once its forwarding has come (P20d): in the collector's
    book nothing moves.
    Gives the advance's assessment. Raises ``AdvanceNotBanked``, ``MoreThanIsOwed``,
    ``MoreThanIsLeft`` where part of it is set aside or disputed.
    """

    async def decide() -> Decision[Assessment]:
        advance = await house.one(Assessment, advance_id, f"assessment {advance_id}")
        notice = await house.one(Assessment, notice_id, f"assessment {notice_id}")
        left = _applicable(advance, notice)
        owed = notice.outstanding.amount
        wanted = min(owed, sum(left.values())) if amount is None else amount
        if not 0 < wanted <= owed:
            raise MoreThanIsOwed(f"{notice.outstanding} is owed")
        agency = await house.see(Agency, house.store.ids.agency(advance.agency), advance.agency)
        lines = dict(notice.fill(wanted, agency.filling_order_on(act.day)))
        changed: list[Aggregate] = [advance, notice]
        for id in list(advance.transfers):
            transfer = await house.one(Transfer, id, f"transfer {id}")
            takes = _free(transfer, advance, left, sum(lines.values()))
            if takes:
                sources = take_off({advance.id: advance}, transfer, takes, "applied", act.at, act)
                moves = list(_moves(sources, notice, lines))
                transfer.re_place(moves, "advance_applied", act.at)
                _pay(notice, transfer, moves, act)
                changed.append(transfer)
        if any(lines.values()):
            raise MoreThanIsLeft(f"{sum(lines.values())} of {wanted} is not free")
        return Decision(advance, changed)

    return await house.settle(act, decide, answer)


async def request_forfeiture(
    house: House, act: Act, advance_id: UUID, amount: int | None, reason: str,
    answer: Callable[[Forfeiture], Answer] | None = None,
) -> Done[Forfeiture]:  # fmt: skip
    """Ask that an advance, or so much of it, fall to the State budget (P14d)."""

    async def decide() -> Decision[Forfeiture]:
        advance = await house.one(Assessment, advance_id, f"assessment {advance_id}")
        left = _left(advance)
        wanted = sum(left.values()) if amount is None else amount
        amounts = _share_out(left, wanted)
        asked = Forfeiture.request(
            house.store.ids.of("forfeiture", str(act.id)), advance.agency, act.principal,
            advance.id, amounts, advance.currency, reason, act.at,
        )  # fmt: skip
        return Decision(asked, [asked])

    return await house.settle(act, decide, answer)


async def approve_forfeiture(
    house: House, act: Act, id: UUID, digest: str,
    answer: Callable[[Forfeiture], Answer] | None = None,
) -> Done[Forfeiture]:  # fmt: skip
    """Another person agrees to exactly what was asked; it falls to the budget in this append."""

    async def decide() -> Decision[Forfeiture]:
        asked = await house.one(Forfeiture, id, f"forfeiture {id}")
        asked.approve(act.principal, digest, act.at)
        advance = await house.one(Assessment, asked.assessment, "assessment")
        _left(advance)
        await _check_free(house, advance, asked.amounts)
        advance.forfeit(asked.id, asked.amounts, asked.reason, act.at)
        return Decision(asked, [asked, advance])

    return await house.settle(act, decide, answer)


async def reject_forfeiture(
    house: House, act: Act, id: UUID, reason: str,
    answer: Callable[[Forfeiture], Answer] | None = None,
) -> Done[Forfeiture]:  # fmt: skip
    """It will not be done: the advance stands where it stood."""

    async def decide() -> Decision[Forfeiture]:
        asked = await house.one(Forfeiture, id, f"forfeiture {id}")
        asked.reject(act.principal, reason, act.at)
        return Decision(asked, [asked])

    return await house.settle(act, decide, answer)


def _applicable(advance: Assessment, notice: Assessment) -> dict[int, int]:
    """What may be applied of each line of the advance."""
    if notice.agency != advance.agency:  # told as a missing one is
        raise Unknown(f"assessment {notice.id}")
    if notice.withdrawn:
        raise NotOpen(f"notice {notice.notice} of {notice.dossier} is {notice.withdrawn}")
    if notice.currency != advance.currency:
        raise AnotherCurrency(f"{advance.currency} for {notice.currency}")
    return _left(advance)


def _left(advance: Assessment) -> dict[int, int]:
    """What stands there of each line, in the bank; raises ``AdvanceNotBanked``."""
    for number, line in advance.lines.items():
        if line.kind == "advance" and line.banked < line.collected:
            raise AdvanceNotBanked(f"line {number}")
    left = held(advance.lines)
    if not left:
        raise MoreThanIsLeft("nothing of an advance stands there")
    return left


def _share_out(left: Mapping[int, int], wanted: int) -> dict[int, int]:
    """So much of what is left, in line order; raises ``MoreThanIsLeft``."""
    if not 0 < wanted <= sum(left.values()):
        raise MoreThanIsLeft(f"{wanted} asked of {sum(left.values())}")
    amounts: dict[int, int] = {}
    for number, most in sorted(left.items()):
        part = min(wanted, most)
        wanted -= part
        if part:
            amounts[number] = part
    return amounts


def _free(
    transfer: Transfer, advance: Assessment, left: dict[int, int], wanted: int
) -> list[Placement]:
    """What this transfer still pays of the advance, and is neither set aside nor disputed."""
    takes = []
    for placement in transfer.buckets:
        if placement.to == "line" and placement.assessment == advance.id:
            part = min(placement.amount.amount, left.get(placement.line, 0), wanted)
            if part:
                left[placement.line] -= part
                wanted -= part
                takes.append(placement.of(part))
    return takes


def _moves(
    sources: Sequence[Placement], notice: Assessment, lines: dict[int, int]
) -> Iterator[Move]:
    """Each source to the next lines that are still to be paid; ``lines`` shrinks by it."""
    for source in sources:
        amount = source.amount.amount
        for number in list(lines):
            part = min(amount, lines[number])
            if part:
                lines[number] -= part
                amount -= part
                target = Placement(
                    to="line", amount=Money(part, notice.currency), assessment=notice.id,
                    line=number, kind=notice.lines[number].kind, beneficiary=notice.agency,
                    state="forwarded" if source.state == "forwarded" else "collected",
                )  # fmt: skip
                yield Move(source=source.of(part), target=target)


def _pay(notice: Assessment, transfer: Transfer, moves: Sequence[Move], act: Act) -> None:
    """The notice hears of it. For another agency's transfer its own book posts it (P14b)."""
    by_source: dict[int, dict[int, int]] = {}
    for move in moves:
        paid = by_source.setdefault(move.source.line, {})
        paid[move.target.line] = paid.get(move.target.line, 0) + move.target.amount.amount
    for number, paid in by_source.items():
        if transfer.agency == notice.agency:
            pay(notice, transfer, paid, act.at, act)
            continue
        advance = moves[0].source.assessment
        assert advance is not None
        notice.collect(
            transfer.agency, transfer.id, paid, act.at, act.at, in_bank=True,
            advance=AdvanceLine(assessment=advance, line=number),
        )  # fmt: skip


async def _check_free(house: House, advance: Assessment, amounts: Mapping[int, int]) -> None:
    """Refuse what is set aside for a refund, or disputed."""
    transfers = await house.store.peek(list(advance.transfers))
    free: dict[int, int] = {}
    for transfer in transfers.values():
        assert isinstance(transfer, Transfer)
        for placement in transfer.buckets:
            if placement.to == "line" and placement.assessment == advance.id:
                free[placement.line] = free.get(placement.line, 0) + placement.amount.amount
    for number, amount in amounts.items():
        there = free.get(number, 0) - advance.lines[number].allocated
        if amount > there:
            raise MoreThanIsLeft(f"line {number}: {amount} of {there} is free")
