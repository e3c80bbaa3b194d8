"""Scenes: one session of one intermediary, its money at the bank, and what is planted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal, TypeAlias

from feesvc.money import Money
from feesvc.testing.banking import Account
from feesvc.testing.settling import Batch, Layout, Movement
from feesvc.testing.settling.movements import VIETNAM, ContractTariff

COMMON = (50_000, 100_000, 115_000, 300_000)
"""Đồng: what most payments are of, as fees are; others are of amounts that nobody else pays."""
INQUIRED = timedelta(days=8)
"""After so long an inquiry is answered: what was forgotten stands in a document of that day."""

Source: TypeAlias = Literal["settlement", "bank", "treasury", "course", "books"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One difference that was put there on purpose.

    ``item`` is what it is about: a file's name, a line's native id, a batch, a bank entry, or what
    a course says of itself. ``at_risk`` is what stands open because of it until it is settled, in
    its own currency; ``posts`` are the rules of the posting table that it brings about at once.
    """

    code: str
    day: date
    source: Source
    account: str
    """The intermediary, or the number of the bank account."""
    item: str
    at_risk: Money
    posts: tuple[str, ...] = ()
    tells_on: date
    """The day of the file that shows it; ``day`` unless a later one does."""
    also: str = ""
    """What else of the same account it is about: the payment whose line was damaged."""
    scene: str = ""
    batch: str = ""
    """The agency and intermediary, and the batch, of the session that it is planted in."""
    heals_on: date | None = None
    """The day on which later files make it right by themselves, if they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file as it is handed over on ``day``. ``verdict`` is what its reading must come to."""

    name: str
    source: Literal["settlement", "bank"]
    account: str
    day: date
    content: bytes
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody does of which no document tells: a payer, an officer, the Treasury."""

    what: str
    day: date
    at: str = ""
    """The agency and intermediary of its scene."""
    figure: int = 0
    item: str = ""


@dataclass(slots=True, kw_only=True)
class Scene:
    """What one intermediary hands over of one session, and what then comes to the bank.

    ``batch`` is what its document says; plants write it otherwise. ``pays`` is what it pays out:
    what the document says, unless something is planted between the two.
    """

    chance: Random
    day: date
    name: str
    layout: Layout
    batch: Batch
    bank: Account
    other_bank: Account
    """Another account of the agency."""
    later: list[tuple[date, Movement]] = field(default_factory=list)
    """Movements that stand in a later document, by its day."""
    unpaid: list[tuple[date, int, str]] = field(default_factory=list)
    """Credits still to come: day, amount and narrative."""
    handed: list[Handed] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    busy: dict[str, date] = field(default_factory=dict)
    """By what must stay as it is, the day until which it must: an account's statements, the
    remittances of an agency, the credit of a batch."""
    tariff: ContractTariff = field(default_factory=ContractTariff)
    """What the intermediary keeps of a payment."""
    carried: frozenset[str] = frozenset()
    """Movements of earlier sessions that stand in this one, by native id."""
    numbers: set[str] = field(default_factory=set)
    """Every number that the intermediary has given so far, as a key."""
    by_bank: bool = False
    """Whether its payments can be paid at the agency's bank, under a code that names them."""
    pays_itself: bool = True
    """Whether the batch is still to be credited in the usual way."""

    @property
    def tomorrow(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def noon(self) -> datetime:
        return datetime.combine(self.day, time(12), VIETNAM)

    @property
    def pays(self) -> int:
        return self.batch.declared_net.amount

    def payment(self) -> Movement:
        """A payment of the batch that nothing is planted in yet. Raises ``Unfit``."""
        return self.choose("payment")

    def choose(self, kind: str) -> Movement:
        free = self.free(kind)
        if not free:
            raise Unfit(f"{self.name}, {self.day}: no {kind} is left")
        return self.chance.choice(free)

    def free(self, kind: str) -> list[Movement]:
        """Movements of the day itself that nothing is planted in yet.

        What is of an earlier day belongs to another plant: one left it out for later, or its deed
        made it in the evening, when that day's session was closed.
        """
        taken = self.carried | {one.item for one in self.planted}
        return [
            one for one in self.batch.movements
            if one.kind == kind and one.on == self.day and one.native_id not in taken
        ]  # fmt: skip

    @property
    def must_be_paid(self) -> bool:
        """Whether something was planted for which the batch must be credited within its term."""
        return self.busy.get(f"credit of {self.name}", date.min) >= self.day

    def keep_paid(self) -> None:
        """What a deed of today pays stands in tomorrow's session, which is to be credited."""
        self.busy[f"credit of {self.name}"] = self.tomorrow

    def fresh(self, prefix: str) -> str:
        """A number that the intermediary gave nothing else."""
        return f"{prefix}{self.day:%y%m%d}{self.chance.randrange(10**9):09d}"

    def plant(
        self, code: str, item: str, at_risk: Money, *posts: str,
        source: Source = "settlement", tells_on: date | None = None,
        heals_on: date | None = None, account: str = "",
        also: str = "",
    ) -> None:  # fmt: skip
        usual = self.tomorrow if source == "bank" else self.day
        self.planted.append(
            Planted(
                code=code, day=self.day, source=source, account=account or self.name, item=item,
                at_risk=at_risk, posts=posts, tells_on=tells_on or usual, heals_on=heals_on,
                also=also, scene=self.name, batch=self.batch.identity,
            )
        )  # fmt: skip

    def nothing(self) -> Money:
        return Money(0, self.batch.currency)

    def hand(self, content: bytes, verdict: str = "", suffix: str = "") -> str:
        """Hand a settlement document over; gives its name."""
        name = f"{self.batch.identity}{suffix}.{self.layout.suffix}"
        self.handed.append(
            Handed(
                name=name, source="settlement", account=self.name, day=self.day, content=content,
                verdict=verdict,
            )
        )  # fmt: skip
        return name


def some_amount(chance: Random) -> int:
    """Two of three are common."""
    if chance.randrange(3):
        return chance.choice(COMMON)
    return 101_000 + 7 * chance.randrange(20_000)


class Unfit(Exception):
    """The scene has nothing in which this could be planted; another day will."""


Plant: TypeAlias = Callable[[Scene], None]
"""Puts one difference into a scene and says so in ``planted``; raises ``Unfit``."""
