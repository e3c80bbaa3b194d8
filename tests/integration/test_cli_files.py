"""Files from the command line: their lines as they stand, and what a restated one would change."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from feesvc.testing.file_desk import FileDesk, camt, session
from feesvc.testing.town import Town, told

pytestmark = pytest.mark.lasting


def say(town: Town, *words: str, who: str = "finance") -> subprocess.CompletedProcess[str]:
    token = town.service.issuer.sign(f"{who}.{town.agency}")
    return subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", "files", *words],
        capture_output=True, text=True, check=False,
        env={
            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "COLUMNS": "250",
            "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
        },
    )  # fmt: skip


def document(ran: subprocess.CompletedProcess[str]) -> Any:
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_lines_are_listed_as_they_stand(town: Town) -> None:
    desk = FileDesk(town)
    file = desk.send(camt(1, 0, (50_000, "A"), (-30_000, "B"), (7_000, "C")))
    one = (town.agency, file["id"])
    assert len(desk.see(file, "/lines", state="read")["items"]) == 3
    assert desk.see(file, "/lines", state="open") == {"items": [], "next": None}
    told(desk.accept(file))
    lines = desk.see(file, "/lines", state="open")["items"]
    assert [line["net"] for line in lines] == [50_000, -30_000, 7_000]
    wrong = town["finance"].get(f"{desk.path}/{file['id']}/lines", params={"state": "lost"})
    assert wrong.status_code == 422
    first = document(say(town, "lines", *one, "--state", "open", "--limit", "1", "--json"))
    assert [line["net"] for line in first["items"]] == [50_000]
    rest = document(say(town, "lines", *one, "--after", first["next"], "--json"))
    assert [line["net"] for line in rest["items"]] == [-30_000, 7_000]
    shown = say(town, "lines", *one, "--limit", "2")
    assert shown.stdout.count("VND") == 2 and "-30,000" in shown.stdout
    assert shown.stdout.splitlines()[-1] == f"there are more: --after {lines[1]['id']}"
    none = say(town, "lines", *one, "--state", "matched", "--json")
    assert document(none)["items"] == []


def test_what_a_restated_file_changes_is_shown_before_it_is_accepted(town: Town) -> None:
    desk = FileDesk(town)
    old = desk.send(session("B1", 50_000, 30_000, 7_000), town.account)
    told(desk.accept(old))
    new = desk.send(session("B1", 50_000, 31_000), town.account)
    assert (new["state"], new["verdict"]) == ("held", "F03")
    one = (town.agency, new["id"])
    ran = say(town, "differences", *one)
    changed, *facts, gone = ran.stdout.splitlines()
    assert changed == "changed (open now): payment TB12 R2"
    assert facts == [
        "  gross: 30,000 -> 31,000", "  commission: -300 -> -310", "  tax: -30 -> -31",
        "  net: 29,670 -> 30,659",
    ]  # fmt: skip
    assert gone.startswith("removed (open now): kind payment, transaction TB13, ")
    assert "gross 7,000, commission -70" in gone
    [first, second] = document(say(town, "differences", *one, "--json"))["items"]
    assert (first["after"]["gross"], second["after"]) == (31_000, None)
    shown = say(town, "show", *one, who="approver").stdout
    assert ran.stdout in shown and f"digest {new['digest']}" in shown
    none = say(town, "differences", town.agency, old["id"])
    assert none.stdout == "no line of it differs from what stands\n"


def test_a_line_that_only_the_restated_file_has_is_added(town: Town) -> None:
    desk = FileDesk(town)
    told(desk.accept(desk.send(camt(1, 0, (50_000, "A")))))
    new = desk.send(camt(1, 0, (50_000, "A"), (9_000, "D")))
    [added] = say(town, "differences", town.agency, new["id"]).stdout.splitlines()
    assert added.startswith("added: place entry 2, line 1, kind credit, transaction D")
    assert "gross 9,000" in added
