"""The watched folder, and the limits of a file: taken when whole, moved, never twice."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from feesvc.application.files import FileTooLarge, accept_file, receive_file
from feesvc.application.folder import InboxFolder
from feesvc.application.house import House
from feesvc.assembly import open_house
from feesvc.reconciling.filing import FiledLine
from feesvc.reconciling.filing.keeping import Filing
from feesvc.testing.file_desk import FileDesk, camt, session


def in_house(desk: FileDesk, work: Any) -> Any:
    async def run() -> Any:
        async with open_house(desk.town.service.settings) as house:
            return await work(house)

    return asyncio.run(run())


def old(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)


def test_a_file_is_taken_when_it_stopped_growing(desk: FileDesk, tmp_path: Path) -> None:
    town = desk.town
    folder = tmp_path / town.agency / town.account
    bank = tmp_path / town.agency / desk.bank
    old(folder / "b1.jsonl", session("B1", 100_000))
    old(folder / "b2.jsonl", session("B2", 100_000, count=9))
    old(folder / "b3.jsonl.part", session("B3", 1_000))
    old(bank / "three.xml", camt(3, 180, (20, "C")))
    old(bank / "one.xml", camt(1, 100, (50, "A")))
    old(tmp_path / town.agency / str(uuid4()) / "nobody.csv", b"a;b")

    async def sweep(house: House) -> None:
        inbox = InboxFolder(house, tmp_path)
        assert await inbox.sweep() == 0, "seen for the first time: it may still grow"
        with (folder / "b1.jsonl").open("ab") as growing:
            growing.write(b"\n")
        assert await inbox.sweep() == 4
        assert (folder / "b1.jsonl").exists(), "it has grown since"
        old(folder / "b1.jsonl", session("B1", 100_000))
        await inbox.sweep()
        assert await inbox.sweep() == 1
        old(bank / "two.xml", camt(2, 150, (30, "B")))
        await InboxFolder(house, tmp_path).sweep()
        again = InboxFolder(house, tmp_path)
        await again.sweep()
        assert await again.sweep() == 1, "another worker takes it up"

    in_house(desk, sweep)
    assert (folder / "done" / "b1.jsonl").exists()
    assert "F06" in (folder / "refused" / "b2.jsonl.reason").read_text()
    assert (folder / "b3.jsonl.part").exists()
    assert [p.name for p in tmp_path.rglob("nobody.csv")] == ["nobody.csv"]
    items = desk.town["finance"].get(desk.path).json()["items"]
    states = sorted((file["source"], file["state"]) for file in items)
    assert states == [
        ("bank", "accepted"), ("bank", "accepted"), ("bank", "accepted"),
        ("settlement", "accepted"), ("settlement", "quarantined"),
    ], "what waited for the missing one was accepted with it"  # fmt: skip
    old(folder / "copy.jsonl", session("B1", 100_000))

    async def once_more(house: House) -> None:
        inbox = InboxFolder(house, tmp_path)
        await inbox.sweep()
        await inbox.sweep()

    head = desk.town.service.head()
    in_house(desk, once_more)
    assert (folder / "done" / "copy.jsonl").exists()
    assert desk.town.service.head() == head


def test_an_import_that_dies_leaves_nothing(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As kill -9 would: the connection is gone in the middle of the lines."""
    content = session("B1", *range(1_000, 1_600))

    class Dying(tuple[FiledLine, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[FiledLine]:
            for number, line in enumerate(super().__iter__()):
                if number == 550:
                    raise ConnectionResetError("killed")
                yield line

    async def receive(house: House) -> Any:
        return await receive_file(
            house, agency=desk.town.agency, account_id=UUID(desk.town.account), content=content,
            came_by="upload", principal="person:x",
        )  # fmt: skip

    add = Filing.add

    async def dies(filing: Filing, file: Any, statements: Any) -> Any:
        return await add(filing, file, [replace(s, lines=Dying(s.lines)) for s in statements])

    with monkeypatch.context() as patched:
        patched.setattr(Filing, "add", dies)
        with pytest.raises(ConnectionResetError):
            in_house(desk, receive)
    url = desk.town.service.settings.need_database_url()
    with psycopg.connect(url) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM feesvc.source_file), "
            "(SELECT count(*) FROM feesvc.statement), (SELECT count(*) FROM feesvc.line)"
        ).fetchone()
    assert row == (0, 0, 0)
    assert in_house(desk, receive).file.state == "previewed"


def test_a_large_file_is_read_and_a_larger_one_refused(desk: FileDesk) -> None:
    content = session("B1", *[1_000] * 100_000)

    async def take(house: House) -> Any:
        asked: dict[str, Any] = {
            "agency": desk.town.agency, "account_id": UUID(desk.town.account),
            "came_by": "upload", "principal": "person:x",
        }  # fmt: skip
        taken = await receive_file(house, content=content, **asked)
        await accept_file(house, house.act(uuid4(), "person:x"), taken.file.id)
        small = replace(house, files=replace(house.files, largest=1000))
        with pytest.raises(FileTooLarge):
            await receive_file(small, content=content, **asked)
        slow = replace(house, files=replace(house.files, seconds=0.001))
        late = await receive_file(slow, content=content + b"\n", **asked)
        return await Filing(house.rows).statements(taken.file.id), late.file

    [batch], late = in_house(desk, take)
    assert (batch.count, batch.gross, batch.state) == (100_000, 100_000_000, "accepted")
    assert (late.state, late.verdict) == ("quarantined", "F04")
