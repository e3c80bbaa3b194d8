"""Applications that only benchmarks serve: ours on the stock recorder, and a bare echo."""

from __future__ import annotations

import asyncio
import os

import psycopg
from fastapi import FastAPI
from starlette.types import ASGIApp

from feesvc import plugins
from feesvc.api import serving
from feesvc.api.payments import PaymentBody
from feesvc.assembly import utc_now
from feesvc.settings import Settings, load
from feesvc.store import Store
from feesvc.store.memory import NAMESPACE
from feesvc.store.stock import StockStore
from feesvc.testing.counterpart import Counterpart

COUNTERPART = "FEESVC_BENCH_COUNTERPART"
THREADS = 16
_LOCK = 7_305_414_094


def stock() -> ASGIApp:
    """The whole service, on the stock recorder in threads."""
    return serving.app(lambda _: open_stock(load()))


async def open_stock(settings: Settings) -> Store:
    """A stock store beside others of the same database, so that each gives its own references."""
    return await asyncio.to_thread(_opened, settings.need_owner_url())


def _opened(owner_url: str) -> Store:
    # The library makes its tables at each start; two processes at once would fail at that.
    with psycopg.connect(owner_url, autocommit=True) as alone:
        alone.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        store = asyncio.run(StockStore.open(owner_url, THREADS, NAMESPACE, utc_now()))
    store.epoch = f"s{os.getpid()}"
    return store


def counterpart() -> ASGIApp:
    """The stand-in of the intermediary that ``FEESVC_BENCH_COUNTERPART`` names."""
    stand_in: Counterpart = plugins.counterparts()[os.environ[COUNTERPART]](utc_now)
    return stand_in.app


def echo() -> ASGIApp:
    """What the framework itself can do: it reads the same body, and writes it back."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/v1/payments", status_code=201)
    async def say_again(body: PaymentBody) -> PaymentBody:
        return body

    return app
