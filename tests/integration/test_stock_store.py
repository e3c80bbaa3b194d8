"""The store on the library's own recorder keeps the contract too, or comparing would be idle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from feesvc.embedded import Database
from feesvc.store import Store
from feesvc.store.stock import StockStore
from feesvc.testing.jar import NOON
from feesvc.testing.store import StoreContract


class TestStockStore(StoreContract):
    strict = False

    @pytest.fixture(autouse=True)
    def fresh(self, bare_database: Database) -> None:
        self.url = bare_database.owner_url

    @asynccontextmanager
    async def open_store(self) -> AsyncIterator[Store]:
        store = await StockStore.open(self.url, threads=4, namespace=uuid4(), at=NOON)
        yield store
        await store.close()
