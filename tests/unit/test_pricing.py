"""What a dossier owes: the item in force, the reduction that wins, and why a line is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.domain.amounts import (
    AmountRule,
    Flat,
    Percentage,
    PerUnit,
    Rounding,
    Step,
    Tiers,
    counts,
    needs_base,
)
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.line import MOST_OWED, Line, TooMuchOwed
from feesvc.domain.pricing import (
    AmbiguousItem,
    AmbiguousReduction,
    BaseRequired,
    MixedCurrencies,
    NoLines,
    NotInForce,
    UnknownItem,
    WantedLine,
    WrongBase,
    WrongQuantity,
    price,
)
from feesvc.domain.reductions import (
    AmountOff,
    Conditions,
    Effect,
    FixedAmount,
    PercentOff,
    Reduction,
    Zero,
)
from feesvc.money import Money

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
FIRST = date(2020, 1, 1)
DAY = date(2026, 9, 1)


def item(code: str = "DKDN", rule: AmountRule | None = None, **changes: Any) -> FeeItem:
    plain = FeeItem(
        code=code, name_vi="Đăng ký", name_en="Registration", kind="charge", currency="VND",
        rule=rule or Flat(amount=50_000), effective_from=FIRST, citation="TT 47/2019",
    )  # fmt: skip
    return replace(plain, **changes)


def reduction(code: str, effect: Effect, precedence: int, **changes: Any) -> Reduction:
    plain = Reduction(
        code=code, items=("*",), effect=effect, currency="VND", precedence=precedence,
        effective_from=FIRST, citation="TT 64/2025",
    )  # fmt: skip
    return replace(plain, **changes)


def schedule(*terms: FeeItem | Reduction, number: int = 1) -> FeeSchedule:
    found = FeeSchedule.open(UUID(int=number), "H26", f"TT {number}/2019", "Lệ phí", NOON)
    for name, term in enumerate(terms):
        if isinstance(term, FeeItem):
            found.propose_item(str(name), term, "lan", NOON)
            found.approve_item(str(name), "minh", NOON)
        else:
            found.propose_reduction(str(name), term, "lan", NOON)
            found.approve_reduction(str(name), "minh", NOON)
    return found


def online(day: date = DAY, **known: Any) -> Circumstances:
    return Circumstances(**{"channel": "online", "submitted_on": day, "assessed_on": day, **known})


def one(*terms: FeeItem | Reduction, wanted: WantedLine | None = None, **known: Any) -> Line:
    (line,) = price([schedule(*terms)], [wanted or WantedLine(item="DKDN")], online(**known))
    return line


def test_a_line_holds_what_its_posting_and_receipt_need() -> None:
    terms = schedule(item(kind="fee", retained_ppm=900_000, budget={"chapter": "018"}))
    (line,) = price([terms], [WantedLine(item="dkdn")], online())
    assert (line.number, line.kind, line.item, line.quantity) == (1, "fee", "DKDN", 1)
    assert (line.full, line.amount) == (Money(50_000, "VND"), Money(50_000, "VND"))
    assert (line.retained_ppm, line.citation, line.budget) == (
        900_000, "TT 47/2019", {"chapter": "018"},
    )  # fmt: skip
    assert (line.schedule, line.schedule_version) == (terms.id, 3)


def test_only_the_highest_precedence_is_applied_never_a_product() -> None:
    line = one(
        item(), reduction("HALF", PercentOff(ppm=500_000), 10),
        reduction("TENTH", PercentOff(ppm=100_000), 20),
    )  # fmt: skip
    assert [applied.code for applied in line.reductions] == ["TENTH"]
    assert line.amount == Money(45_000, "VND")


def test_a_reduction_of_one_document_reduces_the_fee_of_another() -> None:
    laws = [schedule(item()), schedule(reduction("HALF", PercentOff(ppm=500_000), 10), number=2)]
    (line,) = price(laws, [WantedLine(item="DKDN")], online())
    assert line.amount == Money(25_000, "VND")
    assert line.schedule == UUID(int=1)


def test_two_documents_of_the_same_precedence_are_refused_by_name() -> None:
    laws = [
        schedule(item(), reduction("HALF", PercentOff(ppm=500_000), 10)),
        schedule(reduction("NONE", Zero(), 10), number=2),
    ]
    with pytest.raises(AmbiguousReduction, match=r"line 1, DKDN: HALF and NONE"):
        price(laws, [WantedLine(item="DKDN")], online())


def test_zero_is_a_price() -> None:
    line = one(item(), reduction("NONE", Zero(), 1))
    assert line.amount == Money(0, "VND")
    assert line.reductions[0].amount == Money(50_000, "VND")


def test_the_deciding_day_is_the_items_own() -> None:
    old = item(effective_to=date(2026, 8, 31))
    new = item(rule=Flat(amount=60_000), effective_from=DAY)
    days: dict[str, Any] = {"submitted_on": date(2026, 8, 31), "assessed_on": DAY}
    assert one(old, new, **days).amount == Money(50_000, "VND")
    assessed = [replace(version, decided_by="assessed") for version in (old, new)]
    assert one(*assessed, **days).amount == Money(60_000, "VND")


def test_what_payment_decides_is_priced_as_paid_when_assessed_until_it_is_paid() -> None:
    old = item(effective_to=DAY, decided_by="paid")
    new = item(rule=Flat(amount=60_000), effective_from=date(2026, 9, 2), decided_by="paid")
    assert one(old, new).amount == Money(50_000, "VND")
    assert one(old, new, paid_on=date(2026, 9, 2)).amount == Money(60_000, "VND")


def test_a_court_fee_advance_is_priced_like_any_item() -> None:
    line = one(item(kind="advance", rule=Percentage(ppm=25_000, floor=150_000)),
               wanted=WantedLine(item="DKDN", base=Money(100_000_000, "VND")))  # fmt: skip
    assert (line.kind, line.retained_ppm, line.amount) == ("advance", 0, Money(2_500_000, "VND"))


def test_no_lines_are_refused() -> None:
    with pytest.raises(NoLines):
        price([schedule(item())], [], online())


def test_an_unknown_item_is_named() -> None:
    with pytest.raises(UnknownItem, match="line 2, NOPE"):
        price([schedule(item())], [WantedLine(item="DKDN"), WantedLine(item="NOPE")], online())


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_the_schedule_is_told_the_days_inside(day: date) -> None:
    with pytest.raises(NotInForce, match=f"from 2020-01-01 to 2026-12-31; .* on {day}"):
        one(item(effective_to=date(2026, 12, 31)), submitted_on=day)


def test_an_item_for_another_channel_is_not_in_force() -> None:
    with pytest.raises(NotInForce, match=r"\(counter\)"):
        one(item(channels=("counter",)))


def test_one_item_in_two_documents_at_once_is_refused() -> None:
    with pytest.raises(AmbiguousItem, match="TT 1/2019 and TT 2/2019"):
        price([schedule(item()), schedule(item(), number=2)], [WantedLine(item="DKDN")], online())


@pytest.mark.parametrize("quantity", [0, -1, 2, True, 1.0])
def test_what_is_charged_once_has_quantity_one(quantity: Any) -> None:
    with pytest.raises(WrongQuantity, match="line 1, DKDN"):
        one(item(), wanted=WantedLine(item="DKDN", quantity=quantity))


def test_a_quantity_has_an_end() -> None:
    copies = item(rule=PerUnit(amount=8_000))
    assert one(copies, wanted=WantedLine(item="DKDN", quantity=3)).full == Money(24_000, "VND")
    with pytest.raises(WrongQuantity):
        one(copies, wanted=WantedLine(item="DKDN", quantity=100_001))


def test_a_rate_needs_a_value_and_nothing_else_takes_one() -> None:
    share = item(rule=Percentage(ppm=5_000))
    with pytest.raises(BaseRequired):
        one(share)
    with pytest.raises(MixedCurrencies):
        one(share, wanted=WantedLine(item="DKDN", base=Money(1, "USD")))
    for wrong in (-1, 10**15 + 1):
        with pytest.raises(WrongBase):
            one(share, wanted=WantedLine(item="DKDN", base=Money(wrong, "VND")))
    with pytest.raises(WrongBase):
        one(item(), wanted=WantedLine(item="DKDN", base=Money(1, "VND")))


def test_lines_that_no_ledger_could_add_up_are_refused() -> None:
    terms = schedule(item(rule=Percentage(ppm=1_000_000, floor=0, cap=None)))
    whole = WantedLine(item="DKDN", base=Money(MOST_OWED, "VND"))
    assert price([terms], [whole], online())[0].amount.amount == MOST_OWED
    with pytest.raises(TooMuchOwed):
        price([terms], [whole, whole], online())


def test_one_assessment_is_in_one_currency() -> None:
    both = schedule(item(), item("CABLE", currency="USD"))
    with pytest.raises(MixedCurrencies, match="line 2, CABLE"):
        price([both], [WantedLine(item="DKDN"), WantedLine(item="CABLE")], online())


AMOUNTS = st.integers(0, 10**9)
RATES = st.integers(0, 1_000_000)
STEPS = st.builds(Step, up_to=st.none(), amount=AMOUNTS, ppm=RATES, over=AMOUNTS)
RULES = st.one_of(
    st.builds(Flat, amount=AMOUNTS),
    st.builds(PerUnit, amount=AMOUNTS),
    st.builds(Percentage, ppm=RATES, floor=st.just(0), cap=st.none() | AMOUNTS),
    st.builds(Tiers, by=st.just("base"), steps=st.tuples(STEPS)),
)
ROUNDINGS = st.builds(
    Rounding,
    to=st.sampled_from([1, 10, 500, 1000]),
    mode=st.sampled_from(["half_up", "down", "up"]),
)
EFFECTS = st.one_of(
    st.builds(PercentOff, ppm=st.integers(1, 1_000_000)),
    st.builds(AmountOff, amount=AMOUNTS),
    st.builds(FixedAmount, amount=AMOUNTS),
    st.builds(Zero),
)
REDUCTIONS = st.lists(st.tuples(EFFECTS, st.none() | AMOUNTS, st.integers(0, 2)), max_size=4)


@given(RULES, ROUNDINGS, REDUCTIONS, st.integers(1, 9), AMOUNTS, st.integers(0, 3))
def test_a_price_is_whole_never_negative_and_never_above_the_full_one(
    rule: AmountRule, rounding: Rounding, reductions: list[tuple[Effect, int | None, int]],
    quantity: int, base: int, identity_level: int,
) -> None:  # fmt: skip
    cuts = [
        reduction(
            f"R{number}", effect, number, cap=cap, conditions=Conditions(identity_level=level)
        )
        for number, (effect, cap, level) in enumerate(reductions)
    ]
    wanted = WantedLine(
        item="DKDN",
        quantity=quantity if counts(rule) else 1,
        base=Money(base, "VND") if needs_base(rule) else None,
    )
    line = one(
        item(rule=rule, rounding=rounding), *cuts, wanted=wanted, identity_level=identity_level
    )
    assert type(line.amount.amount) is int
    assert 0 <= line.amount.amount <= line.full.amount
    assert len(line.reductions) <= 1
    assert line.full.amount - sum(r.amount.amount for r in line.reductions) == line.amount.amount
    met = [n for n, (_, _, level) in enumerate(reductions) if level <= identity_level]
    assert [r.code for r in line.reductions] in ([], [f"R{max(met, default=0)}"])
