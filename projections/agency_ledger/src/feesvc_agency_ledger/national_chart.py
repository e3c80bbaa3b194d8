"""Our accounts in the national charts, by the circular in force on a day: data, and unverified."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from feesvc_agency_ledger.chart import CHART


@dataclass(frozen=True, slots=True)
class National:
    """A circular's chart; both days included, ``until`` None while it holds."""

    circular: str
    first: date
    until: date | None
    verified: bool
    accounts: Mapping[int, str]
    """National codes, by our accounts."""


CHARTS = tuple(
    National(
        one["circular"], one["from"], one.get("until"), one["verified"],
        {int(ours): code for ours, code in one["accounts"].items()},
    )
    for one in tomllib.loads(
        files(__package__).joinpath("national_chart.toml").read_text(encoding="utf-8")
    )["chart"]
)  # fmt: skip


def national_on(day: date) -> dict[str, Any]:
    """Every account of ours with its national code, or null where none is known."""
    held = next((n for n in CHARTS if n.first <= day <= (n.until or date.max)), None)
    codes = held.accounts if held else {}
    return {
        "day": day,
        "circular": held.circular if held else None,
        "verified": bool(held and held.verified),
        "accounts": [
            {"account": str(ours), "national": codes.get(ours), "name": {"vi": a.vi, "en": a.en}}
            for ours, a in CHART.items()
        ],
    }
