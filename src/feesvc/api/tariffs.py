"""Tariffs over HTTP: what an intermediary may take by its contract, and what it bills."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, StrictInt

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import Amount, Body, Code, Currency, Day, MoneyView, Reason, View
from feesvc.application import tariffs as commands
from feesvc.application.house import HANOI, Done
from feesvc.domain.commission_invoice import CommissionInvoice
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.tariff import Bearer, Rounding, Tariff, TariffTerms, TariffVersion
from feesvc.money import LARGEST, PPM, Money
from feesvc.store import Answer

router = APIRouter(tags=["merchant accounts"])
Who = Annotated[Caller, Depends(caller_of)]
Units = Annotated[StrictInt, Field(ge=0, le=LARGEST)]
Rate = Annotated[StrictInt, Field(ge=0, le=PPM)]
Number = Annotated[int, Path(ge=1, le=100_000)]


class TariffBody(Body):
    """Commission on a payment in minor units of ``currency``: ``ppm`` of it and ``fixed``, at
    least ``minimum``, at most ``maximum``; tax of ``tax_ppm`` on that; each rounded to whole
    ``unit``s. ``bank_charge``: the most that the bank keeps of one payout. ``borne_by`` "payer":
    both are asked of the payer on top of what is owed.
    """

    currency: Currency
    ppm: Rate
    fixed: Units = 0
    minimum: Units = 0
    maximum: Units | None = None
    tax_ppm: Rate = 0
    rounding: Rounding = "half_up"
    unit: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1
    bank_charge: Units = 0
    borne_by: Bearer = "agency"
    valid_from: Day

    def terms(self) -> TariffTerms:
        return TariffTerms(**self.model_dump(exclude={"valid_from"}))


class ApproveTariffBody(Body):
    """``digest`` is what the proposal shows."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RejectTariffBody(Body):
    reason: Reason


class InvoiceBody(Body):
    """A monthly invoice: ``commission`` without the ``tax`` on it, in minor units."""

    number: Code
    month: Annotated[str, Field(pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$")]
    commission: Amount
    tax: Units = 0
    currency: Currency
    issued_on: Day


class TariffVersionView(View):
    number: int
    state: str
    valid_from: str
    maker: str
    checker: str
    digest: str
    currency: str
    ppm: int
    fixed: int
    minimum: int
    maximum: int | None
    tax_ppm: int
    rounding: str
    unit: int
    bank_charge: int
    borne_by: Bearer


class TariffView(View):
    """All versions, oldest first; the approved one with the latest day holds on a day."""

    merchant_account: UUID
    versions: list[TariffVersionView]


class InvoiceView(View):
    id: UUID
    merchant_account: UUID
    number: str
    month: str
    commission: MoneyView
    tax: MoneyView


AT = "/merchant-accounts/{id}/tariff"


@router.get(AT, response_model=TariffView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """What the contract says, since when, and what is proposed."""
    await who.require((await _account(who, id)).agency, roles=ANY_ROLE)
    found = (await who.house.store.peek([commands.tariff_id(who.house, id)])).values()
    versions = [one for tariff in found if isinstance(tariff, Tariff)
                for one in tariff.versions.values()]  # fmt: skip
    return shown(request, TariffView(merchant_account=id, versions=[*map(_version, versions)]))


@router.post(AT, status_code=201, response_model=TariffView)
async def propose(request: Request, id: UUID, body: TariffBody, who: Who) -> Response:
    """Propose what the contract says from a day on; another person approves it."""
    await who.require((await _account(who, id)).agency, roles=FINANCE)
    act = act_of(request, who, body)
    answer = _answer(201)
    done = await commands.propose_tariff(who.house, act, id, body.terms(), body.valid_from, answer)
    return await _told(who, done, answer, id)


@router.post(f"{AT}/{{number}}/approve", response_model=TariffView)
async def approve(
    request: Request, id: UUID, number: Number, body: ApproveTariffBody, who: Who
) -> Response:
    """Agree, as another person than proposed it, to exactly what was proposed."""
    await who.require((await _account(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    answer = _answer(200)
    done = await commands.decide_tariff(
        who.house, act, id,
        lambda found: found.approve(number, body.digest, who.principal, act.at), answer,
    )  # fmt: skip
    return await _told(who, done, answer, id)


@router.post(f"{AT}/{{number}}/reject", response_model=TariffView)
async def reject(
    request: Request, id: UUID, number: Number, body: RejectTariffBody, who: Who
) -> Response:
    """The contract does not say so. Whoever proposed it may take it back so."""
    await who.require((await _account(who, id)).agency, roles=("approver", "finance"))
    act = act_of(request, who, body)
    answer = _answer(200)
    done = await commands.decide_tariff(
        who.house, act, id,
        lambda found: found.reject(number, who.principal, body.reason, act.at), answer,
    )  # fmt: skip
    return await _told(who, done, answer, id)


@router.post(
    "/merchant-accounts/{id}/commission-invoices", status_code=201, response_model=InvoiceView
)
async def invoice(request: Request, id: UUID, body: InvoiceBody, who: Who) -> Response:
    """Record a monthly invoice of commission: owed from now on, once for each number."""
    await who.require((await _account(who, id)).agency, roles=FINANCE)
    act = act_of(request, who, body)
    issued_at = datetime.combine(body.issued_on, time(), HANOI)
    done = await commands.take_invoice(
        who.house, act, id, body.number, body.month, Money(body.commission, body.currency),
        Money(body.tax, body.currency), issued_at, _invoice,
    )  # fmt: skip

    async def again() -> Answer:
        at = who.house.store.ids.of("commission_invoice", str(id), body.number)
        return _invoice(await who.house.see(CommissionInvoice, at, ""))

    return await respond(who, done, _invoice, again)


async def _account(who: Caller, id: UUID) -> MerchantAccount:
    return await who.house.see(MerchantAccount, id, "")


async def _told(
    who: Caller, done: Done[Tariff], answer: Callable[[Tariff], Answer], account: UUID
) -> Response:
    async def again() -> Answer:
        return answer(await who.house.see(Tariff, commands.tariff_id(who.house, account), ""))

    return await respond(who, done, answer, again)


def _answer(status: int) -> Callable[[Tariff], Answer]:
    def answer(found: Tariff) -> Answer:
        versions = [_version(one) for one in found.versions.values()]
        view = TariffView(merchant_account=found.account, versions=versions)
        return made(view, f"/v1/merchant-accounts/{found.account}/tariff", status)

    return answer


def _version(one: TariffVersion) -> TariffVersionView:
    terms = one.terms
    return TariffVersionView(
        number=one.number, state=one.state, valid_from=one.valid_from.isoformat(),
        maker=one.maker, checker=one.checker, digest=one.digest, currency=terms.currency,
        ppm=terms.ppm, fixed=terms.fixed, minimum=terms.minimum, maximum=terms.maximum,
        tax_ppm=terms.tax_ppm, rounding=terms.rounding, unit=terms.unit,
        bank_charge=terms.bank_charge, borne_by=terms.borne_by,
    )  # fmt: skip


def _invoice(found: CommissionInvoice) -> Answer:
    said = InvoiceView(
        id=found.id, merchant_account=found.account, number=found.number, month=found.month,
        commission=MoneyView.of(found.commission), tax=MoneyView.of(found.tax),
    )  # fmt: skip
    return made(said, f"/v1/merchant-accounts/{found.account}")
