"""Suspecting payouts: which differences the events of batches, and of what is passed on, can be.

on a batch    1210 B02 B07 G01 · 1290 B04 G05 · counted by rule alone: B05 B06 S16 S21
on a transfer 2350 T08          on an order 2410 T06          on a refund 2210 S10
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from feesvc.application.differences import Sought
from feesvc.application.house import House
from feesvc.application.residuals import CLAIM, FORWARDING
from feesvc.domain import batch_events as batches
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.finding import CaseSubject
from feesvc.domain.remittance import Remittance
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.processes import duties
from feesvc.reacting import Recorded
from feesvc.reconciling.filing.keeping import Filing

Reading: TypeAlias = Callable[[House, Recorded, Any], Awaitable[list[Sought]]]


def _of_batch(recorded: Recorded, code: str, discriminator: str = "", **facts: str) -> Sought:
    return Sought(
        agency=recorded.agency, code=code, discriminator=discriminator, facts=facts,
        subject=CaseSubject(kind="batch", id=recorded.event.originator_id),
    )  # fmt: skip


def _by_rule(sought: Sought, amount: Money, rule: str) -> Sought:
    """Settled by its rule as it was found: recorded, so that it can be counted and read."""
    return replace(sought, opens=True, stated=amount, by_rule=rule)


def _standing(recorded: Recorded) -> list[Sought]:
    """What may be settled by any news of a batch."""
    found = [_of_batch(recorded, code) for code in ("B02", "B04", "B07", "G01")]
    return [*found, _of_batch(recorded, "G05", CLAIM)]


async def _credited(house: House, recorded: Recorded, event: batches.Credited) -> list[Sought]:
    """Short of it: B04. One of many, or in many parts: B05. Less the bank's charge: B06."""
    name, facts = event.reference, {"batch": event.origin.batch, "credit": event.reference}
    sought = _standing(recorded)
    if event.short:
        sought[1] = replace(_of_batch(recorded, "B04", **facts), opens=True)
    closed = _of_batch(recorded, "G01", **facts)
    sought[3] = replace(closed, opens=not await _explained(house, recorded))
    if event.charge:
        charge = _of_batch(recorded, "B06", name, **facts)
        sought.append(_by_rule(charge, event.charge, "tariffed_charge"))
    if len(event.batches) > 1 or await _in_parts(house, recorded):
        shared = _of_batch(recorded, "B05", name, **facts)
        sought.append(_by_rule(shared, event.amount, "exact_and_unique"))
    return sought


async def _explained(house: House, recorded: Recorded) -> bool:
    """Whether lines of the batch that people still look at make up what is left on 1210."""
    id = recorded.event.originator_id
    batch = (await house.store.peek([id])).get(id)
    if not isinstance(batch, Batch) or house.kept is None:
        return not isinstance(batch, Batch)
    statement = batch.declared.statement if batch.declared else None
    return statement is not None and await Filing(house.rows).open_net(statement) == batch.residual


async def _in_parts(house: House, recorded: Recorded) -> bool:
    batch = (await house.store.peek([recorded.event.originator_id])).get(
        recorded.event.originator_id
    )
    return isinstance(batch, Batch) and len(batch.credits) > 1


async def _taken_back(
    house: House, recorded: Recorded, event: batches.CreditReversed
) -> list[Sought]:
    facts = {"batch": event.origin.batch, "credit": event.reference, "reason": event.reason}
    sought = _standing(recorded)
    sought[2] = replace(_of_batch(recorded, "B07", **facts), opens=True)
    return sought


async def _other_news(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    return _standing(recorded)


async def _reserve(
    house: House, recorded: Recorded, event: batches.ReserveWithheld | batches.ReserveReleased
) -> list[Sought]:
    held = "held" if isinstance(event, batches.ReserveWithheld) else "released"
    sought = _of_batch(recorded, "S16", event.line, batch=event.origin.batch, reserve=held)
    return [_by_rule(sought, event.amount, "tracked")]


async def _carried(
    house: House, recorded: Recorded, event: batches.CarriedForward
) -> list[Sought]:  # fmt: skip
    sought = _of_batch(recorded, "S21", batch=event.origin.batch)
    return [_by_rule(sought, event.amount, "carried_forward")]


async def _refund_settled(
    house: House, recorded: Recorded, event: transfers.RefundSettled
) -> list[Sought]:
    subject = CaseSubject(kind="refund", id=event.refund)
    return [Sought(agency=recorded.agency, code="S10", subject=subject)]


async def _forwarded(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    """What comes back is late at once: its 24 hours are long over."""
    subject = CaseSubject(kind="transfer", id=event.originator_id)
    late = Sought(agency=recorded.agency, code="T08", subject=subject, discriminator=FORWARDING)
    return [replace(late, opens=isinstance(event, Transfer.ForwardingUndone))]


async def _order(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    subject = CaseSubject(kind="order", id=event.originator_id)
    confirmed = Sought(agency=recorded.agency, code="T06", subject=subject)
    return [confirmed, *await duties.remitted(house, recorded, event)]


PAYOUTS: Mapping[type[Aggregate.Event], Reading] = {
    Batch.Credited: _credited,
    Batch.CreditReversed: _taken_back,
    Batch.CreditUndone: _other_news,
    Batch.ClaimRecovered: _other_news,
    Batch.CarriedOver: _other_news,
    Batch.TakenUp: _other_news,
    Batch.ToBudget: _other_news,
    Batch.Declared: _other_news,
    Batch.LinesSettled: _other_news,
    Batch.LinesUnsettled: _other_news,
    Batch.ClaimWrittenOff: _other_news,
    Batch.PaidByUs: _other_news,
    Batch.ReserveWithheld: _reserve,
    Batch.ReserveReleased: _reserve,
    Batch.CarriedForward: _carried,
    Transfer.RefundSettled: _refund_settled,
    Transfer.Forwarded: _forwarded,
    Transfer.ForwardingUndone: _forwarded,
    Remittance.Approved: duties.remitted,
    Remittance.Confirmed: _order,
    Remittance.Returned: _order,
}
