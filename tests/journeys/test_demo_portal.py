"""The demo's sample portal: a payer presses pay on every intermediary's page, as in a browser."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from feesvc import plugins
from feesvc.testing.database import discard

PATIENCE = 120
STARTED = re.compile(r"A sample portal.*?(http://\S+)")
CHOICE = re.compile(r"<tr><td>(?P<name>.*?)</td>.*?name=\"account\" value=\"(?P<account>[^\"]+)\"")
TOLD = re.compile(
    r"<tr><td>(?P<dossier>[^<]*)</td><td>(?P<through>[^<]*)</td><td>(?P<state>\w+)[^<]*</td>"
    r"<td>(?P<paid>[^<]*)</td>(?P<ways>.*?)</tr>"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("portal")
    told = folder / "told"
    feesvc = str(Path(sys.executable).with_name("feesvc"))
    with told.open("w") as out:
        running = subprocess.Popen(
            [feesvc, "demo", "--folder", str(folder / "data")], stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while "stops everything" not in told.read_text() and time.monotonic() < deadline:
            assert running.poll() is None, told.read_text()
            time.sleep(0.1)
        found = STARTED.search(told.read_text())
        assert found, told.read_text()
        with httpx.Client(base_url=found[1], timeout=30, follow_redirects=True) as browser:
            yield browser
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
        discard(folder / "data" / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


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
