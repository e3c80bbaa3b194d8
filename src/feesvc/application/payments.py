"""Payments: the intent on record, then the intermediary asked, then its answer on record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from feesvc.application import transfers
from feesvc.application.cancelling import close_others
from feesvc.application.house import Act, Decision, Done, House, Unknown, act_of
from feesvc.application.ordering import order_of
from feesvc.application.owing import assessments_among
from feesvc.application.tariffs import surcharge_on, tariff_id
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment, NotOpen
from feesvc.domain.attempts import Attempts
from feesvc.domain.merchant_account import MerchantAccount, MerchantAccountClosed
from feesvc.domain.payment import Asked, Payment
from feesvc.intermediary import Checkout, Outcome, Pending, Refused, code_of
from feesvc.money import Money, total
from feesvc.store import Answer

TIME_TO_PAY = timedelta(minutes=30)
GRACE = timedelta(minutes=30)
"""So long after a payment's time is over, an intermediary that knows of no money is believed."""


class NothingOwed(Refusal):
    """There is nothing to pay"""


class OneCurrency(Refusal):
    """A payment is in one currency"""


class CurrencyNotTaken(Refusal):
    """The merchant account does not take this currency"""


class AmountOutsideLimits(Refusal):
    """The intermediary does not take this amount in one payment"""


class InFlight(Exception):
    """The first request with this key is still at work; ask again in ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"ask again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What a portal asks for: all that is open on ``assessments``, through one merchant account."""

    assessments: Sequence[UUID]
    account: UUID
    portal: str
    return_url: str
    locale: Literal["vi", "en"]
    payer_ip: str
    """Given to the intermediary that asks for it; never recorded."""
    time_to_pay: timedelta = TIME_TO_PAY


async def open_payment(
    house: House, act: Act, request: PaymentRequest, answer: Callable[[Payment], Answer]
) -> Done[Payment]:
    """Record the intent, ask the intermediary for a checkout, record it with the answer.

    A repeat of a request that died in between goes on where it stopped, with the same reference,
    so that no second checkout is opened. A payment that the intermediary refused comes back ended.
    Raises ``Unavailable`` (the intent stands: repeat the request) and ``InFlight``.
    """
    begun = await house.settle(act, lambda: _initiate(house, act, request))
    presented = act_of(act, house.store.ids.of("presented", str(act.id)))
    if begun.result is None:
        before = await house.store.find(presented.id)
        if before is not None:
            return Done(None, before, presented.id)
        _still_at_work(house, act, begun)
        payment = await house.one(Payment, await house.made_by(begun.appended), "payment")
        account = await house.see(MerchantAccount, payment.account, "merchant account")
    else:
        payment, account = begun.result
        payment.collect_events()  # they are recorded: what it decides next is all that is new
    at_hand = [payment]

    async def now() -> Payment:
        """As it was just recorded; read again only if somebody else was first."""
        return at_hand.pop() if at_hand else await house.one(Payment, payment.id, "payment")

    try:
        checkout = await _ask(house, payment, account, request.payer_ip)
    except Refused as refused:
        detail = code_of(str(refused))
        return await house.settle(
            presented, lambda: _refuse(now, presented, detail), answer, attempts=None
        )
    return await house.settle(
        presented, lambda: _present(now, presented, checkout), answer, attempts=None
    )


async def look_up_payment(house: House, payment_id: UUID) -> None:
    """Ask the intermediary how an order stands, and record what it says. Raises ``Unavailable``.

    Knowing of no money is no end until the order's time is long over, and not even then for good.
    """
    payment = await house.see(Payment, payment_id, f"payment {payment_id}")
    account = await house.see(MerchantAccount, payment.account, "merchant account")
    adapter = house.desk.adapter(account)
    order = order_of(house, payment)
    outcomes = await house.desk.call(
        account.intermediary, "look_up", lambda: adapter.look_up(order)
    )
    for outcome in outcomes:
        await transfers.record_outcome(house, account, outcome, "look_up", "")
    if all(map(_knows_nothing, outcomes)) and house.now() >= payment.expires_at + GRACE:
        await _expire(house, payment)


async def is_awaited(house: House, payment: Payment) -> bool:
    """Whether its money may still come: it has no end, only ours, or was paid and not in full."""
    if payment.ended is None or payment.unheard:
        return True
    if not payment.met_in_parts:
        return False
    owing = (await house.store.peek(payment.assessments)).values()
    return any(isinstance(one, Assessment) and one.state == "open" for one in owing)


def _knows_nothing(outcome: Outcome) -> bool:
    return isinstance(outcome, Pending) and not outcome.code


async def _expire(house: House, payment: Payment) -> None:
    act = house.act(house.store.ids.of("expiry", str(payment.id)), f"account:{payment.account}")

    async def decide() -> Decision[None]:
        now = await house.one(Payment, payment.id, "payment")
        now.expire(act.at)
        return Decision(None, [now])

    if payment.ended is None:
        await house.take(act, decide)


async def _initiate(
    house: House, act: Act, request: PaymentRequest
) -> Decision[tuple[Payment, MerchantAccount]]:
    wanted = wanted_by(house, request)
    found = await house.store.peek(wanted)
    before = [one for one in found.values() if isinstance(one, Attempts)]
    if before and await close_others(house, act, before):
        found = await house.store.peek(wanted)  # the money of another attempt may have come
    return await intend(house, act, request, found)


def wanted_by(house: House, request: PaymentRequest) -> list[UUID]:
    """The account and its tariff, the assessments and the attempts at each: what an intent is
    decided on.
    """
    attempts = [house.store.ids.of("attempts", str(id)) for id in request.assessments]
    return [request.account, tariff_id(house, request.account), *request.assessments, *attempts]


async def intend(
    house: House, act: Act, request: PaymentRequest, found: Mapping[UUID, Aggregate]
) -> Decision[tuple[Payment, MerchantAccount]]:
    """Decide the intent on what is ``wanted_by`` the request; asks no intermediary anything."""
    account = found.get(request.account)
    if not isinstance(account, MerchantAccount):
        raise Unknown("merchant account")
    if account.closed:
        raise MerchantAccountClosed(str(account.id))
    kind = house.desk.kind(account.intermediary)
    loaded = assessments_among(found, request.assessments)
    asked = [part for assessment in loaded.values() for part in asked_of(assessment)]
    if not asked:
        raise NothingOwed("every assessment is paid, or has nothing to pay")
    if len({part.amount.currency for part in asked}) > 1:
        raise OneCurrency("the assessments are in more than one")
    owed = total((part.amount for part in asked), asked[0].amount.currency)
    surcharge = surcharge_on(found.get(tariff_id(house, account.id)), owed, act.day)
    amount = owed + surcharge
    _check_amount(account, kind.facts.currencies, amount)
    number = await house.store.numbers()
    reference = house.desk.adapter(account).reference_for(house.store.epoch, number, act.at)
    dossier = next(iter(loaded.values())).dossier
    payment = Payment.first(
        Payment.Initiated, house.store.ids.payment(account.id, reference), act.at,
        agency=account.agency, portal=request.portal, account=account.id,
        intermediary=account.intermediary, reference=reference, amount=amount,
        variable_amount=kind.facts.variable_amount, asked=tuple(asked), dossier=dossier,
        description=_description(dossier), locale=request.locale, return_url=request.return_url,
        expires_at=act.at + request.time_to_pay, surcharge=surcharge,
    )  # fmt: skip
    return Decision((payment, account), [payment, *await _attempted(house, act, payment, found)])


async def _attempted(
    house: House, act: Act, payment: Payment, found: Mapping[UUID, Aggregate]
) -> list[Attempts]:
    """The attempts at each assessment, with this one: whoever is second sees whoever was first."""
    told: list[Attempts] = []
    for part in {part.assessment: part for part in payment.asked}.values():
        id = house.store.ids.of("attempts", str(part.assessment))
        if id in found:
            attempts = await house.one(Attempts, id, "attempts")
            attempts.add(payment.id, act.at)
        else:
            attempts = Attempts.begin(id, part.agency, part.assessment, payment.id, act.at)
        told.append(attempts)
    return told


def asked_of(assessment: Assessment) -> list[Asked]:
    """What is open on it, line by line. Raises ``NotOpen`` when it was withdrawn."""
    if assessment.withdrawn:
        raise NotOpen(f"notice {assessment.notice} of {assessment.dossier}")
    return [
        Asked(
            assessment=assessment.id, agency=assessment.agency, line=number, kind=line.kind,
            item=assessment.terms[number].item, name=assessment.terms[number].name_vi,
            amount=Money(line.open, assessment.currency),
        )
        for number, line in sorted(assessment.lines.items())
        if line.open
    ]  # fmt: skip


def _check_amount(account: MerchantAccount, limits: object, amount: Money) -> None:
    assert isinstance(limits, dict)
    if amount.currency not in account.currencies or amount.currency not in limits:
        raise CurrencyNotTaken(f"{account.intermediary}: {amount.currency}")
    limit = limits[amount.currency]
    if not limit.minimum <= amount.amount <= limit.maximum:
        raise AmountOutsideLimits(f"{amount}: from {limit.minimum} to {limit.maximum}")


def _description(dossier: str) -> str:
    """ASCII letters, digits and spaces only: some intermediaries sign it unencoded."""
    ascii_only = unicodedata.normalize("NFKD", dossier).encode("ascii", "ignore").decode()
    return re.sub(r"[^0-9A-Za-z]+", " ", f"Dossier {ascii_only}").strip()[:200]


def _still_at_work(house: House, act: Act, begun: Done[Any]) -> None:
    recorded_at: datetime | None = begun.appended.recorded_at
    assert recorded_at is not None
    left = house.in_flight - (act.at - recorded_at)
    if left > timedelta(0):
        raise InFlight(max(1, -(-int(left.total_seconds() * 1000) // 1000)))


async def _ask(house: House, payment: Payment, account: MerchantAccount, payer_ip: str) -> Checkout:
    adapter, order = house.desk.adapter(account), order_of(house, payment, payer_ip)
    return await house.desk.call(
        account.intermediary, "request_payment", lambda: adapter.request_payment(order)
    )


async def _present(
    now: Callable[[], Awaitable[Payment]], act: Act, checkout: Checkout
) -> Decision[Payment]:
    payment = await now()
    payment.present(url=checkout.url, qr=checkout.qr, handle=checkout.handle, at=act.at)
    return Decision(payment, [payment])


async def _refuse(
    now: Callable[[], Awaitable[Payment]], act: Act, detail: str
) -> Decision[Payment]:
    payment = await now()
    payment.end("refused", detail, act.at, act.at)
    return Decision(payment, [payment])
