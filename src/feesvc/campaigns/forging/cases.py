"""Cases: what a forger has at hand, and what they make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Literal, TypeAlias

from feesvc.campaigns.forging.letters import Letter
from feesvc.testing.at_once import Asked

Account: TypeAlias = Literal["usual", "live", "renewed"]
"""Of one agency: in test mode, in live mode, and one whose keys were replaced some time ago."""
Stranger: TypeAlias = Literal["other agency", "trial", "retired"]
"""Whose keys a letter may be signed with that are not the account's."""


@dataclass(frozen=True, slots=True)
class Case:
    """A payment was made and this notification is on its way; nobody has seen it yet."""

    genuine: Letter
    another: Letter
    """Of another payment to the same account, as genuine."""
    words: Mapping[str, str]
    signed_by: Callable[[Stranger], Letter]
    """The same letter, signed with keys that are not this account's."""
    elsewhere: tuple[str, ...]
    """Endpoints of other accounts and of none."""
    stamped: bool
    """Whether the signature covers when it was made: sent again, it is another one."""

    @property
    def signature(self) -> str:
        """Where the signature stands, or empty in a format that has none."""
        return self.words.get("signature", "")

    @property
    def told(self) -> dict[str, str]:
        """Where the letter says what, the signature left out and whatever this one leaves open."""
        return {
            word: place
            for word, place in self.words.items()
            if word != "signature" and self.genuine.get(place) is not None
        }


@dataclass(slots=True)
class Mail:
    """What the forger sends. It must be refused, unless ``untouched``.

    ``untouched``: all that is signed says what it said, so that it may have the effect of the
    original, which has it then no more.
    """

    letter: Letter
    untouched: bool = False
    times: int = 1
    apart: timedelta = timedelta()
    """Between one time and the next, and before the genuine one follows."""
    days_late: int = 0
    asked: Asked | None = field(default=None)
    """Where the request itself is made in an unusual way."""


Forge: TypeAlias = Callable[[Case, Random], Mail | None]
"""None where a format has nothing that could be spoiled in this way."""


def other_value(value: Any, chance: Random) -> Any:
    """Another value of the same type and nearly the same look."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, value, 1_000))
    text = str(value)
    if text.isdigit():
        return str(int(text) + chance.choice((1, int(text) or 1, 1_000)))
    at = chance.randrange(len(text)) if text else 0
    return text[:at] + ("y" if text[at : at + 1] == "x" else "x") + text[at + 1 :]
