"""Content: which dossiers a year brings, of what, on which days. The same seed, the same year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Literal, TypeAlias

from feesvc.domain.circumstances import Channel

FIRST = date(2025, 1, 1)
"""The last whole year of the sample fees: some change in the middle of it."""
DAYS = 365
SIDE_BY_SIDE = 128
"""A small year moves in fewer, larger steps, so that there is something to do side by side."""

Story: TypeAlias = Literal["paid", "left", "twice", "wrong", "refunded"]
STORIES: Mapping[Story, int] = {"paid": 910, "left": 40, "twice": 20, "wrong": 20, "refunded": 10}
"""Of a thousand dossiers: paid, never paid, paid twice, another amount paid, part refunded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of dossier and how many of a thousand are of it: sample figures, no source's."""

    agency: str
    item: str
    weight: int
    most: int = 1
    channel: Channel = "online"
    bases: tuple[int, int] | None = None
    """The value that the fee is a rate of: from, to, in millions of đồng."""


SORTS = (
    Sort(agency="H26", item="DL-GPLX", weight=240),
    Sort(agency="H26", item="PASSPORT-NEW", weight=120),
    Sort(agency="H26", item="CCCD-DOI", weight=110, channel="counter"),
    Sort(agency="H26", item="DKDN", weight=80),
    Sort(agency="H26", item="DKDN", weight=40, channel="counter"),
    Sort(agency="H26", item="DN-INFO", weight=100, most=5),
    Sort(agency="H26", item="DN-CONGBO", weight=60),
    Sort(agency="H26", item="HOTICH-TRICHLUC", weight=130, most=4),
    Sort(agency="H26", item="DATDAI-THAMDINH-HN", weight=50, bases=(200, 9_000)),
    Sort(agency="H26", item="TRUOCBA-NHADAT", weight=40, bases=(200, 9_000)),
    Sort(agency="H26.THA", item="TAMUNG-ANPHI", weight=24, bases=(6, 900)),
    Sort(agency="G14.25", item="VT-THUNGHIEM-TANSO-1", weight=4),
    Sort(agency="G14.25", item="VT-THUNGHIEM-TANSO-2_30", weight=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """``number`` is its place in the year, from 1; ``base`` is in đồng."""

    number: int
    code: str
    agency: str
    item: str
    quantity: int
    base: int | None
    channel: Channel
    submitted_on: date
    story: Story


@dataclass(frozen=True, slots=True)
class Slice:
    """Dossiers that come at one moment, and may be taken side by side, in any order."""

    moment: datetime
    dossiers: tuple[Dossier, ...]


def slices(dossiers: int, seed: int) -> Iterator[Slice]:
    """The whole year, in order. Noon of Asia/Ho_Chi_Minh on each day that brings anything."""
    steps = max(1, min(DAYS, dossiers // SIDE_BY_SIDE))
    for step in range(steps):
        day = FIRST + timedelta(days=step * DAYS // steps)
        numbers = range(step * dossiers // steps + 1, (step + 1) * dossiers // steps + 1)
        moment = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        yield Slice(moment, tuple(_dossier(number, day, seed) for number in numbers))


def _dossier(number: int, day: date, seed: int) -> Dossier:
    lot = Random(f"{seed}-{number}")  # noqa: S311 - what is wanted is that anybody can repeat it
    [sort] = lot.choices(SORTS, [sort.weight for sort in SORTS])
    [story] = lot.choices(list(STORIES), list(STORIES.values()))
    base = lot.randint(*sort.bases) * 1_000_000 if sort.bases else None
    return Dossier(
        number=number, code=f"{sort.agency}-{day:%y%m%d}-{number:06d}", agency=sort.agency,
        item=sort.item, quantity=lot.randint(1, sort.most), base=base, channel=sort.channel,
        submitted_on=day, story=story,
    )  # fmt: skip
