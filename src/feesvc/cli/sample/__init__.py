"""Sample fees: facts of public sources as fee items and reductions, and results to hold them to.

``fees.json`` keeps the source of each fact and marks what no source says, which is sample
configuration. Nothing of it is law until somebody has checked it against the gazette.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from feesvc.domain.amounts import AmountRule
from feesvc.domain.circumstances import Channel
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.line import Kind
from feesvc.domain.reductions import Conditions, Effect, Reduction

FIRST_DAY = date(2020, 1, 1)
"""Stands in for the first day of what the sources do not date."""


class SourcedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee at its full price, before any reduction."""

    code: str
    name_vi: str
    name_en: str
    kind: Kind
    rule: AmountRule
    source: str
    confidence: str
    row: str = ""
    """The row of the source that states it, where that bears another code."""
    formula: str = ""
    """As the source writes it; ``rule`` says the same."""
    currency: str = "VND"
    effective_from: date = FIRST_DAY
    retained_ppm: int = 0
    refundable: bool = True
    unit: str = ""

    def fee_item(self, citation: str) -> FeeItem:
        return FeeItem(
            code=self.code, name_vi=self.name_vi, name_en=self.name_en, kind=self.kind,
            currency=self.currency, rule=self.rule, effective_from=self.effective_from,
            retained_ppm=self.retained_ppm, refundable=self.refundable, unit=self.unit,
            citation=citation,
        )  # fmt: skip


class SourcedReduction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    items: tuple[str, ...]
    effect: Effect
    precedence: int
    source: str
    conditions: Conditions = msgspec.field(default_factory=Conditions)
    cap: int | None = None
    effective_from: date
    effective_to: date | None = None

    def reduction(self, citation: str) -> Reduction:
        return Reduction(
            code=self.code, items=self.items, conditions=self.conditions, effect=self.effect,
            currency="VND", cap=self.cap, precedence=self.precedence,
            effective_from=self.effective_from, effective_to=self.effective_to, citation=citation,
        )  # fmt: skip


class SampleAgency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name_vi: str
    name_en: str
    parent: str = ""
    sample: str = ""
    """What of it no source says."""


class SampleDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One legal document as one agency applies it: a fee schedule."""

    agency: str
    document: str
    title: str
    items: tuple[SourcedItem, ...]
    reductions: tuple[SourcedReduction, ...]
    sample: str = ""
    """What of it no source says."""

    def fee_items(self) -> tuple[FeeItem, ...]:
        return tuple(item.fee_item(self.document) for item in self.items)

    def fee_reductions(self) -> tuple[Reduction, ...]:
        return tuple(reduction.reduction(self.document) for reduction in self.reductions)


class StatedResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source says is paid: to be computed from items and reductions, never reduced again."""

    row: str
    items: tuple[str, ...]
    amount: int
    """In đồng."""
    channel: Channel
    stated_channel: str
    source: str
    confidence: str
    identity_level: int = 0
    base: int | None = None
    policy: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    note: str
    sample: tuple[str, ...]
    agencies: tuple[SampleAgency, ...]
    documents: tuple[SampleDocument, ...]
    results: tuple[StatedResult, ...]


@cache
def sample() -> Sample:
    """The whole of ``fees.json``."""
    text = files(__name__).joinpath("fees.json").read_bytes()
    return msgspec.json.decode(text, type=Sample)
