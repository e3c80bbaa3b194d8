"""All 67 codes, and for each the test in which what happens brings it about, not a test's command.

Inside its term an item is open and no case: S01, B01 and T01 are what the lists of open items say,
until the clock makes S02, B02 or T02 of it. F02 changes nothing, S18 is said by the match itself,
and B10 is money that its own reference identified.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from feesvc.campaigns.planting import PLANTS
from feesvc.domain.case_kinds import KINDS

ROOT = Path(__file__).parents[2]
OPEN_ITEMS = "projections/open_items/tests/test_open_items.py"
FILES = "tests/integration/test_files.py"
LINES = "tests/integration/test_cases_of_lines.py"
DIFFERENCES, CLOCKS = "tests/unit/test_differences.py", "tests/unit/test_clocks.py"
PAYOUTS, DUTIES = "tests/unit/test_differences_of_payouts.py", "tests/unit/test_duties.py"
REMITTING = "tests/unit/test_remitting.py"

QUARANTINED = (FILES, "test_a_bad_file_is_quarantined_whole_with_its_reason")
HELD = (FILES, "test_gaps_and_breaks_are_held_and_released_by_themselves")
ANOTHER_AMOUNT = (DIFFERENCES, "test_another_amount_than_a_fixed_order_stands_in_suspense")
OWED_NO_MORE = (DIFFERENCES, "test_money_for_what_is_owed_no_more")
LEFT = (LINES, "test_every_line_that_a_run_leaves_is_one_case_under_its_code")
LATE_BATCH = (CLOCKS, "test_a_batch_that_is_not_credited_in_time_is_missing")
UNEXPLAINED = (LINES, "test_credits_and_debits_that_nothing_explains_are_one_case_each")
SECOND_DEBIT = (REMITTING, "test_a_second_debit_is_no_second_remittance_but_a_case")
OVERDUE = (
    DUTIES, "test_the_budgets_share_is_overdue_after_its_period_until_it_is_remitted",
)  # fmt: skip
DRIFTING = "tests/integration/test_drifting.py"

OPENED: dict[str, tuple[str, str]] = {
    "F01": (
        "tests/integration/test_expecting.py",
        "test_a_file_that_does_not_come_is_a_case_until_it_comes",
    ),
    "F02": (FILES, "test_the_same_bytes_change_nothing"),
    "F03": (FILES, "test_a_restated_file_is_compared_and_superseded_by_two"),
    "F04": QUARANTINED, "F05": QUARANTINED,
    "F06": (FILES, "test_totals_that_break_are_told_with_the_difference"),
    "F07": HELD, "F08": HELD, "F09": QUARANTINED,
    "F10": (FILES, "test_a_checksum_that_differs_is_an_alert"),
    "F11": QUARANTINED, "F12": QUARANTINED,
    "F13": (FILES, "test_an_empty_day_is_accepted_by_its_balances"),
    "A01": (DIFFERENCES, "test_too_little_is_a_case_until_the_rest_comes"),
    "A02": (DIFFERENCES, "test_too_much_is_a_case_until_the_credit_is_given_back"),
    "A03": (DIFFERENCES, "test_paid_twice_stands_again_when_its_refund_is_undone"),
    "A04": OWED_NO_MORE, "A05": OWED_NO_MORE,
    "A06": (DIFFERENCES, "test_unknown_money_is_a_case_until_it_is_placed"),
    "A07": (DIFFERENCES, "test_money_of_another_agency_is_a_case_while_it_is_held"),
    "A08": (
        "tests/unit/test_lookups.py",
        "test_what_nobody_answers_for_ends_in_a_case_and_the_case_in_the_money",
    ),
    "S01": (OPEN_ITEMS, "test_what_is_matched_is_not_listed"),
    "S02": (CLOCKS, "test_what_no_settlement_holds_in_time_is_missing_until_one_does"),
    "S03": (DIFFERENCES, "test_money_settled_and_never_captured_is_a_case"),
    "S04": LEFT, "S05": LEFT, "S06": LEFT,
    "S07": (LINES, "test_a_line_told_twice_in_a_file_is_a_case_and_booked_once"),
    "S08": LEFT,
    "S09": ("tests/unit/test_tariffs.py", "test_commission_beyond_a_rounding_unit_is_a_case"),
    "S10": (CLOCKS, "test_a_refund_that_no_settlement_holds_is_missing"),
    "S11": LEFT, "S12": LEFT,
    "S13": (DIFFERENCES, "test_a_refund_that_failed_is_a_case_until_it_is_sent_again"),
    "S14": (DIFFERENCES, "test_a_dispute_and_its_outcome"),
    "S15": (DIFFERENCES, "test_a_dispute_and_its_outcome"),
    "S16": (PAYOUTS, "test_reserves_are_tracked_as_they_are_kept_and_given_back"),
    "S17": LEFT,
    "S18": (LINES, "test_a_line_of_another_day_is_matched_and_says_so"),
    "S19": LEFT, "S20": LEFT,
    "S21": (PAYOUTS, "test_a_negative_batch_is_carried_forward_by_its_rule"),
    "B01": (OPEN_ITEMS, "test_what_is_matched_is_not_listed"),
    "B02": LATE_BATCH,
    "B03": UNEXPLAINED,
    "B04": (PAYOUTS, "test_a_short_credit_is_claimed_and_what_is_over_waits_in_one_case"),
    "B05": (PAYOUTS, "test_a_credit_of_several_batches_is_counted_by_its_rule"),
    "B06": (PAYOUTS, "test_a_banks_charge_is_posted_within_its_tariff_and_counted"),
    "B07": (PAYOUTS, "test_a_credit_that_is_taken_back_opens_the_batch_again"),
    "B08": (PAYOUTS, "test_a_second_credit_of_a_batch_waits_under_its_own_name"),
    "B09": (
        "tests/unit/test_payouts_elsewhere.py",
        "test_a_payout_on_another_account_of_ours_is_matched_with_nothing",
    ),
    "B10": (
        "tests/unit/test_application_bank_credits.py",
        "test_a_narrative_that_names_one_payment_pays_it",
    ),
    "B11": UNEXPLAINED,
    "T01": OVERDUE, "T02": OVERDUE,
    "T03": SECOND_DEBIT,
    "T04": (REMITTING, "test_codes_that_the_treasury_says_otherwise_are_a_case"),
    "T05": (REMITTING, "test_what_comes_back_is_drawn_again"),
    "T06": OVERDUE,
    "T07": SECOND_DEBIT,
    "T08": (DUTIES, "test_what_is_not_passed_on_in_a_day_is_one_case_of_each_money"),
    "T09": (DUTIES, "test_an_advance_that_nobody_deals_with_is_a_case"),
    "G01": (PAYOUTS, "test_a_batch_that_is_paid_and_not_explained_by_its_lines_is_a_case"),
    "G02": (DUTIES, "test_money_of_a_closed_period_is_counted_by_its_rule_and_only_then"),
    "G03": (DRIFTING, "test_a_balance_on_the_wrong_side_is_a_case_when_the_period_is_closed"),
    "G04": (DRIFTING, "test_tables_that_are_not_what_the_log_says_are_told_and_become_a_case"),
    "G05": (CLOCKS, "test_what_stays_in_suspense_for_thirty_days_is_aged"),
}  # fmt: skip
NO_CASE = ("F02", "S01", "S18", "B01", "B10", "T01")
"""What the head of this file says of them; their tests name no code."""


@cache
def written(path: str) -> tuple[str, frozenset[str]]:
    """The text of a test file and the names of its tests."""
    text = (ROOT / path).read_text(encoding="utf-8")
    nodes = ast.walk(ast.parse(text))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return text, frozenset(node.name for node in nodes if isinstance(node, kinds))


def test_the_table_names_every_code_that_can_be_planted() -> None:
    codes = {code for code in KINDS if code[0] in "FASBTG"}
    assert len(codes) == 67
    assert set(OPENED) == codes == set(PLANTS)


@pytest.mark.parametrize("code", OPENED)
def test_each_code_has_a_test_that_is_there_and_names_it(code: str) -> None:
    path, test = OPENED[code]
    text, tests = written(path)
    assert test in tests, f"{code}: {path} has no {test}"
    assert code in NO_CASE or f'"{code}"' in text, f"{code}: {path} does not name it"
