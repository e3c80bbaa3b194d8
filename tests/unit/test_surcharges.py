"""What a payer pays on top for the commission: asked, set aside, used, short, left, taken back."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import pytest

from feesvc.application.choosing import choices
from feesvc.application.holdings import holdings
from feesvc.application.ordering import order_of
from feesvc.application.payments import asked_of
from feesvc.application.reclassifying import (
    CommissionNotTaken,
    Item,
    NotFromThere,
    Wish,
    approve_reclassification,
    request_reclassification,
)
from feesvc.application.tariffs import decide_tariff, propose_tariff
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.case import Case
from feesvc.domain.payment import Payment
from feesvc.domain.reclassification import Purpose
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle, win
from feesvc.domain.tariff import TariffTerms
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed, Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story

TERMS = TariffTerms(currency="VND", ppm=10_000, tax_ppm=100_000, borne_by="payer")
FEE, ON_TOP, ASKED = 100_000, 1_100, 101_100


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def opened(s: Scenario) -> tuple[UUID, UUID, Payment]:
    """An account whose contract has the payer bear its commission, and a payment of one fee."""
    account = await s.agency("G14", "settling")
    act = s.house.act(s.some_id(), "person:maker")
    asked = (await propose_tariff(s.house, act, account, TERMS, date(2026, 1, 1))).result
    assert asked is not None
    checker = s.house.act(s.some_id(), "person:checker")
    digest = asked.versions[1].digest
    await decide_tariff(
        s.house, checker, account,
        lambda found: found.approve(1, digest, checker.principal, checker.at),
    )  # fmt: skip
    fee = await s.assessment("G14", ("fee", FEE))
    return account, fee, await s.payment(account, fee)


async def places(s: Scenario, account: UUID, name: str = "T-1") -> list[tuple[str, int]]:
    return [(one.to, one.amount.amount) for one in (await s.transfer(account, name)).buckets]


async def told(s: Scenario, kind: type) -> list[object]:
    return [one.event for one in await s.store.read(0, 1000) if type(one.event) is kind]


@story
async def test_it_is_asked_beside_the_fee_and_shown_before(s: Scenario) -> None:
    _, fee, payment = await opened(s)
    assert (payment.amount, payment.surcharge) == (vnd(ASKED), vnd(ON_TOP))
    assert [part.amount for part in payment.asked] == [vnd(FEE)]
    assert list(payment.asked) == asked_of(await s.see(fee))
    order = order_of(s.house, payment)
    assert [(one.kind, one.amount) for one in order.lines] == [
        ("fee", vnd(FEE)), ("surcharge", vnd(ON_TOP)),
    ]  # fmt: skip
    assert order.amount == vnd(ASKED)
    [choice] = await choices(s.house, "G14", vnd(FEE))
    assert (choice.surcharge, choice.fits) == (vnd(ON_TOP), True)
    most = choice.limits.maximum if choice.limits else 0
    [beyond] = await choices(s.house, "G14", vnd(most))
    assert not beyond.fits


@story
async def test_it_covers_what_is_withheld(s: Scenario) -> None:
    account, fee, payment = await opened(s)
    assert await s.money(account, payment.reference, ASKED) is Verdict.RECORDED
    assert await places(s, account) == [("line", FEE), ("surcharge", ON_TOP)]
    assert (await s.see(fee)).state == "paid"
    await s.settlement(account, ("payment", "T-1", ASKED, ON_TOP))
    [settled] = await told(s, Transfer.Settled)
    assert isinstance(settled, Transfer.Settled)
    assert (settled.surcharge, settled.net) == (vnd(ON_TOP), vnd(FEE))
    assert await places(s, account) == [("line", FEE)]


@pytest.mark.parametrize(("taken", "covered", "left"), [(1_200, 1_100, 0), (900, 900, 200)])
def test_more_or_less_is_withheld_than_was_paid_on_top(taken: int, covered: int, left: int) -> None:
    @story
    async def tell(s: Scenario) -> None:
        account, _, payment = await opened(s)
        await s.money(account, payment.reference, ASKED)
        await s.settlement(account, ("payment", "T-1", ASKED, taken))
        transfer = await s.transfer(account)
        assert (transfer.parts.surcharge, transfer.surcharge) == (covered, ON_TOP)
        assert (await places(s, account))[1:] == ([("surcharge", left)] if left else [])
        cases = [one.code for one in await told(s, Case.Opened) if isinstance(one, Case.Opened)]
        assert "S09" in cases

    tell()


@story
async def test_a_second_payment_gives_the_fee_back_and_not_what_was_on_top(s: Scenario) -> None:
    account, fee, payment = await opened(s)
    again = await s.payment(account, fee)
    await s.money(account, payment.reference, ASKED)
    await s.money(account, again.reference, ASKED, "T-2")
    assert await places(s, account, "T-2") == [("credit", FEE), ("surcharge", ON_TOP)]


@story
async def test_another_amount_waits_wholly(s: Scenario) -> None:
    account, _, payment = await opened(s)
    assert await s.money(account, payment.reference, FEE) is Verdict.WRONG_AMOUNT
    assert await places(s, account) == [("suspense", FEE)]


@story
async def test_settled_before_it_was_told_it_is_used_all_the_same(s: Scenario) -> None:
    account, fee, payment = await opened(s)
    await s.settlement(account, ("payment", "T-1", ASKED, ON_TOP))
    assert await places(s, account) == [("suspense", ASKED)]
    await s.money(account, payment.reference, ASKED)
    assert await places(s, account) == [("line", FEE)]
    [used] = await told(s, Transfer.SurchargeUsed)
    assert isinstance(used, Transfer.SurchargeUsed)
    assert used.commission + used.tax == vnd(ON_TOP)
    assert (await s.see(fee)).state == "paid"


@story
async def test_taken_back_before_it_is_settled_nothing_is_left(s: Scenario) -> None:
    account, fee, payment = await opened(s)
    await s.money(account, payment.reference, ASKED)
    back = Reversed(reference=payment.reference, transaction="T-1", at=NOON, reason="x")
    assert await s.says(account, back) is Verdict.RECORDED
    assert await places(s, account) == []
    assert (await s.see(fee)).outstanding == vnd(FEE)


@story
async def test_a_dispute_that_is_won_lets_it_be_used(s: Scenario) -> None:
    account, _, payment = await opened(s)
    await s.money(account, payment.reference, ASKED)

    def dispute(stage: Literal["opened", "won"]) -> Disputed:
        return Disputed(
            dispute="D-1", transaction="T-1", stage=stage, amount=vnd(ASKED), at=NOON
        )  # fmt: skip

    assert await s.says(account, dispute("opened")) is Verdict.RECORDED
    await s.settlement(account, ("payment", "T-1", ASKED, ON_TOP))
    assert (await s.transfer(account)).parts.surcharge == 0
    assert await commission(s) == (1_088, 12)  # by amount: 100,000 of 101,100 are of the fee
    assert await s.says(account, dispute("won")) is Verdict.RECORDED
    assert await places(s, account) == [("line", FEE)]
    assert (await s.transfer(account)).parts.surcharge == ON_TOP
    assert await commission(s) == (0, 0)


@story
async def test_covered_in_two_parts_the_tax_is_covered_once(s: Scenario) -> None:
    """A dispute of a part holds some of it back when it is settled."""
    account, _, payment = await opened(s)
    await s.money(account, payment.reference, ASKED)
    transfer = await s.transfer(account)
    transfer.dispute("D-1", vnd(FEE + 1_050), vnd(0), NOON, NOON)
    settle(
        transfer, BatchName(s.some_id(), "B-1"), "1", commission=vnd(1_000), tax=vnd(100),
        net=vnd(FEE), occurred_at=NOON, at=NOON,
    )  # fmt: skip
    assert transfer.parts.surcharge == 50
    win(transfer, "D-1", NOON, NOON)
    [used] = [one for one in transfer.pending_events if isinstance(one, Transfer.SurchargeUsed)]
    assert (used.commission, used.tax) == (vnd(1_000), vnd(50))


async def commission(s: Scenario) -> tuple[int, int]:
    """What shares bear of it, and what is to be made whole."""
    cover = await (await holdings(s.house)).cover("G14", "VND")
    return cover.of("commission_own"), cover.of("commission_whole")


@story
async def test_what_no_commission_took_is_the_payers_once_it_is_settled(s: Scenario) -> None:
    account, _, payment = await opened(s)
    await s.money(account, payment.reference, ASKED)
    left = Item(transfer=(await s.transfer(account)).id, place="surcharge")

    def wish(purpose: Purpose) -> Wish:
        return Wish(item=left, purpose=purpose, reason="nobody_took_it")

    async def ask(purpose: Purpose) -> None:
        act = s.house.act(s.some_id(), "person:maker")
        asked = (await request_reclassification(s.house, act, wish(purpose))).result
        assert asked is not None
        checker = s.house.act(s.some_id(), "person:checker")
        await approve_reclassification(s.house, checker, asked.id, asked.digest)

    with pytest.raises(CommissionNotTaken):
        await ask("credit_payer")
    await s.settlement(account, ("payment", "T-1", ASKED, 900))
    with pytest.raises(NotFromThere):
        await ask("disclaim")
    await ask("credit_payer")
    assert await places(s, account) == [("line", FEE), ("credit", 200)]
    with pytest.raises(MoreThanIsLeft):
        await ask("credit_payer")
