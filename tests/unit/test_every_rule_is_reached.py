"""Every rule of the worked postings, and what of the running service reaches it.

Most are reached by a worked case over HTTP (``tests/journeys/worked_cases.toml``): its test plays
the case and finds each rule in the journal of the agency's ledger. The others are reached by a
test over HTTP, or by one that gives the same commands to a store in memory; each names its test.
"""

from __future__ import annotations

import ast
import csv
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JOURNEYS = ROOT / "tests/journeys"
RULES = ROOT / "projections/agency_ledger/tests/posting_examples.csv"
BATCHES, EXCHANGE = (
    "tests/integration/test_api_batches.py",
    "tests/integration/test_api_exchange.py",
)
PAYOUTS = "tests/integration/test_api_payouts.py"
SUSPENSE = "tests/integration/test_api_suspense.py"

OF_CLAIMS = (EXCHANGE, "test_a_claim_is_repaid_in_part_and_refused_for_the_rest")
OF_REFUNDS = (PAYOUTS, "test_three_refunds_go_to_the_bank_and_each_has_its_own_end")
OF_A_SALE = (EXCHANGE, "test_money_is_sold_and_what_is_short_of_it_goes_nowhere")
REACHED: dict[str, tuple[str, str]] = {
    # over HTTP
    "P09c": (BATCHES, "test_short_over_and_twice"),
    "P09d": (BATCHES, "test_a_tariff_takes_two_people_and_what_differs_is_a_case"),
    "P09f": (BATCHES, "test_an_unidentified_credit_is_found_to_be_a_payout_and_undone"),
    "P09h": (BATCHES, "test_split_and_merged_credits_and_what_the_bank_takes_back"),
    "P11e": OF_CLAIMS,
    "P11h": OF_CLAIMS,
    "P11u": (
        "tests/integration/test_api_payments.py",
        "test_a_refund_takes_two_people_and_exactly_what_was_asked",
    ),
    "P12d": OF_REFUNDS,
    "P12f": OF_REFUNDS,
    "P19": (
        "tests/integration/test_api_periods.py",
        "test_a_years_result_is_carried_when_it_is_closed",
    ),
    "P23c": (SUSPENSE, "test_an_item_is_given_back_and_held_for_others"),
    "P23d": (SUSPENSE, "test_an_agency_lets_one_person_decide_small_amounts"),
    "P23f": ("tests/integration/test_api_bank_credits.py", "test_the_bank_takes_a_credit_back"),
    "P24a": OF_A_SALE,
    "P24b": OF_A_SALE,
    # by the same commands, in memory
    "P06x": (
        "tests/unit/test_application_reclassifying.py",
        "test_within_the_agencys_limit_one_person_decides",
    ),
}
NO_INTERMEDIARY_HOLDS = (
    "no intermediary that is installed, and no outcome of their port (DESIGN §4), tells of money "
    "that is only authorised: what is told of is captured"
)
UNREACHABLE: dict[str, str] = {
    "P05a": NO_INTERMEDIARY_HOLDS,
    "P05b": NO_INTERMEDIARY_HOLDS,
    "P12i": "no command tops up what lies at an intermediary: refunds are netted or go by bank",
}
"""Rules that no command and no fact from outside posts, and why."""


def rules() -> list[str]:
    with RULES.open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["rule"] for row in csv.DictReader(file)))


@cache
def worked() -> dict[str, str]:
    """By rule, the first worked case that goes by it."""
    found: dict[str, str] = {}
    cases = tomllib.loads((JOURNEYS / "worked_cases.toml").read_text(encoding="utf-8"))
    for case, agencies in cases.items():
        for books in (told for told in agencies.values() if isinstance(told, dict)):
            for book in books.values():
                for line in book["entries"].strip().splitlines():
                    found.setdefault(line.split()[0], case)
    return found


@cache
def played() -> str:
    """The text of every test that plays worked cases."""
    files = sorted(JOURNEYS.glob("test_worked_*.py"))
    return "".join(file.read_text(encoding="utf-8") for file in files)


@cache
def named_in(path: str) -> frozenset[str]:
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in nodes if isinstance(node, kinds))


def test_every_rule_is_reached_or_said_not_to_be() -> None:
    known = set(rules())
    assert len(known) == 130
    assert known == {*worked(), *REACHED, *UNREACHABLE}


def test_a_rule_stands_in_one_list_only() -> None:
    assert not worked().keys() & (REACHED.keys() | UNREACHABLE.keys())
    assert not REACHED.keys() & UNREACHABLE.keys()


@pytest.mark.parametrize("case", sorted(set(worked().values())))
def test_a_worked_case_is_played(case: str) -> None:
    assert f'ends("{case}"' in played(), f"no test of {JOURNEYS.name} ends in {case}"


@pytest.mark.parametrize("rule", REACHED)
def test_the_test_that_reaches_a_rule_is_there(rule: str) -> None:
    path, test = REACHED[rule]
    assert test in named_in(path), f"{rule}: {path} has no {test}"
