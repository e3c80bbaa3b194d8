"""Choices over HTTP: through which intermediaries an agency takes an amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from feesvc.api.callers import Caller, caller_of
from feesvc.api.problems import RETRY_SECONDS, Problem
from feesvc.api.telling import shown
from feesvc.api.wire import AgencyCode, Currency, MoneyView, View
from feesvc.application.choosing import Choice, choices
from feesvc.domain.accounts import Mode
from feesvc.money import LARGEST, Money

router = APIRouter(tags=["merchant accounts"])
Who = Annotated[Caller, Depends(caller_of)]


class LimitsView(View):
    """Of one payment, in minor units."""

    minimum: int
    maximum: int


class ChoiceView(View):
    """One merchant account. ``fits``: it takes this amount in this currency, with the
    ``surcharge`` that the payer is asked for on top.

    ``refunds``: how money goes back. ``variable_amount``: the payer may send another amount.
    ``checkout``: ``qr`` where the payer only scans; null where it depends on the payment.
    """

    account: UUID
    intermediary: str
    name_vi: str
    name_en: str
    mode: Mode
    currency: str
    limits: LimitsView | None
    surcharge: MoneyView
    fits: bool
    refunds: Literal["intermediary", "bank_transfer"]
    cancellable: bool
    variable_amount: bool
    charge_borne_by: Literal["agency", "payer"]
    checkout: Literal["qr"] | None
    health: Literal["ok", "degraded", "unavailable"]
    since: datetime | None
    """Since when it has been in trouble."""


class ChoicesView(View):
    intermediaries: list[ChoiceView]


@router.get("/agencies/{agency}/intermediaries", response_model=ChoicesView)
async def choose(
    request: Request, agency: AgencyCode, who: Who,
    amount: Annotated[int, Query(ge=1, le=LARGEST)], currency: Annotated[Currency, Query()],
) -> Response:  # fmt: skip
    """Where this amount could be paid now, the sickest last. ``amount`` is in minor units.

    Health is what the answering process saw within the last half minute.
    """
    await who.require_reader(agency, "payments:read")
    found = await choices(who.house, agency, Money(amount, currency))
    return shown(request, ChoicesView(intermediaries=[_view(one, currency) for one in found]))


def without_answer(others: Sequence[Choice]) -> Problem:
    """503: the intermediary gives no answer, and where the same may be paid instead."""
    return Problem(
        503, "intermediary-unavailable", "The intermediary gave no answer; ask again",
        retry_after=RETRY_SECONDS,
        more={
            "alternatives": [
                {
                    "account": str(one.account), "intermediary": one.intermediary,
                    "name_vi": one.facts.name_vi, "name_en": one.facts.name_en,
                    "health": one.health,
                }
                for one in others
            ]
        },
    )  # fmt: skip


def _view(one: Choice, currency: str) -> ChoiceView:
    limits = one.limits
    return ChoiceView(
        account=one.account, intermediary=one.intermediary, name_vi=one.facts.name_vi,
        name_en=one.facts.name_en, mode=one.mode, currency=currency,
        limits=LimitsView(minimum=limits.minimum, maximum=limits.maximum) if limits else None,
        surcharge=MoneyView.of(one.surcharge), fits=one.fits, refunds=one.refunds,
        cancellable=one.cancellable, variable_amount=one.facts.variable_amount,
        charge_borne_by="payer" if one.surcharge else one.facts.charge_borne_by,
        checkout=one.checkout, health=one.health, since=one.since,
    )  # fmt: skip
