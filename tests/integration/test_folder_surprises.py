"""Surprises in the watched folder: one bad file hinders no other; none is lost or taken twice."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from feesvc.application.files import receive_file
from feesvc.application.folder import InboxFolder
from feesvc.assembly import open_house
from feesvc.testing.file_desk import FileDesk, session
from feesvc.testing.town import Town, told

pytestmark = pytest.mark.lasting


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)


def sweep(desk: FileDesk, root: Path) -> None:
    async def run() -> None:
        async with open_house(desk.town.service.settings) as house:
            inbox = InboxFolder(house, root)
            await inbox.sweep()
            await inbox.sweep()

    asyncio.run(run())


def taken(desk: FileDesk) -> list[tuple[str, str]]:
    items = told(desk.town["finance"].get(desk.path))["items"]
    return sorted((file["state"], file["verdict"]) for file in items)


def test_what_cannot_be_read_or_is_elsewhere_hinders_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, root = FileDesk(town), tmp_path / "inbox"
    at = root / town.agency / town.account
    put(at / "a-locked.jsonl", session("B1", 1_000))
    put(at / "z-fine.jsonl", session("B2", 2_000))
    put(tmp_path / "secret.jsonl", session("B3", 3_000))
    (at / "b-link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    put(tmp_path / "theirs" / "theirs.jsonl", session("B4", 4_000))
    (root / town.agency / desk.bank).symlink_to(tmp_path / "theirs")
    os.mkfifo(at / "c-pipe.jsonl")
    put(at / os.fsdecode(b"d-\xff\x01 name.jsonl"), session("B5", 5_000))
    read = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.name.startswith("a-locked"):
            raise PermissionError(path.name)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    sweep(desk, root)
    assert taken(desk) == [("accepted", "")] * 2
    assert sorted(path.name for path in at.iterdir()) == [
        "a-locked.jsonl", "b-link.jsonl", "c-pipe.jsonl", "done",
    ]  # fmt: skip
    assert (tmp_path / "theirs" / "theirs.jsonl").exists()
    monkeypatch.setattr(Path, "read_bytes", read)
    sweep(desk, root)
    assert taken(desk) == [("accepted", "")] * 3


def test_another_file_that_takes_the_name_meanwhile_is_taken_next(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender renames the next file over the one that is being taken."""
    desk = FileDesk(town)
    path = tmp_path / town.agency / town.account / "today.jsonl"
    put(path, session("B1", 1_000))

    async def slow(*args: Any, **named: Any) -> Any:
        done = await receive_file(*args, **named)
        if not (tmp_path / "next").exists():
            put(tmp_path / "next", session("B2", 22_222))
            os.link(tmp_path / "next", tmp_path / "moved")
            (tmp_path / "moved").rename(path)
        return done

    monkeypatch.setattr("feesvc.application.folder.receive_file", slow)
    sweep(desk, tmp_path)
    assert path.exists()
    sweep(desk, tmp_path)
    assert taken(desk) == [("accepted", "")] * 2
    done = path.parent / "done"
    assert [one.read_bytes() for one in done.iterdir()] == [session("B2", 22_222)]


def test_a_name_that_comes_twice_with_other_bytes_is_two_files(town: Town, tmp_path: Path) -> None:
    desk = FileDesk(town)
    path = tmp_path / town.agency / town.account / "today.jsonl"
    for number in (1, 2):
        put(path, session(f"B{number}", 1_000))
        sweep(desk, tmp_path)
    assert taken(desk) == [("accepted", "")] * 2
    names = sorted(one.name for one in (path.parent / "done").iterdir())
    assert names == ["today.2.jsonl", "today.jsonl"]
