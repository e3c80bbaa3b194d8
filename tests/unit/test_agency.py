"""An agency's code, its dated facts, and what it may not say of itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from feesvc.domain.accounts import AcceptedThrough, BankAccount, IncompleteBankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.agency_code import WrongAgencyCode
from feesvc.domain.agency_terms import (
    NamelessAgency,
    OwnRelative,
    UnknownMerchantAccount,
    WrongFillingOrder,
)

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
STRIPE = UUID(int=7)


def registered(code: str = "G14", parent: str = "") -> Agency:
    return Agency.register(UUID(int=1), code, "Bộ TTTT", "MIC", parent, NOON)


def happened(agency: Agency) -> list[str]:
    return [type(event).__name__ for event in agency.pending_events]


@pytest.mark.parametrize("code", ["G14", "000.00.25.G14", "H26.31", "g14", " G14 ", "A" * 35])
def test_a_code_is_recorded_upper_case(code: str) -> None:
    assert registered(code).agency == code.strip().upper()


@pytest.mark.parametrize("code", ["", ".G14", "G 14", "G-14", "Đ14", "A" * 36, "G14\n1"])
def test_a_code_keeps_to_its_rule(code: str) -> None:
    with pytest.raises(WrongAgencyCode):
        registered(code)


def test_a_name_is_needed_in_both_languages() -> None:
    with pytest.raises(NamelessAgency):
        Agency.register(UUID(int=1), "G14", "Bộ TTTT", "  ", "", NOON)


def test_a_name_holds_from_its_day_on() -> None:
    agency = registered()
    agency.rename("Bộ KHCN", "MOST", date(2025, 3, 1), NOON)
    assert agency.name_on(date(2025, 2, 28)) == ("Bộ TTTT", "MIC")
    assert agency.name_on(date(2025, 3, 1)) == ("Bộ KHCN", "MOST")


def test_what_is_recorded_last_for_a_day_holds_and_later_days_stand() -> None:
    agency = registered()
    agency.rename("C", "C", date(2027, 1, 1), NOON)
    agency.rename("A", "A", date(2026, 1, 1), NOON)
    agency.rename("B", "B", date(2026, 1, 1), NOON)
    assert [agency.name_on(date(year, 6, 1)).en for year in (2025, 2026, 2027)] == ["MIC", "B", "C"]


def test_a_repeated_command_changes_nothing() -> None:
    agency = registered()
    for _ in range(2):
        agency.rename("A", "A", date(2026, 1, 1), NOON)
        agency.move("G22", date(2026, 1, 1), NOON)
        agency.succeed("G99", date(2026, 1, 1), NOON)
        agency.add_merchant_account(STRIPE, "stripe", "test", ("VND", "USD"), NOON)
        agency.add_fee_schedule(UUID(int=9), "TT 47/2019/TT-BTC", NOON)
        agency.choose_receipt_series("BI-26E", date(2026, 1, 1), NOON)
    assert happened(agency) == [
        "Registered", "Renamed", "Moved", "Succeeded", "MerchantAccountAdded",
        "FeeScheduleAdded", "ReceiptSeriesChosen",
    ]  # fmt: skip


def test_it_moves_under_another_agency_and_out_again() -> None:
    agency = registered(parent="G22")
    agency.move("", date(2026, 7, 1), NOON)
    assert agency.parent_on(date(2026, 6, 30)) == "G22"
    assert agency.parent_on(date(2026, 7, 1)) == ""


def test_it_is_no_relative_of_itself() -> None:
    with pytest.raises(OwnRelative):
        registered(parent="g14")
    with pytest.raises(OwnRelative):
        registered().move("G14", date(2026, 1, 1), NOON)
    with pytest.raises(OwnRelative):
        registered().succeed("G14", date(2026, 1, 1), NOON)


def test_part_money_fills_charges_first_until_the_agency_chooses() -> None:
    agency = registered()
    agency.set_filling_order(("fee", "charge", "advance", "postal"), date(2026, 2, 1), NOON)
    assert agency.filling_order_on(date(2026, 1, 31)) == ("charge", "fee", "postal", "advance")
    assert agency.filling_order_on(date(2026, 2, 1)) == ("fee", "charge", "advance", "postal")


def test_a_filling_order_forgets_no_kind_and_repeats_none() -> None:
    with pytest.raises(WrongFillingOrder):
        registered().set_filling_order(("charge", "fee", "postal"), date(2026, 1, 1), NOON)
    with pytest.raises(WrongFillingOrder):
        registered().set_filling_order(
            ("charge", "charge", "fee", "postal"), date(2026, 1, 1), NOON
        )


def test_bank_accounts_stand_apart_by_purpose_and_currency() -> None:
    agency = registered()
    dong = BankAccount(bank="VCB", number="0011", currency="VND")
    dollars = BankAccount(bank="VCB", number="0012", currency="USD")
    agency.set_bank_account("collection", dong, date(2026, 1, 1), NOON)
    agency.set_bank_account("collection", dollars, date(2026, 3, 1), NOON)
    day = date(2026, 2, 1)
    assert agency.bank_account_on("collection", "VND", day) == dong
    assert agency.bank_account_on("collection", "USD", day) is None
    assert agency.bank_account_on("treasury_custody", "VND", day) is None
    with pytest.raises(IncompleteBankAccount):
        agency.set_bank_account(
            "collection", BankAccount(bank="VCB", number="", currency="VND"), day, NOON
        )


def test_a_merchant_account_is_taken_on_and_let_go() -> None:
    agency = registered()
    agency.add_merchant_account(STRIPE, "stripe", "live", ("USD",), NOON)
    assert agency.merchant_accounts == {
        STRIPE: AcceptedThrough(
            account=STRIPE, intermediary="stripe", mode="live", currencies=("USD",)
        )
    }
    agency.remove_merchant_account(STRIPE, NOON)
    assert agency.merchant_accounts == {}
    with pytest.raises(UnknownMerchantAccount):
        agency.remove_merchant_account(STRIPE, NOON)
