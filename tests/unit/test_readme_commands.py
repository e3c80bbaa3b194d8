"""Every command line that the README shows is one that there is, with the options it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from feesvc.cli import assembled

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = "".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
SHOWN = sorted(
    {line.split("  #")[0].strip() for line in re.findall(r"^(feesvc .*)$", BLOCKS, re.MULTILINE)}
)
NAMED = sorted(set(re.findall(r"`(feesvc [a-z -]+[a-z])`", README)))


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and what follows it."""
    command: Any = typer.main.get_command(assembled(words))
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


def test_the_readme_shows_commands() -> None:
    assert len(SHOWN) > 20


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_line_of_the_readme_is_understood(line: str) -> None:
    command, words = found(shlex.split(line)[1:])
    assert not hasattr(command, "commands"), f"there is no {line}"
    known = {option for one in command.params for option in [*one.opts, *one.secondary_opts]}
    assert {word for word in words if word.startswith("--")} <= known
    taken = [one for one in command.params if one.param_type_name == "argument"]
    options = {word for word in words if word.startswith("--")}
    flags = {name for one in command.params for name in one.opts if getattr(one, "is_flag", False)}
    values = len(words) - len(options) - len(options - flags)
    least = sum(one.required and one.nargs == 1 for one in taken)
    assert values >= least, f"{least} arguments wanted"


@pytest.mark.parametrize("line", NAMED)
def test_a_command_that_the_readme_names_is_there(line: str) -> None:
    _, left = found(line.split()[1:])
    assert not left, f"there is no {line}"
