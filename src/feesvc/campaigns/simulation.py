"""Simulation: ten thousand payments through every intermediary, while everything goes wrong.

One thread, a clock of its own, and a seed that tells the same story again to the last byte. Each
run has weather of its own: some troubles never come, some all the time. Then everything heals, and
what is left must be nothing: no money lost or doubled, nothing stuck, our books equal to theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from feesvc.application.payments import look_up_payment
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.sharing import each
from feesvc.campaigns.simulating.auditing import Audit
from feesvc.campaigns.simulating.banks import Banks
from feesvc.campaigns.simulating.life import Life
from feesvc.campaigns.simulating.people import Dossier, decide_refunds
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.testing.at_once import at_once
from feesvc.testing.books import No

RUNS, DOSSIERS = 25, 420
"""Some dossiers are paid twice, some never: together a little more than ten thousand payments."""
SHORT_RUNS, SHORT_DOSSIERS = 2, 50
DAYS = 3
STEP = timedelta(hours=6)
HEALING = timedelta(days=14)
"""Longer than anything is asked after."""
FEW = 8


class Job(NamedTuple):
    """One run."""

    seed: int
    dossiers: int
    names: tuple[str, ...]


@dataclass(slots=True)
class Lived:
    """What a run came to. The same seed gives the same ``digest``."""

    digest: str
    said: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(trial: Trial, names: Sequence[str] = ()) -> Finding:
    """All runs, and the first one twice; ``names`` for some of the adapters."""
    found = Finding()
    runs, dossiers = (SHORT_RUNS, SHORT_DOSSIERS) if trial.short else (RUNS, DOSSIERS)
    jobs = [Job(trial.seed + number, dossiers, tuple(names)) for number in range(runs)]
    said: Counter[str] = Counter()
    first = ""
    for job, lived in zip(
        [*jobs, jobs[0]], each(live, [*jobs, jobs[0]], here=trial.short), strict=True
    ):
        if job == jobs[0] and first:
            if lived.digest != first:
                found.faults.append(f"seed {job.seed} told another story the second time")
            break
        first = first or lived.digest
        said += lived.said
        found.faults += [f"seed {job.seed}: {fault}" for fault in lived.faults[:FEW]]
        if len(lived.faults) > FEW:
            found.faults.append(f"seed {job.seed}: {len(lived.faults) - FEW} faults more")
        trial.say(f"seed {job.seed}: {lived.said['payments']} payments, {len(lived.faults)} faults")
    found.figures |= {"runs": runs, **dict(sorted(said.items()))}
    return found


def live(job: Job) -> Lived:
    """One run: three days of storm, then healing until nothing is left to do."""
    life = Life(job.seed, list(job.names))
    banks = Banks(life)
    try:
        _storm(life, banks, job.dossiers)
        faults = [] if _heal(life, banks) else ["not quiet after two weeks"]
    except Exception as error:  # noqa: BLE001 a run that cannot go on is a fault of that run
        return Lived("", life.said, [f"{type(error).__name__}: {error}"])
    life.said["reversals that nobody told of"] = _ask_after_reversals(life)
    audit = Audit(life, banks)
    life.said["events"] = len(audit.log)
    life.said["cases"] = len(audit.cases)
    life.said["crashes"] += life.worker.crashes
    life.said["troubles"] = life.weather.struck.total()
    return Lived(audit.digest(), life.said, faults + list(audit.faults()))


def _storm(life: Life, banks: Banks, dossiers: int) -> None:
    banks.begin()
    begun = life.world.now
    for _ in range(dossiers):
        moment = begun + timedelta(seconds=life.chance.randrange(DAYS * 86_400))
        life.at(moment, Dossier(life).begin)
    life.weather.calm = False
    for hour in range(DAYS * 24 + 48):
        life.until(begun + timedelta(hours=hour))
        decide_refunds(life)


def _heal(life: Life, banks: Banks) -> bool:
    """Troubles are over: live on until nobody has anything to do. False: they always do."""
    life.weather.over(list(life.world.counterparts.values()))
    ends = life.world.now + HEALING
    before = -1
    while life.world.now < ends:
        life.until(life.world.now + STEP)
        decide_refunds(life)
        _finish_refunds(life)
        banks.settle(1.0)
        banks.credit()
        head = life.world.head()
        quiet = head == before and not life.worker.waits_for()
        before = head
        if quiet:
            return True
    return not life.worker.waits_for()


def _ask_after_reversals(life: Life) -> int:
    """Some intermediaries tell nobody that they undid a transfer; finance staff ask, one by one.

    They ask after what they hold only; the settlement would tell as well. Gives how many were found
    in no other way.
    """
    before = len(life.news(Transfer.Reversed)) + len(life.news(Transfer.DisputeLost))
    for received in list(life.news(Transfer.Received)):
        assert isinstance(received.event, Transfer.Received)
        origin = received.event.origin
        if origin.via == "intermediary" and origin.payment is not None:
            at_once(look_up_payment(life.world.house, origin.payment))
    life.turn()
    return len(life.news(Transfer.Reversed)) + len(life.news(Transfer.DisputeLost)) - before


def _finish_refunds(life: Life) -> None:
    """What intermediaries took on reaches the payer in the end."""
    sent = [each.event.originator_id for each in life.news(Refund.Instructed)]
    for refund in at_once(life.world.store.peek(sent)).values():
        if isinstance(refund, Refund) and refund.state in ("instructed", "accepted"):
            counterpart = life.world.counterparts[refund.takes[0].origin.intermediary]
            with suppress(No, KeyError):  # it was not taken on yet, or has an end already
                counterpart.finish_refund(refund.reference)
