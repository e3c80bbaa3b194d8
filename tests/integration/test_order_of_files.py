"""The order in which files come, and runs with them, changes nothing of what is booked."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from itertools import permutations
from typing import Any

import psycopg
import pytest

from feesvc.reconciling.keys import key
from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.service import RunningService
from feesvc.testing.town import Town, found_town, told

GROSS, COMMISSION, TAX = 115_000, 1_150, 115
NET = GROSS - COMMISSION - TAX
MEMBERS = """
SELECT made.id, made.rule, made.state,
    coalesce(line.native_id, capture.transaction, awaited.keys[1]) AS name
FROM feesvc.every_group AS made
JOIN feesvc.every_member AS member ON member."group" = made.id
LEFT JOIN feesvc.line ON member.item = 'line:' || line.id
LEFT JOIN captures.capture ON member.item = 'capture:' || capture.id
LEFT JOIN captures.awaited ON member.item = 'batch:' || awaited.id
WHERE made.agency = %s AND member.active
ORDER BY made.id, name
"""
SEVERAL = [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)]
ALL = pytest.mark.skipif(
    "FEESVC_ALL_ORDERS" not in os.environ, reason="minutes: FEESVC_ALL_ORDERS=1 runs all 24 orders"
)


@pytest.mark.parametrize("orders", [
    SEVERAL, pytest.param(list(permutations(range(4))), marks=ALL, id="all of them"),
])  # fmt: skip
def test_no_order_of_files_changes_balances_or_matches(
    service: RunningService, orders: Sequence[Sequence[int]]
) -> None:
    ends = {}
    with service.working():
        for number, order in enumerate(orders):
            town = found_town(service, "sandbox", agency=f"G{number:02d}", portal=f"P{number:02d}")
            desk = FileDesk(town)
            names = [town.paid()["transaction"] for _ in range(4)]
            files = _files(names)
            for place in order:
                content, of_bank = files[place]
                told(desk.accept(desk.send(content, "" if of_bank else town.account)))
                service.await_followers()
            _check_numbers(town)
            ends[tuple(order)] = (_balances(town), _matches(town, names))
    assert set(ends.values()) == {next(iter(ends.values()))}
    balances, matches = next(iter(ends.values()))
    assert dict(balances) == {
        "1300": 4 * NET + 3_000 + 7_000, "2150": -10_000, "2510": -4 * GROSS,
        "5100": 4 * COMMISSION, "5150": 4 * TAX,
    }  # fmt: skip
    assert len(matches) == 64


@pytest.mark.lasting
def test_many_statements_in_one_file_are_one_run(town: Town) -> None:
    desk, day = FileDesk(town), [camt(number, 100 * number, (100, "")) for number in range(1, 9)]
    parts = [one.decode() for one in day]
    inner = [part[part.index("<Stmt>") : part.index("</BkToCstmrStmt>")] for part in parts]
    whole = parts[0].replace(inner[0], "".join(inner)).encode()
    with town.service.working():
        file = desk.send(whole)
        told(desk.accept(file))
        town.service.await_followers()
    assert desk.states(file) == ["open"] * 8
    runs = told(town["finance"].get(f"/agencies/{town.agency}/match-runs"))["items"]
    assert [(run["state"], run["breaks"], run["complete"]) for run in runs] == [
        ("concluded", {"B03": 8}, True)
    ]


def _check_numbers(town: Town) -> None:
    """Every line has one disposition, and they add up to what the files declare, in each run."""
    runs = told(town["finance"].get(f"/agencies/{town.agency}/match-runs"))["items"]
    assert all(run["complete"] and run["state"] == "concluded" for run in runs)
    last = {run["leg"]: run["dispositions"] for run in reversed(runs)}
    said = {
        leg: {one["disposition"]: (one["lines"], one["net"]["amount"]) for one in rows}
        for leg, rows in last.items()
    }
    assert said == {
        "settlement": {"matched": (4, 4 * NET), "break": (1, 3_000)},
        "bank": {"matched": (3, 4 * NET + 3_000), "break": (1, 7_000)},
    }


def _files(transactions: Sequence[str]) -> list[tuple[bytes, bool]]:
    """Two batches and two days of the bank, one of which credits a batch in two parts."""
    known = [_line(f"L{number}", name, GROSS, COMMISSION, TAX)
             for number, name in enumerate(transactions)]  # fmt: skip
    unknown = _line("L9", "of-nobody", 3_000, 0, 0)
    return [
        (_settlement("KYS0001", known[:2]), False),
        (_settlement("KYS0002", [*known[2:], unknown]), False),
        (_bank(1, 0, (2 * NET + 3_000, "KYS0002"), (7_000, "NOBODY9")), True),
        (_bank(2, 2 * NET + 10_000, (100_000, "KYS0001"), (2 * NET - 100_000, "KYS0001")), True),
    ]


def _line(name: str, transaction: str, gross: int, commission: int, tax: int) -> dict[str, Any]:
    return {
        "kind": "payment", "id": name, "transaction": transaction, "reference": f"of {name}",
        "at": "2026-11-10T03:00:00+00:00", "currency": "VND", "gross": gross,
        "commission": -commission, "tax": -tax, "net": gross - commission - tax,
    }  # fmt: skip


def _settlement(batch: str, lines: Sequence[dict[str, Any]]) -> bytes:
    net = sum(line["net"] for line in lines)
    head = {"batch": batch, "currency": "VND", "net": net, "count": len(lines)}
    return "\n".join(json.dumps(one) for one in (head, *lines)).encode()


def _bank(number: int, opening: int, *entries: tuple[int, str]) -> bytes:
    said = [(amount, f"FT{number}{place}") for place, (amount, _) in enumerate(entries)]
    content = camt(number, opening, *said).decode()
    for _, name in entries:
        content = content.replace("BATCH77X1", name, 1)
    return content.encode()


def _balances(town: Town) -> tuple[tuple[str, int], ...]:
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["finance"].get(path))["books"]
    found = {str(row["account"]): row["balance"]["amount"] for row in book["accounts"]}
    return tuple(sorted((account, balance) for account, balance in found.items() if balance))


def _matches(town: Town, transactions: Sequence[str]) -> str:
    """A hash of what belongs together, by names that are the same in every town."""
    url = town.service.settings.need_database_url()
    with psycopg.connect(url) as db:
        rows = db.execute(MEMBERS.encode(), [town.agency]).fetchall()
    number = {key(name): str(n) for n, name in enumerate(transactions)}
    groups: dict[Any, list[str]] = {}
    for group, rule, state, name in rows:
        groups.setdefault(group, [rule, state]).append(number.get(name, str(name)))
    return sha256(json.dumps(sorted(groups.values())).encode()).hexdigest()
