"""Calls that have nothing to do with each other: all of them are over when one has failed."""

from __future__ import annotations

import asyncio

import pytest

from feesvc.application.together import AT_ONCE, some_at_a_time, together


def test_some_at_a_time_are_all_of_them_in_their_order() -> None:
    many = list(range(2 * AT_ONCE + 1))
    some = list(some_at_a_time(many))
    assert [len(one) for one in some] == [AT_ONCE, AT_ONCE, 1]
    assert [number for one in some for number in one] == many
    assert list(some_at_a_time([])) == []


def test_they_run_side_by_side_and_answer_in_their_order() -> None:
    under_way, most = 0, 0

    async def call(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001 * (3 - number))
        under_way -= 1
        return number

    assert asyncio.run(together(map(call, range(3)))) == [0, 1, 2]
    assert most == 3


def test_the_first_error_is_told_when_the_others_are_over() -> None:
    over = []

    async def call(number: int) -> None:
        await asyncio.sleep(0.001 * number)
        if number:
            over.append(number)
        if number != 2:
            raise ValueError(number)

    with pytest.raises(ValueError, match=r"^0$"):
        asyncio.run(together(map(call, range(3))))
    assert over == [1, 2]
