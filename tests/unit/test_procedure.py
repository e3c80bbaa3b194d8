"""A procedure and how it is offered by date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from feesvc.domain.procedure import (
    Description,
    NamelessProcedure,
    Procedure,
    WrongProcedureCode,
)

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
FULL = Description(
    service_level="full", level_text="Toàn trình", on_national_portal=True,
    takes_online_payment=True,
)  # fmt: skip
PARTIAL = Description(
    service_level="partial", level_text="Một phần", on_national_portal=True,
    takes_online_payment=False,
)  # fmt: skip


def registered(code: str = "1.004379", name_en: str = "Licence renewal") -> Procedure:
    return Procedure.register(UUID(int=1), "H26", code, "Đổi giấy phép lái xe", name_en, NOON)


def test_a_description_holds_from_its_day_on() -> None:
    procedure = registered()
    procedure.describe(PARTIAL, date(2025, 1, 1), NOON)
    procedure.describe(FULL, date(2026, 1, 1), NOON)
    procedure.describe(FULL, date(2026, 5, 1), NOON)
    assert procedure.described_on(date(2024, 12, 31)) is None
    assert procedure.described_on(date(2025, 12, 31)) == PARTIAL
    assert procedure.described_on(date(2026, 1, 1)) == FULL
    assert procedure.version == 3


@pytest.mark.parametrize("code", ["1.004379", "2.001195", "1.000948.h38"])
def test_national_codes_are_taken(code: str) -> None:
    assert registered(code).code == code.upper()


@pytest.mark.parametrize("code", ["", "1 004379", "1.004379-01", "1" * 36])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(WrongProcedureCode):
        registered(code)


def test_both_names_are_needed() -> None:
    with pytest.raises(NamelessProcedure):
        registered(name_en=" ")
