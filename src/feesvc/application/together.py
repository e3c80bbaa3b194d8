"""Together: calls that have nothing to do with each other, some at a time.

The store records what many ask for at once in one append.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 32


def some_at_a_time(all_of_them: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(all_of_them), AT_ONCE):
        yield all_of_them[start : start + AT_ONCE]


async def together(calls: Iterable[Awaitable[T]]) -> list[T]:
    """What each gives, in their order. Raises the first error of any, once all are over."""
    given: list[T] = []
    for one in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(one, BaseException):
            raise one
        given.append(one)
    return given
