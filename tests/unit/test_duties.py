"""Duties: nothing is late without a term; what is late is one case, until it is dealt with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from feesvc.application import reclassifying
from feesvc.application.allocating import allocate
from feesvc.application.bank_accounts import midnight
from feesvc.application.bank_orders import OrderLine, take_order_debit
from feesvc.application.banking import bank_transfers
from feesvc.application.duties import set_duty_term
from feesvc.application.house import HANOI
from feesvc.application.remitting import NewRemittance, approve_remittance, draw_remittance
from feesvc.application.residuals import residual_of
from feesvc.domain.agency import Agency
from feesvc.domain.case import Case
from feesvc.domain.custody import Custody
from feesvc.domain.duties import Duties, Duty, DutyTerm, Every, WrongDutyTerm
from feesvc.domain.finding import CaseSubject
from feesvc.domain.period import Period
from feesvc.domain.remittance import Remittance
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed, Reversed
from feesvc.processes.lateness import passed_on_by
from feesvc.reconciling.calendar import vietnam
from feesvc.testing.batching import COLLECTION
from feesvc.testing.explaining import CHECKER, MAKER, Desk, item, story, vnd

SINCE = date(2026, 1, 1)


async def term(s: Desk, duty: Duty, within: int, every: Every = "day", about: str = "") -> None:
    act = s.house.act(s.some_id(), MAKER)
    await set_duty_term(s.house, act, "G14", duty, about, every, within, SINCE)


async def to(s: Desk, day: date) -> None:
    """Noon of a day in Hanoi; then every process does all there is to do."""
    s.now = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    await s.run()


async def told(s: Desk) -> list[tuple[str, int, str]]:
    recorded = await s.store.read(0, 100_000, [Case.Opened.TOPIC])
    found = await s.store.load([one.event.originator_id for one in recorded])
    return [
        (one.code, one.at_risk.amount, one.state) for one in found.values()
        if isinstance(one, Case)
    ]  # fmt: skip


async def banked(s: Desk, kind: str, amount: int) -> None:
    """Paid on 20 November and in the bank."""
    account = await s.agency("G14")
    owner = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    owner.set_bank_account("collection", COLLECTION, SINCE, s.now)
    await s.keep(owner)
    fee = await s.assessment("G14", (kind, amount))  # type: ignore[arg-type]
    await s.money(account, (await s.payment(account, fee)).reference, amount)
    transfer = (await s.transfer(account)).id
    await bank_transfers(s.house, [transfer], s.now, MAKER)
    id = s.store.ids.of("custody", "G14")
    custody = Custody.first(Custody.Opened, id, s.now, agency="G14")
    custody.repaid(s.some_id(), s.some_id(), vnd(amount), "B", s.now, s.now)
    await s.keep(custody)


async def remit(s: Desk) -> Remittance:
    new = NewRemittance(
        agency="G14", currency="VND", source="bank", execute_on=s.now.date(), set_off=False
    )
    drawn = (await draw_remittance(s.house, s.house.act(s.some_id(), MAKER), new)).result
    assert drawn is not None
    act = s.house.act(s.some_id(), CHECKER)
    done = await approve_remittance(s.house, act, drawn.id, drawn.digest)
    assert done.result is not None
    return done.result


@story
async def test_what_went_straight_to_the_budget_is_never_late(s: Desk) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    await s.money(account, (await s.payment(account, fee)).reference, 100_000)
    await term(s, "remittance", 5, "month")
    transfer = (await s.transfer(account)).id
    await bank_transfers(s.house, [transfer], s.now, MAKER, straight=True)
    [split] = (await s.see(fee)).allocations
    about = CaseSubject(kind="allocation", id=split)
    assert await residual_of(s.house, "T02", about) == vnd(0)
    await to(s, date(2026, 12, 6))
    assert await told(s) == []


@story
async def test_an_allocation_that_nobody_keeps_stops_nobody(s: Desk) -> None:
    await banked(s, "fee", 100_000)
    [fee] = [r.event.originator_id for r in await s.store.read(0, 100, ["assessment.raised"])]
    assessment = await s.see(fee)
    assessment.allocate(s.some_id(), None, s.now)
    await s.keep(assessment)
    await remit(s)
    await s.run()
    assert await told(s) == []


@story
async def test_the_budgets_share_is_overdue_after_its_period_until_it_is_remitted(s: Desk) -> None:
    await banked(s, "fee", 100_000)
    await term(s, "remittance", 5, "month")
    split = await allocate(s.house, s.house.act(s.some_id(), MAKER), "G14", s.now.date())
    assert len(split) == 1
    await to(s, date(2026, 12, 5))
    assert await told(s) == [], "inside its term it is an open item"
    await to(s, date(2026, 12, 6))
    assert await told(s) == [("T02", 10_000, "open")]
    order = await remit(s)
    await to(s, date(2026, 12, 6))
    assert await told(s) == [("T02", 10_000, "closed")]
    line = OrderLine(
        account=COLLECTION, reference="FT1", amount=vnd(10_000), booked_on=s.now.date(),
        narrative=order.reference,
    )  # fmt: skip
    await take_order_debit(s.house, "G14", line, MAKER)
    await to(s, date(2026, 12, 9))
    assert ("T06", 10_000, "open") not in await told(s)
    await to(s, date(2026, 12, 10))
    assert ("T06", 10_000, "open") in await told(s)


@story
async def test_a_debit_that_is_told_late_is_confirmed_in_time_from_then_on(s: Desk) -> None:
    """Before we know of it no confirmation can be taken: none is missing yet."""
    await banked(s, "fee", 100_000)
    await allocate(s.house, s.house.act(s.some_id(), MAKER), "G14", s.now.date())
    order = await remit(s)
    debited_on = s.now.date()
    await to(s, date(2026, 12, 7))
    assert debited_on < date(2026, 12, 1)
    line = OrderLine(
        account=COLLECTION, reference="FT1", amount=vnd(10_000), booked_on=debited_on,
        narrative=order.reference,
    )  # fmt: skip
    await take_order_debit(s.house, "G14", line, MAKER)
    await to(s, date(2026, 12, 10))
    assert await told(s) == [], "Monday, and three business days"
    await to(s, date(2026, 12, 11))
    assert await told(s) == [("T06", 10_000, "open")]


@story
async def test_what_is_remitted_in_time_or_has_no_term_is_no_case(s: Desk) -> None:
    await banked(s, "fee", 100_000)
    await allocate(s.house, s.house.act(s.some_id(), MAKER), "G14", s.now.date())
    await to(s, date(2027, 2, 1))
    assert await told(s) == []


@story
async def test_an_advance_that_nobody_deals_with_is_a_case(s: Desk) -> None:
    await s.agency("G99")
    account = await s.agency("G14")
    await term(s, "advance", 90)
    advance = await s.assessment("G14", ("advance", 300_000))
    await s.money(account, (await s.payment(account, advance)).reference, 300_000)
    await to(s, date(2027, 2, 18))
    assert await told(s) == []
    await to(s, date(2027, 2, 19))
    assert await told(s) == [("T09", 300_000, "open")]
    await s.says(account, Reversed(reference="", transaction="T-1", at=s.now, reason="void"))
    await s.run()
    assert ("T09", 300_000, "closed") in await told(s)


@pytest.mark.parametrize(
    ("about", "due_on"), [("sayso", date(2026, 12, 3)), ("another", date(2026, 11, 30))]
)
def test_a_dispute_is_answered_within_its_schemes_term(about: str, due_on: date) -> None:
    async def tell(s: Desk) -> None:
        account = await s.agency("G14")
        await term(s, "evidence", 8, about=about)
        await term(s, "evidence", 5)
        fee = await s.assessment("G14", ("fee", 100_000))
        await s.money(account, (await s.payment(account, fee)).reference, 100_000)
        said = Disputed(
            dispute="D", transaction="T-1", stage="opened", amount=vnd(40_000), at=s.now
        )
        await s.says(account, said)
        await s.run()
        assert (await s.case("S14")).due_on == due_on

    story(tell)()


@story
async def test_money_of_a_closed_period_is_counted_by_its_rule_and_only_then(s: Desk) -> None:
    account = await s.agency("G14", "whatever")
    await s.money(account, "nobody's", 1_000)
    s.now += timedelta(days=12)
    period = Period.open(s.store.ids.period("G14", "2026-11"), "G14", "2026-11", s.now)
    period.begin_closing(MAKER, s.now.date(), s.now)
    await s.keep(period)
    s.now -= timedelta(days=12)
    await s.money(account, "nobody's", 2_000, "T-2")
    s.now += timedelta(days=12)
    await s.money(account, "nobody's", 3_000, "T-3")
    await s.run()
    late = [one for one in await told(s) if one[0] == "G02"]
    assert late == [("G02", 2_000, "closed")]


@pytest.mark.parametrize(
    ("every", "within", "day", "due_on"),
    [
        ("day", 0, date(2026, 11, 20), date(2026, 11, 20)),
        ("month", 5, date(2026, 11, 20), date(2026, 12, 5)),
        ("month", 0, date(2026, 12, 31), date(2026, 12, 31)),
        ("quarter", 30, date(2026, 11, 20), date(2027, 1, 30)),
        ("quarter", 0, date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_a_period_ends_where_the_calendar_says(
    every: Every, within: int, day: date, due_on: date
) -> None:
    assert DutyTerm(every=every, within=within).due_on("remittance", day, vietnam()) == due_on


def test_terms_are_dated_checked_and_of_a_scheme_before_the_general_one() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    duties = Duties.open(UUID(int=1), "G14", at)
    with pytest.raises(WrongDutyTerm):
        duties.set_term("advance", "", "month", 5, SINCE, at)
    with pytest.raises(WrongDutyTerm):
        duties.set_term("advance", "", "day", -1, SINCE, at)
    duties.set_term("evidence", "", "day", 5, SINCE, at)
    duties.set_term("evidence", "sayso", "day", 8, SINCE, at)
    duties.set_term("evidence", "sayso", "day", None, date(2026, 12, 1), at)
    version = duties.version
    duties.set_term("evidence", "", "day", 5, SINCE, at)
    assert duties.version == version

    def within(about: str, day: date) -> int | None:
        found = duties.term_on("evidence", about, day)
        return found.within if found else None

    assert within("sayso", date(2026, 11, 30)) == 8
    assert within("sayso", date(2026, 12, 1)) == within("other", SINCE) == 5
    assert within("sayso", date(2025, 12, 31)) is None


async def of_another(s: Desk) -> Transfer:
    """50,000 that G14 took for a notice of G22 and 30,000 that it holds for it, not in the bank."""
    account = await s.agency("G14", "whatever")
    await s.agency("G22")
    fee = await s.assessment("G22", ("fee", 50_000))
    await s.money(account, (await s.payment(account, fee)).reference, 50_000)
    await s.money(account, "nobody's", 30_000, "T-2")
    held = await s.transfer(account, "T-2")
    wish = reclassifying.Wish(
        item=item(held), purpose="hold_for_agency", reason="theirs", beneficiary="G22"
    )
    asked = await reclassifying.request_reclassification(
        s.house, s.house.act(s.some_id(), MAKER), wish
    )
    assert asked.result is not None
    act = s.house.act(s.some_id(), CHECKER)
    await reclassifying.approve_reclassification(s.house, act, asked.result.id, asked.result.digest)
    return await s.transfer(account)


@story
async def test_what_is_not_passed_on_in_a_day_is_one_case_of_each_money(s: Desk) -> None:
    lined = await of_another(s)
    held = s.store.ids.transfer(lined.origin.account, "T-2")
    await bank_transfers(s.house, [lined.id, held], s.now, MAKER)
    await s.run()
    assert ("A07", 30_000, "open") in await told(s)
    s.now += timedelta(hours=23)
    await s.run()
    assert not any(code == "T08" for code, _, _ in await told(s))
    s.now += timedelta(hours=2)
    await s.run()
    late = sorted(one for one in await told(s) if one[2] == "open")
    assert late == [("T08", 30_000, "open"), ("T08", 50_000, "open")], "what was A07 has aged"


def test_of_a_credit_that_a_bank_told_by_its_day_24_hours_are_over_with_the_next_day() -> None:
    told_at = datetime(2026, 11, 20, 10, 30, tzinfo=HANOI)
    assert passed_on_by(told_at) == datetime(2026, 11, 21, 10, 30, tzinfo=HANOI)
    assert passed_on_by(midnight(date(2026, 11, 20))) == midnight(date(2026, 11, 22))
