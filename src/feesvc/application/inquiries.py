"""Inquiries: an outside channel asks what a dossier owes, so that its payer can pay there.

The answer is a bill with a reference of ours, so the intent is on record before it is told. Nobody
is asked anything else, and no other attempt at the same dossier is closed: a question is no wish
to pay. The channel tells of the money like any other intermediary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from feesvc.application import payments
from feesvc.application.house import Busy, Decision, House, Unknown
from feesvc.application.ordering import order_of
from feesvc.application.payments import PaymentRequest
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.attempts import Attempts
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Asked, Payment
from feesvc.intermediary import (
    BillInquiry,
    Forged,
    Intermediary,
    NoBill,
    Notification,
    PaymentOrder,
    Reply,
    Unavailable,
    Verdict,
)
from feesvc.store import StoreUnavailable

NOTICES = tuple(str(number) for number in range(1, 10))
"""The demands of a dossier that are looked for: the usual one is 1, an advance may be another."""
TIME_TO_PAY_A_BILL = timedelta(days=1)
"""A bill stands in the channel's own list, not on a page that is open."""

log = structlog.get_logger(__name__)


async def answer_inquiry(house: House, account: UUID, notification: Notification) -> Reply:
    """Answer one question in the channel's own words.

    Raises ``Unknown`` where there is no such account, or its intermediary asks no such things,
    ``Misconfigured``, and ``StoreUnavailable`` where the account cannot be read.
    """
    merchant = await house.see(MerchantAccount, account, "")
    adapter = house.desk.adapter(merchant)
    if not isinstance(adapter, BillInquiry):
        raise Unknown("")
    try:
        dossier = await house.desk.call(
            merchant.intermediary, "read_inquiry", lambda: adapter.read_inquiry(notification)
        )
    except Forged:
        _told(merchant, Verdict.FORGED.value)
        return adapter.acknowledge(notification, Verdict.FORGED)
    except Unavailable:
        _told(merchant, Verdict.TRY_AGAIN.value)
        return adapter.acknowledge(notification, Verdict.TRY_AGAIN)
    except Exception as error:  # noqa: BLE001 - a mistake of the adapter's is no answer
        return _later(merchant, adapter, notification, error)
    try:
        bill = await bill_of(house, merchant, dossier)
        reply = adapter.answer_inquiry(notification, bill)
    except Exception as error:  # noqa: BLE001 - whatever it is, the channel is answered
        return _later(merchant, adapter, notification, error)
    _told(merchant, bill if isinstance(bill, str) else "bill")
    return reply


async def bill_of(house: House, merchant: MerchantAccount, dossier: str) -> PaymentOrder | NoBill:
    """What the account's agency is still owed for a dossier, as one order to pay there.

    Asked again, it is the same order for as long as it is open and the same is owed.
    """
    ids = [house.store.ids.assessment(merchant.agency, dossier, notice) for notice in NOTICES]
    found = await house.store.peek(ids)
    there = [one for id in ids if isinstance(one := found.get(id), Assessment)]
    if not there:
        return "unknown_dossier"
    owing = [one.id for one in there if not one.withdrawn and payments.asked_of(one)]
    if not owing:
        return "nothing_owed"
    request = PaymentRequest(
        assessments=owing, account=merchant.id, portal=merchant.intermediary, return_url="",
        locale="vi", payer_ip="", time_to_pay=TIME_TO_PAY_A_BILL,
    )  # fmt: skip
    try:
        return order_of(house, await _payment(house, request))
    except Refusal as why:
        # The account is closed, or does not take this currency or amount: nothing to pay there.
        log.info("inquiry.no_bill", account=str(merchant.id), error=type(why).__name__)
        return "nothing_owed"


async def _payment(house: House, request: PaymentRequest) -> Payment:
    wanted = payments.wanted_by(house, request)
    found = await house.store.peek(wanted)
    tried = [one for one in found.values() if isinstance(one, Attempts)]
    known = await _known(house, request, found, tried)
    if known is not None:
        return known
    # Whoever asks at the same moment sees the same attempts, and so asks under the same id.
    seen = "".join(str(payment) for one in tried for payment in one.payments)
    state = hashlib.sha256(seen.encode()).hexdigest()
    id = house.store.ids.of("inquiry", str(request.account), state, *_said(_asked(request, found)))
    act = house.act(id, f"account:{request.account}")

    async def decide() -> Decision[tuple[Payment, MerchantAccount]]:
        return await payments.intend(house, act, request, await house.store.peek(wanted))

    done = await house.settle(act, decide)
    if done.result is None:
        return await house.see(Payment, await house.made_by(done.appended), "payment")
    return done.result[0]


async def _known(
    house: House, request: PaymentRequest, found: Mapping[UUID, Aggregate],
    tried: Sequence[Attempts],
) -> Payment | None:  # fmt: skip
    """The bill that was told before, while it is open and what is owed is still what it says."""
    ids = list(dict.fromkeys(payment for one in tried for payment in one.payments))
    now, asked = house.now(), _asked(request, found)
    for payment in (await house.store.peek(ids)).values():
        if (
            isinstance(payment, Payment)
            and (payment.account, payment.portal) == (request.account, request.portal)
            and payment.ended is None
            and payment.expires_at > now
            and list(payment.asked) == asked
        ):
            return payment
    return None


def _asked(request: PaymentRequest, found: Mapping[UUID, Aggregate]) -> list[Asked]:
    loaded = [found[id] for id in request.assessments]
    return [p for one in loaded if isinstance(one, Assessment) for p in payments.asked_of(one)]


def _said(asked: Sequence[Asked]) -> list[str | int]:
    """What makes a bill another one, as the parts of an id."""
    parts: list[str | int] = []
    for part in asked:
        parts += [str(part.assessment), part.line, part.amount.amount, part.amount.currency]
    return parts


def _later(
    merchant: MerchantAccount, adapter: Intermediary, notification: Notification, error: Exception
) -> Reply:
    """The fault is ours: it is to be asked again."""
    tell = log.warning if isinstance(error, StoreUnavailable | Busy) else log.error
    tell("inquiry.not_answered", account=str(merchant.id), exc_info=error)
    _told(merchant, Verdict.TRY_AGAIN.value)
    return adapter.acknowledge(notification, Verdict.TRY_AGAIN)


def _told(merchant: MerchantAccount, what: str) -> None:
    log.info(
        "inquiry.answered", intermediary=merchant.intermediary, account=str(merchant.id),
        agency=merchant.agency, told=what,
    )  # fmt: skip
