"""Assembly: puts a house together from what the service is told and what is installed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from feesvc import migrations, plugins
from feesvc.application.desk import Desk
from feesvc.application.house import House
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.people import PeopleUnavailable
from feesvc.people.postgres import PostgresPeople
from feesvc.projecting.installing import install
from feesvc.reconciling.calendar import read_calendar
from feesvc.reconciling.filing.terms import MIB, FileTerms
from feesvc.reconciling.rows import Rows
from feesvc.secrets import Misconfigured, resolve
from feesvc.settings import PREFIX, Settings
from feesvc.store import Store, StoreUnavailable
from feesvc.store.grouped import GroupedStore

PAGE = 1000


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def open_house(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    open_store: Callable[[str], Awaitable[Store]] = GroupedStore.open,
) -> AsyncIterator[House]:
    """A house on the database that ``settings`` name, closed at the end.

    Only benchmarks give another ``open_store``, to measure the same house on another recorder.

    Raises ``Misconfigured``, ``StoreUnavailable``, ``WrongMasterKey``, and ``NotInstalled`` when a
    merchant account's intermediary has no adapter here.
    """
    url = settings.need_database_url()
    keys = settings.people_keys()
    calendar = read_calendar(settings.calendar)
    desk = Desk(
        plugins.intermediaries(), resolve, from_environment, refuse_live=settings.refuse_live,
        threads=settings.intermediary_threads,
    )  # fmt: skip
    store = await open_store(url)
    try:
        await require_adapters(store, desk)
        async with _pool(url, settings.database_connections) as pool:
            people = await PostgresPeople.opened(pool, keys)
            in_flight = timedelta(seconds=settings.in_flight_seconds)
            files = FileTerms(
                formats=plugins.statement_formats(), largest=settings.largest_file_mib * MIB,
                seconds=settings.file_seconds,
            )  # fmt: skip
            yield House(
                store, people, desk, now, settings.public_url, in_flight, calendar, Rows(pool),
                files,
            )  # fmt: skip
    except PoolTimeout:
        raise StoreUnavailable("the database gave no connection") from None
    except PeopleUnavailable as away:
        raise StoreUnavailable(f"the database gave no answer: {away}") from away
    finally:
        desk.close()
        await store.close()


def from_environment(intermediary: str, setting: str) -> str | None:
    """One setting for every account of an intermediary: ``FEESVC_<INTERMEDIARY>_<SETTING>``."""
    return os.environ.get(f"{PREFIX}{intermediary}_{setting}".upper())


async def require_adapters(store: Store, desk: Desk) -> None:
    """Raise ``NotInstalled`` for the first merchant account that nobody here can speak for."""
    after = 0
    topics = [MerchantAccount.Opened.TOPIC]
    while page := await store.read(after, PAGE, topics):
        for recorded in page:
            opened = recorded.event
            assert isinstance(opened, MerchantAccount.Opened)
            if desk.refuse_live and opened.mode == "live":
                raise Misconfigured(f"{opened.agency} has a live merchant account here")
            if opened.intermediary not in desk.kinds:
                raise plugins.NotInstalled(
                    f"{opened.agency} takes payments through {opened.intermediary}: "
                    "its adapter is not installed"
                )
        after = page[-1].position


def _pool(url: str, size: int) -> AsyncConnectionPool[AsyncConnection[Any]]:
    return AsyncConnectionPool(url, min_size=1, max_size=size, timeout=10, open=False)


def prepare_database(owner_url: str, service_role: str) -> list[str]:
    """Apply migrations and give every installed projection its tables; says what was done.

    Raises ``MigrationRefused``, and ``RebuildNeeded`` for a projection of another version.
    """
    done = migrations.apply(owner_url, service_role)
    installed = install(owner_url, service_role, plugins.projections().values())
    return [*done, *(f"projection {name}" for name in installed)]


def unsafe_settings(url: str) -> list[str]:
    """The settings of the database server without which it could lose what it acknowledged."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        return [name for name in ("fsync", "full_page_writes") if _shown(connection, name) == "off"]


def _shown(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""
