"""The benchmarks at tiny sizes: both sides of each row run, and do the same work."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from feesvc.benching import ROWS, Figure, Stage, measure
from feesvc.benching.figures import interleaved, quantile
from feesvc.embedded import Server

KEYS = {"name", "ours", "other", "unit", "ratio", "bar"}


@pytest.fixture(scope="module")
def stage(database_server: Server) -> Iterator[Stage]:
    found = Stage(database_server, scale=0.0002, rounds=1, workers=1)
    yield found
    found.close()


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if row != "demo"])
def test_a_row_measures_both_sides(stage: Stage, row: str) -> None:
    figures = measure(row, stage)
    assert figures[0].name == row
    for figure in figures:
        assert figure.name.split(".")[0] == row
        assert figure.other > 0 and figure.ours >= 0
        assert json.loads(json.dumps(figure.as_json())).keys() == KEYS


@pytest.mark.parametrize(
    ("ours", "ceiling", "passes"),
    [(40, False, True), (39, False, False), (40, True, True), (41, True, False)],
)
def test_a_bar_is_a_floor_or_a_ceiling(ours: float, ceiling: bool, passes: bool) -> None:
    figure = Figure(
        name="x", ours=ours, other=10, unit="s", bar=4, ceiling=ceiling, against="another"
    )
    assert figure.passes is passes


def test_sides_take_turns_and_the_median_counts() -> None:
    turns: list[str] = []

    def side(name: str, *results: float) -> float:
        turns.append(name)
        return results[turns.count(name) - 1]

    medians = interleaved(3, lambda: side("a", 1, 9, 2), lambda: side("b", 5, 4, 60))
    assert medians == [2, 5]
    assert turns == ["a", "b"] * 3


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(100)], 0.99) == 99.0
