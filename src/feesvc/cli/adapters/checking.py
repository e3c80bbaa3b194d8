"""Checking: an installed adapter's contract, run against its counterpart in this process.

The contract is test classes, and what a slice says of itself to them (the form of its references,
what its provider does differently) stands in the slice's own tests; so they are run where they are.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import Distribution, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from feesvc.plugins import INTERMEDIARIES

if TYPE_CHECKING:
    import pytest

NEEDS = "the contract needs {module}, which a service does not: uv sync --all-packages installs it"


class ContractUnavailable(Exception):
    """The contract cannot be run here; the message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One promise of a contract that was not kept."""

    contract: str
    test: str
    why: str


@dataclass(slots=True)
class Checked:
    """Promises kept, by contract, and those that were not."""

    kept: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return bool(self.kept) and not self.broken

    def as_json(self) -> Mapping[str, Any]:
        return {
            "kept": dict(self.kept),
            "broken": [
                {"contract": one.contract, "test": one.test, "why": one.why} for one in self.broken
            ],
        }


def check_contract(name: str) -> Checked:
    """Run every contract that the slice's tests inherit; raises ``ContractUnavailable``."""
    try:
        import pytest

        import feesvc.testing.intermediary  # noqa: F401 - needs hypothesis besides
    except ModuleNotFoundError as missing:
        raise ContractUnavailable(NEEDS.format(module=missing.name)) from None
    folder = tests_of(name)
    watching = _Watching()
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:xdist"]
    alone = ["-c", os.devnull, "--rootdir", str(folder), "--import-mode=importlib"]
    code = pytest.main([str(folder), *quiet, *alone], plugins=[watching])
    if watching.trouble or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        why = watching.trouble or f"pytest ended with {int(code)}"
        raise ContractUnavailable(f"its tests in {folder} cannot be run: {why}")
    return watching.checked


def tests_of(name: str) -> Path:
    """The tests of the slice whose adapter has this name, where it was installed from a folder."""
    [entry_point] = entry_points(group=INTERMEDIARIES, name=name)
    folder = _source(entry_point.dist)
    if folder is None or not (folder / "tests").is_dir():
        raise ContractUnavailable(
            "its contract stands in its source folder, and it was not installed from one "
            "(pip install -e adapters/…)"
        )
    return folder / "tests"


def _source(distribution: Distribution | None) -> Path | None:
    """The folder that an editable distribution stands in (PEP 610)."""
    told = distribution.read_text("direct_url.json") if distribution else None
    url = urlsplit(json.loads(told)["url"]) if told else None
    return Path(url2pathname(url.path)) if url and url.scheme == "file" else None


class _Watching:
    """A pytest plugin: runs only what a contract promises, and notes what came of it."""

    def __init__(self) -> None:
        self.checked = Checked()
        self.trouble = ""
        self._contracts: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        promised = [(item, contract) for item in items if (contract := _contract_of(item))]
        items[:] = [item for item, _ in promised]
        self._contracts = {item.nodeid: contract for item, contract in promised}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble = _reason(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        contract = self._contracts[report.nodeid]
        if report.failed:
            test = report.nodeid.rpartition("::")[2]
            self.checked.kept[contract] += 0
            self.checked.broken.append(Broken(contract, test, _reason(report)))
        elif report.when == "call":
            self.checked.kept[contract] += 1


def _contract_of(item: pytest.Item) -> str:
    """The class of the kit that a test was inherited from, or empty for a slice's own test."""
    from feesvc.testing.intermediary import Stage

    inherited: Sequence[type] = getattr(getattr(item, "cls", None), "__mro__", ())
    named = getattr(item, "originalname", item.name)
    for base in inherited:
        if named in vars(base):
            ours = issubclass(base, Stage) and base.__module__.startswith(Stage.__module__[:-6])
            return base.__name__ if ours else ""
    return ""


def _reason(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).strip().splitlines()[0][:300]
