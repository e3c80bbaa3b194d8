"""Steps about how far money has come: banked and back, split, an advance applied and forfeited."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from feesvc.application import advances, allocating, banking
from feesvc.application.house import Act, Decision
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.forfeiture import Forfeiture
from feesvc.domain.line import Kind, Line
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store.memory import NAMESPACE
from feesvc.testing.scenario import NOON

STANDING = Steps()
DAY = date(2026, 11, 20)
ADVANCE, FEE = Money(300_000, "VND"), Money(180_000, "VND")
OFFICER, CHECKER = "person:officer", "person:checker"


def raised(
    e: Everything, name: str, kind: Kind, amount: Money, act: Act, agency: str = ""
) -> Assessment:
    """An assessment of one line, of ``agency`` or else of the one that everything is about."""
    agency = agency or e.code
    line = Line(
        number=1, kind=kind, item=kind.upper(), name_vi="Án phí", name_en="Court fee", quantity=1,
        full=amount, reductions=(), amount=amount, retained_ppm=0, refundable=True,
        citation="TT 1/2026", schedule=NAMESPACE, schedule_version=1,
    )  # fmt: skip
    return Assessment.first(
        Assessment.Raised, e.id(name), act.at, agency=agency, dossier=f"{agency}-261120-77",
        notice=name, procedure="", procedure_version=0, portal="", channel="online",
        service_level="full", result_delivery="", submitted_on=DAY, due_on=None, payer_class="",
        identity_level=0, locality="", subject=None, lines=(line,), total=amount, content="",
        converted_from=None,
    )  # fmt: skip


def _paid(e: Everything, advance: Assessment, act: Act) -> Transfer:
    origin = Origin(
        via="intermediary", intermediary="sayso", account=e.id("account"), transaction="ADV",
        payment=None,
    )  # fmt: skip
    transfer = Transfer.first(
        Transfer.Received, e.id("advance paid"), act.at, agency=e.code, origin=origin,
        reference="", amount=ADVANCE, source="notification", evidence="", occurred_at=NOON,
    )  # fmt: skip
    place = Placement(
        to="line", amount=ADVANCE, assessment=advance.id, line=1, kind="advance",
        beneficiary=e.code,
    )  # fmt: skip
    transfer.place([place], NOON, act.at)
    advance.collect(e.code, transfer.id, {1: ADVANCE.amount}, NOON, act.at)
    return transfer


@STANDING.of(banking.bank_transfers)
async def pay_an_advance(e: Everything, act: Act) -> object:
    async def decide() -> Decision[Assessment]:
        advance = raised(e, "advance", "advance", ADVANCE, act)
        paid = _paid(e, advance, act)
        changed: list[Aggregate] = [advance, paid, raised(e, "final", "charge", FEE, act)]
        return Decision(advance, changed)

    return await e.s.house.settle(act, decide, told)


@STANDING.of(banking.bank_transfers)
async def bank(e: Everything, act: Act) -> object:
    await banking.bank_transfers(e.s.house, [e.id("advance paid")], NOON, OFFICER)
    return await _standing(e)


@STANDING.of(banking.unbank_transfers)
async def unbank(e: Everything, act: Act) -> object:
    await banking.unbank_transfers(e.s.house, [e.id("advance paid")], NOON, OFFICER)
    return await _standing(e)


STANDING.of(banking.bank_transfers)(bank)


async def _standing(e: Everything) -> str:
    advance = await e.s.house.see(Assessment, e.id("advance"), "")
    return f"banked {advance.lines[1].banked}"


@STANDING.of(advances.apply_advance)
async def apply_it(e: Everything, act: Act) -> object:
    return await advances.apply_advance(e.s.house, act, e.id("advance"), e.id("final"), None, told)


@STANDING.of(allocating.allocate)
async def split(e: Everything, act: Act) -> object:
    await allocating.allocate(e.s.house, act, e.code, DAY)
    final = await e.s.house.see(Assessment, e.id("final"), "")
    return f"allocated {final.lines[1].allocated}"


def asks(name: str, amount: int) -> Step:
    async def ask(e: Everything, act: Act) -> object:
        e.ids[name] = e.s.store.ids.of("forfeiture", str(act.id))
        return await advances.request_forfeiture(
            e.s.house, act, e.id("advance"), amount, "judgment", told
        )

    return ask


async def _digest(e: Everything, id: UUID) -> str:
    return (await e.s.house.see(Forfeiture, id, "")).digest


def _by_another(act: Act) -> Act:
    return Act(id=act.id, principal=CHECKER, at=act.at)


STANDING.of(advances.request_forfeiture)(asks("forfeited", 100_000))


@STANDING.of(advances.approve_forfeiture)
async def agree(e: Everything, act: Act) -> object:
    id = e.ids["forfeited"]
    digest = await _digest(e, id)
    return await advances.approve_forfeiture(e.s.house, _by_another(act), id, digest, told)


STANDING.of(advances.request_forfeiture)(asks("kept", 20_000))


@STANDING.of(advances.reject_forfeiture)
async def refuse(e: Everything, act: Act) -> object:
    return await advances.reject_forfeiture(
        e.s.house, _by_another(act), e.ids["kept"], "appeal", told
    )
