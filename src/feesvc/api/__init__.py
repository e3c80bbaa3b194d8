"""HTTP in, command out. Mounts whatever is installed; names nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI

from feesvc import plugins
from feesvc.api import health, ledgers, problems
from feesvc.api.describing import describe
from feesvc.api.glances import Glances
from feesvc.api.service import Service

__all__ = ["Service", "create_app"]

BUSY = ("payments", "notifications", "assessments")
"""Mounted first: routes are tried one after the other, and these are asked for all day."""
LARGEST_BODY = 1024 * 1024
"""Bytes. Routes that take documents say otherwise."""

DESCRIPTION = (
    "Fees of online public services: what is owed, what was paid, and one ledger per agency. "
    "Amounts are whole minor units with their currency; times are RFC 3339; ids are opaque. "
    "Every POST that changes something needs an Idempotency-Key. Errors are RFC 9457 problems."
)


def create_app(service: Callable[[], AbstractAsyncContextManager[Service]]) -> FastAPI:
    """The application. ``service`` is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service() as opened, Glances(opened.house) as glances:
            app.state.service = opened
            app.state.house = opened.house
            app.state.tokens = opened.tokens
            app.state.glances = glances
            app.state.trusted_proxies = opened.trusted_proxies
            yield

    app = FastAPI(
        title="feesvc", version="1", description=DESCRIPTION, lifespan=lifespan,
        docs_url="/docs", redoc_url=None,
        max_body_size=LARGEST_BODY,
    )  # fmt: skip
    problems.install(app)
    app.include_router(health.router, responses=problems.RESPONSES)
    for router in _routers():
        app.include_router(router, prefix="/v1", responses=problems.RESPONSES)
    routes = ledgers.routes(app, plugins.projections())
    app.include_router(routes, prefix="/v1", responses=problems.RESPONSES)
    describe(app)
    return app


def _routers() -> list[APIRouter]:
    """Every module here that defines a ``router``, in the order of their names."""
    found = []
    names = [module.name for module in iter_modules(__path__)]
    for name in (*BUSY, *(name for name in names if name not in BUSY)):
        router = getattr(import_module(f"{__name__}.{name}"), "router", None)
        if isinstance(router, APIRouter) and name != "health":
            found.append(router)
    return found
