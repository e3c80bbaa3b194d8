"""A new slice is a copied folder: nothing outside it changes but uv.lock, and it works at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GIT = shutil.which("git")
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
COPIES = [
    ("adapters", "sandbox", "newpay"),
    ("projections", "agency_ledger", "new_question"),
]
DISCOVER = """
import sys
from importlib.metadata import entry_points
for name in sys.argv[1:]:
    for point in entry_points(name=name):
        point.load()
        print(point.group, point.name)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        GIT is None or not (ROOT / ".git").exists(), reason="git tells what a copy has changed"
    ),
]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What it prints; a failure shows all of it."""
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        command, cwd=cwd, env={**inherited, **environment}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-8_000:]}"
    return done.stdout


def git(tree: Path, *arguments: str) -> str:
    plain = ("-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=off", "-c", "gc.auto=0")
    author = ("-c", "user.name=A test", "-c", "user.email=test@example.org")
    return run(str(GIT), *plain, *author, *arguments, cwd=tree)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return as_it_stands(tmp_path)


def as_it_stands(folder: Path) -> Path:
    """This checkout, committed, in a folder of its own."""
    tree = folder / "tree"
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for compiled in (ROOT / "src").rglob("__pycache__"):  # else it is compiled all over again
        shutil.copytree(compiled, tree / compiled.relative_to(ROOT), dirs_exist_ok=True)
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "As it stands")
    return tree


def copy_slice(slice_: Path, name: str) -> Path:
    """The folder copied beside itself, its name replaced in every file and path."""
    old, new = slice_.name, slice_.with_name(name)
    for path in sorted(path for path in slice_.rglob("*") if path.is_file()):
        to = new / renamed(path.relative_to(slice_).as_posix(), old, name)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(renamed(path.read_text("utf-8"), old, name), "utf-8")
    return new


def renamed(text: str, old: str, new: str) -> str:
    for form in (str.lower, camel, str.upper, lambda name: name.replace("_", "-")):
        text = text.replace(form(old), form(new))
    return text


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def changed(tree: Path) -> set[str]:
    return {line[3:] for line in git(tree, "status", "--porcelain", "-uall").splitlines()}


def declared(slice_: Path, site: Path) -> Iterator[str]:
    """Put what an installer would write of the slice on ``site``; yields its entry points."""
    project = tomllib.loads((slice_ / "pyproject.toml").read_text("utf-8"))["project"]
    installed = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (installed / "METADATA").write_text(head)
    with (installed / "entry_points.txt").open("w") as file:
        for group, points in project["entry-points"].items():
            file.write(f"[{group}]\n")
            for name, value in points.items():
                file.write(f"{name} = {value}\n")
                yield f"{group} {name}"


class Copies:
    """All of them in one tree, tested together: each process reads all that the copies stand on."""

    def __init__(self, tree: Path, site: Path) -> None:
        self.tree = tree
        self.at = {new: copy_slice(tree / folder / name, new) for folder, name, new in COPIES}
        self.points = {new: set(declared(copy, site)) for new, copy in self.at.items()}
        self.path = os.pathsep.join(
            map(str, (tree / "src", *(copy / "src" for copy in self.at.values()), site))
        )

    def run(self, *command: str) -> str:
        return run(sys.executable, *command, cwd=self.tree, PYTHONPATH=self.path)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(as_it_stands(tmp_path_factory.mktemp("copied")), tmp_path_factory.mktemp("site"))


def test_copied_slices_are_found_by_their_names(copies: Copies) -> None:
    found = copies.run("-c", DISCOVER, *copies.at).splitlines()
    assert sorted(found) == sorted(point for points in copies.points.values() for point in points)


def test_copied_slices_pass_their_tests_in_order_and_touch_no_file_outside_their_folders(
    copies: Copies,
) -> None:
    folders = [copy.relative_to(copies.tree).as_posix() for copy in copies.at.values()]
    told = copies.run(
        "-m", "pytest", "-v", "-n", "0", *folders, "tests/test_tidy.py", "-k", "not at_size"
    )
    for folder in (*folders, "tests/test_tidy.py"):
        assert re.search(rf"^{folder}\S*::\S+ PASSED", told, re.MULTILINE), folder
    lock(copies.tree, [f"feesvc-{new}".replace("_", "-") for new in copies.at])
    within = tuple(f"{folder}/" for folder in folders)
    outside = {path for path in changed(copies.tree) if not path.startswith(within)}
    assert outside <= {"uv.lock"}


def lock(tree: Path, distributions: list[str]) -> None:
    """Lock the copies as uv does, where uv is there and has what it needs without a network."""
    if UV is None:
        return
    command = (UV, "lock", "--offline", "--no-progress", "--python", sys.executable)
    done = subprocess.run(command, cwd=tree, text=True, capture_output=True, check=False)
    if done.returncode == 0:
        locked = (tree / "uv.lock").read_text("utf-8")
        for distribution in distributions:
            assert f'name = "{distribution}"' in locked
    else:
        assert re.search("network|offline|cache", done.stderr, re.IGNORECASE), done.stderr


def test_the_steps_of_the_template_make_that_copy(tree: Path) -> None:
    """The README of the template is followed to the letter, up to where it installs."""
    [steps] = re.findall(
        r"```sh\n(.*?)```", (tree / "adapters/sandbox/README.md").read_text(), re.DOTALL
    )
    before_installing = steps.partition("cd ../..")[0]
    run("sh", "-euc", before_installing, cwd=tree)
    by_hand = {
        path.relative_to(tree / "adapters/newpay"): path.read_text("utf-8")
        for path in (tree / "adapters/newpay").rglob("*")
        if path.is_file()
    }
    shutil.rmtree(tree / "adapters/newpay")
    by_test = copy_slice(tree / "adapters/sandbox", "newpay")
    assert by_hand == {
        path.relative_to(by_test): path.read_text("utf-8")
        for path in by_test.rglob("*")
        if path.is_file()
    }
