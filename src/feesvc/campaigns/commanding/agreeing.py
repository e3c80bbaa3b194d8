"""Steps that people agree on outside of money: periods, rules of matching, rates of exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from feesvc.application import closing, converting, drifting, duties, match_rules, registries
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.ordering import office
from feesvc.campaigns.commanding.paying import checking
from feesvc.campaigns.commanding.standing import raised
from feesvc.domain.closing import Abnormal, Sheet
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.match_rules import MatchRules
from feesvc.domain.match_terms import MatchTerms
from feesvc.money import Money

AGREEING = Steps()
MONTH, DAY = "2026-10", date(2026, 11, 20)
RATE = 26_000_000_000


@AGREEING.of(closing.begin_closing)
async def begin(e: Everything, act: Act) -> object:
    return await closing.begin_closing(e.s.house, act, office(e), MONTH, told)


@AGREEING.of(closing.withdraw_closing)
async def withdraw(e: Everything, act: Act) -> object:
    return await closing.withdraw_closing(e.s.house, act, office(e), MONTH, "early", told)


AGREEING.of(closing.begin_closing)(begin)


def sheet(e: Everything) -> Sheet:
    return Sheet(
        agency=office(e), name=MONTH, position=9, items=(), open_items="", balances=(), runs=()
    )


@AGREEING.of(closing.propose_close)
async def vouch(e: Everything, act: Act) -> object:
    one = sheet(e)
    return await closing.propose_close(e.s.house, act, one, one.digest, (), told)


@AGREEING.of(closing.close)
async def close(e: Everything, act: Act) -> object:
    one = sheet(e)
    return await closing.close(e.s.house, checking(act), one, one.digest, told)


@AGREEING.of(closing.ask_reopening)
async def ask(e: Everything, act: Act) -> object:
    return await closing.ask_reopening(e.s.house, act, office(e), MONTH, "mistake", told)


@AGREEING.of(closing.refuse_reopening)
async def refuse(e: Everything, act: Act) -> object:
    return await closing.refuse_reopening(
        e.s.house, checking(act), office(e), MONTH, "no_need", told
    )


AGREEING.of(closing.ask_reopening)(ask)


@AGREEING.of(closing.reopen)
async def reopen(e: Everything, act: Act) -> object:
    return await closing.reopen(e.s.house, checking(act), office(e), MONTH, told)


@AGREEING.of(match_rules.propose_rules)
async def propose(e: Everything, act: Act) -> object:
    return await match_rules.propose_rules(
        e.s.house, act, e.code, None, MatchTerms(), date(2026, 1, 1), told
    )


def rules(e: Everything) -> UUID:
    return match_rules.rules_id(e.s.house, e.code, None)


@AGREEING.of(match_rules.reject_rules)
async def reject(e: Everything, act: Act) -> object:
    return await match_rules.reject_rules(e.s.house, checking(act), rules(e), 1, "no", told)


AGREEING.of(match_rules.propose_rules)(propose)


@AGREEING.of(match_rules.approve_rules)
async def approve(e: Everything, act: Act) -> object:
    digest = (await e.s.house.see(MatchRules, rules(e), "")).versions[2].digest
    return await match_rules.approve_rules(e.s.house, checking(act), rules(e), 2, digest, told)


@AGREEING.of(converting.propose_rate)
async def rate(e: Everything, act: Act) -> object:
    return await converting.propose_rate(
        e.s.house, act, office(e), "USD", "VND", RATE, "vcb_transfer", DAY, told
    )


@AGREEING.of(converting.approve_rate)
async def agree_to_rate(e: Everything, act: Act) -> object:
    id = converting.rate_id(e.s.house, office(e), "USD", "VND")
    return await converting.approve_rate(e.s.house, checking(act), id, RATE, DAY, told)


@AGREEING.of(registries.begin)
async def raise_abroad(e: Everything, act: Act) -> object:
    def make() -> Any:
        return raised(e, "visa", "fee", Money(2_500, "USD"), act, agency=office(e))

    return await registries.begin(e.s.house, act, e.id("visa"), make, told)


@AGREEING.of(converting.convert)
async def convert(e: Everything, act: Act) -> object:
    return await converting.convert(e.s.house, act, e.id("visa"), "VND", told)


@AGREEING.of(converting.request_sale)
async def sell(e: Everything, act: Act) -> object:
    e.ids["sale"] = e.s.store.ids.of("currency_sale", str(act.id))
    return await converting.request_sale(
        e.s.house, act, office(e), Money(100, "USD"), "VND", "monthly", told
    )


def sells(do: Callable[[CurrencySale, Act], None]) -> Step:
    async def step(e: Everything, act: Act) -> object:
        by = checking(act)
        return await converting.on_sale(
            e.s.house, by, e.ids["sale"], lambda sale: do(sale, by), told
        )

    return step


AGREEING.of(converting.on_sale)(
    sells(lambda sale, act: sale.approve(act.principal, sale.digest, act.at))
)
AGREEING.of(converting.on_sale)(
    sells(lambda sale, act: converting.sold(sale, 100, "X-1", act.at, act.at))
)
AGREEING.of(converting.on_sale)(
    sells(lambda sale, act: converting.received(sale, 26_000, RATE, "X-2", act.at, act.at))
)


@AGREEING.of(duties.set_duty_term)
async def set_duty_term(e: Everything, act: Act) -> object:
    return await duties.set_duty_term(
        e.s.house, act, office(e), "remittance", "", "day", 1, DAY, told
    )


@AGREEING.of(drifting.tell_abnormal)
async def tell_abnormal(e: Everything, act: Act) -> object:
    sides = (("1200", -5), ("2100", 5))
    found = [Abnormal(account=at, amount=Money(amount, "VND")) for at, amount in sides]
    await drifting.tell_abnormal(e.s.house, act, office(e), MONTH, found)
    return None


@AGREEING.of(drifting.tell_drift)
async def tell_drift(e: Everything, act: Act) -> object:
    tables = {"entry": [office(e), e.code], "opening": [office(e)]}
    return len(await drifting.tell_drift(e.s.house, act, "books", 1, tables))
