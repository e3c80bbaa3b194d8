"""Service: all that the routes use, opened from settings when an API process starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
from psycopg import OperationalError

from feesvc import migrations, plugins
from feesvc.api.positions import Positions, open_positions
from feesvc.api.tokens import Tokens
from feesvc.application.house import House
from feesvc.assembly import open_house, utc_now
from feesvc.projecting.reading import Readers
from feesvc.settings import Settings
from feesvc.store import Store
from feesvc.store.grouped import GroupedStore

ISSUER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Service:
    """One per process."""

    house: House
    tokens: Tokens
    readers: Mapping[str, Readers]
    positions: Positions
    url: str
    trusted_proxies: int = 0

    async def ready(self) -> list[str]:
        """What stands in the way of answering: nothing, the database, migrations not applied."""
        try:
            missing = await asyncio.to_thread(migrations.pending, self.url)
        except OperationalError:
            return ["the database gives no answer"]
        return [f"migration {name} is not applied" for name in missing]


@asynccontextmanager
async def open_service(
    settings: Settings,
    open_store: Callable[[str], Awaitable[Store]] = GroupedStore.open,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Service]:
    """Open everything from ``settings``; what cannot be opened says why (see ``open_house``).

    Only a story that lives through days in minutes gives another clock.
    """
    url = settings.need_database_url()
    async with (
        open_house(settings, now, open_store) as house,
        httpx.AsyncClient(timeout=ISSUER_SECONDS) as http,
    ):
        with ExitStack() as stack:
            readers = {name: Readers(url, name) for name in plugins.projections()}
            for reader in readers.values():
                reader.start()
                stack.callback(reader.close)
            tokens = Tokens(settings.token_issuers, house.people, http)
            async with open_positions(url, house.store.log) as positions:
                yield Service(house, tokens, readers, positions, url, settings.trusted_proxies)
