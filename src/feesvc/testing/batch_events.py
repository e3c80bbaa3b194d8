"""Short names for the events of settlement batches, for tests of projections; amounts in đồng."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchOrigin
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.money_events import OWN, bank, card, vnd
from feesvc.testing.recorded import NOON, recorded, some_id

ORIGIN = BatchOrigin(account=some_id("account"), intermediary="acme", batch="B")


def of_batch(event: type[Aggregate.Event], batch: str = "B", **facts: Any) -> Recorded:
    """One event of a batch; its times are noon."""
    if "occurred_at" in event.__dataclass_fields__:
        facts.setdefault("occurred_at", NOON)
    amounts = {name: vnd(fact) for name, fact in facts.items() if isinstance(fact, int)}
    return recorded(event, OWN, stream=batch, origin=ORIGIN, **facts | amounts)


def credited(
    amount: int, *, short: int = 0, charge: int = 0, transfer: UUID | None = None
) -> Recorded:
    return of_batch(
        Batch.Credited, bank_account=some_id("bank"), reference="C1", whole=amount, amount=amount,
        short=short, charge=charge, transfer=transfer, batches=(some_id("B"),),
    )  # fmt: skip


def credit_gone(event: type[Aggregate.Event], amount: int, **facts: Any) -> Recorded:
    """A credit reversed by the bank, or undone by us."""
    return of_batch(
        event, bank_account=some_id("bank"), reference="C1", amount=amount, reason="x",
        **{"short": 0, "charge": 0} | facts,
    )  # fmt: skip


def refund_settled(net: int, *, commission: int = 0, tax: int = 0) -> Recorded:
    return recorded(
        Transfer.RefundSettled, OWN, stream="T1", origin=card(), refund=some_id("R1"), batch="B",
        batch_id=some_id("B"), line="2", commission=vnd(commission), tax=vnd(tax), net=vnd(net),
        occurred_at=NOON,
    )  # fmt: skip


def dispute_settled(net: int, *, fee: int = 0) -> Recorded:
    return recorded(
        Transfer.DisputeSettled, OWN, stream="T1", origin=card(), batch="B", batch_id=some_id("B"),
        line="3", withheld=vnd(fee), fee=vnd(fee), net=vnd(net), occurred_at=NOON,
        dispute="D1",
    )  # fmt: skip


def unsettled(
    *, commission: int = 0, tax: int = 0, fee: int = 0, net: int, surcharge: int = 0
) -> Recorded:
    return recorded(
        Transfer.Unsettled, OWN, stream="T1", origin=card(), kind="payment", batch="B",
        batch_id=some_id("B"), line="1", commission=vnd(commission), tax=vnd(tax), fee=vnd(fee),
        net=Money(net, "VND"), reason="x", refund=None, dispute="",
        surcharge=vnd(surcharge),
    )  # fmt: skip


def payout(event: type[Aggregate.Event], *takes: Placement) -> Recorded:
    """Suspense at the bank that is a batch's payout, or is not after all."""
    more = {"reason": "x"} if event is Transfer.PayoutDisproved else {"occurred_at": NOON}
    return recorded(
        event, OWN, stream="T1", origin=bank(), batch="B", batch_id=some_id("B"), takes=takes,
        **more,
    )  # fmt: skip
