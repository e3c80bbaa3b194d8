"""Exchange over HTTP: dated rates, fees in a foreign currency made payable at home, and sales."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, CLERKS, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Currency,
    Day,
    MoneyView,
    Reason,
    ReasonBody,
    View,
    text,
)
from feesvc.application import converting as commands
from feesvc.application.bank_accounts import midnight
from feesvc.domain.assessment import Assessment
from feesvc.domain.conversion import Conversion
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.exchange_rate import ExchangeRate
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["exchange"])
Who = Annotated[Caller, Depends(caller_of)]


class RateBody(Body):
    """Units of ``home`` for one unit of ``foreign``, in millionths: 26 000 is 26000000000.

    ``source`` is a code that names whose rate it is.
    """

    foreign: Currency
    home: Currency = "VND"
    rate_ppm: Amount
    source: Reason
    effective_on: Day


class RateAgreedBody(Body):
    """Exactly the rate, and the day, that were proposed."""

    rate_ppm: Amount
    effective_on: Day


class ConvertBody(Body):
    """The currency that it is to be paid in."""

    home: Currency = "VND"


class SaleBody(Body):
    """``amount`` of ``currency`` is to be sold to the bank."""

    amount: Amount
    currency: Currency
    into: Currency = "VND"
    reason: Reason


class SaleLineBody(Body):
    """The bank's line; ``rate_ppm`` where it credited the home account."""

    amount: Amount
    reference: text(140)  # type: ignore[valid-type]
    booked_on: Day
    rate_ppm: Amount | None = None


class RateView(View):
    id: UUID
    agency: str
    foreign: str
    home: str


class ConversionView(View):
    """``target`` is what is owed now; ``source`` is superseded by it."""

    id: UUID
    agency: str
    source: UUID
    target: UUID
    from_amount: MoneyView
    to_amount: MoneyView
    rate_ppm: int
    rate_source: str
    rate_on: date


class SaleView(View):
    """``digest`` binds the approval to exactly this."""

    id: UUID
    agency: str
    state: str
    amount: MoneyView
    into: str
    reason: str
    maker: str
    digest: str


@router.post("/agencies/{agency}/exchange-rates", status_code=201, response_model=RateView)
async def propose(request: Request, agency: AgencyCode, body: RateBody, who: Who) -> Response:
    """Propose a rate from a day on; another person approves."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done = await commands.propose_rate(
        who.house, act, agency, body.foreign, body.home, body.rate_ppm, body.source,
        body.effective_on, _rated,
    )  # fmt: skip
    id = commands.rate_id(who.house, agency, body.foreign, body.home)

    async def again() -> Answer:
        return _rated(await who.house.see(ExchangeRate, id, ""))

    return await respond(who, done, _rated, again)


@router.post("/exchange-rates/{id}/approve", status_code=201, response_model=RateView)
async def agree(request: Request, id: UUID, body: RateAgreedBody, who: Who) -> Response:
    """Agree, as another person than proposed it: it holds from its day on."""
    rate = await who.house.see(ExchangeRate, id, "")
    await who.require(rate.agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_rate(who.house, act, id, body.rate_ppm, body.effective_on, _rated)

    async def again() -> Answer:
        return _rated(await who.house.see(ExchangeRate, id, ""))

    return await respond(who, done, _rated, again)


@router.post("/assessments/{id}/convert", status_code=201, response_model=ConversionView)
async def convert(request: Request, id: UUID, body: ConvertBody, who: Who) -> Response:
    """What is open is owed in another currency, at the rate that holds today (P24c, P24d)."""
    assessment = await who.house.see(Assessment, id, "")
    await who.require(assessment.agency, roles=CLERKS)
    act = act_of(request, who, body)
    done = await commands.convert(who.house, act, id, body.home, _converted)

    async def again() -> Answer:
        return _converted(
            await who.house.see(Conversion, who.house.store.ids.of("conversion", str(id)), "")
        )

    return await respond(who, done, _converted, again)


@router.post("/agencies/{agency}/currency-sales", status_code=201, response_model=SaleView)
async def ask(request: Request, agency: AgencyCode, body: SaleBody, who: Who) -> Response:
    """Ask that foreign money in the bank be sold; another person approves."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    amount = Money(body.amount, body.currency)
    done = await commands.request_sale(
        who.house, act, agency, amount, body.into, body.reason, _asked
    )
    return await respond(who, done, _asked, _again(who, _sale_id(who, act.id), _asked))


@router.get("/currency-sales/{id}", response_model=SaleView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One sale, with the digest that its approval is bound to."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.post("/currency-sales/{id}/approve", response_model=SaleView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than asked, to exactly what was asked."""
    await _seen(who, id, ("approver",))
    act = act_of(request, who, body)
    return await _do(who, act, id, lambda sale: sale.approve(who.principal, body.digest, act.at))


@router.post("/currency-sales/{id}/reject", response_model=SaleView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It will not be sold."""
    await _seen(who, id, ("approver", "finance"))
    act = act_of(request, who, body)
    return await _do(who, act, id, lambda sale: sale.reject(who.principal, body.reason, act.at))


@router.post("/currency-sales/{id}/line", response_model=SaleView)
async def line(request: Request, id: UUID, body: SaleLineBody, who: Who) -> Response:
    """The bank's line: without a rate the debit (P24a), with one the credit at home (P24b)."""
    await _seen(who, id, FINANCE)
    act, at = act_of(request, who, body), midnight(body.booked_on)
    if body.rate_ppm is None:
        return await _do(
            who, act, id,
            lambda sale: commands.sold(sale, body.amount, body.reference, at, act.at),
        )  # fmt: skip
    rate = body.rate_ppm
    return await _do(
        who, act, id,
        lambda sale: commands.received(sale, body.amount, rate, body.reference, at, act.at),
    )  # fmt: skip


def view(one: CurrencySale) -> SaleView:
    return SaleView(
        id=one.id, agency=one.agency, state=one.state, amount=MoneyView.of(one.amount),
        into=one.into, reason=one.reason, maker=one.maker, digest=one.digest,
    )  # fmt: skip


async def _do(who: Caller, act: Any, id: UUID, do: Callable[[CurrencySale], None]) -> Response:
    done = await commands.on_sale(who.house, act, id, do, _told)
    return await respond(who, done, _told, _again(who, id, _told))


async def _seen(who: Caller, id: UUID, roles: Any) -> CurrencySale:
    one = await who.house.see(CurrencySale, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _sale_id(who: Caller, act: UUID) -> UUID:
    return who.house.store.ids.of("currency_sale", str(act))


def _again(
    who: Caller, id: UUID, tell: Callable[[CurrencySale], Answer]
) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return tell(await who.house.see(CurrencySale, id, ""))

    return again


def _rated(one: ExchangeRate) -> Answer:
    told = RateView(id=one.id, agency=one.agency, foreign=one.foreign, home=one.home)
    return made(told, f"/v1/exchange-rates/{one.id}")


def _converted(one: Conversion) -> Answer:
    told = ConversionView(
        id=one.id, agency=one.agency, source=one.source, target=one.target,
        from_amount=MoneyView.of(one.from_amount), to_amount=MoneyView.of(one.to_amount),
        rate_ppm=one.rate_ppm, rate_source=one.rate_source, rate_on=one.rate_on,
    )  # fmt: skip
    return made(told, f"/v1/assessments/{one.target}")


def _asked(one: CurrencySale) -> Answer:
    return made(view(one), f"/v1/currency-sales/{one.id}")


def _told(one: CurrencySale) -> Answer:
    return made(view(one), f"/v1/currency-sales/{one.id}", 200)
