"""A few settlement days with differences planted: files get their verdicts, lines their codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from feesvc.application import matching
from feesvc.application.file_accounts import file_accounts
from feesvc.campaigns import Trial, reconciliation
from feesvc.campaigns.planting import PLANTS, seasons
from feesvc.campaigns.planting.scenes import Handed
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.handing import Tray
from feesvc.campaigns.reconciling.judging import Judgement, judge
from feesvc.reconciling.matching.scope import Leg

DAYS = 3
NAMES = ("sandbox", "momo")


def test_what_was_planted_is_found_and_nothing_else(tmp_path: Path) -> None:
    said: list[str] = []
    found = reconciliation.run(Trial(11, True, tmp_path, said.append, DAYS), NAMES)
    assert found.faults == []
    each = DAYS * reconciliation.SHORT_EACH + reconciliation.SHORT_HEALING
    assert found.figures["payments"] == each * 2 * len(NAMES)
    assert found.figures["lines"] > found.figures["matched"] > found.figures["named"] > 0
    assert found.figures["neither"] == 0
    assert any("1 planted, 1 found, 0 missed, 0 invented" in words for words in said)


def test_a_verdict_that_was_not_planted_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The campaign would see it: one document is handed over as if nothing were wrong with it."""
    before = Tray.hand_over

    async def blind(tray: Tray, files: Sequence[Handed]) -> None:
        await before(tray, [replace(file, verdict="") for file in files])

    monkeypatch.setattr(Tray, "hand_over", blind)
    monkeypatch.setattr(reconciliation, "SHORT_HEALING", 0)
    found = reconciliation.run(Trial(11, True, tmp_path, lambda words: None, DAYS), NAMES)
    assert any("planted: nothing" in fault for fault in found.faults)


def test_a_refund_that_comes_back_under_another_name_is_known_by_its_payment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZaloPay writes a reference of its own making: what is left is original, kind and amount."""
    monkeypatch.setattr(seasons, "PLANTS", {"S13": PLANTS["S13"]})
    monkeypatch.setattr(reconciliation, "SHORT_HEALING", 2)
    said: list[str] = []
    found = reconciliation.run(Trial(5, True, tmp_path, said.append, 2), ["zalopay"])
    assert found.faults == []
    assert any(words.startswith("S13: ") and "0 missed" in words for words in said)


def test_the_same_rules_find_all_of_a_past_period_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was planted, undone or taken back since: what is matched now is what would be."""
    seen: list[tuple[Leg, Any]] = []

    async def look_back(ground: Ground, *asked: Any) -> Judgement:
        days = (reconciliation.FIRST, ground.now.date())
        for agency in {one.agency for one in ground.merchants.values()}:
            for account in await file_accounts(ground.house, agency):
                leg: Leg = "S" if account.source == "settlement" else "B"
                run = await matching.run(
                    ground.house, agency, account.id, leg, days[1], principal="person:a",
                    id=uuid4(), dry=True, period=days,
                )  # fmt: skip
                seen.append((leg, run.numbers["period"]))
        return await judge(ground, *asked)

    monkeypatch.setattr(reconciliation, "judge", look_back)
    found = reconciliation.run(Trial(11, True, tmp_path, lambda words: None, DAYS), NAMES[:1])
    assert found.faults == []
    assert {leg for leg, period in seen if period["kept"]} == {"S", "B"}
    assert [one for _, period in seen for one in period["differing"]] == []
