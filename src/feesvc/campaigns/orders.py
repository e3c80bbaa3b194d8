"""Orders: whatever is told first, one truth ends in one state.

All orders of all that tells of a payment (seven inputs have 5,040), on every adapter and for every
truth that its intermediary knows, over the inputs that it has. The end is compared in full: every
balance, where the money stands and why, and what is said of the assessment.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.ordering.course import ASKED, Course, Final, Grounds
from feesvc.campaigns.ordering.truths import TRUTHS, Truth
from feesvc.campaigns.sharing import each
from feesvc.testing.books import No
from feesvc.testing.world import intermediaries, with_counterparts

SAMPLE = 200
"""Orders of one adapter in the short form, for all its truths together."""
ON_THE_SAME_GROUNDS = 60


class Job(NamedTuple):
    """One truth at one intermediary; ``sample`` orders of all, 0 for all of them."""

    adapter: str
    truth: str
    seed: int
    sample: int


@dataclass(slots=True)
class Ended:
    """The states that courses ended in, each with the first order that led there and how many."""

    orders: int = 0
    inputs: tuple[str, ...] = ()
    finals: dict[Final, tuple[Sequence[str], int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def run(trial: Trial, names: Sequence[str] = ()) -> Finding:
    """Every order of every truth of every adapter; ``names`` for some of them."""
    found = Finding()
    adapters = with_counterparts(names)
    sample = SAMPLE // len(TRUTHS) if trial.short else 0
    jobs = [Job(name, truth.name, trial.seed, sample) for name in adapters for truth in TRUTHS]
    told: Counter[str] = Counter()
    for job, ended in zip(jobs, each(try_truth, jobs, here=trial.short), strict=True):
        found.faults += ended.faults
        told["orders"] += ended.orders
        told["truths"] += bool(ended.orders)
        told["inputs left out"] += 7 - len(ended.inputs) if ended.orders else 0
        if ended.orders:
            states = f"{len(ended.finals)} final state{'s' if len(ended.finals) > 1 else ''}"
            trial.say(f"{job.adapter}, {job.truth}: {ended.orders} orders, {states}")
    found.figures |= {"adapters": len(adapters), **told}
    return found


def try_truth(job: Job) -> Ended:
    """All orders of one truth, or a sample of them; none where it cannot be true there."""
    [truth] = [one for one in TRUTHS if one.name == job.truth]
    ended = Ended()
    try:
        ended.inputs = Course(Grounds(job.adapter), truth).inputs
    except No:
        return ended
    grounds = Grounds(job.adapter)
    for number, order in enumerate(_orders(job, ended.inputs)):
        if number % ON_THE_SAME_GROUNDS == 0:
            grounds = Grounds(job.adapter)
        try:
            final = Course(grounds, truth).play(order)
        except Exception as error:  # noqa: BLE001 whatever it is, it is a fault, and the rest goes on
            ended.faults.append(f"{_named(job, order)}: {type(error).__name__}: {error}")
            if len(ended.faults) > 3:
                break
            continue
        ended.orders += 1
        first, count = ended.finals.get(final, (order, 0))
        ended.finals[final] = (first, count + 1)
    ended.faults += _differing(job, truth, ended)
    return ended


def _orders(job: Job, inputs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if not job.sample:
        yield from itertools.permutations(inputs)
        return
    chance = random.Random(f"{job.seed} {job.adapter} {job.truth}")  # noqa: S311 the same again
    yield tuple(inputs)
    for _ in range(job.sample - 1):
        yield tuple(chance.sample(inputs, len(inputs)))


def _differing(job: Job, truth: Truth, ended: Ended) -> Iterator[str]:
    ranked = sorted(ended.finals.items(), key=lambda item: -item[1][1])
    if len(ranked) > 1:
        usual = ranked[0][0]
        for final, (order, count) in ranked[1:4]:
            yield f"{_named(job, order)}: {count} orders end otherwise: {_difference(final, usual)}"
    variable = intermediaries()[job.adapter].facts.variable_amount
    wanted = truth.end(ASKED, variable=variable)
    for final, (order, _) in ranked:
        if (found := final.end) != wanted:
            yield f"{_named(job, order)}: {found}, not {wanted}"
        if wanted.assessment == "paid" and not truth.change and final.left_open:
            yield f"{_named(job, order)}: paid, and {final.left_open} left"


def _difference(final: Final, usual: Final) -> str:
    parts = [
        f"{name} {ours} instead of {theirs}"
        for name, ours, theirs in zip(Final._fields, final, usual, strict=True)
        if ours != theirs
    ]
    return "; ".join(parts)


def _named(job: Job, order: Sequence[str]) -> str:
    return f"{job.adapter}, {job.truth}, in the order {' · '.join(order)}"
