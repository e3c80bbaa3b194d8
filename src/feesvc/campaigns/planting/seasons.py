"""Seasons: settlement days one after the other, each code planted in its turn, all from a seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import NamedTuple

from feesvc.campaigns.planting import PLANTS
from feesvc.campaigns.planting.banked import narrative_of, pay_out
from feesvc.campaigns.planting.filed import DOCUMENTS, statement_files
from feesvc.campaigns.planting.returned import released
from feesvc.campaigns.planting.scenes import Deed, Handed, Planted, Scene, Unfit
from feesvc.campaigns.planting.settled import below_nothing
from feesvc.reconciling.keys import key
from feesvc.testing.banking import Account, Day
from feesvc.testing.settling import Batch, Layout, Movement
from feesvc.testing.settling.faults import added
from feesvc.testing.settling.movements import ContractTariff

LETTERS = "SGFBAT"
"""The order in which a scene is changed: its lines, then their files, its money, and the rest."""
ONE_IN = 3
"""Of so many scenes one is left as it is, so that right days are there as well."""


class Till(NamedTuple):
    """One merchant account at one intermediary, and how a session of it is closed."""

    name: str
    layout: Layout
    close: Callable[[date], Batch]
    bank: Account
    """Where it pays out to."""
    other_bank: Account
    by_bank: bool = False
    tariff: ContractTariff = ContractTariff()
    codes: frozenset[str] = frozenset(PLANTS)
    """What may be planted here."""


@dataclass(slots=True)
class Told:
    """One day: what is handed over on it, what is done on it, and what was planted in it."""

    day: date
    scenes: list[Scene]
    handed: list[Handed]
    deeds: list[Deed]
    planted: list[Planted]
    statements: list[Day]


@dataclass
class Season:
    """Same seed, tills and days: the same files, to the last byte. Days must follow each other."""

    seed: int
    tills: Sequence[Till]
    chance: Random = field(init=False)
    planted: list[Planted] = field(default_factory=list)
    _queues: dict[str, list[str]] = field(default_factory=dict)
    _later: dict[tuple[str, str], list[tuple[date, Movement]]] = field(default_factory=dict)
    _unpaid: list[tuple[date, int, str, Account]] = field(default_factory=list)
    _deeds: list[Deed] = field(default_factory=list)
    _busy: dict[str, date] = field(default_factory=dict)
    _numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _handed: dict[date, list[Handed]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.chance = Random(f"season {self.seed}")  # noqa: S311 the same again
        for letter in LETTERS:
            self._queues[letter] = []

    def day(self, day: date, plain: bool = False) -> Told:
        """Close every session of ``day``. ``plain``: nothing is planted, what is open may heal."""
        scenes = [self._scene(till, day, plain) for till in self.tills]
        self._credit(day)
        statements = [account.statement(day) for account in self._accounts()]
        deeds = [deed for scene in scenes for deed in scene.deeds]
        self._deeds += deeds
        for statement in statements:
            for file in statement_files(self._deeds, statement):
                self._handed[file.day].append(file)
        for scene in scenes:
            for file in scene.handed:
                self._handed[file.day].append(file)
        planted = [one for scene in scenes for one in scene.planted]
        self.planted += planted
        return Told(day, scenes, self._handed.pop(day, []), deeds, planted, statements)

    def left(self) -> Mapping[date, Sequence[Handed]]:
        """What is still to be handed over, by day."""
        return dict(self._handed)

    def _scene(self, till: Till, day: date, plain: bool) -> Scene:
        due = self._due(till, day)
        batch = added(till.close(day), *due)
        self._numbers[till.name] |= {key(one.native_id) for one in batch.movements}
        scene = Scene(
            chance=self.chance, day=day, name=till.name, layout=till.layout, batch=batch,
            bank=till.bank, other_bank=till.other_bank, numbers=self._numbers[till.name],
            carried=frozenset(one.native_id for one in due), busy=self._busy,
            by_bank=till.by_bank, tariff=till.tariff,
        )  # fmt: skip
        if not plain and self.chance.randrange(ONE_IN):
            for letter in LETTERS:
                self._plant(scene, letter, till.codes)
        self._finish(scene, till)
        return scene

    def _plant(self, scene: Scene, letter: str, codes: frozenset[str]) -> None:
        """The first code of this letter's queue that fits; those that do not wait their turn."""
        queue = self._queues[letter]
        if not queue:
            queue += [code for code in PLANTS if code[0] == letter]
            self.chance.shuffle(queue)
        for code in [code for code in queue if code in codes]:
            with suppress(Unfit):
                PLANTS[code](scene)
                queue.remove(code)
                return

    def _finish(self, scene: Scene, till: Till) -> None:
        """What is not planted is as it should be."""
        if not DOCUMENTS & {one.code for one in scene.planted} and scene.batch.movements:
            scene.hand(scene.layout.document(scene.batch))
        if scene.pays_itself and scene.pays > 0:
            pay_out(scene)
        below_nothing(scene)
        released(scene)
        self._later.setdefault((till.name, till.bank.number), []).extend(scene.later)
        self._unpaid += [(*one, till.bank) for one in scene.unpaid]

    def _due(self, till: Till, day: date) -> Sequence[Movement]:
        waiting = self._later.get((till.name, till.bank.number), [])
        due = [movement for on, movement in waiting if on <= day]
        waiting[:] = [(on, movement) for on, movement in waiting if on > day]
        return due

    def _credit(self, day: date) -> None:
        for on, amount, narrative, account in self._unpaid:
            if on == day:
                account.book(amount, day, narrative)
        self._unpaid = [one for one in self._unpaid if one[0] > day]

    def _accounts(self) -> Iterable[Account]:
        return {
            account.number: account for till in self.tills
            for account in (till.bank, till.other_bank)
        }.values()  # fmt: skip


__all__ = ["ONE_IN", "Season", "Till", "Told", "narrative_of"]
