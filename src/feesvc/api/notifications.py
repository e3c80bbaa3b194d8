"""Notifications: intermediaries report here, and each is answered in its own words.

The path's account is unguessable and chooses the key; nothing in the message does. The answer is
given after the commit, and is the same for a duplicate. Junk is counted, never stored.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from feesvc import metrics
from feesvc.application import payments, transfers
from feesvc.application.house import House, Unknown
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import (
    Forged,
    Intermediary,
    Notification,
    Outcome,
    Refused,
    Unavailable,
    Verdict,
)
from feesvc.people import PeopleUnavailable
from feesvc.store import StoreUnavailable

router = APIRouter(tags=["notifications"])
log = structlog.get_logger(__name__)

LARGEST = 64 * 1024
"""Bytes of one notification."""
WORST_FIRST = (
    Verdict.TRY_AGAIN, Verdict.WRONG_AMOUNT, Verdict.UNKNOWN_ORDER, Verdict.RECORDED,
    Verdict.DUPLICATE, Verdict.NOTHING,
)  # fmt: skip


@router.post("/notifications/{account}", max_body_size=LARGEST)
@router.get("/notifications/{account}")
async def notify(account: UUID, request: Request) -> Response:
    """One notification for one merchant account."""
    house: House = request.app.state.house
    notification = await _raw(house, request)
    merchant = await house.see(MerchantAccount, account, "")
    adapter = house.desk.adapter(merchant)
    verdict = await _verdict(house, merchant, adapter, notification)
    metrics.notifications.labels(merchant.intermediary, verdict.value).inc()
    log.info(
        "notification.answered", intermediary=merchant.intermediary, account=str(merchant.id),
        agency=merchant.agency, verdict=verdict.value,
    )  # fmt: skip
    reply = adapter.acknowledge(notification, verdict)
    return Response(reply.body, reply.status, media_type=reply.media_type)


async def _raw(house: House, request: Request) -> Notification:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Notification(
        method=request.method,
        query=request.scope["query_string"],
        headers=headers,
        body=await request.body(),
        received_at=house.now(),
    )


async def _verdict(
    house: House, merchant: MerchantAccount, adapter: Intermediary, notification: Notification
) -> Verdict:
    try:
        outcomes = await house.desk.call(
            merchant.intermediary,
            "read_notification",
            lambda: adapter.read_notification(notification),
        )
        evidence = await _keep(house, notification) if outcomes else ""
        if adapter.facts.trust == "hint":
            return await _looked_up(house, merchant, outcomes)
        verdicts = [
            await transfers.record_outcome(house, merchant, outcome, "notification", evidence)
            for outcome in outcomes
        ]
    except Forged:
        return Verdict.FORGED
    except (StoreUnavailable, PeopleUnavailable, Unavailable, Refused, Unknown):
        return Verdict.TRY_AGAIN
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOTHING)


async def _looked_up(
    house: House, merchant: MerchantAccount, outcomes: tuple[Outcome, ...] | object
) -> Verdict:
    """A hint books nothing itself: it makes us ask, over a channel that is signed."""
    assert isinstance(outcomes, (list, tuple))
    known = False
    for reference in {getattr(outcome, "reference", "") for outcome in outcomes} - {""}:
        id = house.store.ids.payment(merchant.id, reference)
        if id in await house.store.peek([id]):
            known = True
            await payments.look_up_payment(house, id)
    return Verdict.RECORDED if known else Verdict.UNKNOWN_ORDER


async def _keep(house: House, notification: Notification) -> str:
    """Keep the raw message, sealed and erasable; events name it by its hash."""
    raw = notification.query + b"\n" + notification.body
    return f"sha256:{await house.people.keep('notification', raw)}"
