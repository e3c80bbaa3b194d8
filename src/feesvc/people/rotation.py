"""Changing the master key, while everything goes on.

1. Every process is given the new key as FEESVC_PEOPLE_KEY_PREVIOUS, so that all of them know it.
2. Every process is given the new key as FEESVC_PEOPLE_KEY, the old one as ..._PREVIOUS.
3. ``rewrap`` runs to its end. What a subject's key sealed is not touched.
4. The old key is taken out of the configuration and destroyed; with it goes whatever an erased
   subject's wrapped key may have left behind in old pages and backups.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import dict_row

from feesvc.people.parcels import pack, sql, unpack
from feesvc.people.postgres import Pool
from feesvc.people.sealing import Keyring
from feesvc.people.whole import whole

Db = AsyncCursor[dict[str, Any]]


async def rewrap(pool: Pool, keys: Keyring, limit: int = 500) -> int:
    """Bring at most ``limit`` subjects and ``limit`` documents under the current master key.

    Returns how many it brought; 0 means that all is done and the other keys are retired.
    """
    return await whole(_rewrap(pool, keys, limit))


async def _rewrap(pool: Pool, keys: Keyring, limit: int) -> int:
    async with (
        pool.connection() as connection,
        connection.cursor(row_factory=dict_row) as db,
        connection.transaction(),
    ):
        done = await _people(db, keys, limit) + await _documents(db, keys, limit)
        if not done:
            await db.execute(sql("retire_hashes"), {"key_id": keys.current.id})
            await db.execute(sql("retire_master_keys"), {"key_id": keys.current.id})
        return done


async def _people(db: Db, keys: Keyring, limit: int) -> int:
    await db.execute(sql("stale_people"), {"key_id": keys.current.id, "limit": limit})
    stale = await db.fetchall()
    for row in stale:
        subject = row["subject"]
        key = keys.named(row["key_id"]).unwrap(row["wrapped"], subject.bytes)
        await db.execute(sql("all_details"), {"subject": subject})
        sealed = {kept["field"]: kept["sealed"] for kept in await db.fetchall()}
        parcel = pack(subject, unpack(subject, sealed, key), key, keys)
        await db.execute(sql("write"), parcel.as_parameters())
        rewrapped = {"key_id": keys.current.id, "wrapped": keys.current.wrap(key, subject.bytes)}
        await db.execute(sql("rewrap_person"), {"subject": subject, **rewrapped})
    return len(stale)


async def _documents(db: Db, keys: Keyring, limit: int) -> int:
    await db.execute(sql("stale_documents"), {"key_id": keys.current.id, "limit": limit})
    stale = await db.fetchall()
    for row in stale:
        name = row["name"]
        key = keys.named(row["key_id"]).unwrap(row["wrapped"], name.encode())
        rewrapped = {"key_id": keys.current.id, "wrapped": keys.current.wrap(key, name.encode())}
        await db.execute(sql("rewrap_document"), {"name": name, **rewrapped})
    return len(stale)
