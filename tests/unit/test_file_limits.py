"""The limit of an upload: it is kept while the body streams in, not after."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from feesvc.api.files import body_of
from feesvc.api.problems import Problem
from feesvc.reconciling.filing.terms import FileTerms


class Streaming:
    """A request whose body would never end."""

    def __init__(self, parts: int | None, announced: str = "") -> None:
        self.parts, self.sent = parts, 0
        self.headers = {"content-length": announced} if announced else {}

    async def stream(self) -> Any:
        while self.parts is None or self.sent < self.parts:
            self.sent += 1
            yield b"x" * 1000


def test_a_body_is_refused_as_soon_as_it_is_too_large() -> None:
    house = cast("Any", SimpleNamespace(files=FileTerms(largest=10_000)))
    endless = Streaming(None)
    with pytest.raises(Problem) as caught:
        asyncio.run(body_of(cast("Any", endless), house))
    assert (caught.value.status, endless.sent) == (413, 11)
    announced = Streaming(None, "10001")
    with pytest.raises(Problem) as caught:
        asyncio.run(body_of(cast("Any", announced), house))
    assert (caught.value.status, announced.sent) == (413, 0)
    assert len(asyncio.run(body_of(cast("Any", Streaming(10)), house))) == 10_000
