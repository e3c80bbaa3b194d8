"""The inbox over HTTP: what intermediaries said, as it came, for officers and auditors."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from feesvc.api.callers import NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import Body, Reason, View
from feesvc.application.house import Decision
from feesvc.application.verifying import Finding, verify
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.officer import Role
from feesvc.people import Redacted
from feesvc.people.inbox import Arrival, Wanted
from feesvc.store import Answer

router = APIRouter(tags=["inbox"])
Who = Annotated[Caller, Depends(caller_of)]

READERS: tuple[Role, ...] = ("auditor", "finance")
"""They may read what was said, which may be about a person; every such read is put on record."""
HIDDEN = ("authorization", "cookie", "proxy-authorization")
"""Headers that may hold a secret of ours: that they came is told, and no more."""
Said = Literal[
    "recorded", "duplicate", "wrong_amount", "unknown_order", "nothing", "forged", "try_again"
]


class ArrivalView(View):
    """One arrival. ``verdict`` is what became of it, ``outcomes`` what it said, in our words.

    ``evidence`` is the hash of its raw bytes, which events name; null where only its coming was
    noted. ``size`` is in bytes.
    """

    id: str
    received_at: datetime
    verdict: Said
    method: str
    size: int
    evidence: str | None
    outcomes: list[str]


class ArrivalsView(View):
    """Newest first. ``next`` is the ``before`` of the next page; null at the end."""

    notifications: list[ArrivalView]
    next: str | None


class RawView(ArrivalView):
    """The request as it came, in base64 where it is bytes; reading it is put on record.

    ``kept``: whether its bytes are here: ``no`` when they never were, ``erased`` since.
    """

    kept: Literal["yes", "no", "erased"]
    query: str | None
    body: str | None
    headers: dict[str, str] | None
    source: str | None


class VerifiedView(View):
    """``keys_from``: since when the keys that verified it were the account's.

    ``key_unavailable``: the keys it came under are no longer there. ``unreadable``: the adapter
    that is installed now cannot read it.
    """

    finding: Finding
    keys_from: datetime | None
    outcomes: list[str]


class EraseBody(Body):
    """Bytes of what arrived before then; of one verdict only, where one is named."""

    before: AwareDatetime
    verdict: Said | None = None
    reason: Reason


class ErasedView(View):
    messages: int


@router.get("/merchant-accounts/{id}/notifications", response_model=ArrivalsView)
async def list_arrivals(
    request: Request, id: UUID, who: Who,
    verdict: Annotated[Said | None, Query()] = None,
    evidence: Annotated[str | None, Query(pattern="^(sha256:)?[0-9a-f]{64}$")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
    before: Annotated[str | None, Query(pattern="^[1-9][0-9]{0,17}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:  # fmt: skip
    """What arrived, from ``since`` to before ``until``; ``evidence`` is what an event names."""
    await who.require_reader((await _account(who, id)).agency)
    found = await who.house.people.inbox.arrivals(
        Wanted(
            account=id, verdict=verdict, since=since, until=until, limit=limit + 1,
            message=evidence.removeprefix("sha256:") if evidence else None,
            before=int(before) if before else None,
        )
    )  # fmt: skip
    said = ArrivalsView(
        notifications=[ArrivalView(**_told(one)) for one in found[:limit]],
        next=str(found[limit - 1].id) if len(found) > limit else None,
    )
    return shown(request, said)


@router.get("/merchant-accounts/{id}/notifications/{arrival}", response_model=RawView)
async def read(
    request: Request, id: UUID, arrival: str, who: Who, reason: Annotated[Reason, Query()]
) -> Response:
    """One notification as it came. ``reason`` is the code of the work at hand."""
    await who.require((await _account(who, id)).agency, roles=READERS)
    found = await _arrival(who, id, arrival)
    inbox = who.house.people.inbox
    await inbox.put_on_record(found, reason, who.principal)
    raw = await inbox.opened(found)
    if raw is None or isinstance(raw, Redacted):
        kept: Literal["no", "erased"] = "no" if raw is None else "erased"
        return shown(
            request,
            RawView(**_told(found), kept=kept, query=None, body=None, headers=None, source=None),
        )
    headers = {n: "[hidden]" if n in HIDDEN else value for n, value in raw.headers.items()}
    said = RawView(
        **_told(found), kept="yes", query=_base64(raw.query), body=_base64(raw.body),
        headers=headers, source=raw.source,
    )  # fmt: skip
    return shown(request, said)


@router.post(
    "/merchant-accounts/{id}/notifications/{arrival}/verification", response_model=VerifiedView
)
async def verification(request: Request, id: UUID, arrival: str, who: Who) -> Response:
    """Verify the bytes again, with the account's keys of that day and since. Books nothing."""
    account = await _account(who, id)
    await who.require(account.agency, roles=READERS)
    found = await verify(who.house, account, await _arrival(who, id, arrival))
    said = VerifiedView(
        finding=found.finding, keys_from=found.keys_from, outcomes=list(found.outcomes)
    )
    return shown(request, said)


@router.post("/merchant-accounts/{id}/notifications/erasure", response_model=ErasedView)
async def erase(request: Request, id: UUID, body: EraseBody, who: Who) -> Response:
    """Destroy the bytes of what is past its retention; that it came, and its verdict, stays."""
    await who.require_administrator((await _account(who, id)).agency)
    act = act_of(request, who, body)

    async def destroy() -> Decision[int]:
        inbox = who.house.people.inbox
        return Decision(
            await inbox.erase(id, body.before, body.verdict, body.reason, who.principal)
        )

    def answer(messages: int) -> Answer:
        return made(ErasedView(messages=messages), f"/v1/merchant-accounts/{id}/notifications", 200)

    async def again() -> Answer:
        return answer((await destroy()).result)

    return await respond(who, await who.house.settle(act, destroy, answer), answer, again)


async def _account(who: Caller, id: UUID) -> MerchantAccount:
    return await who.house.see(MerchantAccount, id, "")


async def _arrival(who: Caller, account: UUID, id: str) -> Arrival:
    number = int(id) if id.isascii() and id.isdecimal() and len(id) < 19 else 0
    found = await who.house.people.inbox.arrival(account, number)
    if found is None:
        raise NOT_FOUND
    return found


def _told(one: Arrival) -> dict[str, Any]:
    return {
        "id": str(one.id), "received_at": one.received_at, "verdict": one.verdict,
        "method": one.method, "size": one.size, "outcomes": list(one.outcomes),
        "evidence": f"sha256:{one.message}" if one.message else None,
    }  # fmt: skip


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
