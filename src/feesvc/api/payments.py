"""Payments over HTTP: asked for by a portal, and how each stands."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, CLERKS, NOT_FOUND, Caller, caller_of
from feesvc.api.choices import without_answer
from feesvc.api.glances import Glances
from feesvc.api.idempotency import act_of, respond
from feesvc.api.problems import Problem
from feesvc.api.telling import made, shown
from feesvc.api.wire import Body, Id, MoneyView, View
from feesvc.application import cancelling
from feesvc.application import payments as commands
from feesvc.application.choosing import alternatives, owed_now
from feesvc.application.owing import assessments
from feesvc.domain.assessment import Assessment
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.domain.return_url import checked_url
from feesvc.intermediary import Unavailable
from feesvc.store import Answer

router = APIRouter(tags=["payments"])
Who = Annotated[Caller, Depends(caller_of)]

RETURN_URL = Problem(
    422, "return-url-not-allowed", "The portal may not send payers back to that address"
)


class PaymentBody(Body):
    """All that is open on these assessments, through one merchant account of one agency."""

    assessments: list[Id] = Field(min_length=1, max_length=20)
    account: Id
    return_url: Annotated[str, Field(min_length=1, max_length=2000)]
    locale: Literal["vi", "en"] = "vi"


class PaymentView(View):
    """``state``: initiated, presented, received, or how it ended.

    ``surcharge`` of ``amount`` is for the commission, where the payer bears it.

    "Paid" is what ``assessments`` say: a payment is only one attempt.
    """

    id: UUID
    agency: str
    intermediary: str
    reference: str
    state: str
    amount: MoneyView
    surcharge: MoneyView
    url: str
    qr: str
    expires_at: str
    assessments: list[UUID]


class PaymentStateView(PaymentView):
    paid: bool


def view(payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.id, agency=payment.agency, intermediary=payment.intermediary,
        reference=payment.reference, state=payment.state, amount=MoneyView.of(payment.amount),
        surcharge=MoneyView.of(payment.surcharge),
        url=payment.url, qr=payment.qr, expires_at=payment.expires_at.isoformat(),
        assessments=list(payment.assessments),
    )  # fmt: skip


@router.post("/payments", status_code=201, response_model=PaymentView)
async def open_payment(request: Request, body: PaymentBody, who: Who) -> Response:
    """Ask an intermediary for a payment. The answer says where the payer pays.

    Repeat the request as it was after a 409 or a 503: the same payment goes on. A 503 names the
    ``alternatives``: other merchant accounts that take the amount now.
    """
    account = await _may_ask(who, body)
    act = act_of(request, who, body)
    rests = who.house.desk.rests(account.intermediary, "request_payment")
    if rests and await who.house.before(act) is None:
        raise await _elsewhere(who, account, body)  # nothing is recorded that could not be sent
    wanted = commands.PaymentRequest(
        assessments=tuple(body.assessments), account=body.account,
        portal=who.portal.code if who.portal else "", return_url=body.return_url,
        locale=body.locale, payer_ip=request.client.host if request.client else "",
    )  # fmt: skip
    try:
        done = await commands.open_payment(who.house, act, wanted, _opened)
    except Unavailable:
        raise await _elsewhere(who, account, body) from None

    async def again() -> Answer:
        begun = await who.house.store.find(act.id)
        assert begun is not None
        return _opened(await who.house.see(Payment, await who.house.made_by(begun), ""))

    return await respond(who, done, _opened, again)


@router.get("/payments/{id}", response_model=PaymentStateView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """How it stands, as far as we know. One without an end is asked after now and then."""
    payment = await seen(who, id)
    loaded = await assessments(who.house, payment.assessments)
    paid = all(assessment.state == "paid" for assessment in loaded.values())
    glances: Glances = request.app.state.glances
    glances.at(payment, paid=all(each.state != "open" for each in loaded.values()))
    said = PaymentStateView(**view(payment).model_dump(), paid=paid)
    return shown(request, said)


@router.post("/payments/{id}/look-up", response_model=PaymentView)
async def look_up(request: Request, id: UUID, who: Who) -> Response:
    """Ask the intermediary now how the payment stands, and record what it says."""
    await seen(who, id)
    await commands.look_up_payment(who.house, id)
    return shown(request, view(await who.house.see(Payment, id, "")))


@router.post("/payments/{id}/cancellation", response_model=PaymentView)
async def cancel(request: Request, id: UUID, who: Who) -> Response:
    """Close a payment that nobody is to pay any more, where its intermediary can do that.

    The answer says how it ended; ``received`` when its money came first. After a 503, repeat it.
    """
    payment = await seen(who, id)
    await who.require(payment.agency, scope="payments:write", roles=CLERKS)
    act = act_of(request, who, None)
    done = await cancelling.cancel_payment(who.house, act, id, _cancelled)

    async def again() -> Answer:
        return _cancelled(await who.house.see(Payment, id, ""))

    return await respond(who, done, _cancelled, again)


async def _may_ask(who: Caller, body: PaymentBody) -> MerchantAccount:
    """The collecting agency and every agency that is owed must be the caller's."""
    found = await who.house.store.peek([body.account, *body.assessments])
    account = found.get(body.account)
    if not isinstance(account, MerchantAccount):
        raise NOT_FOUND
    agencies = {account.agency}
    for id in body.assessments:
        assessment = found.get(id)
        if not isinstance(assessment, Assessment):
            raise NOT_FOUND
        agencies.add(assessment.agency)
    for agency in sorted(agencies):
        await who.require(agency, scope="payments:write", roles=CLERKS)
    if who.portal is None:
        checked_url(body.return_url)
    elif not who.portal.may_return_to(body.return_url):
        raise RETURN_URL
    return account


async def _elsewhere(who: Caller, account: MerchantAccount, body: PaymentBody) -> Problem:
    """The intermediary gives no answer: where else the agency takes what is owed now."""
    amount = await owed_now(who.house, body.assessments)
    return without_answer(
        await alternatives(who.house, account.agency, amount, account.id) if amount else ()
    )


async def seen(who: Caller, id: UUID) -> Payment:
    """A payment that the caller may see; any other is answered like a missing one."""
    payment = await who.house.see(Payment, id, "")
    await who.require(payment.agency, scope="payments:read", roles=ANY_ROLE)
    if who.portal is not None and payment.portal != who.portal.code:
        raise NOT_FOUND
    return payment


def _cancelled(payment: Payment) -> Answer:
    return made(view(payment), f"/v1/payments/{payment.id}", 200)


def _opened(payment: Payment) -> Answer:
    if payment.ended == "refused":
        refused = Problem(
            422, "refused-by-intermediary", "The intermediary refused the payment",
            more={"payment": str(payment.id)},
        )  # fmt: skip
        return Answer(422, refused.body(), f"/v1/payments/{payment.id}")
    return made(view(payment), f"/v1/payments/{payment.id}")
