"""Every hostile file by each way in: uploaded, from a shell, out of the watched folder.

Each is told with its verdict, the place and the words for it; nothing of it counts, its bytes stay.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from feesvc.application.files import content_of, filed
from feesvc.application.folder import InboxFolder
from feesvc.assembly import open_house
from feesvc.cli import assembled
from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.hostile_files import DAY, HOSTILE, PROFILE, rows_of
from feesvc.testing.service import new_key
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting


class Ways:
    """An agency with an account of each kind, and three ways to bring it a file."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.desk, self.town, self.folder = FileDesk(town), town, folder
        self.merchant = town.stand_in.settings["merchant"]
        self.accounts = {"bank": self.desk.bank, "document": town.account}
        for where, format in (("text", "delimited_text"), ("sheet", "xlsx_sheets")):
            self.accounts[where] = self._account()
            self._profile(self.accounts[where], PROFILE.format(format=format))

    def _account(self) -> str:
        asked = {"intermediary": "sandbox", "mode": "test", "currencies": ["VND"],
                 "settings": dict(self.town.stand_in.settings)}  # fmt: skip
        path = f"/agencies/{self.town.agency}/merchant-accounts"
        return str(told(post(self.town["administrator"], path, asked), 201)["id"])

    def _profile(self, account: str, text: str) -> None:
        path = f"/agencies/{self.town.agency}/file-profiles"
        body = {"account": account, "text": text, "valid_from": "2020-01-01"}
        [version] = told(post(self.town["finance"], path, body), 201)["versions"]
        approve = f"{path}/{account}/1/approve"
        told(post(self.town["approver"], approve, {"digest": version["digest"]}))

    def upload(self, where: str, name: str, content: bytes) -> Any:
        return self.desk.send(content, self.accounts[where])

    def shell(self, where: str, name: str, content: bytes) -> Any:
        """By the command line; gives the file, its exit code among what is told of it."""
        path = self.folder / name
        path.write_bytes(content)
        ran = CliRunner().invoke(assembled(["files"]), [
            "files", "load", str(path), "--agency", self.town.agency, "--account",
            self.accounts[where], "--json",
        ], env=self._environment())  # fmt: skip
        return json.loads(ran.stdout) | {"code": ran.exit_code}

    def say(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As a process of its own."""
        return subprocess.run(
            [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
            capture_output=True, text=True, check=False, env=self._environment(),
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        token = self.town["finance"].headers["Authorization"].removeprefix("Bearer ")
        return {"HOME": str(self.folder), "FEESVC_URL": self.town.service.url,
                "FEESVC_TOKEN": token, "COLUMNS": "250", "LC_ALL": "C.UTF-8"}  # fmt: skip

    def drop(self, where: str, name: str, content: bytes) -> Path:
        """Into the watched folder, as others put it there."""
        path = self.folder / "inbox" / self.town.agency / self.accounts[where] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (time.time() - 60,) * 2)
        return path

    def sweep(self) -> None:
        async def run() -> None:
            async with open_house(self.town.service.settings) as house:
                inbox = InboxFolder(house, self.folder / "inbox")
                await inbox.sweep()
                await inbox.sweep()

        asyncio.run(run())

    def files(self) -> list[Any]:
        found = told(self.town["finance"].get(self.desk.path, params={"limit": 200}))
        assert found["next"] is None
        return list(found["items"])

    def kept(self, ids: list[str]) -> dict[str, bytes]:
        """The sealed bytes of files."""

        async def run() -> dict[str, bytes]:
            async with open_house(self.town.service.settings) as house:
                return {id: await content_of(house, await filed(house, UUID(id))) for id in ids}

        return asyncio.run(run())


@pytest.fixture
def ways(town: Town, tmp_path: Path) -> Ways:
    return Ways(town, tmp_path)


def test_each_is_refused_by_its_reason_whichever_way_it_comes(ways: Ways) -> None:
    sent: dict[str, bytes] = {}
    dropped: dict[str, Path] = {}
    for name, one in HOSTILE.items():
        made = {way: one.made(f"{way}{name}".upper(), ways.merchant) for way in "USF"}
        # What is cut off may have held all that tells them apart: a blank does it too.
        if len(set(made.values())) < 3:
            made = {way: made[way] + b" " * n for n, way in enumerate("USF")}
        said = ways.shell(one.where, name, made["S"])
        assert said.pop("code") == 2, name
        for way, file in (("U", ways.upload(one.where, name, made["U"])), ("S", said)):
            _refused(name, file)
            sent[file["id"]] = made[way]
        dropped[name] = ways.drop(one.where, name, made["F"])
    contents = {name: path.read_bytes() for name, path in dropped.items()}
    ways.sweep()
    for name, path in dropped.items():
        gone = path.parent / "refused" / name
        assert gone.read_bytes() == contents[name], name
        reason = gone.with_name(f"{name}.reason").read_text()
        one = HOSTILE[name]
        assert re.match(f"quarantined {one.verdict} ", reason), (name, reason)
        assert re.search(one.words, reason), (name, reason)
    found = ways.files()
    assert len(found) == 3 * len(HOSTILE)
    assert {file["state"] for file in found} == {"quarantined"}
    assert ways.kept(list(sent)) == sent
    by_digest = {file["digest"] for file in found if file["came_by"] == "folder"}
    assert len(by_digest) == len(HOSTILE)


def _refused(name: str, file: Any) -> None:
    one = HOSTILE[name]
    assert file["state"] == "quarantined", name
    assert re.fullmatch(one.verdict, file["verdict"]), (name, file)
    assert file["why"] and re.search(one.words, file["why"]), (name, file["why"])
    assert re.search(one.place, file["place"]), (name, file["place"])


def test_nothing_at_all_is_told_whichever_way_it_comes(ways: Ways) -> None:
    """Its bytes are the same each time: per account there is one empty file."""
    empty = {"bank": "F06", "document": "F0[46]", "text": "F06", "sheet": "F06"}
    for where, verdict in empty.items():
        first = ways.upload(where, "nothing", b"")
        assert first["state"] == "quarantined" and re.fullmatch(verdict, first["verdict"]), first
        assert first["why"]
        path = ways.drop(where, "nothing.txt", b"")
        ran = ways.shell(where, "nothing.txt", b"")
        assert (ran["code"], ran["id"], ran["again"]) == (2, first["id"], True)
        ways.sweep()
        assert (
            (path.parent / "refused" / "nothing.txt.reason").read_text().startswith("quarantined")
        )


def test_what_only_looks_odd_is_taken(ways: Ways) -> None:
    """Text named .xls where the account's files are text; two payments that are the same in all."""
    twice = ((DAY[0], "70000"),) * 2

    def twins(name: str) -> bytes:
        rows = rows_of(name, ways.merchant, *twice)
        for row in rows[1:-1]:
            row[3] = ""
        return "\n".join(map(",".join, rows)).encode()

    told_of = ways.shell("text", "bank.xls", twins("X1"))
    assert (told_of["code"], told_of["state"], told_of["format"]) == (
        0,
        "previewed",
        "delimited_text",
    )
    [batch] = ways.desk.see(told_of)["statements"]
    assert (batch["count"], batch["opens"], batch["gross"]) == (2, 2, 140_000)
    ways.drop("text", "bank.xls", twins("X2"))
    ways.drop("bank", "twins.xml", camt(1, 100, (50, ""), (50, "")))
    ways.sweep()
    taken = [file for file in ways.files() if file["came_by"] == "folder"]
    assert [file["state"] for file in taken] == ["accepted"] * 2
    for file in taken:
        assert ways.desk.states(file) == ["open", "open"]


def test_a_profile_on_trial_meets_them_all_and_records_nothing(ways: Ways) -> None:
    head = ways.town.service.head()
    for name, one in HOSTILE.items():
        if one.where not in ("text", "sheet"):
            continue
        account = ways.accounts[one.where]
        path = f"/agencies/{ways.town.agency}/file-profiles/{account}/trial"
        content = one.made("TRIAL", ways.merchant)
        answer = ways.town["finance"].post(
            path, params={"profile": "1"}, content=content, headers=new_key()
        )
        said = told(answer, 200)
        assert said["code"] == one.verdict, (name, said)
    far = ways.folder / "far.xlsx"
    far.write_bytes(HOSTILE["far.sheet"].made("TRIAL", ways.merchant))
    ran = ways.say("file-profiles", "try", ways.town.agency, ways.accounts["sheet"], "1", str(far))
    assert (ran.returncode, ran.stdout[:4]) == (2, "F04 "), ran
    assert (ways.town.service.head(), ways.files()) == (head, [])


def test_half_a_gigabyte_is_refused_before_anybody_reads_it(ways: Ways) -> None:
    """Both by the size that is told of it: neither side holds more of it than a piece."""
    path = ways.drop("text", "large.csv", b"")
    with path.open("r+b") as sparse:
        sparse.truncate(500 * 1024 * 1024)
    os.utime(path, (time.time() - 60,) * 2)
    load = ("files", "load", str(path), "--agency", ways.town.agency, "--account")
    before = getrusage(RUSAGE_SELF).ru_maxrss
    ran = ways.say(*load, ways.accounts["text"])
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "feesvc: A file has at most 104857600 bytes\n"
    ways.sweep()
    gone = path.parent / "refused" / "large.csv"
    assert gone.stat().st_size == 500 * 1024 * 1024
    assert "104857600 bytes" in gone.with_name("large.csv.reason").read_text()
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 100 * 1024, "KiB, of service and folder"
    assert ways.files() == []


def test_what_was_discarded_by_mistake_is_brought_back_from_a_shell(ways: Ways) -> None:
    """Told so by each way in which its bytes come again, and that alone changes nothing."""
    content, agency = camt(1, 100, (50, "A")), ways.town.agency
    id = ways.shell("bank", "one.xml", content)["id"]
    assert ways.say("files", "discard", agency, id, "--reason", "mistaken").returncode == 0
    path = ways.folder / "one.xml"
    load = ("files", "load", str(path), "--agency", agency, "--account", ways.accounts["bank"])
    again = ways.say(*load)
    assert again.returncode == 2 and f"feesvc files restore {agency} {id}" in again.stdout
    dropped = ways.drop("bank", "one.xml", content)
    ways.sweep()
    reason = dropped.parent / "refused" / "one.xml.reason"
    assert reason.read_text().startswith("discarded mistaken, by person:")
    back = ways.say("files", "restore", agency, id, "--reason", "discarded_by_mistake", "--json")
    said = json.loads(back.stdout)
    assert (back.returncode, said["state"], said["restores"]) == (0, "previewed", id)
    assert [file["state"] for file in ways.files()] == ["previewed", "discarded"]
