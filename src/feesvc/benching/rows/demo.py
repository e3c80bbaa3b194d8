"""demo: the whole road on one command, with everything in place, and from nothing at all.

Warm is a second ``./run demo --once`` in the same checkout. Cold (only when asked for) is a fresh
clone with an empty home: all packages are downloaded again. The machine's own Python stays.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import feesvc
from feesvc.benching.figures import Figure, Unequal
from feesvc.benching.stage import Stage
from feesvc.secrets import Misconfigured

WARM, COLD = 15, 120
"""Seconds."""
CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")


def measure(stage: Stage) -> Sequence[Figure]:
    root = Path(feesvc.__file__).parents[2]
    if not (root / "run").exists():
        raise Misconfigured("the row demo needs a checkout, in which ./run installs and starts it")
    stage.say("once to have all in place")
    _demo(root, os.environ)
    seconds = median(_demo(root, os.environ) for _ in range(stage.rounds))
    warm = Figure(
        name="demo", ours=seconds, other=WARM, unit="s", bar=1, ceiling=True,
        against="with all in place",
    )  # fmt: skip
    if not stage.cold:
        return (warm,)
    stage.say("from a fresh clone with empty caches")
    cold = Figure(
        name="demo.cold", ours=_cold(root), other=COLD, unit="s", bar=1, ceiling=True,
        against="on a fresh clone with an empty home",
    )  # fmt: skip
    return (warm, cold)


def _cold(root: Path) -> float:
    """Seconds; what is cloned is the last commit."""
    with tempfile.TemporaryDirectory(prefix="feesvc-cold-") as folder:
        clone, home = Path(folder) / "clone", Path(folder) / "home"
        home.mkdir()
        subprocess.run(
            ["git", "clone", "--quiet", "--no-hardlinks", str(root), str(clone)],  # noqa: S607
            check=True,
        )
        kept = {name: value for name, value in os.environ.items() if name not in CACHES}
        return _demo(clone, kept | {"HOME": str(home)})


def _demo(root: Path, environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(
        [str(root / "run"), "demo", "--once"], cwd=root, env=dict(environment),
        capture_output=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    if done.returncode != 0:
        raise Unequal(f"the demo did not come out as worked by hand: {done.stderr[-500:]!r}")
    return seconds
