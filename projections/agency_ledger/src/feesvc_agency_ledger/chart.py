"""The chart of accounts: each account's names, type, and what its open items are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, TypeAlias

Item: TypeAlias = Literal["", "assessment", "transfer", "refund", "batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. ``item`` is the dimension that its open items go by, or empty."""

    type: Literal["asset", "liability", "equity", "income", "expense", "memo"]
    vi: str
    en: str
    item: Item = ""


CHART: dict[int, Account] = {
    int(code): Account(**account)
    for code, account in tomllib.loads(
        files(__package__).joinpath("chart.toml").read_text(encoding="utf-8")
    ).items()
}
