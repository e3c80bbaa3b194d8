"""Files named on the command line: what is wrong with one is said in one line that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feesvc.cli._asking import CouldNot
from feesvc.cli._reading import json_of, parsed, text_of

COMMANDS = {
    "rules": ("matching", "rules", "G14", "--propose"),
    "run": ("matching", "run", "G14", "--account", "a", "--dry", "--terms"),
    "profiles": ("file-profiles", "propose", "G14", "a", "--valid-from", "2026-11-21", "--path"),
    "remittances": (
        "remittances", "confirm", "r", "--number", "1", "--confirmed-on", "2026-11-21", "--lines",
    ),
}  # fmt: skip


def feesvc(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
        capture_output=True, text=True, check=False,
        env={"LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "FEESVC_URL": "http://127.0.0.1:9"},
    )  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_cannot_be_read_is_said_in_one_line(command: str, tmp_path: Path) -> None:
    gone, folder, latin = tmp_path / "gone", tmp_path, tmp_path / "latin"
    latin.write_bytes(b'{"days": "\xe9"}')
    for file, why in (
        (gone, f"{gone}: No such file or directory"),
        (folder, f"{folder}: Is a directory"),
        (latin, f"{latin}: byte 11 is not UTF-8"),
    ):
        ran = feesvc(*COMMANDS[command], str(file))
        assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"feesvc: {why}\n")


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "profiles"])
def test_what_is_not_json_is_said_with_its_place(command: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"days": 3,\n "margin" 2}')
    ran = feesvc(*COMMANDS[command], str(bad))
    why = f"feesvc: {bad} is not JSON: Expecting ':' delimiter: line 2 column 11 (char 22)\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"days": NaN}', "NaN is no number"),
        ('["\\ud800"]', "half a character"),
        ("[" * 100_000, "goes too deep"),
        ("1" * 5_000, "digits"),
        ("", "Expecting value"),
    ],
)
def test_what_cannot_be_sent_as_json_is_none(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_text(text)
    with pytest.raises(CouldNot, match=f"terms.json is not JSON: .*{why}"):
        json_of(file)
    with pytest.raises(ValueError, match=why):
        parsed(text)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_text('{"note": "lệ phí"}', encoding="utf-8")
    assert json_of(file) == {"note": "lệ phí"} and text_of(file) == '{"note": "lệ phí"}'


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--from", "2026-11-01", "--to", "2026-11-30"), "go with --dry"),
        (("--terms", "terms.json"), "go with --dry"),
        (("--dry", "--from", "2026-11-01"), "--from and --to go together"),
        (("--dry", "--to", "2026-11-01"), "--from and --to go together"),
    ],
)
def test_a_period_is_only_tried_and_has_two_ends(words: tuple[str, ...], why: str) -> None:
    ran = feesvc("matching", "run", "G14", "--account", "a", *words)
    assert ran.returncode == 2 and why in ran.stderr


def test_moves_that_are_not_json_are_said_in_a_line() -> None:
    asked = ("cases", "resolve", "c", "--resolution", "claim", "--reason", "x", "--moves", "{NaN")
    ran = feesvc(*asked)
    assert ran.returncode == 2 and "--moves is not JSON" in ran.stderr
    assert "Traceback" not in ran.stderr
