"""Notifications: intermediaries report here, and each is answered in its own words.

The path's account is unguessable and chooses the key; nothing in the message does. The answer is
given after the commit, and is the same for a duplicate.
"""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response

from feesvc.api.problems import Problem
from feesvc.application.house import House
from feesvc.application.receiving import Reception
from feesvc.intermediary import Notification

router = APIRouter(tags=["notifications"])

LARGEST = 64 * 1024
"""Bytes of one notification."""


@router.post("/notifications/{account}", max_body_size=LARGEST)
@router.get("/notifications/{account}", max_body_size=LARGEST)
async def notify(account: UUID, request: Request) -> Response:
    """One notification for one merchant account."""
    notification = await as_it_came(request)
    reply = await _reception(request.app).receive(account, notification)
    return Response(reply.body, reply.status, media_type=reply.media_type)


def _reception(app: FastAPI) -> Reception:
    """One for the house that this application serves."""
    house: House = app.state.house
    found: Reception | None = getattr(app.state, "reception", None)
    if found is None or found.house is not house:
        found = app.state.reception = Reception(house)
    return found


async def as_it_came(request: Request) -> Notification:
    """The request byte for byte. Raises a 413 for a query that is larger than a body may be."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    query: bytes = request.scope["query_string"]
    if len(query) > LARGEST:
        raise Problem(413, "body-too-large", "The notification is larger than this takes")
    house: House = request.app.state.house
    return Notification(
        method=request.method,
        query=query,
        headers=headers,
        body=await request.body(),
        received_at=house.now(),
        source=source_of(request, getattr(request.app.state, "trusted_proxies", 0)),
    )


def source_of(request: Request, trusted_proxies: int) -> str:
    """The address that the outermost of our own proxies saw; without one, who connected.

    Each proxy adds whom it saw at the right end; what stands further left, anybody can write.
    """
    peer = request.client.host if request.client else ""
    if not trusted_proxies:
        return peer
    hops = [
        hop.strip()
        for line in request.headers.getlist("x-forwarded-for")
        for hop in line.split(",")
        if hop.strip()
    ]
    return hops[-trusted_proxies][:64] if len(hops) >= trusted_proxies else peer
