"""The watched folder: files that others put there are taken in, and moved to done or refused.

    <folder>/<agency>/<account id>/june.csv  →  done/june.csv | refused/june.csv + june.csv.reason

A file is taken once it has stopped growing. ``june.csv.sha256`` beside it may hold its checksum.
A crash anywhere repeats nothing: the same bytes are the same file, and are moved then.
"""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import structlog

from feesvc.application.files import FileTooLarge, accept_file, receive_file
from feesvc.application.house import Busy, House
from feesvc.domain.aggregate import Refusal
from feesvc.people import PeopleUnavailable
from feesvc.reconciling.filing import GONE, SourceFile
from feesvc.store import StoreUnavailable

PRINCIPAL = "process:folder"
SETTLED_SECONDS = 2.0
"""A file that was written to more recently may still grow."""
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".sha256", ".reason")
AWAY = (OSError, Busy, StoreUnavailable, PeopleUnavailable)
"""What may be otherwise at the next sweep."""
REFUSED = GONE | {"quarantined"}
"""States of a file that came to nothing, or came before and does not count any more."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    path: Path
    agency: str
    account: UUID
    size: int
    changed: int


@dataclass(slots=True)
class InboxFolder:
    """One per worker; several may watch one folder, since the same bytes are the same file."""

    house: House
    root: Path
    seconds: float = SETTLED_SECONDS
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    async def watch(self, stopped: asyncio.Event, every: float) -> None:
        """Sweep until ``stopped`` is set."""
        while not stopped.is_set():
            try:
                await self.sweep()
            except AWAY as away:
                log.warning("folder.not_swept", exc_info=away)
            try:
                await asyncio.wait_for(stopped.wait(), every)
            except TimeoutError:
                continue

    async def sweep(self) -> int:
        """Take every file that stands as it stood at the last sweep; gives how many."""
        taken = 0
        found = await asyncio.to_thread(lambda: list(self._found()))
        seen, self._seen = self._seen, {one.path: (one.size, one.changed) for one in found}
        for one in found:
            still = seen.get(one.path) == (one.size, one.changed)
            if still and time.time() - one.changed / 1e9 >= self.seconds:
                taken += await self._tried(one)
        return taken

    async def _tried(self, one: Waiting) -> bool:
        """Whether it was taken; one that cannot be read now stays, and hinders no other."""
        try:
            await self._take(one)
        except AWAY as away:
            log.warning("folder.not_taken", exc_info=away, agency=one.agency)
        except Exception as error:  # whatever it is: the other files are taken
            log.error("folder.not_taken", exc_info=error, agency=one.agency)
        else:
            return True
        return False

    def _found(self) -> Iterator[Waiting]:
        for folder in sorted(self.root.glob("*/*")):
            try:
                account = UUID(folder.name)
                paths = sorted(folder.iterdir()) if _own_folder(folder) else []
            except ValueError:
                continue
            except OSError as away:
                log.warning("folder.not_swept", exc_info=away, agency=folder.parent.name)
                continue
            for path in paths:
                hidden = path.name.startswith(".") or path.suffix in UNFINISHED
                told = None if hidden else _stands(path)
                if told is not None:
                    yield Waiting(path, folder.parent.name, account, *told)

    async def _take(self, one: Waiting) -> None:
        try:
            file = await self._received(one)
        except FileNotFoundError:
            return  # another worker was first
        except Refusal as refusal:
            await asyncio.to_thread(_move, one.path, "refused", f"{refusal.__doc__}: {refusal}")
            return
        said = " ".join(filter(None, (file.state, file.verdict, file.place, file.why)))
        if await asyncio.to_thread(_stands, one.path) != (one.size, one.changed):
            return  # another one took its name meanwhile: it is taken at the next sweep
        place = "refused" if file.state in REFUSED else "done"
        reason = said if file.verdict or file.state in GONE else ""
        await asyncio.to_thread(_move, one.path, place, reason)

    async def _received(self, one: Waiting) -> SourceFile:
        if one.size > self.house.files.largest:
            raise FileTooLarge(f"at most {self.house.files.largest} bytes")
        content = await asyncio.to_thread(one.path.read_bytes)
        if await asyncio.to_thread(_stands, one.path) != (one.size, one.changed):
            raise OSError("it changed while it was read")
        taken = await receive_file(
            self.house, agency=one.agency, account_id=one.account, content=content,
            came_by="folder", principal=PRINCIPAL,
            checksum=await asyncio.to_thread(_checksum, one.path),
        )  # fmt: skip
        if taken.file.state != "previewed" or taken.file.came_by != "folder":
            return taken.file
        id = self.house.store.ids.of("file", "accept", str(taken.file.id))
        done = await accept_file(self.house, self.house.act(id, PRINCIPAL), taken.file.id)
        return done.result or taken.file


def _own_folder(folder: Path) -> bool:
    """What a link leads to is somebody else's."""
    return folder.is_dir() and not folder.is_symlink() and not folder.parent.is_symlink()


def _stands(path: Path) -> tuple[int, int] | None:
    """Size and time of an ordinary file; None of anything else, or where it is gone."""
    try:
        told = path.lstat()
    except FileNotFoundError:
        return None
    return (told.st_size, told.st_mtime_ns) if stat.S_ISREG(told.st_mode) else None


def _checksum(path: Path) -> str:
    beside = path.with_name(path.name + ".sha256")
    if not beside.is_file():
        return ""
    return next(iter(beside.read_text("utf-8", "replace")[:200].split()), "")


def _move(path: Path, place: str, reason: str) -> None:
    """Under its own name, or with a number where that is taken; never over another file."""
    folder = path.parent / place
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}.{number}{path.suffix}"
    if reason:
        target.with_name(target.name + ".reason").write_text(reason + "\n", encoding="utf-8")
    try:
        os.rename(path, target)
    except FileNotFoundError:
        return  # another worker was first
    beside = path.with_name(path.name + ".sha256")
    if beside.is_file():
        os.rename(beside, target.with_name(target.name + ".sha256"))
