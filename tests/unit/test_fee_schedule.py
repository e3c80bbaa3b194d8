"""A fee schedule takes what two persons agreed on, and ends what is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from feesvc.domain.amounts import Flat, PerUnit
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import (
    FeeSchedule,
    OverlappingItem,
    ProposalUsed,
    SamePrecedence,
    UnfitItem,
    UnfitReduction,
    WrongDocument,
)
from feesvc.domain.proposals import NothingToWithdraw, UnknownProposal
from feesvc.domain.reductions import PercentOff, Reduction, Zero
from feesvc.domain.refund import SamePerson

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LAN, MINH = "officer:lan", "officer:minh"
ITEM = FeeItem(
    code="DKDN", name_vi="Đăng ký doanh nghiệp", name_en="Enterprise registration",
    kind="charge", currency="VND", rule=Flat(amount=50_000), effective_from=date(2020, 1, 1),
    effective_to=date(2026, 12, 31), citation="TT 47/2019/TT-BTC",
)  # fmt: skip
HALF = Reduction(
    code="TT64", items=("charge",), effect=PercentOff(ppm=500_000), currency="VND", precedence=10,
    effective_from=date(2025, 7, 1), effective_to=date(2026, 12, 31), citation="TT 64/2025/TT-BTC",
)  # fmt: skip


def opened() -> FeeSchedule:
    return FeeSchedule.open(UUID(int=1), "H26", "TT 47/2019/TT-BTC", "Lệ phí", NOON)


def holding(*items: FeeItem) -> FeeSchedule:
    schedule = opened()
    for number, item in enumerate(items):
        schedule.propose_item(f"p{number}", item, LAN, NOON)
        schedule.approve_item(f"p{number}", MINH, NOON)
    return schedule


def test_a_document_has_a_number_and_a_title() -> None:
    with pytest.raises(WrongDocument):
        FeeSchedule.open(UUID(int=1), "H26", " ", "Lệ phí", NOON)
    with pytest.raises(WrongDocument):
        FeeSchedule.open(UUID(int=1), "H26", "TT " + "4" * 100, "Lệ phí", NOON)


def test_an_item_is_charged_once_a_second_person_approved_it() -> None:
    schedule = opened()
    schedule.propose_item("p1", ITEM, LAN, NOON)
    assert schedule.items == {}
    with pytest.raises(SamePerson):
        schedule.approve_item("p1", LAN, NOON)
    schedule.approve_item("p1", MINH, NOON)
    assert schedule.items == {"p1": ITEM}
    assert schedule.proposed_items == {}


def test_a_proposal_is_decided_on_once_and_its_name_stays_used() -> None:
    schedule = holding(ITEM)
    with pytest.raises(UnknownProposal):
        schedule.approve_item("p0", MINH, NOON)
    with pytest.raises(UnknownProposal):
        schedule.reject_item("p0", MINH, "mistake", NOON)
    for used in ("p0", ""):
        with pytest.raises(ProposalUsed):
            schedule.propose_item(used, ITEM, LAN, NOON)
        with pytest.raises(ProposalUsed):
            schedule.propose_reduction(used, HALF, LAN, NOON)


def test_a_rejected_item_is_never_charged() -> None:
    schedule = opened()
    schedule.propose_item("p1", ITEM, LAN, NOON)
    schedule.reject_item("p1", LAN, "mistake", NOON)
    with pytest.raises(UnknownProposal):
        schedule.approve_item("p1", MINH, NOON)
    assert schedule.items == {}


def test_versions_of_one_item_may_follow_each_other_but_not_overlap() -> None:
    later = replace(ITEM, effective_from=date(2027, 1, 1), effective_to=None)
    schedule = holding(ITEM, later)
    assert len(schedule.items) == 2
    schedule.propose_item("p9", replace(ITEM, effective_from=date(2026, 12, 31)), LAN, NOON)
    with pytest.raises(OverlappingItem):
        schedule.approve_item("p9", MINH, NOON)


def test_versions_for_other_channels_may_stand_side_by_side() -> None:
    online, counter = replace(ITEM, channels=("online",)), replace(ITEM, channels=("counter",))
    assert len(holding(online, counter).items) == 2
    with pytest.raises(OverlappingItem):
        holding(online, ITEM)


@pytest.mark.parametrize(
    "item",
    [
        replace(ITEM, code="dkdn"),
        replace(ITEM, code="D" * 65),
        replace(ITEM, name_en=""),
        replace(ITEM, citation=""),
        replace(ITEM, currency="₫"),
        replace(ITEM, effective_to=date(2019, 12, 31)),
        replace(ITEM, retained_ppm=900_000),
        replace(ITEM, kind="fee", retained_ppm=1_000_001),
        replace(ITEM, kind="advance", retained_ppm=1),
        replace(ITEM, rule=PerUnit(amount=-5)),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(item: FeeItem) -> None:
    with pytest.raises(UnfitItem):
        opened().propose_item("p1", item, LAN, NOON)


def test_a_withdrawn_item_ends_on_the_day_before() -> None:
    schedule = holding(ITEM)
    schedule.withdraw_item("p0", date(2026, 7, 1), "repealed", NOON)
    assert schedule.items["p0"].effective_to == date(2026, 6, 30)
    with pytest.raises(NothingToWithdraw):
        schedule.withdraw_item("p0", date(2026, 7, 1), "repealed", NOON)


def test_an_item_withdrawn_from_its_first_day_was_never_in_force() -> None:
    schedule = holding(ITEM)
    schedule.withdraw_item("p0", date(2019, 1, 1), "mistake", NOON)
    assert schedule.items == {}
    schedule.propose_item("p1", ITEM, LAN, NOON)
    schedule.approve_item("p1", MINH, NOON)


def test_what_was_never_approved_cannot_be_withdrawn() -> None:
    with pytest.raises(NothingToWithdraw):
        opened().withdraw_item("p0", date(2026, 7, 1), "mistake", NOON)


def test_a_reduction_needs_a_second_person_and_ends_when_withdrawn() -> None:
    schedule = opened()
    schedule.propose_reduction("r1", HALF, LAN, NOON)
    with pytest.raises(SamePerson):
        schedule.approve_reduction("r1", LAN, NOON)
    schedule.approve_reduction("r1", MINH, NOON)
    schedule.withdraw_reduction("r1", date(2026, 1, 1), "repealed", NOON)
    assert schedule.reductions["r1"].effective_to == date(2025, 12, 31)


def test_two_reductions_that_could_meet_need_a_precedence() -> None:
    schedule = opened()
    for number, precedence in (("r1", 10), ("r2", 10), ("r3", 20)):
        other = replace(HALF, code=number.upper(), effect=Zero(), precedence=precedence)
        schedule.propose_reduction(number, other, LAN, NOON)
    schedule.approve_reduction("r1", MINH, NOON)
    with pytest.raises(SamePrecedence, match="R2"):
        schedule.approve_reduction("r2", MINH, NOON)
    schedule.approve_reduction("r3", MINH, NOON)
    schedule.reject_reduction("r2", MINH, "tie", NOON)
    assert set(schedule.reductions) == {"r1", "r3"}


def test_a_reduction_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(UnfitReduction):
        opened().propose_reduction("r1", replace(HALF, items=()), LAN, NOON)
