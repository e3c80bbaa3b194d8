"""Damaged references: looking on the shelves of their lengths finds what looking at all finds."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from rapidfuzz.distance import Levenshtein

from feesvc.reconciling.matching.similarity import KEYS, alike_keys
from feesvc.statement.cells import Unread, moment_reader, read_moment

DAY = date(2026, 11, 20)
HANOI = timezone(timedelta(hours=7))
FORM = "%d/%m/%Y %H:%M:%S"


def test_nothing_alike_is_left_out_and_nothing_else_found() -> None:
    chance = random.Random(7)
    captures = [
        {"id": UUID(int=n), "amount": chance.choice((1, 2)), "currency": "VND", "day": DAY,
         "transaction": _key(chance), "reference": _key(chance)}
        for n in range(200)
    ]  # fmt: skip
    lines = [
        {"line": n, "identity": f"l{n}", "gross": chance.choice((1, 2, 3)), "currency": "VND",
         "day": DAY, "transaction": _key(chance), "reference": _damaged(chance, captures)}
        for n in range(100)
    ]  # fmt: skip
    found = {(near.line, near.capture) for near in alike_keys(lines, captures, 3)}
    alike = {
        (line["line"], capture["id"])
        for line in lines
        for capture in captures
        if line["gross"] == capture["amount"] and _alike(line, capture)
    }
    assert len(alike) > len(lines) and found == alike


@pytest.mark.parametrize(
    "text", ["21/11/2026 23:59:58", "1/2/2026 3:04:05", " 01/02/2026 03:04:05"]
)
def test_a_moment_is_read_as_its_form_says(text: str) -> None:
    form = FORM
    expected = datetime.strptime(text.strip(), form).replace(tzinfo=HANOI)
    assert read_moment(text, form, HANOI) == expected
    assert moment_reader(form, HANOI)(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "30/02/2026 00:00:00",
        "01/13/2026 00:00:00",
        "01/01/2026 24:00:00",
        "01/01/2026 1:02:003",
        "01/01/2026 12:00:00+07",
        "01/01/2026T12:00:00",
        "12:00:00",
        "",
    ],
)
def test_a_moment_of_no_calendar_is_none(text: str) -> None:
    for read in (moment_reader(FORM, HANOI), lambda text: read_moment(text, FORM, HANOI)):
        with pytest.raises(Unread):
            read(text)


def _key(chance: random.Random) -> str:
    return "".join(chance.choice("AB1") for _ in range(chance.choice((0, 2, 5, 6, 8, 12))))


def _damaged(chance: random.Random, captures: list[dict[str, Any]]) -> str:
    whole: str = chance.choice(captures)["reference"]
    return chance.choice((whole + "A", "B1" + whole + "1111", whole[1:]))


def _alike(line: dict[str, Any], capture: dict[str, Any]) -> bool:
    return any(
        Levenshtein.distance(mine, other) <= 3 or (3 < len(other) < len(mine) and other in mine)
        for mine in filter(None, (line[name] for name in KEYS))
        for other in filter(None, (capture[name] for name in KEYS))
    )
