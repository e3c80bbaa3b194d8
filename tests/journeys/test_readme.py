"""The README's first payment, pasted into a shell beside a running demo."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
START_SECONDS = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demo that stays up, with its data where the README says; gives the folder to stand in."""
    folder = tmp_path_factory.mktemp("readme")
    data = folder / ".data" / "demo"
    begin = "from feesvc.cli import main; main()"
    with (folder / "demo.out").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-c", begin, "demo", "--folder", str(data)],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (data / "env").exists():
            assert running.poll() is None, (folder / "demo.out").read_text()
            assert time.monotonic() < deadline, (folder / "demo.out").read_text()
            time.sleep(0.2)
        time.sleep(0.5)
        yield folder
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0


def first_payment() -> str:
    section = README.split("## A first payment")[1].split("\n## ")[0]
    [lines] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return str(lines)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's walk needs curl")
def test_the_first_payment_of_the_readme_is_paid_once_and_in_the_books(demo: Path) -> None:
    quote, payment, balance, *_ = documents(pasted(first_payment(), demo))
    assert quote["total"] == {"amount": 135_000, "currency": "VND"}
    assert (payment["paid"], payment["state"]) == (True, "received")
    assert "1200" in json.dumps(balance)

    before = (demo / "payment.json").read_bytes()
    pasted(first_payment().split("# The payer's page")[0], demo)
    assert (demo / "payment.json").read_bytes() == before


def pasted(lines: str, folder: Path) -> str:
    said = subprocess.run(
        ["bash", "-eu"],
        check=False,
        input=lines,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def documents(text: str) -> list[dict[str, object]]:
    """The JSON documents that stand one after the other in ``text``."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := text.find("{", at)) >= 0:
        document, at = decoder.raw_decode(text, at)
        found.append(document)
    return found
