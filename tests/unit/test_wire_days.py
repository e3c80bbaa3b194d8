"""Days and times that no ledger could book are refused where they come in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from feesvc.api.bank_credits import BankCreditBody, BankCreditReversedBody
from feesvc.api.bank_debits import BankDebitBody
from feesvc.api.payment_lists import ListBody
from feesvc.api.settlement_lines import SettlementLineBody

BANK = {"account": {"bank": "970415", "number": "1"}, "currency": "VND"}
LINE = {"reference": "FT1", "amount": 1, "narrative": "x", **BANK}
SETTLED = {"batch": "B", "native_id": "N", "gross": 1, "net": 1, "currency": "VND"}
BODIES: list[tuple[type[BaseModel], dict[str, Any], str]] = [
    (BankCreditBody, LINE, "booked_on"),
    (BankCreditBody, {**LINE, "booked_on": "2026-11-20"}, "value_on"),
    (BankCreditReversedBody, {"reason": "x"}, "booked_on"),
    (BankDebitBody, LINE, "booked_on"),
    (ListBody, {"refunds": ["5f0c3a52-9d4e-4f0b-8a53-0d6c1b7e2a94"], **BANK}, "execute_on"),
    (SettlementLineBody, SETTLED, "at"),
]


@pytest.mark.parametrize(("kind", "said", "when"), BODIES, ids=lambda each: str(each)[:40])
@pytest.mark.parametrize(("day", "taken"), [
    ("0001-01-01", False), ("1899-12-31", False), ("2026-11-20", True), ("9999-12-31", False),
])  # fmt: skip
def test_a_day_at_the_end_of_the_calendar_is_refused(
    kind: type[BaseModel], said: dict[str, Any], when: str, day: str, taken: bool
) -> None:
    body = {**said, when: f"{day}T00:00:00+07:00" if when == "at" else day}
    if taken:
        kind.model_validate(body)
        return
    with pytest.raises(ValidationError, match="lies outside the years"):
        kind.model_validate(body)
