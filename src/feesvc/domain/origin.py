"""Origin: where the money of a transfer is, and how we first heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

Source: TypeAlias = Literal["notification", "look_up", "settlement", "bank", "counter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the money is: with which intermediary, on which account, under which transaction."""

    via: Literal["intermediary", "bank", "cash"]
    intermediary: str
    account: UUID
    transaction: str
    payment: UUID | None
