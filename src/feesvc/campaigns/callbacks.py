"""Callbacks: forged and wrong notifications against every adapter, over raw ASGI.

The catalogue is in ``forging.catalogue``, a function for each class. A class is tried on each
adapter under so many seeds; a fault names all three, and its seed shows it again at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.forging.catalogue import FORGED, WRONG, Class, Wrong
from feesvc.campaigns.forging.judging import Judge
from feesvc.campaigns.forging.stall import Stall
from feesvc.campaigns.sharing import each
from feesvc.testing.world import stand_ins, with_counterparts

FORGED_SEEDS, WRONG_SEEDS = 400, 100
AT_A_STALL = 50
"""So many seeds are tried one after the other in the same surroundings."""
FEW = 5
"""So many faults of one class on one adapter are told; the rest is counted."""

CLASSES: tuple[Class | Wrong, ...] = (*FORGED, *WRONG)


class Job(NamedTuple):
    """One class on one adapter; ``seed`` is that of its first letter."""

    adapter: str
    kind: str
    seed: int
    short: bool


@dataclass(slots=True)
class Tried:
    """What came of one class on one adapter."""

    letters: int = 0
    said: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    answers: dict[tuple[int, bytes], str] = field(default_factory=dict)
    """Every refusal, by what it answered, and the class that got it."""


def run(trial: Trial, names: Sequence[str] = ()) -> Finding:
    """Every class on every adapter that is told of payments; ``names`` for some of them."""
    found = Finding()
    adapters = [name for name in with_counterparts(names) if _is_told(name)]
    jobs = [Job(name, kind.name, trial.seed, trial.short) for name in adapters for kind in CLASSES]
    answers: dict[str, dict[tuple[int, bytes], str]] = {name: {} for name in adapters}
    letters: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for job, tried in zip(jobs, each(try_class, jobs, here=trial.short), strict=True):
        name = job.adapter
        letters[name] += tried.letters
        said += tried.said
        found.faults += tried.faults
        for answer, who in tried.answers.items():
            answers[name].setdefault(answer, who)
        if job.kind == CLASSES[-1].name:
            trial.say(f"{name}: {letters[name]} letters, {len(found.faults)} faults so far")
    found.faults += [fault for name in adapters for fault in _differing(name, answers[name])]
    found.figures |= {"adapters": len(adapters), "classes": len(CLASSES)}
    found.figures |= {"letters": letters.total(), **dict(sorted(said.items()))}
    return found


def try_class(job: Job) -> Tried:
    """All seeds of one class on one adapter."""
    [kind] = [one for one in CLASSES if one.name == job.kind]
    seeds = FORGED_SEEDS if isinstance(kind, Class) else WRONG_SEEDS
    tried = Tried()
    judge: Judge | None = None
    faults = 0
    for number in range(1 if job.short else seeds):
        if judge is None or number % AT_A_STALL == 0:
            judge = Judge(Stall(job.adapter), tried.said, tried.answers)
        tried.letters += 1
        for fault in _faults(judge, kind, job.seed + number):
            faults += 1
            if faults <= FEW:
                tried.faults.append(
                    f"{job.adapter} {fault} (again: --short --seed {job.seed + number})"
                )
    if faults > FEW:
        tried.faults.append(f"{job.adapter} {job.kind}: {faults - FEW} faults more")
    return tried


def _faults(judge: Judge, kind: Class | Wrong, seed: int) -> Iterator[str]:
    try:
        if isinstance(kind, Class):
            yield from judge.try_one(kind, seed)
        else:
            yield from judge.tell_one(kind, seed)
    except Exception as error:  # noqa: BLE001 whatever it is, it is a fault and the rest goes on
        yield f"{kind.name}: {type(error).__name__}: {error}"


def _differing(name: str, answers: dict[tuple[int, bytes], str]) -> Iterator[str]:
    """Every refusal reads the same: no answer tells a forger how near they came."""
    if len(answers) > 1:
        listed = [f"{kind} {status} {body[:80]!r}" for (status, body), kind in answers.items()]
        yield f"{name}: refusals differ: {'; '.join(listed)}"


def _is_told(name: str) -> bool:
    return bool(stand_ins()[name].words)
