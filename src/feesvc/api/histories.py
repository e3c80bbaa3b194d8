"""Histories over HTTP: every event of one stream, as recorded; none holds anything personal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from feesvc.api.callers import NOT_FOUND, Caller, caller_of
from feesvc.api.telling import shown
from feesvc.api.wire import AgencyCode, View
from feesvc.domain.aggregate import Recorded
from feesvc.store.forms import form_of

router = APIRouter(tags=["histories"])
Who = Annotated[Caller, Depends(caller_of)]

PAGE = 200


class EventView(View):
    """One event. ``at`` is when it happened, ``recorded_at`` when the database had it.

    ``facts`` are in the current ``form`` of this ``topic``; ``cause`` is the position of the event
    that led to it, or empty.
    """

    position: str
    version: int
    topic: str
    form: int
    at: datetime
    recorded_at: datetime
    actor: str
    command: UUID
    cause: str
    facts: dict[str, Any]


class HistoryView(View):
    """``next`` is the ``after`` of the next page; null at the end."""

    stream: UUID
    events: list[EventView]
    next: int | None


@router.get("/agencies/{agency}/histories/{stream}", response_model=HistoryView)
async def history(
    request: Request, agency: AgencyCode, stream: UUID, who: Who,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> Response:  # fmt: skip
    """The events of an assessment, a payment, a transfer, a refund …, oldest first.

    ``stream`` is the id of the thing; ``after`` a version to go on from.
    """
    await who.require_reader(agency)
    store = who.house.store
    # The first event tells whose stream it is, also where nothing comes after.
    begun = await store.history(stream, 0, 1)
    page = await store.history(stream, after, limit + 1)
    if not begun or any(recorded.agency != agency for recorded in (*begun, *page)):
        raise NOT_FOUND
    said = HistoryView(
        stream=stream, events=[_view(one, store.log) for one in page[:limit]],
        next=page[limit - 1].event.originator_version if len(page) > limit else None,
    )  # fmt: skip
    return shown(request, said)


def _view(recorded: Recorded, log: str) -> EventView:
    event = recorded.event
    facts = msgspec.json.decode(form_of(type(event)).write(event))
    facts.pop("timestamp", None)
    return EventView(
        position=f"{log}-{recorded.position}", version=event.originator_version,
        topic=event.TOPIC, form=event.FORM, at=event.timestamp, recorded_at=recorded.recorded_at,
        actor=recorded.actor, command=recorded.command, cause=recorded.cause, facts=facts,
    )  # fmt: skip
