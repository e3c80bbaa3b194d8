"""Planting: every code can be planted, a seed repeats itself, and readers find what was planted."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

import pytest

from feesvc import plugins
from feesvc.campaigns.planting import PLANTS
from feesvc.campaigns.planting.scenes import Handed
from feesvc.campaigns.planting.seasons import Season, Till, Told
from feesvc.campaigns.planting.shops import Shop, season
from feesvc.campaigns.reconciling.ground import CREDITED_WITHIN
from feesvc.domain.case_kinds import KINDS
from feesvc.money import total
from feesvc.reconciling.calendar import vietnam
from feesvc.statement import StatementFormat, TableFormat, Unreadable
from feesvc.statement.profile import SettlementProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable
from feesvc.testing.banking import Account
from feesvc.testing.settling import ContractTariff

FIRST = date(2026, 11, 2)
DAYS = 40
NAMES = ("sandbox", "vnpay", "momo", "zalopay", "onepay")


@cache
def lived(seed: int = 7) -> tuple[Season, tuple[Told, ...]]:
    one = season(seed, NAMES)
    return one, tuple(one.day(FIRST + timedelta(days=number)) for number in range(DAYS))


def test_every_code_of_the_taxonomy_has_something_that_plants_it() -> None:
    codes = [code for code in KINDS if code[0] in "FASBTG"]
    assert len(codes) == 67
    assert list(PLANTS) == sorted(PLANTS, key=lambda code: ("FASBTG".index(code[0]), code))
    assert set(PLANTS) == set(codes)


def test_a_season_plants_every_code() -> None:
    planted = Counter(one.code for one in lived()[0].planted)
    assert set(planted) == set(PLANTS), set(PLANTS) - set(planted)


def alone(code: str, seed: int, tariff: ContractTariff | None = None) -> Season:
    """A season of one merchant with whom nothing else is planted."""
    shop = Shop("sandbox", seed)
    bank, other = (Account(bank="970415", number=f"11336666000{last}") for last in (1, 2))
    contract, codes = tariff or ContractTariff(), frozenset((code,))
    till = Till("sandbox", shop.kind.settles, shop.close, bank, other, False, contract, codes)
    return Season(seed, [till])


def test_a_wrong_commission_is_planted_as_what_is_kept_beyond_the_contract() -> None:
    """Whoever keeps it may round otherwise than the contract says."""
    contract = ContractTariff(flat=3)
    one = alone("S09", 7, contract)
    for scene in [scene for day in range(20) for scene in one.day(FIRST + timedelta(day)).scenes]:
        for planted in scene.planted:
            [line] = [each for each in scene.batch.movements if each.native_id == planted.item]
            commission, tax = contract.of(line.gross)
            assert planted.at_risk == -line.commission - line.tax - commission - tax
    assert one.planted


@pytest.mark.parametrize("day", [date(2026, 11, 18), date(2026, 11, 20)])
def test_a_missing_credit_comes_after_its_term_over_a_holiday_too(day: date) -> None:
    """The day of culture, 24 November, is none of the five business days."""
    planted = [late for seed in range(6) for late in alone("B02", seed).day(day).planted]
    for late in planted:
        assert late.heals_on and late.heals_on > vietnam().plus(day, CREDITED_WITHIN)
    assert planted


def test_the_same_seed_tells_the_same_story_and_another_another() -> None:
    def digest(told: tuple[Told, ...]) -> str:
        said = hashlib.sha256()
        for day in told:
            said.update(repr((day.planted, day.deeds, day.statements)).encode())
            for file in day.handed:
                said.update(file.name.encode())
                if not file.name.endswith("xlsx"):  # a workbook says when it was written
                    said.update(file.content)
        return said.hexdigest()

    first = digest(lived()[1])
    again, other = season(7, NAMES), season(8, NAMES)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    assert digest(tuple(again.day(day) for day in days)) == first
    assert digest(tuple(other.day(day) for day in days)) != first


def read(file: Handed) -> list[SettledBatch]:
    [text] = plugins.intermediaries()[file.account].settlement_profiles.values()  # type: ignore[attr-defined]
    profile = read_profile(text)
    assert isinstance(profile, SettlementProfile)
    counterpart = plugins.counterparts()[file.account](lambda: None)
    kind = cast("type[TableFormat]", plugins.statement_formats()[profile.format])
    settings = counterpart.settings("https://x.test")
    with (
        io.BytesIO(file.content) as content,
        closing(cast("Any", kind(profile.options).rows(content))) as rows,
    ):
        return SettledTable(profile, rows, settings).batches()


BY_READING = ("F04", "F05", "F06", "F11", "F12")
"""What the bytes alone give away; the others take a history, a calendar or a signature."""


@pytest.mark.parametrize("code", BY_READING)
def test_readers_find_what_a_file_has_wrong(code: str) -> None:
    wrong = [f for day in lived()[1] for f in day.handed if f.verdict == code]
    assert len(wrong) >= 2
    for file in wrong:
        with pytest.raises(Unreadable) as refused:
            read(file)
        assert refused.value.code == code, file.name


def test_every_other_document_is_read_to_its_totals() -> None:
    seen = 0
    for day in lived()[1]:
        for file in day.handed:
            if file.source == "settlement" and file.verdict in ("", "F02", "F03"):
                assert sum(len(batch.lines) for batch in read(file)) > 0
                seen += 1
    assert seen > DAYS


def test_a_document_says_what_its_scene_pays() -> None:
    checked = 0
    for day in lived()[1]:
        for scene in day.scenes:
            last = [f for f in scene.handed if f.verdict in ("", "F03")]
            if last:
                [batch] = read(last[-1])
                assert batch.sum_of("net") == scene.pays
                checked += 1
    assert checked > DAYS


def test_bank_statements_roll_on_and_a_wrong_one_is_found() -> None:
    faults = 0
    for day in lived()[1]:
        for statement in day.statements:
            moved = total((entry.amount for entry in statement.entries), "VND")
            assert statement.opening + moved == statement.closing
        for file in day.handed:
            if file.source == "bank" and file.verdict == "F09":
                kind = cast("type[StatementFormat]", plugins.statement_formats()["mt94x"])
                with pytest.raises(Unreadable) as refused:
                    list(kind().read(io.BytesIO(file.content)))
                assert refused.value.code == "F09"
                faults += 1
    assert faults


def test_a_batch_below_nothing_is_told_whatever_made_it_so() -> None:
    """A dispute of more than a day's payments makes one, though no S21 was planted."""
    season, days = lived()
    below = {
        (scene.name, scene.batch.identity): scene.batch.net.amount
        for day in days for scene in day.scenes if scene.batch.net.amount < 0
    }  # fmt: skip
    told = {
        (one.scene, one.item): -one.at_risk.amount for one in season.planted if one.code == "S21"
    }  # fmt: skip
    assert below == told
    assert below


def test_what_waits_for_a_later_session_belongs_to_the_plant_that_left_it_out() -> None:
    """Else one payment would be two differences, and one of them nobody could find."""
    by_scene: dict[tuple[str, str], set[date]] = {}
    for one in lived()[0].planted:
        for name in filter(None, (one.item, one.also)) if one.source == "settlement" else ():
            by_scene.setdefault((one.scene, name), set()).add(one.day)
    assert {where: days for where, days in by_scene.items() if len(days) > 1} == {}


def test_nothing_keeps_the_batch_of_money_for_another_agency_from_its_credit() -> None:
    """Its 24 hours run from the bank credit; the evening's payment is of tomorrow's session."""
    planted = lived()[0].planted
    awaited = {(one.scene, one.day + timedelta(days=1)) for one in planted if one.code == "T08"}
    keeps = [
        one for one in planted
        if one.code in ("B02", "B04", "B09") and one.source == "bank"
        and (one.scene, one.day) in awaited
    ]  # fmt: skip
    assert len(awaited) > 3
    assert keeps == []


def test_what_was_kept_back_is_told_again_when_it_is_given() -> None:
    """S16 is a hold or a release: each is recorded under it."""
    season, days = lived()
    moved = {
        (scene.name, scene.batch.identity, one.native_id)
        for day in days for scene in day.scenes for one in scene.batch.movements
        if one.kind in ("reserve_hold", "reserve_release")
    }  # fmt: skip
    told = [(one.scene, one.batch, one.item) for one in season.planted if one.code == "S16"]
    assert sorted(told) == sorted(moved)
    assert any(native_id.endswith("F") for *_, native_id in moved)


def test_a_forged_document_is_not_the_right_one() -> None:
    for day in lived()[1]:
        for scene in day.scenes:
            bytes_of = {file.verdict: file.content for file in scene.handed}
            if "F10" in bytes_of:
                assert bytes_of["F10"] != bytes_of[""]


def test_nothing_is_planted_in_a_plain_day() -> None:
    one = season(3, NAMES)
    for number in range(5):
        told = one.day(FIRST + timedelta(days=number), plain=True)
        assert told.planted == [] and told.deeds == []
        credited = sum(e.amount.amount for s in told.statements for e in s.entries)
        assert credited == 0 or number > 0


def test_what_a_season_settles_is_what_was_sold() -> None:
    """On plain days every movement is settled once, and every batch is paid out as it says."""
    one = season(5, NAMES)
    told = [one.day(FIRST + timedelta(days=number), plain=True) for number in range(6)]
    settled = Counter(
        (scene.name, m.native_id) for day in told for scene in day.scenes
        for m in scene.batch.movements
    )  # fmt: skip
    assert set(settled.values()) == {1}
    paid = sum(e.amount.amount for day in told for s in day.statements for e in s.entries)
    nets = [scene.pays for day in told[:-1] for scene in day.scenes if scene.pays > 0]
    assert paid == sum(nets)
