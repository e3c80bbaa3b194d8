"""Steps about settlement batches: lines, credits, netting, and the contract's tariff."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from feesvc.application import (
    batches,
    crediting,
    recovering,
    recrediting,
    settling,
    tariffs,
)
from feesvc.application.bank_credits import BankCredit
from feesvc.application.batches import Declared
from feesvc.application.booking import MatchedLine
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.banking import DAY, OFFICER, vnd
from feesvc.domain.batch import Batch
from feesvc.domain.tariff import Tariff, TariffTerms
from feesvc.testing.batching import line, payment
from feesvc.testing.scenario import NOON
from feesvc.testing.walk_agency import COLLECTION

BATCHING = Steps()
TERMS = TariffTerms(currency="VND", ppm=10_000, tax_ppm=100_000)


def batch(e: Everything, name: str) -> UUID:
    return batches.batch_id(e.s.house, e.id("account"), name)


def bank(e: Everything) -> UUID:
    ids = e.s.store.ids
    return ids.bank_account(e.code, COLLECTION.bank, COLLECTION.number, COLLECTION.currency)


def credit(reference: str, amount: int) -> BankCredit:
    return BankCredit(
        account=COLLECTION, reference=reference, amount=vnd(amount), booked_on=DAY, value_on=DAY
    )


def stands(found: Batch) -> str:
    return f"{found.settled_net} settled, {found.arrived} came, {found.claimed} claimed"


def settles(name: str, *lines: MatchedLine) -> Step:
    async def settle(e: Everything, act: Act) -> object:
        await settling.settle_lines(e.s.house, e.id("account"), name, lines, OFFICER)
        return stands(await e.s.house.see(Batch, batch(e, name), ""))

    return settle


@BATCHING.of(batches.declare_batch)
async def declare(e: Everything, act: Act) -> object:
    said = Declared(
        batch="X-1", currency="VND", gross=60_000, commission=0, tax=0, net=60_000, count=2,
        settled_on=DAY,
    )  # fmt: skip
    found = await batches.declare_batch(e.s.house, e.id("account"), said, OFFICER)
    return found.expected


BATCHING.of(settling.settle_lines)(
    settles("X-1", *(MatchedLine(line=payment(f"X-{n}", 30_000)) for n in (1, 2)))
)
BATCHING.of(settling.settle_lines)(settles("X-2", MatchedLine(line=line("fee", "F", -5_000))))
BATCHING.of(settling.settle_lines)(settles("X-3", MatchedLine(line=payment("X-3", 40_000))))
BATCHING.of(settling.settle_lines)(settles("X-4", MatchedLine(line=payment("X-4", 50_000))))


@BATCHING.of(crediting.credit_batch)
async def credit_one(e: Everything, act: Act) -> object:
    said = credit("X-FT1", 59_000)
    return stands(
        await crediting.credit_batch(e.s.house, e.code, batch(e, "X-1"), said, OFFICER, claim=True)
    )


@BATCHING.of(recovering.recover_claim)
async def recover(e: Everything, act: Act) -> object:
    said = credit("X-FT2", 1_000)
    return stands(await recovering.recover_claim(e.s.house, e.code, batch(e, "X-1"), said, OFFICER))


@BATCHING.of(crediting.credit_batches)
async def credit_two(e: Everything, act: Act) -> object:
    both = [batch(e, "X-3"), batch(e, "X-4")]
    said = credit("X-FT3", 90_000)
    found = await crediting.credit_batches(e.s.house, e.code, both, said, OFFICER)
    return [stands(one) for one in found]


@BATCHING.of(recrediting.undo_batch_credit)
async def undo(e: Everything, act: Act) -> object:
    found = await recrediting.undo_batch_credit(
        e.s.house, e.code, batch(e, "X-3"), bank(e), "X-FT3", "mistaken", OFFICER
    )
    return stands(found)


@BATCHING.of(recrediting.reverse_batch_credit)
async def reverse(e: Everything, act: Act) -> object:
    found = await recrediting.reverse_batch_credit(
        e.s.house, e.code, batch(e, "X-1"), bank(e), "X-FT1", DAY, "recalled", OFFICER
    )
    return stands(found)


@BATCHING.of(batches.carry_forward)
async def carry(e: Everything, act: Act) -> object:
    return stands(await batches.carry_forward(e.s.house, batch(e, "X-2"), OFFICER))


@BATCHING.of(batches.take_up)
async def take_up(e: Everything, act: Act) -> object:
    found = await batches.take_up(
        e.s.house, batch(e, "X-3"), batch(e, "X-2"), vnd(2_000), NOON, OFFICER
    )
    return stands(found)


@BATCHING.of(batches.pay_negative)
async def pay(e: Everything, act: Act) -> object:
    found = await batches.pay_negative(
        e.s.house, e.code, batch(e, "X-2"), COLLECTION, "X-D1", vnd(3_000), DAY, OFFICER
    )
    return stands(found)


@BATCHING.of(batches.to_budget)
async def to_budget(e: Everything, act: Act) -> object:
    found = await batches.to_budget(e.s.house, batch(e, "X-3"), "X-KB1", vnd(10_000), DAY, OFFICER)
    return stands(found)


@BATCHING.of(settling.unsettle_lines)
async def unsettle(e: Everything, act: Act) -> object:
    found = await settling.unsettle_lines(
        e.s.house, batch(e, "X-4"), ["N X-4"], "mistaken", OFFICER
    )
    return stands(found)


@BATCHING.of(tariffs.propose_tariff)
async def propose(e: Everything, act: Act) -> object:
    since = date(2026, 1, 1)
    return await tariffs.propose_tariff(e.s.house, act, e.id("account"), TERMS, since, told)


@BATCHING.of(tariffs.decide_tariff)
async def decide(e: Everything, act: Act) -> object:
    def agree(found: Tariff) -> None:
        found.approve(1, found.versions[1].digest, "person:checker", act.at)

    return await tariffs.decide_tariff(e.s.house, act, e.id("account"), agree, told)


@BATCHING.of(tariffs.take_invoice)
async def invoice(e: Everything, act: Act) -> object:
    return await tariffs.take_invoice(
        e.s.house, act, e.id("account"), "HD-1", "2026-11", vnd(1_000), vnd(100), NOON, told
    )
