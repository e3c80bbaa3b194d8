"""Health: whether the process lives, whether it can answer, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from feesvc import metrics
from feesvc.api.problems import RETRY_SECONDS, Problem
from feesvc.api.service import Service

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process runs. Asks nobody."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """The database answers and its migrations are applied. A ledger that lags is no reason."""
    service: Service = request.app.state.service
    standing = await service.ready()
    if standing:
        raise Problem(
            503, "not-ready", "The service cannot answer now", "; ".join(standing),
            retry_after=RETRY_SECONDS,
        )  # fmt: skip
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
async def numbers() -> Response:
    """What Prometheus reads. Keep it inside: it names agencies and intermediaries."""
    return Response(metrics.page(), media_type=metrics.CONTENT_TYPE)
