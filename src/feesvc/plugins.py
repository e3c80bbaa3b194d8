"""Finds installed slices by entry point. Nothing else in the core knows how they are found."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from feesvc.intermediary import Intermediary
from feesvc.projecting import Projection
from feesvc.statement import StatementFormat, TableFormat

INTERMEDIARIES = "feesvc.intermediaries"
STATEMENT_FORMATS = "feesvc.statement_formats"
PROJECTIONS = "feesvc.projections"
COUNTERPARTS = "feesvc.counterparts"


class DuplicatePlugin(Exception):
    """Two installed packages claim the same name."""


class NotInstalled(Exception):
    """Configuration needs a slice that is not installed."""


def intermediaries() -> dict[str, type[Intermediary]]:
    return {
        name: cast("type[Intermediary]", e.load()) for name, e in _found(INTERMEDIARIES).items()
    }


def statement_formats() -> dict[str, type[StatementFormat | TableFormat]]:
    """Formats of files, by the names that profiles and bank accounts call them."""
    return {
        name: cast("type[StatementFormat | TableFormat]", e.load())
        for name, e in _found(STATEMENT_FORMATS).items()
    }


def projections() -> dict[str, Projection]:
    return {name: cast("Projection", e.load()) for name, e in _found(PROJECTIONS).items()}


def counterparts() -> dict[str, Any]:
    """The stand-ins of intermediaries, for tests and the demo (``feesvc.testing.counterpart``)."""
    return {name: e.load() for name, e in _found(COUNTERPARTS).items()}


@cache
def _found(group: str) -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry_point in entry_points(group=group):
        if entry_point.name in found:
            raise DuplicatePlugin(f"{group}: {entry_point.name}")
        found[entry_point.name] = entry_point
    return dict(sorted(found.items()))
