"""Benchmarks: each row of the design's bars, measured against something else in the same run.

Two things are compared at a time, in at least three interleaved rounds, by medians; both sides are
checked to have done the same work. What is measured is the real thing on a durable PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from feesvc.benching.figures import Figure
from feesvc.benching.stage import Stage

__all__ = ["ROWS", "Figure", "Stage", "measure"]

ROWS = (
    "http", "bulkhead", "save", "project", "replay", "match", "increment", "xlsx", "memory",
    "ledger", "demo",
)  # fmt: skip
"""Each is a module of ``feesvc.benching.rows`` with a function ``measure``."""


def measure(row: str, stage: Stage) -> Sequence[Figure]:
    """The figures of one row: the row's own first, then what goes beyond it."""
    figures: Sequence[Figure] = import_module(f"{__name__}.rows.{row}").measure(stage)
    return figures
