"""Plants that do not fit: they say so, and nothing has happened."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from feesvc.campaigns.planting import PLANTS, seasons
from feesvc.campaigns.planting.scenes import Plant, Scene, Unfit
from feesvc.campaigns.planting.shops import season

FIRST, DAYS = date(2026, 11, 2), 40
NAMES = ("sandbox", "vnpay", "momo", "zalopay", "onepay")


def test_what_does_not_fit_leaves_its_scene_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a batch that nothing was planted in would not be paid, say."""
    unfit: Counter[str] = Counter()

    def as_it_stands(scene: Scene) -> list[object]:
        told = [*scene.unpaid, *scene.later, *scene.handed, *scene.deeds, *scene.planted]
        return [scene.pays_itself, scene.batch, dict(scene.busy), *told]

    def watched(code: str, plant: Plant) -> Plant:
        def try_it(scene: Scene) -> None:
            before = as_it_stands(scene)
            try:
                plant(scene)
            except Unfit:
                unfit[code] += 1
                assert as_it_stands(scene) == before, code
                raise

        return try_it

    monkeypatch.setattr(seasons, "PLANTS", {c: watched(c, plant) for c, plant in PLANTS.items()})
    for seed in range(6):
        one = season(seed, NAMES, lambda chance: 500 + chance.randrange(4_000))
        for number in range(DAYS):
            one.day(FIRST + timedelta(days=number))
    assert {"B04", "B06", "S12"} <= set(unfit)
