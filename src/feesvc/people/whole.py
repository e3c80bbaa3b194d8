"""A commit that is under way is finished, even when the one who asked for it went away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def whole(work: Coroutine[Any, Any, Result]) -> Result:
    """Await ``work``; when cancelled meanwhile, let it end first, then be cancelled.

    A cancelled commit may be kept here and lost on a standby (DESIGN §2).
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # nobody is left to hear it
        raise
