"""Commands are found by being there, one per file, and trouble outside is said plainly."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer
from typer.testing import CliRunner

from feesvc import cli


def feesvc(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C.UTF-8", **environment},
    )


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(cli.assembled(), ["--help"])
    named = [name for name in cli.commands() if hasattr(module(name), "command")]

    assert shown.exit_code == 0
    assert "migrate" in named
    assert [name for name in named if name not in shown.output] == []


def module(name: str) -> object:
    return import_module(f"feesvc.cli.{name.replace('-', '_')}")


def test_only_the_command_asked_for_is_imported() -> None:
    app = cli.assembled(["migrate", "--json"])
    assert [command.name for command in app.registered_commands] == ["migrate"]


@pytest.mark.parametrize("name", sorted(cli.commands()))
def test_every_command_says_what_it_does(name: str) -> None:
    command = getattr(module(name), "command", None)
    if command is not None and not isinstance(command, typer.Typer):
        assert command.__doc__


def test_an_unknown_command_is_a_mistake_of_the_caller() -> None:
    told = feesvc("embezzle")
    assert told.returncode == 2
    assert "No such command" in told.stderr
    assert "Traceback" not in told.stderr


def test_what_is_not_configured_is_said_in_one_line() -> None:
    told = feesvc("migrate")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "feesvc: FEESVC_DATABASE_URL is not set\n"


def test_a_database_that_is_not_there_is_said_without_a_traceback_or_a_password() -> None:
    url = "postgresql://feesvc_owner:hush@127.0.0.1:1/feesvc"
    told = feesvc("migrate", FEESVC_DATABASE_URL=url, FEESVC_OWNER_URL=url)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "hush" not in told.stderr


def test_a_campaign_that_breaks_off_shows_what_broke_it() -> None:
    """Also where the same trouble, in another command, would be said in a word."""
    told = campaign("def run(name, trial): raise OperationalError('the connection is lost')")
    assert told.returncode == 1
    assert "in run" in told.stderr and "OperationalError: the connection is lost" in told.stderr
    assert "races, seed 5: broken off" in told.stderr


def test_a_fault_is_told_as_it_is_written() -> None:
    fault = "S04 at [/G14 sandbox]: [bold] nothing"
    told = campaign(f"def run(name, trial): return campaigns.Finding(faults=[{fault!r}])")
    assert told.returncode == 1
    assert fault in told.stderr


def campaign(run: str) -> subprocess.CompletedProcess[str]:
    """``campaign races`` with this in the place of every campaign."""
    known = "from feesvc import campaigns; from psycopg import OperationalError"
    begin = "campaigns.run = run; from feesvc.cli import main; main()"
    asked = [sys.executable, "-c", f"{known}\n{run}\n{begin}", "campaign", "races", "--seed", "5"]
    return subprocess.run(
        asked, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"}
    )
