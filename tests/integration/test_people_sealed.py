"""Personal details in a real database: unreadable there, gone when erased, loud on a wrong key."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from feesvc.embedded import Database
from feesvc.embedded.binaries import programs
from feesvc.people import (
    BrokenSeal,
    Details,
    PeopleUnavailable,
    RefundAccount,
    WrongMasterKey,
    new_subject,
)
from feesvc.people.details import FIELDS
from feesvc.people.postgres import Pool, PostgresPeople
from feesvc.people.rotation import rewrap
from feesvc.people.sealing import Keyring

MARKER = "Zmarkerz"
MARKED = Details(
    name=f"{MARKER} name",
    identity_number=f"{MARKER}1",
    tax_code=f"{MARKER}2",
    phone=f"0912345678 {MARKER}",
    email=f"{MARKER}@example.vn",
    address=f"1 {MARKER}",
    refund_account=RefundAccount(bank=MARKER, number=MARKER, holder=MARKER),
    note=f"{MARKER} note",
)


@asynccontextmanager
async def pool_on(url: str) -> AsyncIterator[Pool]:
    async with AsyncConnectionPool(url, min_size=1, max_size=4, open=False, timeout=5) as pool:
        yield pool


def dumped(database: Database) -> str:
    """Everything that the database holds, as text."""
    found = subprocess.run(
        [programs(os.getuid()) / "pg_dump", "--inserts", database.owner_url],
        capture_output=True,
        check=True,
    )
    return found.stdout.decode()


def test_nothing_readable_reaches_the_database(database: Database) -> None:
    async def story() -> None:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            subject = await people.subject_for_sign_in(f"https://{MARKER}", MARKER)
            await people.write(subject, MARKED)
            await people.keep("notification", f'{{"payer": "{MARKER}"}}'.encode())
            assert await people.find("name", MARKED.name or "") == [subject]

    asyncio.run(story())
    dump = dumped(database)
    assert "person_detail" in dump and "person_index" in dump
    for readable in (MARKER, MARKER.lower(), "0912345678", MARKER.encode().hex()):
        assert readable not in dump
        assert readable.encode().hex() not in dump


def test_a_wrong_master_key_fails_at_the_start(database: Database) -> None:
    async def story() -> None:
        key = os.urandom(32)
        async with pool_on(database.url) as pool:
            await PostgresPeople.opened(pool, [key])
            await PostgresPeople.opened(pool, [key])
            with pytest.raises(WrongMasterKey, match="FEESVC_PEOPLE_KEY"):
                await PostgresPeople.opened(pool, [os.urandom(32)])

    asyncio.run(story())


def test_the_master_key_changes_and_nobody_is_lost(database: Database) -> None:
    async def story() -> None:
        old, new = os.urandom(32), os.urandom(32)
        async with pool_on(database.url) as pool:
            before = await PostgresPeople.opened(pool, [old])
            subject = await before.subject_for_sign_in("issuer", "an")
            await before.write(subject, MARKED)
            document = await before.keep("file", b"content")

            between = await PostgresPeople.opened(pool, [new, old])
            assert before.blind(b"asked")[0] in between.blind(b"asked")[1:]
            assert await between.subject_for_sign_in("issuer", "an") == subject
            young = await between.subject_for_sign_in("issuer", "binh")
            assert await between.find("email", MARKED.email or "") == [subject]

            while await rewrap(pool, Keyring([new, old]), limit=1):
                pass

            after = await PostgresPeople.opened(pool, [new])
            assert after.blind(b"asked") == between.blind(b"asked")[:1]
            assert await after.subject_for_sign_in("issuer", "an") == subject
            assert await after.subject_for_sign_in("issuer", "binh") == young
            assert await after.find("email", MARKED.email or "") == [subject]
            assert (await after.read(subject, FIELDS, "check")) == (
                await between.read(subject, FIELDS, "check")
            )
            assert await after.fetch(document) == b"content"
            with pytest.raises(WrongMasterKey):
                await PostgresPeople.opened(pool, [old])

    asyncio.run(story())


def test_nothing_on_record_can_be_moved_to_somebody_else(database: Database) -> None:
    async def story() -> None:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            subject, other = new_subject(), new_subject()
            await people.write(subject, Details(name="An", note="Binh"))
            await people.write(other, Details(name="Chi"))
            with psycopg.connect(database.owner_url) as owner:
                owner.execute(
                    "UPDATE feesvc.person_detail SET sealed = (SELECT sealed FROM"
                    " feesvc.person_detail WHERE subject = %s AND field = 'note')"
                    " WHERE subject = %s AND field = 'name'",
                    [subject, subject],
                )
                owner.execute(
                    "UPDATE feesvc.person_key SET wrapped = (SELECT wrapped FROM"
                    " feesvc.person_key WHERE subject = %s) WHERE subject = %s",
                    [subject, other],
                )
            with pytest.raises(BrokenSeal):
                await people.read(subject, ["name"], "check")
            with pytest.raises(BrokenSeal):
                await people.read(other, ["name"], "check")

    asyncio.run(story())


def test_erasing_leaves_no_key_detail_or_hash(database: Database) -> None:
    async def story() -> Any:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            subject = new_subject()
            await people.write(subject, MARKED)
            writes = [people.write(subject, Details(name=f"name {n}")) for n in range(20)]
            await asyncio.gather(
                *writes[:10],
                people.erase(subject, "asked by the person", "officer:1"),
                *writes[10:],
                return_exceptions=True,
            )
            return subject

    subject = asyncio.run(story())
    with psycopg.connect(database.owner_url) as owner:
        left = owner.execute(
            "SELECT (SELECT count(*) FROM feesvc.person_key WHERE subject = p.subject),"
            " (SELECT count(*) FROM feesvc.person_detail WHERE subject = p.subject),"
            " (SELECT count(*) FROM feesvc.person_index WHERE subject = p.subject),"
            " erased_at IS NOT NULL, erased_reason, erased_by"
            " FROM feesvc.person p WHERE subject = %s",
            [subject],
        ).fetchone()
    assert left == (0, 0, 0, True, "asked by the person", "officer:1")


def test_every_read_is_on_record_for_good(database: Database) -> None:
    async def story() -> None:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            subject = new_subject()
            await people.write(subject, MARKED)
            await people.read(subject, ["phone", "name"], "refund 12", "officer:1")
            await people.erase(subject, "done")
            await people.read(subject, ["name"], "finds nothing")

    asyncio.run(story())
    with psycopg.connect(database.url) as service:
        reads = service.execute("SELECT fields, reason, actor FROM feesvc.person_read").fetchall()
        assert reads == [(["name", "phone"], "refund 12", "officer:1")]
        for change in (
            "UPDATE feesvc.person_read SET reason = ''",
            "DELETE FROM feesvc.person_read",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), service.transaction():
                service.execute(change)


def test_two_processes_that_meet_a_new_sign_in_agree(database: Database) -> None:
    old, new = os.urandom(32), os.urandom(32)
    keyrings = [[old, new], [new, old]]  # the middle of a rotation, the hardest moment

    async def first_start() -> None:
        async with pool_on(database.url) as pool:
            await PostgresPeople.opened(pool, [old])

    asyncio.run(first_start())
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, database.url, *[key.hex() for key in keys]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for keys in keyrings
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    one, other = [process.communicate(timeout=60)[0].split() for process in processes]

    assert len(set(one)) == 40
    assert one == other


async def sign_everyone_in(url: str, keys: list[bytes]) -> None:
    """What each of the two processes does, once told to go."""
    async with pool_on(url) as pool:
        people = await PostgresPeople.opened(pool, keys)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        signed_in = [people.subject_for_sign_in("issuer", f"person {n}") for n in range(40)]
        print(*await asyncio.gather(*signed_in))


def test_a_write_under_way_outlives_the_one_who_asked(database: Database) -> None:
    async def story() -> None:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            for pause in range(10):
                subject = new_subject()
                asked = asyncio.ensure_future(people.write(subject, MARKED))
                await asyncio.sleep(pause / 2000)
                asked.cancel()
                await asyncio.wait([asked])
                if pause:
                    assert await people.find("name", MARKED.name or "")
                    await people.read(subject, ["name"], "it is there")

    asyncio.run(story())


def test_a_database_that_is_gone_is_said_without_details(database: Database) -> None:
    async def story() -> None:
        async with pool_on(database.url) as pool:
            people = await PostgresPeople.opened(pool, [os.urandom(32)])
            await pool.close()
            with pytest.raises(PeopleUnavailable) as gone:
                await people.write(new_subject(), MARKED)
            assert MARKER not in str(gone.value)

    asyncio.run(story())


if __name__ == "__main__":
    asyncio.run(sign_everyone_in(sys.argv[1], [bytes.fromhex(key) for key in sys.argv[2:]]))
