"""Documents in PostgreSQL, each sealed under a key of its own; and the inbox, made of them."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any
from uuid import UUID

from feesvc.people import Redacted
from feesvc.people.details import checked_code
from feesvc.people.inbox import ENVELOPE, MESSAGE, Arrival, Coming, Raw, Wanted, name_of, raw_of
from feesvc.people.pooled import Pool, Pooled, Row
from feesvc.people.sealing import Keyring, new_key, seal, unseal
from feesvc.people.whole import whole

REMEMBERED = 4096
"""Names of documents that this process knows to be kept."""


def sealed_document(keys: Keyring, kind: str, content: bytes, name: str = "") -> dict[str, Any]:
    """A row of ``feesvc.document``; its ``name`` is the SHA-256 of the content, in hex."""
    name = name or name_of(content)
    key = new_key()
    return {
        "name": name,
        "kind": kind,
        "key_id": keys.current.id,
        "wrapped": keys.current.wrap(key, name.encode()),
        "sealed": seal(key, content, b"document", name.encode()),
    }


def opened_document(keys: Keyring, name: str, row: Row) -> bytes | Redacted:
    """Raises ``WrongMasterKey`` and ``BrokenSeal``."""
    if row["erased_at"] is not None:
        return Redacted(row["erased_at"], row["erased_reason"])
    key = keys.named(row["key_id"]).unwrap(row["wrapped"], name.encode())
    return unseal(key, row["sealed"], b"document", name.encode())


class PostgresInbox(Pooled):
    """An arrival is one statement; bytes that this process has just kept are not sealed again."""

    def __init__(self, pool: Pool, keys: Keyring) -> None:
        super().__init__(pool)
        self._keys = keys
        self._kept: OrderedDict[str, None] = OrderedDict()

    async def take_in(self, coming: Coming) -> None:
        names: dict[str, str | None] = {MESSAGE: None, ENVELOPE: None}
        new: list[dict[str, Any]] = []
        if coming.kept:
            contents = {MESSAGE: coming.raw.message(), ENVELOPE: coming.raw.envelope()}
            for kind, content in contents.items():
                names[kind] = name = name_of(content)
                if name not in self._kept:
                    new.append(sealed_document(self._keys, kind, content, name))
        await whole(
            self._do(
                "take_in",
                {
                    "account": coming.account, "intermediary": coming.intermediary,
                    "received_at": coming.received_at, "verdict": coming.verdict,
                    "method": coming.method, "size": coming.raw.size, "keys": coming.keys,
                    "message": names[MESSAGE], "envelope": names[ENVELOPE],
                    "outcomes": list(coming.outcomes),
                    "names": [one["name"] for one in new],
                    "kinds": [one["kind"] for one in new],
                    "key_ids": [one["key_id"] for one in new],
                    "wrapped": [one["wrapped"] for one in new],
                    "sealed": [one["sealed"] for one in new],
                },
            )
        )  # fmt: skip
        self.remember(*(one["name"] for one in new))

    async def arrivals(self, wanted: Wanted) -> list[Arrival]:
        asked = {
            "account": wanted.account, "verdict": wanted.verdict, "message": wanted.message,
            "since": wanted.since, "until": wanted.until, "before": wanted.before,
            "limit": wanted.limit,
        }  # fmt: skip
        return [Arrival(**row) for row in await self._rows("arrivals", asked)]

    async def arrival(self, account: UUID, id: int) -> Arrival | None:
        rows = await self._rows("arrival", {"account": account, "id": id})
        return Arrival(**rows[0]) if rows else None

    async def opened(self, arrival: Arrival) -> Raw | Redacted | None:
        if arrival.message is None or arrival.envelope is None:
            return None
        parts: list[bytes] = []
        for name in (arrival.message, arrival.envelope):
            rows = await self._rows("fetch", {"name": name})
            if not rows:
                return None
            content = opened_document(self._keys, name, rows[0])
            if isinstance(content, Redacted):
                return content
            parts.append(content)
        return raw_of(*parts)

    async def put_on_record(self, arrival: Arrival, reason: str, actor: str) -> None:
        checked_code("reason", reason)
        checked_code("actor", actor)
        asked = {"arrival": arrival.id, "reason": reason, "actor": actor}
        await whole(self._do("read_arrival", asked))

    async def erase(
        self, account: UUID, before: datetime, verdict: str | None, reason: str, actor: str
    ) -> int:
        checked_code("reason", reason)
        checked_code("actor", actor)
        asked = {
            "account": account, "before": before, "verdict": verdict, "reason": reason,
            "actor": actor,
        }  # fmt: skip
        erased = await whole(self._rows("erase_arrivals", asked))
        return sum(row["kind"] == MESSAGE for row in erased)

    def knows(self, name: str) -> bool:
        """Whether this process has kept that document lately."""
        return name in self._kept

    def remember(self, *names: str) -> None:
        for name in names:
            self._kept[name] = None
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
