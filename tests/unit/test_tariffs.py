"""Commission by contract: two people, dated versions, rounding, and what differs from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feesvc.application import tariffs
from feesvc.application.batches import credit_batch
from feesvc.application.crediting import ChargeBeyondTariff
from feesvc.application.tariffs import decide_tariff, propose_tariff, take_invoice
from feesvc.domain.case import Case
from feesvc.domain.commission_invoice import InvoiceContradicts, NothingInvoiced
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.domain.tariff import Tariff, TariffMalformed, TariffTerms, UnknownTariff
from feesvc.testing.batching import DAY, WHO, Payouts, credit, payment, vnd
from feesvc.testing.scenario import NOON, Scenario, story

TERMS = TariffTerms(currency="VND", ppm=10_000, tax_ppm=100_000, bank_charge=500)


async def agreed(p: Payouts, terms: TariffTerms, since: date = date(2026, 1, 1)) -> Tariff:
    s = p.s
    act = s.house.act(s.some_id(), "person:maker")
    asked = (await propose_tariff(s.house, act, p.account, terms, since)).result
    assert asked is not None
    number = max(asked.versions)
    digest = asked.versions[number].digest
    checker = s.house.act(s.some_id(), "person:checker")
    done = await decide_tariff(
        s.house, checker, p.account,
        lambda found: found.approve(number, digest, checker.principal, checker.at),
    )  # fmt: skip
    assert done.result is not None
    return done.result


@pytest.mark.parametrize(
    ("terms", "gross", "commission", "tax"),
    [
        (TERMS, 100_000, 1_000, 100),
        (TERMS, 100_049, 1_000, 100),
        (TERMS, 100_050, 1_001, 100),
        (TariffTerms(currency="VND", ppm=29_000, fixed=7_500, tax_ppm=100_000), 135_000, 11_415,
         1_142),
        (TariffTerms(currency="VND", ppm=10_000, minimum=1_500), 100_000, 1_500, 0),
        (TariffTerms(currency="VND", ppm=10_000, maximum=900), 100_000, 900, 0),
        (TariffTerms(currency="VND", ppm=11_111, rounding="down"), 100_000, 1_111, 0),
        (TariffTerms(currency="VND", ppm=11_111, rounding="up"), 100_000, 1_112, 0),
        (TariffTerms(currency="VND", ppm=11_111, unit=100), 100_000, 1_100, 0),
        (TariffTerms(currency="VND", ppm=11_500, unit=100), 100_000, 1_200, 0),
    ],
)  # fmt: skip
def test_commission_by_the_terms(terms: TariffTerms, gross: int, commission: int, tax: int) -> None:
    assert terms.commission(gross) == (commission, tax)


@pytest.mark.parametrize(
    "wrong",
    [{"ppm": -1}, {"ppm": 1_000_001}, {"minimum": 5, "maximum": 4}, {"unit": 0}, {"fixed": -1}],
)
def test_impossible_terms_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TariffMalformed):
        TariffTerms(currency="VND", **{"ppm": 0} | wrong).check()


@story
async def test_two_people_agree_and_each_day_has_its_own_terms(s: Scenario) -> None:
    p = await Payouts.begin(s)
    act = s.house.act(s.some_id(), "person:maker")
    asked = (await propose_tariff(s.house, act, p.account, TERMS, date(2026, 1, 1))).result
    assert asked is not None
    with pytest.raises(SamePerson):
        asked.approve(1, asked.versions[1].digest, "person:maker", NOON)
    with pytest.raises(ChangedSinceAsked):
        asked.approve(1, "0" * 64, "person:checker", NOON)
    with pytest.raises(UnknownTariff):
        asked.reject(2, "person:checker", "x", NOON)
    assert await tariffs.tariff_on(s.house, p.account, DAY, "VND") is None
    await agreed(p, TERMS, date(2026, 1, 1))
    dearer = TariffTerms(currency="VND", ppm=20_000)
    await agreed(p, dearer, date(2026, 11, 21))
    for day, terms in ((date(2026, 11, 20), TERMS), (date(2026, 11, 21), dearer)):
        assert await tariffs.tariff_on(s.house, p.account, day, "VND") == terms
    assert await tariffs.tariff_on(s.house, p.account, DAY, "USD") is None
    assert await tariffs.tariff_on(s.house, p.account, date(2025, 12, 31), "VND") is None


@story
async def test_commission_beyond_a_rounding_unit_is_a_case(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await agreed(p, TERMS)
    await p.settle(
        "B-1", payment("T-1", 100_000, 1_000, 100), payment("T-2", 100_000, 1_001, 99),
        payment("T-3", 100_000, 1_002, 100), payment("T-4", 100_000, 1_000, 0),
    )  # fmt: skip
    log = [each.event for each in await s.store.read(0, 1000)]
    cases = [each for each in log if isinstance(each, Case.Opened)]
    assert [(one.code, one.at_risk) for one in cases] == [("S09", vnd(2)), ("S09", vnd(100))]
    subjects = [s.store.ids.transfer(p.account, name) for name in ("T-3", "T-4")]
    assert [one.subject.id for one in cases] == subjects


@story
async def test_the_bank_keeps_what_its_tariff_says_and_no_more(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await agreed(p, TERMS)
    await p.settle("B-1", payment("T-1", 100_000, 1_000, 100))
    with pytest.raises(ChargeBeyondTariff):
        await credit_batch(s.house, "G14", p.id("B-1"), credit(98_300), WHO, charge=vnd(600))
    with pytest.raises(ChargeBeyondTariff):
        await credit_batch(s.house, "G14", p.id("B-1"), credit(98_500), WHO, charge=vnd(500))
    found = await credit_batch(
        s.house, "G14", p.id("B-1"), credit(98_000), WHO, charge=vnd(500), claim=True
    )
    assert (found.in_full, found.claimed) == (True, 400)


@story
async def test_an_invoice_is_owed_once(s: Scenario) -> None:
    p = await Payouts.begin(s)

    async def invoice(commission: int, month: str = "2026-11") -> None:
        act = s.house.act(s.some_id(), WHO)
        await take_invoice(s.house, act, p.account, "HD-1", month, vnd(commission), vnd(100), NOON)

    await invoice(1_000)
    head = await s.store.head()
    await invoice(1_000)
    topics = [each.event.TOPIC for each in await s.store.read(0, 1000)]
    assert topics.count("commission_invoice.received") == 1
    for commission, month in ((1_001, "2026-11"), (1_000, "2026-10")):
        with pytest.raises(InvoiceContradicts):
            await invoice(commission, month)
    assert await s.store.head() == head
    act = s.house.act(s.some_id(), WHO)
    with pytest.raises(NothingInvoiced):
        await take_invoice(s.house, act, p.account, "HD-2", "2026-11", vnd(0), vnd(0), NOON)
