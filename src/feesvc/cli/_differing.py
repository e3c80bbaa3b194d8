"""Telling what a restated file changes, line by line, to whoever is to agree to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tell_differences(items: Sequence[Mapping[str, Any]]) -> None:
    for one in items:
        _tell(one["before"], one["after"], one["state"])


def _tell(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, state: str
) -> None:  # fmt: skip
    """A line that is gone or new with all that it says, one that changed with what is not as it
    was; and how the line stands that accepting it would take out of the books.
    """
    stands = f" ({state} now)" if state else ""
    if before is not None and after is not None:
        names = (after[name] for name in ("place", "kind", "transaction", "reference"))
        print(f"changed{stands}: {' '.join(filter(None, names))}")
        for name, value in after.items():
            if name != "place" and value != before[name]:
                print(f"  {name}: {_fact(before[name])} -> {_fact(value)}")
        return
    what, told = ("removed", before) if after is None else ("added", after)
    facts = ", ".join(f"{name} {_fact(value)}" for name, value in (told or {}).items() if value)
    print(f"{what}{stands}: {facts}")


def _fact(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value or "nothing"
