"""Judging: what files, runs and cases say, held against what was planted and nothing else.

Each planted difference must have its case, at risk what it comes to, and be posted as it says, or
be open inside its term; each case must come from something planted: from it, or from what follows
of it while it stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from uuid import UUID

from feesvc.campaigns.planting import PLANTS
from feesvc.campaigns.planting.scenes import Planted
from feesvc.campaigns.reconciling.booking import Journal, control_accounts, read_journal
from feesvc.campaigns.reconciling.counting import count_files
from feesvc.campaigns.reconciling.drifts import drift
from feesvc.campaigns.reconciling.following import FOLLOWS
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.handing import Tray
from feesvc.campaigns.reconciling.playing import Players
from feesvc.campaigns.reconciling.proving import Proofs
from feesvc.campaigns.reconciling.sides import wrong_sides
from feesvc.campaigns.reconciling.tracing import (
    Told,
    Where,
    by_place,
    cases_told,
    names_of,
    place_of,
    places_of,
    plain,
)

TOTALS = files(__package__).joinpath("totals.sql").read_bytes()
BY_VERDICT = frozenset(f"F{number:02d}" for number in range(2, 14))
"""Told by the verdict on a file, which whoever hands it over has judged."""
NO_CASE = frozenset(("F02",))
"""The same bytes again change nothing."""
OF_EACH = frozenset(("B05",))
"""Recorded of each credit that shares a batch."""
AGES = timedelta(days=32)
INSIDE_TERM: Mapping[str, str] = {"S01": "S02", "B01": "B02", "T01": "T02"}
"""No case while the term runs: that there is none of the code that time makes of it is judged."""


@dataclass(slots=True)
class Judgement:
    """``found`` and ``missed`` count plants by code; ``faults`` say which, in words. ``refused``
    are those whose deeds could not be done: nothing is known of them.
    """

    planted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


async def judge(
    ground: Ground, planted: Sequence[Planted], until: date, players: Players, tray: Tray,
    short: bool,
) -> Judgement:  # fmt: skip
    """Hold every case against what was planted and told by the files of ``until``."""
    judgement = Judgement(faults=await drift(ground, players, short))
    names = await names_of(ground, players)
    told = await cases_told(ground, players, names)
    journal = await read_journal(ground)
    left_out = {deed.item for deed in (*players.unplayed, *players.orders.unplayed)}
    judgement.refused.update(one.code for one in planted if one.item in left_out)
    stands = [one for one in planted if one.item not in left_out]
    proofs = await Proofs.begin(ground, players, journal, names)
    placed = by_place(told)
    for one in stands:
        judgement.planted[one.code] += 1
        if one.code in BY_VERDICT:
            judgement.found[one.code] += one.code in tray.verdicts
        elif (one.day + AGES if one.code == "G05" else one.tells_on) <= until:
            _seek(judgement, one, placed)
            judgement.faults += await proofs.of(one, _cases(one, placed))
    _trace(judgement, stands, told)
    _files(judgement, tray, told)
    _sides(judgement, ground, players, journal, told)
    await _figures(judgement, ground, tray, told, journal, names, until)
    if not short:
        judgement.faults += unjudged(judgement)
    return judgement


def unjudged(judgement: Judgement) -> list[str]:
    """Codes that a whole run is to judge, and that this one did not."""
    faults = []
    for code in PLANTS:
        if not judgement.found[code] + judgement.missed[code]:
            refused = judgement.refused[code]
            why = f"{refused} planted, all of them refused" if refused else "never planted in time"
            faults.append(f"{code}: not judged, {why}")
    return faults


def _cases(one: Planted, placed: Mapping[Where, Sequence[Told]]) -> list[Told]:
    here = {told.id: told for where in places_of(one) for told in placed.get(where, ())}
    return list(here.values())


def _seek(judgement: Judgement, one: Planted, placed: Mapping[Where, Sequence[Told]]) -> None:
    here = _cases(one, placed)
    cases = [told for told in here if one.code in told.codes]
    if one.code in INSIDE_TERM:
        hit = not any(INSIDE_TERM[one.code] in told.codes for told in here)
    else:
        hit = bool(cases)
    (judgement.found if hit else judgement.missed)[one.code] += 1
    if not hit:
        said = ", ".join(sorted(" ".join(told.codes) for told in here)) or "nothing"
        judgement.faults.append(f"{one.code} {one.day} {one.account} {one.item}: found {said}")
    if len(cases) > 1 and one.code not in OF_EACH:
        judgement.faults.append(f"{one.code} on {one.item}: {len(cases)} cases of one difference")


def _trace(judgement: Judgement, planted: Sequence[Planted], told: Sequence[Told]) -> None:
    """Whether each case comes from something that was planted."""
    may: dict[Where, set[str]] = defaultdict(set)
    exact: dict[Where, set[str]] = defaultdict(set)
    for one in planted:
        follow = FOLLOWS.get(one.code, frozenset())
        for where in places_of(one):
            exact[where].add(one.code)
            may[where] |= follow
        if one.batch:
            may[one.scene, plain(one.batch)] |= {one.code, *follow}
    for case in told:
        if case.codes[0] in BY_VERDICT or case.codes[0] == "G03":
            continue  # held against the verdicts, and against the books
        touched = case.where | case.near
        codes = {code for place in touched for code in exact[place] | may[place]}
        if set(case.codes) & {code for place in case.where for code in exact[place]}:
            continue
        if set(case.codes) & codes:
            judgement.followed[case.codes[0]] += 1
            continue
        code = case.codes[-1]
        judgement.invented[code] += 1
        at = ", ".join(" ".join(place) for place in sorted(touched)) or "nowhere"
        judgement.faults.append(
            f"{' '.join(case.codes)} at {at}: nothing of it was planted; {dict(case.facts)}"
        )


def _files(judgement: Judgement, tray: Tray, told: Sequence[Told]) -> None:
    """Each verdict, but F02, is one case about its file, and no other file has one."""
    said = Counter((one.subject, one.codes[0]) for one in told if one.codes[0] in BY_VERDICT)
    meant = Counter(pair for pair in tray.judged if pair[1] in BY_VERDICT - NO_CASE)
    for _, code in (meant - said).elements():
        judgement.missed[code] += 1
        judgement.faults.append(f"{code}: a file of this verdict has no case")
    for subject, code in (said - meant).elements():
        if code == "F03" and (subject, "F08") in meant:
            judgement.followed[code] += 1  # held until the right one came: now it says otherwise
            continue
        judgement.invented[code] += 1
        judgement.faults.append(f"{code}: a case about a file that nothing was wrong with")


def _sides(
    judgement: Judgement, ground: Ground, players: Players, journal: Journal, told: Sequence[Told]
) -> None:
    """G03 is told of just the balances on the wrong side that the postings make, at each close."""
    meant: dict[tuple[str, str], int] = {}
    for (agency, day), known in players.closings.begun.items():
        left = players.closings.left[agency, day]
        for account, amount in wrong_sides(journal, agency, day, known, left).items():
            meant[agency, f"{account} {day}"] = abs(amount)
    said = {
        (one.agency, one.discriminator): one.risks["G03"].amount
        for one in told if one.codes[0] == "G03"
    }  # fmt: skip
    for key in sorted({*meant, *said}):
        if meant.get(key) != said.get(key):
            judgement.invented["G03"] += key not in meant
            judgement.faults.append(f"G03 {key}: told {said.get(key)}, postings {meant.get(key)}")


async def _figures(
    judgement: Judgement, ground: Ground, tray: Tray, told: Sequence[Told], journal: Journal,
    names: Mapping[UUID, frozenset[Where]], until: date,
) -> None:  # fmt: skip
    judgement.figures = await _totals(ground)
    judgement.figures["cases"] = len(told)
    judgement.figures["refused"] = judgement.refused.total()
    for faults, figures in (
        await count_files(ground, tray, told, journal),
        await control_accounts(ground, journal, told, names, until),
    ):
        judgement.faults += faults
        judgement.figures |= figures
    if judgement.figures["neither"]:
        judgement.faults.append(f"{judgement.figures['neither']} lines neither matched nor named")


async def _totals(ground: Ground) -> dict[str, int]:
    async with ground.house.rows.cursor() as db:
        await db.execute(TOTALS)
        [row] = await db.fetchall()
    return {name: int(figure) for name, figure in row.items()}


def lines_of(judgement: Judgement) -> Iterator[tuple[str, int, int, int, int, int]]:
    """Code, planted, found, missed, invented and refused, for a table."""
    for code in sorted({*judgement.planted, *judgement.missed, *judgement.invented}):
        yield (
            code, judgement.planted[code], judgement.found[code], judgement.missed[code],
            judgement.invented[code], judgement.refused[code],
        )  # fmt: skip


__all__ = ["Judgement", "judge", "lines_of", "place_of", "unjudged"]
