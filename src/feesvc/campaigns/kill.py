"""Kill: processes die without warning during a shortened year, and the books are those of peace.

The same dossiers are walked twice: once undisturbed, once while the API, one of its workers, the
worker and, in the long form, the database are killed with SIGKILL at random moments.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from importlib.resources import files

import httpx
import psycopg

from feesvc import plugins
from feesvc.assembly import utc_now
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.comparing import Left, differences, left_in
from feesvc.campaigns.database import Durable
from feesvc.campaigns.dossiers import Dossier, dossiers
from feesvc.campaigns.driving import AT_ONCE, Drive
from feesvc.campaigns.fleet import Fleet, Victim
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.outbox import Outbox
from feesvc.testing.service import RunningService, running_service, surroundings
from feesvc.testing.serving import address_of, reserved
from feesvc.testing.town import Town, found_town

SHORT, LONG = 12, 400
KILLS = 32
"""In the long form, shared out among the victims."""
END_SECONDS = 240
"""Longer than the second look at a refund takes to come."""
RETRY = (timedelta(seconds=0.3),) * 2_000
"""Notifications are tried again until somebody lives who acknowledges them."""
SOON = timedelta(minutes=1)
"""Whatever intermediaries were still to do, they have done by then."""


class Clock:
    """The intermediary's clock: ours, put forward at the end so that nobody has to wait."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def run(trial: Trial) -> Finding:
    """Both runs, and what differs."""
    wanted = dossiers(trial.seed, SHORT if trial.short else LONG)
    found = Finding()
    with Durable(trial.folder / "postgres") as database:
        calm = _undisturbed(trial, database, wanted)
        trial.say(f"{len(wanted)} dossiers walked undisturbed")
        left = _disturbed(trial, database, wanted, found)
    if not found.faults:  # what was walked in part differs, and that says nothing more
        found.faults += differences(left, calm)
    found.figures |= {"dossiers": len(wanted), "events": left.events.total()}
    return found


def _undisturbed(trial: Trial, database: Durable, wanted: Sequence[Dossier]) -> Left:
    place = database.create("calm")
    with running_service(place) as service, _walking(service) as town, service.working():
        Drive(town, trial.seed).run(wanted)
        return _at_the_end(service, town)


def _disturbed(trial: Trial, database: Durable, wanted: Sequence[Dossier], found: Finding) -> Left:
    place = database.create("stormy")
    listening = reserved()
    url = address_of(listening)
    listening.close()
    with surroundings(place, url, in_flight_seconds=0.5) as service, ExitStack() as stack:
        fleet = stack.enter_context(Fleet(service.settings, trial.folder))
        town = stack.enter_context(_walking(service))
        drive = Drive(town, trial.seed)
        victims: list[Victim] = ["api", "worker", "api worker"]
        if not trial.short:
            victims.append("database")
        stack.callback(drive.given_up.set)
        _storm(trial, drive, wanted, fleet, database, victims, found)
        trial.say(f"{drive.walked} dossiers walked; {sum(found.figures.values())} kills")
        found.figures |= dict(sorted(drive.said.items()))
        left = _at_the_end(service, town, fleet.mend)
        if "database" not in victims:
            found.faults += fleet.ended
        found.figures["starts on no database"] = len(fleet.ended)
        return left


def _storm(
    trial: Trial, drive: Drive, wanted: Sequence[Dossier], fleet: Fleet, database: Durable,
    victims: Sequence[Victim], found: Finding,
) -> None:  # fmt: skip
    """Kill one after the other while the dossiers are walked; each at least once."""
    chance = random.Random(f"{trial.seed} kills")  # noqa: S311 the same again, not secret
    failed: list[BaseException] = []
    walking = threading.Thread(target=_run, args=[drive, wanted, failed], daemon=True)
    walking.start()
    rounds = 1 if trial.short else KILLS // len(victims)
    order = [victim for _ in range(rounds) for victim in chance.sample(victims, len(victims))]
    # Well before the end, so that there is something to kill it in.
    moments = sorted(chance.sample(range(len(wanted) * 3 // 4), len(order)))
    for victim, moment in zip(order, moments, strict=True):
        # Another walk begins when the victim dies, however fast the ones before it were.
        drive.begin_at_most(moment + AT_ONCE // 2)
        while drive.walked < moment and walking.is_alive():
            fleet.mend()
            walking.join(0.02)
        walking.join(chance.uniform(0, 0.3))
        if failed:
            break
        trial.say(f"kill -9 {victim}, after {drive.walked} dossiers")
        drive.begin_at_most(moment + AT_ONCE)
        _kill(victim, fleet, database, chance)
        found.figures[f"kills of {victim}"] = found.figures.get(f"kills of {victim}", 0) + 1
    drive.begin_at_most(None)
    while walking.is_alive():
        fleet.mend()
        walking.join(0.1)
    found.faults += [str(error) for error in failed]


def _run(drive: Drive, wanted: Sequence[Dossier], failed: list[BaseException]) -> None:
    try:
        drive.run(wanted)
    except Exception as error:  # noqa: BLE001 the main thread says it
        failed.append(error)


def _kill(victim: Victim, fleet: Fleet, database: Durable, chance: random.Random) -> None:
    if victim == "database":
        database.kill()
        time.sleep(chance.uniform(0, 2))
        database.start()
        return
    fleet.kill(victim)
    if victim != "api worker":  # its supervisor starts another one
        time.sleep(chance.uniform(0, 0.5))
        fleet.start(victim)
    fleet.await_ready()


@contextmanager
def _walking(service: RunningService) -> Iterator[Town]:
    """A town whose intermediary tries again until it is heard."""
    name = next(name for name, kind in plugins.counterparts().items() if kind.announces_refunds)
    counterpart: Counterpart = service.stand_ins[name].counterpart
    clock = Clock()
    with httpx.Client(timeout=5) as http:
        counterpart.clock = clock
        counterpart.outbox = Outbox(clock, RETRY, counterpart.acknowledged)
        counterpart.outbox.deliver = http.send
        with counterpart.outbox.running(interval=0.02):
            yield found_town(service, name)


def _at_the_end(
    service: RunningService, town: Town, mend: Callable[[], None] = lambda: None
) -> Left:
    """What is left once everybody has said and done what was theirs."""
    counterpart = town.stand_in.counterpart
    assert isinstance(counterpart.clock, Clock)
    counterpart.clock.ahead = SOON
    deadline = time.monotonic() + END_SECONDS
    before: tuple[int, int] | None = None
    while True:
        mend()
        with suppress(TimeoutError):
            service.await_followers(5)
            now = service.head(), len(counterpart.outbox.replies)
            # What is being said at this moment waits no more, and is not heard yet.
            said = now == before and not counterpart.outbox.waiting()
            if said and _refunds_ended(service, counterpart):
                return left_in(service.settings.need_database_url())
            before = now
        if time.monotonic() > deadline:
            raise TimeoutError("somebody is not heard, or has not done what was theirs")
        time.sleep(0.5)


def _refunds_ended(service: RunningService, counterpart: Counterpart) -> bool:
    """On their books and on ours: one that was killed before it was sent is looked up later."""
    with counterpart.ledger.lock:
        if any(refund.state == "accepted" for refund in counterpart.ledger.refunds.values()):
            return False
    question = files(__package__).joinpath("unfinished.sql").read_bytes()
    with psycopg.connect(service.settings.need_database_url()) as connection:
        found = connection.execute(question).fetchone()
    return found == (False,)
