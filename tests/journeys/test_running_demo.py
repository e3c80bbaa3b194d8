"""A running demo as a newcomer uses it: lines to paste, a first payment, the portal, its end."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from feesvc import plugins
from feesvc.testing.database import discard

PATIENCE = 120
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
STARTED = re.compile(r"A sample portal.*?(http://\S+)")
CHOICE = re.compile(r"<tr><td>(?P<name>.*?)</td>.*?name=\"account\" value=\"(?P<account>[^\"]+)\"")
TOLD = re.compile(
    r"<tr><td>(?P<dossier>[^<]*)</td><td>(?P<through>[^<]*)</td><td>(?P<state>\w+)[^<]*</td>"
    r"<td>(?P<paid>[^<]*)</td>(?P<ways>.*?)</tr>"
)

pytestmark = pytest.mark.slow


@dataclass
class Demo:
    """One that stays up, with its data in ``folder`` where the README says."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        return (self.folder / "demo.out").read_text()

    def stopped(self) -> int:
        """Its exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The same one for all tests here: to start it takes longest."""
    folder = tmp_path_factory.mktemp("running")
    data = folder / ".data" / "demo"
    program = str(Path(sys.executable).with_name("feesvc"))
    with (folder / "demo.out").open("wb") as out:
        running = Demo(
            folder,
            subprocess.Popen([program, "demo", "--folder", str(data)], stdout=out, stderr=out),
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while "stops everything" not in running.said and time.monotonic() < deadline:
            assert running.process.poll() is None, running.said
            time.sleep(0.1)
        yield running
    finally:
        if running.process.poll() is None:
            running.stopped()
        discard(data / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def portal(demo: Demo) -> Iterator[httpx.Client]:
    """A payer's browser at the sample portal."""
    found = STARTED.search(demo.said)
    assert found, demo.said
    with httpx.Client(base_url=found[1], timeout=30, follow_redirects=True) as browser:
        yield browser


def test_what_it_tells_to_paste_works(demo: Demo) -> None:
    said = demo.said
    lines = said[said.index("API=") : said.index("Ctrl-C")]
    pasted = subprocess.run(
        ["sh"], input=lines, capture_output=True, text=True, timeout=60, check=True
    )
    assert '"books":[' in pasted.stdout
    assert "/c/pay/" in pasted.stdout
    assert '"state":"approved"' in pasted.stdout, pasted.stdout + pasted.stderr


def first_payment() -> str:
    section = README.split("## A first payment")[1].split("\n## ")[0]
    [lines] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return str(lines)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's walk needs curl")
def test_the_first_payment_of_the_readme_is_paid_once_and_in_the_books(demo: Demo) -> None:
    quote, payment, balance, *_ = documents(pasted(first_payment(), demo.folder))
    assert quote["total"] == {"amount": 135_000, "currency": "VND"}
    assert (payment["paid"], payment["state"]) == (True, "received")
    assert "1200" in json.dumps(balance)

    before = (demo.folder / "payment.json").read_bytes()
    pasted(first_payment().split("# The payer's page")[0], demo.folder)
    assert (demo.folder / "payment.json").read_bytes() == before


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


def account_of(portal: httpx.Client, name: str) -> str:
    page = portal.get("/").text
    return next(found["account"] for found in CHOICE.finditer(page) if name in found["name"])


def seen(portal: httpx.Client) -> list[dict[str, str]]:
    told = portal.get("/").text.partition("what the portal was told")[2]
    return [found.groupdict() for found in TOLD.finditer(told)]


def awaited(portal: httpx.Client, through: str, state: str) -> dict[str, str]:
    """The last payment through it, once the portal is told this state."""
    deadline = time.monotonic() + 30
    while True:
        last = next(row for row in seen(portal) if row["through"] == through)
        if last["state"] == state:
            return last
        assert time.monotonic() < deadline, last
        time.sleep(0.1)


def pressed(portal: httpx.Client, account: str, action: str) -> str:
    """Choose it, open its page, press a button there; the intermediary's name."""
    page = portal.post("/pay", data={"account": account})
    assert page.status_code == 200, page.text
    through = seen(portal)[0]["through"]
    if page.url == portal.base_url:
        scan = re.search(r'href="(/payments/[^"]+/scan)"', seen(portal)[0]["ways"])
        assert scan, "neither a page nor a code"
        page = portal.get(scan[1])
    assert "No money moves" in page.text, "the payer sees a page that says what it is"
    done = portal.post(page.url, data={"action": action})
    assert done.status_code == 200
    return through


def test_every_intermediary_takes_the_fee_and_the_portal_is_told(portal: httpx.Client) -> None:
    choices = [found["account"] for found in CHOICE.finditer(portal.get("/").text)]
    through = {pressed(portal, account, "pay") for account in choices}
    assert through == plugins.counterparts().keys(), "each that is installed stands on the page"
    for name in sorted(through):
        assert "paid" in awaited(portal, name, "received")["paid"]


def test_a_payer_who_walks_away_has_not_paid(portal: httpx.Client) -> None:
    through = pressed(portal, account_of(portal, "Test payments"), "cancel")
    assert "not yet" in awaited(portal, through, "cancelled")["paid"]


def test_a_payment_can_be_called_off_before_it_is_paid(portal: httpx.Client) -> None:
    portal.post("/pay", data={"account": account_of(portal, "Test payments")})
    last = seen(portal)[0]
    cancel = re.search(r'action="(/payments/[^"]+/cancel)"', last["ways"])
    assert cancel and last["state"] == "presented"
    portal.post(cancel[1])
    assert seen(portal)[0]["state"] == "cancelled"


def test_it_stops_in_order(demo: Demo) -> None:
    """The last one here: nobody serves its data any more, and another demo may start at once."""
    assert demo.stopped() == 0 and "nothing is left running" in demo.said
    data = demo.folder / ".data" / "demo"
    assert not (data / "postgres" / "cluster" / "postmaster.pid").exists()
