"""Short names for the events that move money, for tests of projections; amounts in đồng."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Kind, Line, Part, State, TakenPart
from feesvc.domain.origin import Origin
from feesvc.domain.placement import CreditReason, Move, Placement, SuspenseReason
from feesvc.domain.refund import Refund, Take
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.recorded import NOON, recorded, some_id

OWN, COLLECTOR, OTHER = "G14", "G22", "H29"
FEE: Kind = "fee"
ADVANCE: Kind = "advance"
POSTAL: Kind = "postal"


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def card(transaction: str = "T1") -> Origin:
    return _origin("intermediary", "acme", transaction)


def bank() -> Origin:
    return _origin("bank", "", "B1")


def cash() -> Origin:
    return _origin("cash", "", "C1")


def _origin(
    via: Literal["intermediary", "bank", "cash"], intermediary: str, transaction: str
) -> Origin:
    return Origin(
        via=via, intermediary=intermediary, account=some_id("account"), transaction=transaction,
        payment=some_id("payment"),
    )  # fmt: skip


def fee_line(kind: Kind, amount: int, number: int = 1, item: str = "") -> Line:
    return Line(
        number=number, kind=kind, item=item or f"{kind}-{number}", name_vi="Phí", name_en="Fee",
        quantity=1, full=vnd(amount), reductions=(), amount=vnd(amount), retained_ppm=0,
        refundable=True, citation="", schedule=some_id("schedule"), schedule_version=1,
    )  # fmt: skip


def raised(kind: Kind, amount: int, *, assessment: str = "A1", agency: str = OWN) -> Recorded:
    return raised_lines(fee_line(kind, amount), assessment=assessment, agency=agency)


def raised_lines(*lines: Line, assessment: str = "A1", agency: str = OWN, **when: Any) -> Recorded:
    return recorded(
        Assessment.Raised, agency, stream=assessment, **when,
        dossier=f"{agency}-261120-0001", notice=assessment, procedure="1.004379",
        procedure_version=1, portal="P", channel="online", service_level="full",
        result_delivery="online", submitted_on=NOON.date(), due_on=None, payer_class="person",
        identity_level=2, locality="", subject=None, lines=lines,
        total=vnd(sum(line.amount.amount for line in lines)), content="0", converted_from=None,
    )  # fmt: skip


def part(amount: int, number: int = 1, kind: Kind = "fee", retained: int = 0) -> Part:
    return Part(line=number, amount=vnd(amount), retained=vnd(retained), kind=kind)


def parts(amount: int, **facts: Any) -> tuple[Part, ...]:
    return (part(amount, **facts),) if amount else ()


def increased(amount: int, *, assessment: str = "A1") -> Recorded:
    return recorded(
        Assessment.Increased, OWN, stream=assessment, parts=parts(amount), reason="late"
    )


def reduced(*, open: int = 0, paid: int = 0, assessment: str = "A1") -> Recorded:
    return recorded(
        Assessment.Reduced, OWN, stream=assessment, open=parts(open), paid=parts(paid), reason="x"
    )


def changed(event: type[Aggregate.Event], open: int, *, assessment: str = "A1") -> Recorded:
    return recorded(event, OWN, stream=assessment, open=parts(open), reason="x")


def collected(amount: int, *, collector: str, kind: Kind = "fee", agency: str = OWN) -> Recorded:
    return recorded(
        Assessment.CollectedBy, agency, stream="A1", collector=collector, transfer=some_id("T1"),
        parts=parts(amount, kind=kind), occurred_at=NOON, advance=None,
    )  # fmt: skip


def uncollected(
    amount: int, *, collector: str, due: bool = False, kind: Kind = "fee", why: str = "refunded",
    state: State = "collected", forwarded: bool = False,
) -> Recorded:  # fmt: skip
    part = TakenPart(line=1, amount=vnd(amount), kind=kind, state=state)
    return recorded(
        Assessment.UncollectedBy, OWN, stream="A1", collector=collector, transfer=some_id("T1"),
        parts=(part,), still_due=due, why=why, forwarded=forwarded, occurred_at=NOON,
    )  # fmt: skip


def banked(*of: Part, undone: bool = False) -> Recorded:
    kind = Assessment.Unbanked if undone else Assessment.Banked
    return recorded(kind, OWN, stream="A1", transfer=some_id("T1"), parts=of, occurred_at=NOON)


def split(*of: Part) -> Recorded:
    return recorded(
        Assessment.Allocated, OWN, stream="A1", allocation=some_id("allocation"), parts=of
    )


def forfeited(*of: Part) -> Recorded:
    return recorded(
        Assessment.Forfeited, OWN, stream="A1", forfeiture=some_id("forfeiture"), parts=of,
        reason="x",
    )  # fmt: skip


def lost_elsewhere(amount: int) -> Recorded:
    return uncollected(amount, collector=COLLECTOR, due=True, why="dispute_lost")


def line(
    amount: int, *, number: int = 1, kind: Kind = "fee", assessment: str = "A1",
    due: bool = False, state: State = "collected",
) -> Placement:  # fmt: skip
    return Placement(
        to="line", amount=vnd(amount), assessment=some_id(assessment), line=number, kind=kind,
        beneficiary=OWN, still_due=due, state=state,
    )  # fmt: skip


def of_another(amount: int, *, due: bool = False, forwarded: bool = False) -> Placement:
    return Placement(
        to="line", amount=vnd(amount), assessment=some_id("A9"), line=1, kind="fee",
        beneficiary=OTHER, still_due=due, state="forwarded" if forwarded else "collected",
    )  # fmt: skip


def credit(amount: int, reason: CreditReason = "overpaid") -> Placement:
    return Placement(to="credit", amount=vnd(amount), assessment=some_id("A1"), reason=reason)


def suspense(amount: int, reason: SuspenseReason = "unknown_reference") -> Placement:
    return Placement(to="suspense", amount=vnd(amount), reason=reason)


def placed(
    *placements: Placement, transfer: str = "T1", origin: Origin | None = None, **when: Any
) -> Recorded:
    when.setdefault("occurred_at", NOON)
    return recorded(
        Transfer.Placed, OWN, stream=transfer, origin=origin or card(transfer),
        placements=placements, **when,
    )  # fmt: skip


def re_placed(*moves: tuple[Placement, Placement], transfer: str = "T1") -> Recorded:
    return recorded(
        Transfer.RePlaced, OWN, stream=transfer, origin=card(transfer), reason="x",
        moves=tuple(Move(source=source, target=target) for source, target in moves),
    )  # fmt: skip


def disclaimed(*takes: Placement, transfer: str = "T1") -> Recorded:
    return recorded(
        Transfer.Disclaimed, OWN, stream=transfer, origin=card(transfer), takes=takes, reason="x"
    )


def held(amount: int) -> Placement:
    """Held for another agency that has not said yet what it is for."""
    return Placement(to="held", amount=vnd(amount), beneficiary=OTHER)


def settled(
    *, commission: int = 0, tax: int = 0, net: int = 0, transfer: str = "T1", batch: str = "B",
    surcharge: int = 0,
) -> Recorded:  # fmt: skip
    return recorded(
        Transfer.Settled, OWN, stream=transfer, origin=card(transfer), batch=batch, line="1",
        commission=vnd(commission), tax=vnd(tax), occurred_at=NOON, net=vnd(net),
        batch_id=some_id(batch), surcharge=vnd(surcharge),
    )  # fmt: skip


def taken_back(*takes: Placement, beyond: int = 0, origin: Origin | None = None) -> Recorded:
    return recorded(
        Transfer.Reversed, OWN, stream="T1", origin=origin or card(), takes=takes,
        beyond=vnd(beyond), reason="x", occurred_at=NOON,
    )  # fmt: skip


def disputed(amount: int, *, fee: int = 0) -> Recorded:
    return recorded(
        Transfer.Disputed, OWN, stream="T1", origin=card(), dispute="D", amount=vnd(amount),
        fee=vnd(fee), takes=(), beyond=vnd(0), occurred_at=NOON,
    )  # fmt: skip


def won(amount: int) -> Recorded:
    return recorded(
        Transfer.DisputeWon, OWN, stream="T1", origin=card(), dispute="D", amount=vnd(amount),
        takes=(), occurred_at=NOON,
    )  # fmt: skip


def lost(*takes: Placement, beyond: int = 0) -> Recorded:
    amount = vnd(sum(take.amount.amount for take in takes) + beyond)
    return recorded(
        Transfer.DisputeLost, OWN, stream="T1", origin=card(), dispute="D", amount=amount,
        takes=takes, beyond=vnd(beyond), occurred_at=NOON,
    )  # fmt: skip


def take(*placements: Placement, transfer: str = "T1") -> Take:
    return Take(transfer=some_id(transfer), origin=card(transfer), placements=placements)


def approved(*placements: Placement, takes: tuple[Take, ...] = ()) -> Recorded:
    takes = takes or (take(*placements),)
    amount = sum(p.amount.amount for taken in takes for p in taken.placements)
    return recorded(
        Refund.Approved, OWN, stream="R1", checker="c", digest="0", method="intermediary",
        takes=takes, amount=vnd(amount),
    )  # fmt: skip


def instructed(amount: int, *, method: str = "intermediary") -> Recorded:
    return recorded(
        Refund.Instructed, OWN, stream="R1", reference="r", amount=vnd(amount), method=method
    )


def paid(amount: int, *, fee: int = 0) -> Recorded:
    return recorded(
        Refund.Paid, OWN, stream="R1", reference="r", handle="h", amount=vnd(amount), fee=vnd(fee),
        origin=card(), occurred_at=NOON,
    )  # fmt: skip


def failed(amount: int) -> Recorded:
    return recorded(
        Refund.Failed, OWN, stream="R1", reference="r", reason="x", amount=vnd(amount),
        occurred_at=NOON,
    )  # fmt: skip


def returned(amount: int) -> Recorded:
    return recorded(
        Refund.Returned, OWN, stream="R1", reference="r", reason="x", amount=vnd(amount),
        origin=card(), occurred_at=NOON,
    )  # fmt: skip


def transfer_id(name: str = "T1") -> UUID:
    return some_id(name)
