"""``People`` in PostgreSQL: sealed before it leaves this process, so the database reads nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from uuid import UUID

from psycopg.errors import UniqueViolation

from feesvc.people import (
    Details,
    Field,
    Redacted,
    SearchField,
    SignIn,
    UnknownSubject,
    new_subject,
)
from feesvc.people.details import FIELDS, checked_code, checked_document
from feesvc.people.documents import PostgresInbox, opened_document, sealed_document
from feesvc.people.inbox import Inbox, name_of
from feesvc.people.parcels import Parcel, pack, sql, unpack
from feesvc.people.pooled import Pool, Pooled, Row
from feesvc.people.sealing import Keyring, new_key
from feesvc.people.searching import query_form, sign_in_form
from feesvc.people.whole import whole

__all__ = ["Pool", "PostgresPeople"]

_NAME = re.compile(r"[0-9a-f]{64}")


class PostgresPeople(Pooled):
    """Open it with ``opened``, which refuses master keys that are not those of the database."""

    def __init__(self, pool: Pool, keys: Keyring) -> None:
        super().__init__(pool)
        self._keys = keys
        self._inbox = PostgresInbox(pool, keys)
        self.inbox: Inbox = self._inbox

    @classmethod
    async def opened(cls, pool: Pool, secrets: Sequence[bytes]) -> PostgresPeople:
        """``secrets``: the master keys, the current one first. Raises ``WrongMasterKey``.

        Without this check a wrong key would find nobody, and make a second subject of everyone.
        """
        people = cls(pool, Keyring(secrets))
        await whole(people._use_keys())
        return people

    async def _use_keys(self) -> None:
        async with self._transaction() as db:
            await db.execute(sql("lock_master_keys"))
            await db.execute(sql("master_keys"))
            for row in await db.fetchall():
                self._keys.named(row["key_id"])
            await db.execute(sql("use_master_key"), {"key_id": self._keys.current.id})

    async def write(self, subject: UUID, details: Details) -> None:
        await whole(self._write(subject, details.checked()))

    async def _write(self, subject: UUID, details: Details) -> None:
        if await self._create(subject, details):
            return
        async with self._transaction() as db:
            await db.execute(sql("lock"), {"subject": subject})
            row = await db.fetchone()
            if row is None or row["erased_at"] is not None:
                raise UnknownSubject(str(subject))
            key = self._keys.named(row["key_id"]).unwrap(row["wrapped"], subject.bytes)
            parcel = pack(subject, details, key, self._keys)
            await db.execute(sql("write"), parcel.as_parameters())

    async def _create(self, subject: UUID, details: Details) -> bool:
        """Whether the subject was new; most are, and cost one round trip."""
        key = new_key()
        parcel = pack(subject, details, key, self._keys)
        return await self._insert(parcel, key)

    async def _insert(self, parcel: Parcel, key: bytes) -> bool:
        current = self._keys.current
        wrapped = current.wrap(key, parcel.subject.bytes)
        async with self._cursor() as db:
            await db.execute(
                sql("create"),
                {**parcel.as_parameters(), "key_id": current.id, "wrapped": wrapped},
            )
            row = await db.fetchone()
            return row is not None and row["made"] == 1

    async def read(
        self, subject: UUID, fields: Collection[Field], reason: str, actor: str = ""
    ) -> Details | Redacted:
        checked_code("reason", reason)
        wanted = [field for field in FIELDS if field in fields]
        asked = {"subject": subject, "fields": wanted, "reason": reason, "actor": _actor(actor)}
        rows = await whole(self._rows("read", asked))
        if not rows:
            raise UnknownSubject(str(subject))
        first = rows[0]
        if first["erased_at"] is not None:
            return Redacted(first["erased_at"], first["erased_reason"])
        key = self._keys.named(first["key_id"]).unwrap(first["wrapped"], subject.bytes)
        sealed = {row["field"]: row["sealed"] for row in rows if row["field"] is not None}
        return unpack(subject, sealed, key)

    async def introduce(self, subject: UUID, agencies: Collection[str]) -> None:
        await whole(self._do("introduce", {"subject": subject, "agencies": list(agencies)}))

    async def concerns(self, subject: UUID, agencies: Collection[str]) -> bool:
        asked = {"subject": subject, "agencies": list(agencies)}
        return bool(await self._rows("concerns", asked))

    async def find(self, field: SearchField, value: str, agency: str | None = None) -> list[UUID]:
        index, form = query_form(field, value)
        digests = [digest for _, digest in self._keys.digests(index, form)]
        asked = {"index_name": index, "digests": digests, "agency": agency}
        rows = await self._rows("find", asked)
        return [row["subject"] for row in rows]

    def blind(self, content: bytes) -> tuple[bytes, ...]:
        return self._keys.blinds(content)

    async def subject_for_sign_in(self, issuer: str, sub: str) -> UUID:
        form = sign_in_form(issuer, sub)
        digests = [digest for _, digest in self._keys.digests("sign_in", form)]
        asked = {"index_name": "sign_in", "digests": digests, "agency": None}
        if not (rows := await self._rows("find", asked)):
            await whole(self._sign_up(SignIn(issuer=issuer, sub=sub)))
            rows = await self._rows("find", asked)
        if not rows:  # erased since, by another request
            return await self.subject_for_sign_in(issuer, sub)
        subject: UUID = rows[0]["subject"]
        return subject

    async def _sign_up(self, sign_in: SignIn) -> None:
        with suppress(UniqueViolation):  # another process was first; its subject is found next
            await self._create(new_subject(), Details(sign_in=sign_in))

    async def erase(self, subject: UUID, reason: str, actor: str = "") -> None:
        checked_code("reason", reason)
        asked = {"subject": subject, "reason": reason, "actor": _actor(actor)}
        await whole(self._erase(asked))

    async def _erase(self, asked: Row) -> None:
        async with self._transaction() as db:
            await db.execute(sql("lock"), asked)
            if await db.fetchone() is None:
                raise UnknownSubject(str(asked["subject"]))
            await db.execute(sql("erase_person"), asked)
            await db.execute(sql("erase_traces"), asked)

    async def keep(self, kind: str, content: bytes) -> str:
        checked_document(kind, content)
        name = name_of(content)
        if not self._inbox.knows(name):
            await whole(self._do("keep", sealed_document(self._keys, kind, content, name)))
            self._inbox.remember(name)
        return name

    async def fetch(self, name: str) -> bytes | Redacted | None:
        rows = await self._rows("fetch", {"name": name}) if _NAME.fullmatch(name) else []
        return opened_document(self._keys, name, rows[0]) if rows else None

    async def erase_document(self, name: str, reason: str, actor: str = "") -> None:
        checked_code("reason", reason)
        asked = {"name": name, "reason": reason, "actor": _actor(actor)}
        if _NAME.fullmatch(name):
            await whole(self._do("erase_document", asked))


def _actor(actor: str) -> str:
    if actor:
        checked_code("actor", actor)
    return actor
