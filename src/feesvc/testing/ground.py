"""A ground for runs of matching: a database, and runs over what was put into it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from feesvc.application import matching
from feesvc.application.house import House
from feesvc.assembly import open_house
from feesvc.embedded import Database
from feesvc.reconciling.matching.runs import Run
from feesvc.settings import load
from feesvc.testing.said_and_captured import ACCOUNT, AGENCY, NOON

T = TypeVar("T")
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
"""A master key of nobody's."""
DAY = NOON.date()


class Ground:
    """A database with lines and captures in it, and runs over them."""

    def __init__(self, database: Database, key: str) -> None:
        self.database = database
        self.settings = load(
            database_url=database.url, owner_url=database.owner_url, people_key=key
        )  # fmt: skip
        self.db = psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row)

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        async with open_house(self.settings) as house:
            yield house

    def do(self, act: Callable[[House], Awaitable[T]]) -> T:
        async def inside() -> T:
            async with self.house() as house:
                return await act(house)

        return asyncio.run(inside())

    def run(self, leg: Any = "S", **told: Any) -> Run:
        given: dict[str, Any] = {
            "account": ACCOUNT,
            "id": uuid4(),
            "principal": "person:a",
            "as_of": DAY,
        }
        given |= told
        return self.do(lambda house: matching.run(house, AGENCY, leg=leg, **given))

    def rows(self, question: str) -> list[dict[str, Any]]:
        return self.db.execute(question.encode()).fetchall()

    def pairs(self) -> dict[str, str]:
        rows = self.rows(
            "SELECT line.identity, other.item FROM feesvc.every_member AS mine "
            "JOIN feesvc.line ON line.id = mine.line "
            'JOIN feesvc.every_member AS other USING ("group") '
            "WHERE mine.side = 'B' AND other.side = 'A' AND other.active"
        )
        return {row["identity"]: row["item"].split(":")[1] for row in rows}

    def codes(self) -> dict[str, str]:
        rows = self.rows("SELECT identity, reason FROM feesvc.line WHERE reason <> ''")
        return {row["identity"]: row["reason"] for row in rows}
