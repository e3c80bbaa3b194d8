"""Judging: what the runs found, line by line, held against what was planted and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, TypeAlias

from feesvc.campaigns.planting.scenes import Planted
from feesvc.campaigns.reconciling.ground import Ground

NAMED = files(__package__).joinpath("named.sql").read_bytes()
TOTALS = files(__package__).joinpath("totals.sql").read_bytes()
ON_LINES = frozenset((
    "S03", "S04", "S05", "S07", "S08", "S11", "S12", "S13", "S14", "S15", "S16", "S17", "S19",
    "S20",
))  # fmt: skip
"""What a run over settlements says of a line itself. The others are told by files, by clocks, by
cases, or by runs over bank accounts, which are not judged yet."""
ALSO: Mapping[str, frozenset[str]] = {
    "G02": frozenset(("S03",)),
    "G05": frozenset(("S03",)),
}
"""What a planted difference is at the same time, on its line."""

Where: TypeAlias = tuple[str, str]
"""An account, as a plant names it, and the native id of a line there."""


@dataclass(slots=True)
class Judgement:
    """``found`` and ``missed`` count planted lines by code; ``faults`` say which, in words."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


async def judge(ground: Ground, planted: Sequence[Planted], until: date) -> Judgement:
    """Hold every named line against what was planted in it and told by the files of ``until``."""
    judgement = Judgement()
    named = await _named(ground)
    wanted: dict[Where, set[str]] = defaultdict(set)
    for one in planted:
        wanted[one.account, one.item] |= ALSO.get(one.code, frozenset((one.code,)))
    for one in planted:
        if one.code in ON_LINES and one.tells_on <= until:
            at = (one.account, one.item)
            hit = one.code in named.get(at, set())
            (judgement.found if hit else judgement.missed)[one.code] += 1
            if not hit:
                said = ", ".join(sorted(named.get(at, set()))) or "nothing"
                judgement.faults.append(f"{one.code} on {' '.join(at)}: found {said}")
    for at, codes in named.items():
        planted_there = wanted.get(at, set())
        for code in sorted((codes & ON_LINES) - planted_there):
            judgement.invented[code] += 1
            said = ", ".join(sorted(planted_there)) or "nothing"
            judgement.faults.append(f"{code} on {' '.join(at)}: planted {said}")
    judgement.figures = await _totals(ground)
    if judgement.figures["neither"]:
        judgement.faults.append(f"{judgement.figures['neither']} lines neither matched nor named")
    return judgement


async def _named(ground: Ground) -> dict[Where, set[str]]:
    accounts = {one.account: f"{one.agency} {one.name}" for one in ground.merchants.values()}
    for agency, banks in ground.banks.items():
        accounts |= {ground.bank_account(agency, bank): bank.number for bank in banks}
    found: dict[Where, set[str]] = defaultdict(set)
    for row in await _rows(ground, NAMED):
        found[accounts[row["account"]], row["native_id"]].add(row["reason"])
    return found


async def _totals(ground: Ground) -> dict[str, int]:
    [row] = await _rows(ground, TOTALS)
    return {name: int(figure) for name, figure in row.items()}


async def _rows(ground: Ground, question: bytes) -> list[dict[str, Any]]:
    async with ground.house.rows.cursor() as db:
        await db.execute(question)
        return await db.fetchall()


def lines_of(judgement: Judgement) -> Iterator[tuple[str, int, int, int]]:
    """Code, found, missed and invented, for a table."""
    for code in sorted({*judgement.found, *judgement.missed, *judgement.invented}):
        yield code, judgement.found[code], judgement.missed[code], judgement.invented[code]
