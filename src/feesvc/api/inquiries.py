"""Bill inquiries: an outside channel asks what a dossier owes, and is told in its own words."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from feesvc.api.notifications import LARGEST, as_it_came
from feesvc.application.inquiries import answer_inquiry

router = APIRouter(tags=["notifications"])


@router.post("/notifications/{account}/inquiry", max_body_size=LARGEST)
async def inquire(account: UUID, request: Request) -> Response:
    """One question about one dossier, to one merchant account. Asking again opens no second bill.

    The path's account is unguessable and chooses the key, as with notifications.
    """
    notification = await as_it_came(request)
    reply = await answer_inquiry(request.app.state.house, account, notification)
    return Response(reply.body, reply.status, media_type=reply.media_type)
