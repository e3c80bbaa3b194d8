"""A run is asked for while others record: it looks at what there is, and waits for no more."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import uuid4

import pytest

from feesvc.application import matching
from feesvc.application.house import House
from feesvc.application.registries import register_agency
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.runs import Run
from feesvc.store import Answer
from feesvc.testing.ground import DAY, Ground
from feesvc.testing.said_and_captured import ACCOUNT, AGENCY


def test_a_run_does_not_wait_for_what_is_recorded_after_it_was_asked_for(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "PATIENCE_SECONDS", 2.0)
    asked = runs.behind
    count = itertools.count()

    async def run(house: House) -> Run:
        async def record() -> None:
            code = f"K{next(count)}"
            act = house.act(uuid4(), "person:a")
            await register_agency(house, act, code, code, code, "", lambda _: Answer(201, b""))

        async def behind(*told: Any) -> bool:
            """The captures get on by as much as is recorded meanwhile."""
            await record()
            ground.db.execute(
                "UPDATE feesvc.projection SET position = position + 1 WHERE name = 'captures'"
            )
            return await asked(*told)

        monkeypatch.setattr(runs, "behind", behind)
        await record()
        return await matching.run(
            house, AGENCY, ACCOUNT, "S", DAY, principal="person:a", id=uuid4()
        )

    assert ground.do(run).state == "under_way"
