"""Asks the read routes of a projection over a given history, without the rest of the service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.requests import Request

from feesvc.domain.aggregate import Recorded
from feesvc.embedded import Database
from feesvc.projecting import BadQuery, Projection
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.testing.projection import SERVICE
from feesvc.testing.recorded import ListedLog, in_order


def noon(day: str) -> datetime:
    """Noon of a day in Hà Nội."""
    return datetime.fromisoformat(day).replace(hour=5, tzinfo=UTC)


def at(event: Recorded, day: str, known: str = "") -> Recorded:
    """The event, occurred on one day and recorded on another, both at noon in Hà Nội."""
    occurred = noon(day)
    facts = dict(vars(event.event), timestamp=occurred)
    facts.update({"occurred_at": occurred} if "occurred_at" in facts else {})
    changed = object.__new__(type(event.event))
    changed.__dict__.update(facts)
    return replace(event, event=changed, recorded_at=noon(known or day))


@contextmanager
def reading(
    database: Database, projection: Projection, events: Sequence[Recorded], agency: str
) -> Iterator[TestClient]:
    """A client of the projection's routes for that agency, over these events."""
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(in_order(events))) as runner:
        runner.catch_up()
    readers = Readers(database.url, projection.name)
    readers.start()
    app = FastAPI()

    def say_lag(response: Response) -> None:
        response.headers["Feesvc-Projection-Lag"] = "0"

    app.include_router(
        projection.routes(readers.open), prefix=f"/v1/agencies/{{agency}}/{projection.name}",
        dependencies=[Depends(say_lag)],
    )  # fmt: skip

    def refuse(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 422)

    app.add_exception_handler(BadQuery, refuse)
    try:
        with TestClient(app) as client:
            client.base_url = client.base_url.join(f"/v1/agencies/{agency}/{projection.name}/")
            yield client
    finally:
        readers.close()
