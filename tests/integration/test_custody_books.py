"""The books of custody: the same rows whatever batches wrote them, and the cover worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from feesvc.domain.assessment import Assessment
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchOrigin
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarded, Forwarding
from feesvc.domain.line import Kind, Part, TakenPart
from feesvc.domain.placement import Placement
from feesvc.domain.remittance import Remittance
from feesvc.domain.transfer import Transfer
from feesvc.projecting import Projection, Recorded
from feesvc.reconciling.custody import projection
from feesvc.reconciling.custody.books import Books
from feesvc.reconciling.custody.cover import Cover
from feesvc.reconciling.custody.readings import READINGS
from feesvc.testing.money_events import (
    OTHER,
    OWN,
    approved,
    bank,
    card,
    credit,
    instructed,
    line,
    of_another,
    paid,
    placed,
    re_placed,
    suspense,
    vnd,
)
from feesvc.testing.projection import ProjectionContract
from feesvc.testing.recorded import NOON, in_order, recorded, some_id

K = 1000


def came(name: str, *places: Placement) -> Recorded:
    return recorded(
        Transfer.Placed, OWN, stream=name, origin=card(name), placements=places, occurred_at=NOON
    )


def settled(name: str, gross: int) -> Recorded:
    """1% and 10% tax on it are withheld."""
    commission, tax = gross // 100, gross // 1000
    return recorded(
        Transfer.Settled, OWN, stream=name, origin=card(name), batch="B", line=name,
        commission=vnd(commission), tax=vnd(tax), occurred_at=NOON,
        net=vnd(gross - commission - tax), batch_id=some_id("B"), surcharge=vnd(0),
    )  # fmt: skip


def credited(amount: int) -> Recorded:
    origin = BatchOrigin(account=some_id("account"), intermediary="acme", batch="B")
    return recorded(
        Batch.Credited, OWN, stream="B", origin=origin, bank_account=some_id("bank"),
        reference="FT", whole=vnd(amount), amount=vnd(amount), short=vnd(0), charge=vnd(0),
        transfer=None, batches=(some_id("B"),), occurred_at=NOON,
    )  # fmt: skip


def in_bank(name: str) -> Recorded:
    return recorded(Transfer.Banked, OWN, stream=name, occurred_at=NOON)


def of_line(event: Any, name: str, kind: Kind, amount: int, kept: int = 0) -> Recorded:
    parts = (Part(line=1, amount=vnd(amount), retained=vnd(kept), kind=kind),)
    more: dict[str, Any] = {"transfer": some_id(name), "occurred_at": NOON}
    if event is Assessment.CollectedBy:
        more |= {"collector": OWN, "advance": None}
    elif event is Assessment.Allocated:
        more = {"allocation": some_id("allocation")}
    elif event in (Assessment.Remitted, Assessment.RemittanceUndone):
        more = {"remittance": some_id("R")}
    return recorded(event, OWN, stream=f"A{name}", parts=parts, **more)


def paid_in_full(
    name: str, kind: Kind, amount: int, kept: int = 0, over: int = 0
) -> list[Recorded]:
    place = line(amount, kind=kind, assessment=f"A{name}")
    places = (place, credit(over)) if over else (place,)
    return [
        came(name, *places),
        of_line(Assessment.CollectedBy, name, kind, amount, kept),
        settled(name, amount + over),
        in_bank(name),
        of_line(Assessment.Banked, name, kind, amount, kept),
    ]


def worked() -> list[Recorded]:
    """The case that is worked by hand: two charges, a fee of 90/10 overpaid, an advance."""
    events = [
        *paid_in_full("T1", "charge", 135 * K),
        *paid_in_full("T2", "charge", 25 * K),
        *paid_in_full("T3", "fee", 200 * K, kept=180 * K, over=20 * K),
        *paid_in_full("T4", "advance", 300 * K),
    ]
    return [*events, credited(680 * K - 7480)]


def split() -> list[Recorded]:
    return [
        of_line(Assessment.Allocated, "T1", "charge", 135 * K),
        of_line(Assessment.Allocated, "T2", "charge", 25 * K),
        of_line(Assessment.Allocated, "T3", "fee", 200 * K, 180 * K),
    ]


def moved(kind: str, amount: int) -> Recorded:
    return recorded(
        CustodyMove.Booked, OWN, stream=f"M{kind}", kind=kind, amount=vnd(amount),
        bank_reference="F", occurred_at=NOON,
    )  # fmt: skip


def debited(amount: int) -> Recorded:
    return recorded(
        Remittance.Debited, OWN, stream="R", source="bank", amount=vnd(amount),
        bank_reference="F", occurred_at=NOON,
    )  # fmt: skip


def claimed() -> Recorded:
    about = some_id("R1")
    claim = BudgetClaim.open(some_id("C"), OWN, "refund", about, vnd(40 * K), NOON)
    return Recorded(1, claim.news[0], OWN, NOON, "test", some_id("command"), "")


def rest() -> list[Recorded]:
    """Forwarding, suspense that is refunded from the bank, a refund after remittance, a claim."""
    held = of_another(60 * K)
    takes = (Forwarded(transfer=some_id("T5"), intermediary="acme", placements=(held,)),)
    return [
        of_line(Assessment.Remitted, "T1", "charge", 135 * K),
        debited(135 * K),
        came("T5", held),
        in_bank("T5"),
        credited(60 * K),
        recorded(
            Forwarding.Debited, OWN, stream="F", kind="agency", takes=takes, bank_reference="F",
            occurred_at=NOON,
        ),
        placed(suspense(9 * K), origin=bank()),
        approved(suspense(9 * K)),
        instructed(9 * K, method="bank_transfer"),
        paid(9 * K),
        recorded(
            Assessment.UncollectedBy, OWN, stream="AT1", collector=OWN, transfer=some_id("T1"),
            parts=(TakenPart(line=1, amount=vnd(40 * K), kind="charge", state="remitted"),),
            still_due=False, why="refunded", forwarded=False, occurred_at=NOON,
        ),
        claimed(),
        recorded(
            BudgetClaim.Repaid, OWN, stream="C", amount=vnd(30 * K), bank_reference="F",
            occurred_at=NOON,
        ),
    ]  # fmt: skip


def cover(events: Sequence[Recorded]) -> Cover:
    books = Books()
    for one in events:
        READINGS[type(one.event)](books, one, one.event)
    sums = {key.item: amount for key, amount in books.sums.items() if key.agency == OWN}
    return Cover(currency="VND", sums=sums)


def test_commission_is_borne_and_made_whole_as_worked_by_hand() -> None:
    banked = cover(worked())
    assert (banked.of("commission_own"), banked.to_make_whole) == (2200, 5280)
    assert banked.owed == 160 * K + 20 * K + 20 * K + 300 * K
    assert banked.surplus == 180 * K - 7480
    allocated = cover([*worked(), *split()])
    assert allocated.retained_to_move == 177_800
    assert allocated.surplus == banked.surplus
    whole = cover(
        [*worked(), *split(), moved("whole_from_estimate", 5280),
         moved("retained_to_deposit", 177_800)]
    )  # fmt: skip
    assert (whole.surplus, whole.to_make_whole, whole.retained_to_move) == (0, 0, 0)
    assert whole.shortfall == vnd(0)
    short = cover([*worked(), *split(), moved("retained_to_deposit", 177_800)])
    assert short.shortfall == vnd(5280)


def test_what_goes_out_takes_as_much_off_what_is_owed() -> None:
    before = cover([*worked(), *split()])
    after = cover([*worked(), *split(), *rest()])
    assert after.of("other_agency") == after.of("suspense") == after.of("refund") == 0
    assert before.of("budget") - after.of("budget") == 135 * K
    assert after.surplus - before.surplus == 30 * K  # the budget repaid what was refunded


def test_money_that_only_passes_through_is_owed_once_it_is_in_the_bank() -> None:
    events = [came("T5", of_another(60 * K), credit(5 * K))]
    assert cover(events).owed == 0
    assert cover([*events, in_bank("T5")]).owed == 65 * K
    out = recorded(Transfer.Unbanked, OWN, stream="T5", occurred_at=NOON)
    assert cover([*events, in_bank("T5"), out]).owed == 0
    assert OTHER != OWN


def test_what_own_charges_give_back_is_owed_once_it_was_in_the_bank() -> None:
    own = line(100 * K, kind="charge")
    banked = [placed(own), in_bank("T1")]
    assert cover(banked).owed == 0
    freed = re_placed((line(30 * K, kind="charge"), credit(30 * K)))
    assert cover([*banked, freed]).of("credit") == 30 * K
    assert cover([placed(own, origin=bank()), freed]).of("credit") == 30 * K
    assert cover([*banked, approved(own)]).of("refund") == 100 * K
    assert cover([placed(own), approved(own)]).owed == 0


class TestCustodyBooks(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return in_order([*worked(), *split(), *rest()])
