"""Living: the month's days one after the other on a clock of its own, then its end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from feesvc import plugins
from feesvc.application.house import HANOI
from feesvc.cli.demo.month.caseworkers import Caseworkers
from feesvc.cli.demo.month.closings import Closings
from feesvc.cli.demo.month.content import Till, days, dossiers, sample_month, tills
from feesvc.cli.demo.month.mornings import Mornings
from feesvc.cli.demo.month.offices import Country, founded
from feesvc.cli.demo.month.payers import Payers
from feesvc.embedded import Database
from feesvc.testing.service import running_service

PAYERS_COME, STAFF_COME = time(9), time(7, 30)
AFTER = 6
"""Days after the last one, on which nobody pays and everything comes to where it belongs."""
SETTLES = 3
"""On the third last of them what the agencies may keep is moved to their own accounts."""
OLD = 4
"""Days after which money that went all of the road is given back."""
BY_TRANSFER = "bank_transfer"
TICK = timedelta(milliseconds=1)


class Clock:
    """The month's time. It moves a little each time that somebody looks, and is set by days."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._moment += TICK
            return self._moment

    def set(self, day: date, at: time) -> None:
        with self._lock:
            self._moment = max(self._moment, datetime.combine(day, at, HANOI))


@dataclass
class Month:
    """A month under way: who there is, and what each of them did."""

    country: Country
    clock: Clock
    payers: Payers
    mornings: Mornings
    caseworkers: Caseworkers
    closings: Closings
    worker: ExitStack
    said: Counter[str] = field(default_factory=Counter)

    def rest(self) -> None:
        """The worker ends what it does, and stops."""
        self.worker.close()


@contextmanager
def begun(database: Database, folder: Path, first: date) -> Iterator[Month]:
    """A service on the database, everybody registered, some hours before the first day."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(datetime.combine(first, time(6), HANOI))
    wanted = _tills()
    kinds = plugins.counterparts()
    stand_ins = {till.name: kinds[till.intermediary] for till in wanted}
    with (
        running_service(database, now=clock, counterparts=stand_ins) as service,
        ExitStack() as worker,
    ):
        worker.enter_context(service.working())
        country = founded(service, folder, wanted)
        yield Month(
            country, clock, Payers(country), Mornings(country), Caseworkers(country),
            Closings(country), worker,
        )  # fmt: skip


def live(month: Month, count: int, each: int, seed: int, say: Callable[[str], None]) -> None:
    """``count`` days of ``each`` dossiers at every till, and the days after them."""
    taken = [desk.till for desk in month.country.desks]
    whole = days(count)
    for day in whole:
        month.clock.set(day, PAYERS_COME)
        month.payers.live(dossiers(day, taken, each, seed))
        month.country.service.await_followers()
        _strange_credit(month, day)
        if len(month.payers.paid) and day == whole[min(OLD, len(whole) - 1)]:
            _return_old(month)
        _morning(month, day)
        say(
            f"{day}: {month.payers.said['payments']} payments, {month.mornings.said['files']} files"
        )
    for number in range(1, AFTER):
        _morning(month, whole[-1] + timedelta(days=number), ends=number == AFTER - SETTLES)
    say(f"the days after: {month.mornings.said['remittances']} remittances")


def _morning(month: Month, yesterday: date, *, ends: bool = False) -> None:
    today = yesterday + timedelta(days=1)
    month.clock.set(today, STAFF_COME)
    month.mornings.load(yesterday)
    for office in month.country.offices.values():
        month.caseworkers.work(office)
    month.payers.finish_refunds()
    month.mornings.pass_on(yesterday, today)
    for office in month.country.offices.values() if ends else ():
        month.mornings.keep_retained(office, today)
    for office in month.country.offices.values():
        month.closings.close(office, str(yesterday))
    month.payers.pay_rest(month.caseworkers.told)
    month.caseworkers.told.clear()


def _strange_credit(month: Month, day: date) -> None:
    """Somebody pays at a bank's counter, and names nothing: once, for the first unpaid dossier."""
    if month.caseworkers.said["strange credits"]:
        return
    for dossier, assessment in month.payers.left:
        owed = (dossier.agency, dossier.item.amount)
        month.country.offices[dossier.agency].tellers[dossier.item.currency].account.book(
            dossier.item.amount, day, "NGUYEN VAN B NOP PHI"
        )
        month.caseworkers.strays[owed] = assessment
        month.caseworkers.said["strange credits"] += 1
        return


def _return_old(month: Month) -> None:
    """Money that went through all of the road comes back: a part, by bank transfer, of the first
    payment of each agency.
    """
    for office in month.country.offices.values():
        paid = next(
            (p for p in month.payers.paid
             if p.dossier.agency == p.dossier.till.agency == office.code), None,
        )  # fmt: skip
        if paid is not None:
            asked = month.payers.refund(office, paid, paid.dossier.item.amount // 10, BY_TRANSFER)
            month.caseworkers.agree(office, asked["id"])


def _tills() -> list[Till]:
    kinds: dict[str, Any] = plugins.counterparts()
    direct = [name for name, kind in kinds.items() if kind.settles is None]
    return tills([name for name in kinds if name not in direct], direct)


def closed(month: Month) -> dict[str, Any]:
    """The month is closed at every agency; gives the sheets."""
    return {
        code: month.closings.close(office, sample_month().month)
        for code, office in month.country.offices.items()
    }
