"""Converting: fees fixed in a foreign currency made payable at home, and foreign money sold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from feesvc.application.custody import owner_of
from feesvc.application.house import Act, Decision, Done, House
from feesvc.domain.aggregate import Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.conversion import CONVERTED, Conversion
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.exchange_rate import ExchangeRate, NoRate, converted
from feesvc.domain.line import Line, check_total
from feesvc.money import Money, total
from feesvc.store import Answer


class PaidInPart(Refusal):
    """Money paid a part of it already: it is settled in its own currency"""


def rate_id(house: House, agency: str, foreign: str, home: str) -> UUID:
    return house.store.ids.of("exchange_rate", agency, foreign, home)


async def propose_rate(
    house: House, act: Act, agency: str, foreign: str, home: str, rate_ppm: int, source: str,
    effective_on: date, answer: Callable[[ExchangeRate], Answer] | None = None,
) -> Done[ExchangeRate]:  # fmt: skip
    """Propose what one unit of ``foreign`` is worth in ``home``, in millionths, with its source."""

    async def decide() -> Decision[ExchangeRate]:
        await owner_of(house, agency)
        id = rate_id(house, agency, foreign, home)
        found = (await house.store.load([id])).get(id)
        rate = (
            found
            if isinstance(found, ExchangeRate)
            else ExchangeRate.open(id, agency, foreign, home, act.at)
        )
        rate.propose(act.principal, rate_ppm, source, effective_on, act.at)
        return Decision(rate, [rate])

    return await house.settle(act, decide, answer)


async def approve_rate(
    house: House, act: Act, id: UUID, rate_ppm: int, effective_on: date,
    answer: Callable[[ExchangeRate], Answer] | None = None,
) -> Done[ExchangeRate]:  # fmt: skip
    """Another person agrees: it holds from its day on."""

    async def decide() -> Decision[ExchangeRate]:
        rate = await house.one(ExchangeRate, id, f"exchange rate {id}")
        rate.approve(act.principal, rate_ppm, effective_on, act.at)
        return Decision(rate, [rate])

    return await house.settle(act, decide, answer)


async def convert(
    house: House, act: Act, assessment_id: UUID, home: str,
    answer: Callable[[Conversion], Answer] | None = None,
) -> Done[Conversion]:  # fmt: skip
    """What is open of an assessment is owed in ``home`` from now on, at today's rate (P24c, P24d).

    Its notice is superseded by one of the same lines, each converted to the nearest minor unit.
    Raises ``NoRate``, and ``PaidInPart`` once money was collected for it.
    """

    async def decide() -> Decision[Conversion]:
        source = await house.one(Assessment, assessment_id, f"assessment {assessment_id}")
        if any(line.collected for line in source.lines.values()):
            raise PaidInPart(f"notice {source.notice} of {source.dossier}")
        id = rate_id(house, source.agency, source.currency, home)
        rate = (await house.store.peek([id])).get(id)
        if not isinstance(rate, ExchangeRate):
            raise NoRate(f"{source.currency} in {home}")
        rate_ppm, whose = rate.on(act.day)
        before = source.outstanding
        notice = f"{source.notice}-{home}"
        target = await _raised(house, act, source, notice, rate_ppm, home)
        source.supersede(notice, CONVERTED, act.at)
        conversion = Conversion.first(
            Conversion.Made, house.store.ids.of("conversion", str(source.id)), act.at,
            agency=source.agency, source=source.id, target=target.id, from_amount=before,
            to_amount=target.total, rate_ppm=rate_ppm, rate_source=whose, rate_on=act.day,
        )  # fmt: skip
        return Decision(conversion, [conversion, source, target])

    return await house.settle(act, decide, answer)


async def _raised(
    house: House, act: Act, source: Assessment, notice: str, rate_ppm: int, home: str
) -> Assessment:
    [first, *_] = await house.store.history(source.id, 0, 1)
    raised = first.event
    assert isinstance(raised, Assessment.Raised)
    lines = tuple(_line(source, line, rate_ppm, home) for line in raised.lines)
    summed = total((line.amount for line in lines), home)
    check_total(summed.amount)
    target = Assessment.first(
        Assessment.Raised, house.store.ids.assessment(source.agency, source.dossier, notice),
        act.at, agency=source.agency, dossier=source.dossier, notice=notice,
        procedure=raised.procedure, procedure_version=raised.procedure_version,
        portal=raised.portal, channel=raised.channel, service_level=raised.service_level,
        result_delivery=raised.result_delivery, submitted_on=raised.submitted_on,
        due_on=raised.due_on, payer_class=raised.payer_class,
        identity_level=raised.identity_level, locality=raised.locality, subject=raised.subject,
        lines=lines, total=summed, content=raised.content,
        converted_from=source.id,
    )  # fmt: skip
    target.mark(act.at)
    return target


def _line(source: Assessment, line: Line, rate_ppm: int, home: str) -> Line:
    """As it is owed now, reductions since then included."""
    owed = Money(source.lines[line.number].due, source.currency)
    amount = converted(owed, rate_ppm, home)
    return replace(line, full=amount, reductions=(), amount=amount)


async def request_sale(
    house: House, act: Act, agency: str, amount: Money, into: str, reason: str,
    answer: Callable[[CurrencySale], Answer] | None = None,
) -> Done[CurrencySale]:  # fmt: skip
    """Ask that foreign money in the bank be sold; another person approves."""

    async def decide() -> Decision[CurrencySale]:
        await owner_of(house, agency)
        id = house.store.ids.of("currency_sale", str(act.id))
        sale = CurrencySale.request(id, agency, act.principal, amount, into, reason, act.at)
        return Decision(sale, [sale])

    return await house.settle(act, decide, answer)


async def on_sale(
    house: House, act: Act, id: UUID, do: Callable[[CurrencySale], None],
    answer: Callable[[CurrencySale], Answer] | None = None,
) -> Done[CurrencySale]:  # fmt: skip
    """Approve or reject it, or record what the bank did (P24a, P24b)."""

    async def decide() -> Decision[CurrencySale]:
        sale = await house.one(CurrencySale, id, f"currency sale {id}")
        do(sale)
        return Decision(sale, [sale])

    return await house.settle(act, decide, answer)


def sold(
    sale: CurrencySale, amount: int, reference: str, occurred_at: datetime, at: datetime
) -> None:
    """The bank debited the foreign account."""
    sale.sell(Money(amount, sale.amount.currency), reference, occurred_at, at)


def received(
    sale: CurrencySale, amount: int, rate_ppm: int, reference: str, occurred_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """The bank credited the home account at its rate."""
    sale.receive(Money(amount, sale.into), rate_ppm, reference, occurred_at, at)
