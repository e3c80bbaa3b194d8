"""Content: who there is in the month, and which dossiers its days bring, by a seed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal, TypeAlias

import msgspec

from feesvc.domain.line import Kind

Statements: TypeAlias = Literal["camt053", "mt940", "delimited"]
Story: TypeAlias = Literal["paid", "left", "short", "twice", "returned"]
STORIES: Mapping[Story, int] = {"paid": 76, "left": 6, "short": 4, "twice": 6, "returned": 8}
"""Of a hundred dossiers: paid, never paid, one đồng short, paid twice, refunded on the same day."""


class SampleItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name_vi: str
    name_en: str
    kind: Kind
    currency: str
    amount: int
    retained_ppm: int
    budget: dict[str, str]


class SampleAgency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``number`` is its collection account, ``deposit`` the one at the State Treasury."""

    code: str
    parent: str
    bank: str
    number: str
    deposit: str
    statements: Statements
    items: tuple[SampleItem, ...]


class SampleForeign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes foreign money for whom; ``layout`` is the adapter's for settlements in it."""

    agency: str
    intermediary: str
    currency: str
    number: str
    deposit: str
    layout: str


class SampleMonth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``collector`` takes fees of the unit below it; ``direct`` is paid on its own account."""

    note: str
    month: str
    citation: str
    collector: str
    direct: str
    agencies: tuple[SampleAgency, ...]
    foreign: SampleForeign

    @property
    def last_day(self) -> date:
        year, month = (int(part) for part in self.month.split("-"))
        return date(year, month, monthrange(year, month)[1])

    def agency(self, code: str) -> SampleAgency:
        return next(one for one in self.agencies if one.code == code)

    def beneficiary(self) -> SampleAgency:
        """The unit whose fees the collector takes too."""
        return next(one for one in self.agencies if one.parent == self.collector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """A merchant account: whose, at which intermediary, in which currency."""

    agency: str
    intermediary: str
    currency: str

    @property
    def name(self) -> str:
        return f"{self.agency}-{self.intermediary}-{self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """``agency`` is owed ``item``; another agency's till may take it."""

    code: str
    agency: str
    item: SampleItem
    till: Till
    story: Story


@cache
def sample_month() -> SampleMonth:
    """``month.json``."""
    text = files("feesvc.cli.sample").joinpath("month.json").read_bytes()
    return msgspec.json.decode(text, type=SampleMonth)


def tills(collecting: Sequence[str], direct: Sequence[str]) -> list[Till]:
    """One account at each intermediary, the agencies in turn; ``direct`` ones pay no settlements
    but credit the account of the agency that is paid so.
    """
    month = sample_month()
    turn = [one.code for one in month.agencies]
    found = [
        Till(agency=turn[number % len(turn)], intermediary=name, currency="VND")
        for number, name in enumerate(sorted(collecting))
    ]
    found += [Till(agency=month.direct, intermediary=n, currency="VND") for n in sorted(direct)]
    abroad = month.foreign
    foreign = Till(
        agency=abroad.agency, intermediary=abroad.intermediary, currency=abroad.currency
    )  # fmt: skip
    return [*found, foreign]


def days(count: int) -> list[date]:
    """The last ``count`` days of the month."""
    last = sample_month().last_day
    return [last - timedelta(days=back) for back in reversed(range(count))]


def dossiers(day: date, tills: Sequence[Till], each: int, seed: int) -> Iterator[Dossier]:
    """``each`` at every till; the first of a till's day is always paid."""
    month = sample_month()
    number = 0
    for till in tills:
        for place in range(each):
            number += 1
            lot = Random(f"{seed}-{day}-{till.name}-{place}")  # noqa: S311 the same again
            owner = month.agency(till.agency)
            if till.agency == month.collector and lot.random() < 0.4:
                owner = month.beneficiary()
            items = [item for item in owner.items if item.currency == till.currency]
            [story] = lot.choices(list(STORIES), list(STORIES.values()))
            yield Dossier(
                code=f"{owner.code}-{day:%y%m%d}-{number:04d}", agency=owner.code,
                item=lot.choice(items), till=till, story=story if place else "paid",
            )  # fmt: skip
