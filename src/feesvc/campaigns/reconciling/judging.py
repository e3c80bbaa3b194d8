"""Judging: what files, runs and cases say, held against what was planted and nothing else.

Each planted difference must have its case, or be open inside its term, as its code says; each case
must come from something planted: from it, or from what follows of it while it stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files

from feesvc.campaigns.planting.scenes import Planted
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.playing import Players
from feesvc.campaigns.reconciling.tracing import Told, Where, by_place, cases_told, plain

TOTALS = files(__package__).joinpath("totals.sql").read_bytes()
BY_VERDICT = frozenset(f"F{number:02d}" for number in range(2, 14))
"""Told by the verdict on a file, which whoever hands it over has judged."""
UNPLAYED = frozenset(("F01", "S06", "T01", "T02", "T09", "G01", "G02", "G03", "G04"))
"""Planted, and neither sought nor traced: nobody plays here what it takes to find them."""
OF_EACH = frozenset(("B05",))
"""Recorded of each credit that shares a batch."""
AGES = timedelta(days=32)
INSIDE_TERM = frozenset(("S01", "B01"))
"""No case while the term runs: that there is none is judged."""
OF_BATCHES = frozenset(("B01", "B02", "B04", "B05", "B06", "B07", "B08", "B09"))
"""Their case may be the batch's, and not the bank line's."""
FOLLOWS: Mapping[str, frozenset[str]] = {
    "F01": frozenset(("B03",)),  # its payout comes before anybody knows the batch
    "F03": frozenset(("S04", "B04", "S02")),  # until it is restated, a line and the net are wrong
    "F07": frozenset(("B02",)),
    "A03": frozenset(("A02",)),
    "A06": frozenset(("G05",)),
    "A07": frozenset(("A06", "T08")),  # suspense before it is held; a bank's day is over 24 hours
    "S03": frozenset(("G05",)),
    "S04": frozenset(("S02",)),  # the payment itself is still not settled
    "S05": frozenset(("S02",)),
    "S06": frozenset(("S03", "A06", "S19", "S20", "S02")),  # a line of nothing that we know
    "S08": frozenset(("S07",)),  # the later document may hold it twice
    "S12": frozenset(("S10",)),
    "S14": frozenset(("G05", "S15")),
    "S15": frozenset(("S14",)),
    "S19": frozenset(("S02",)),
    "S20": frozenset(("S02",)),
    "B03": frozenset(("G05", "A06")),
    "B04": frozenset(("B02", "G05", "B03")),
    "B07": frozenset(("B02",)),
    "B08": frozenset(("G05", "B03")),
    "B09": frozenset(("B02", "B03")),
    "B10": frozenset(("B03", "G05", "A06")),
    "T03": frozenset(("T06",)),
    "T04": frozenset(("T06",)),
    "T05": frozenset(("T06", "T03")),
    "G02": frozenset(("S03", "G05")),
    "G05": frozenset(("S03",)),
}
"""What else a planted difference is, or becomes while nobody works on it."""


@dataclass(slots=True)
class Judgement:
    """``found`` and ``missed`` count plants by code; ``faults`` say which, in words."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


async def judge(
    ground: Ground, planted: Sequence[Planted], until: date, players: Players
) -> Judgement:
    """Hold every case against what was planted and told by the files of ``until``."""
    judgement = Judgement()
    left_out = {deed.item for deed in (*players.unplayed, *players.orders.unplayed)}
    stands = [one for one in planted if one.item not in left_out]
    told = await cases_told(ground, players)
    placed = by_place(told)
    for one in stands:
        judgement.planted[one.code] += 1
        tells_on = one.day + AGES if one.code == "G05" else one.tells_on
        if tells_on <= until and one.code not in BY_VERDICT | UNPLAYED:
            _seek(judgement, one, placed)
    _trace(judgement, stands, told)
    judgement.figures = await _totals(ground)
    judgement.figures["cases"] = len(told)
    if judgement.figures["neither"]:
        judgement.faults.append(f"{judgement.figures['neither']} lines neither matched nor named")
    return judgement


def place_of(one: Planted) -> Where:
    """Where its case must be: what courses and officers do is known by its item alone."""
    return ("" if one.source in ("course", "treasury", "books") else one.account, plain(one.item))


def _places(one: Planted) -> set[Where]:
    found = {place_of(one), (one.account, plain(one.item))}
    found |= {(one.account, plain(one.also))} if one.also else set()
    return found | {(one.scene, plain(one.batch))} if one.code in OF_BATCHES else found


def _seek(judgement: Judgement, one: Planted, placed: Mapping[Where, Sequence[Told]]) -> None:
    here = {told.id: told for where in _places(one) for told in placed.get(where, ())}
    cases = [told for told in here.values() if one.code in told.codes]
    if one.code in INSIDE_TERM:
        late = {"S01": "S02", "B01": "B02"}[one.code]
        hit = not any(late in told.codes for told in here.values())
    else:
        hit = bool(cases)
    (judgement.found if hit else judgement.missed)[one.code] += 1
    if not hit:
        said = ", ".join(sorted(" ".join(told.codes) for told in here.values())) or "nothing"
        judgement.faults.append(f"{one.code} {one.day} {one.account} {one.item}: found {said}")
    if len(cases) > 1 and one.code not in OF_EACH:
        judgement.faults.append(f"{one.code} on {one.item}: {len(cases)} cases of one difference")


def _trace(judgement: Judgement, planted: Sequence[Planted], told: Sequence[Told]) -> None:
    """Whether each case comes from something that was planted."""
    may: dict[Where, set[str]] = defaultdict(set)
    exact: dict[Where, set[str]] = defaultdict(set)
    for one in planted:
        follow = FOLLOWS.get(one.code, frozenset())
        for where in _places(one):
            exact[where].add(one.code)
            may[where] |= follow
        if one.batch:
            may[one.scene, plain(one.batch)] |= {one.code, *follow}
    for case in told:
        if case.codes[0] in BY_VERDICT and {"format", "came_by"} & case.facts.keys():
            continue
        if case.codes[0] in UNPLAYED:
            continue
        touched = case.where | case.near
        codes = {code for place in touched for code in exact[place] | may[place]}
        if set(case.codes) & {code for place in case.where for code in exact[place]}:
            continue
        if set(case.codes) <= codes or set(case.codes) & codes:
            judgement.followed[case.codes[0]] += 1
            continue
        code = case.codes[-1]
        judgement.invented[code] += 1
        at = ", ".join(" ".join(place) for place in sorted(touched)) or "nowhere"
        judgement.faults.append(
            f"{' '.join(case.codes)} at {at}: nothing of it was planted; {dict(case.facts)}"
        )


async def _totals(ground: Ground) -> dict[str, int]:
    async with ground.house.rows.cursor() as db:
        await db.execute(TOTALS)
        [row] = await db.fetchall()
    return {name: int(figure) for name, figure in row.items()}


def lines_of(judgement: Judgement) -> Iterator[tuple[str, int, int, int, int]]:
    """Code, planted, found, missed and invented, for a table."""
    for code in sorted({*judgement.planted, *judgement.missed, *judgement.invented}):
        yield (
            code, judgement.planted[code], judgement.found[code], judgement.missed[code],
            judgement.invented[code],
        )  # fmt: skip
