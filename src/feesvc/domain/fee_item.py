"""Fee item: one fee, charge, postal price or advance of a legal document, its rules as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from feesvc.domain.amounts import AmountRule, Rounding, wrongs
from feesvc.domain.circumstances import Channel, Deciding
from feesvc.domain.line import Kind
from feesvc.domain.validity import holds, overlap
from feesvc.money import PPM

ITEM_CODE = re.compile(r"[0-9A-Z][0-9A-Z._/-]{0,63}")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeItem:
    """One version of an item. A later version has the same code and other days (or channels)."""

    code: str
    name_vi: str
    name_en: str
    kind: Kind
    currency: str
    rule: AmountRule
    rounding: Rounding = field(default_factory=Rounding)
    decided_by: Deciding = "submitted"
    """The day of the dossier on which the item must be in force."""
    effective_from: date
    effective_to: date | None = None
    """The last day, included; None has no end."""
    retained_ppm: int = 0
    """The agency's share in parts per million; only a fee has one."""
    refundable: bool = True
    unit: str = ""
    """What a quantity counts: bản, tháng, báo cáo …"""
    channels: tuple[Channel, ...] = ()
    """The channels it is for; none named means all."""
    budget: Mapping[str, str] = field(default_factory=dict)
    """Budget codes as the agency configures them."""
    citation: str
    """The legal basis, as it is printed."""

    def in_force(self, day: date, channel: Channel) -> bool:
        holding = holds(day, self.effective_from, self.effective_to)
        return holding and (not self.channels or channel in self.channels)

    def clashes_with(self, other: FeeItem) -> bool:
        """Whether some dossier could meet both versions of one code on one day."""
        apart = self.channels and other.channels and not set(self.channels) & set(other.channels)
        return (
            self.code == other.code
            and not apart
            and overlap(
                self.effective_from, self.effective_to, other.effective_from, other.effective_to
            )
        )


def item_wrongs(item: FeeItem) -> Iterator[str]:
    """What is wrong with an item that somebody proposes; nothing when it can be priced."""
    if not ITEM_CODE.fullmatch(item.code):
        yield "a code is at most 64 of 0-9, A-Z, point, dash, underline and slash"
    if not (item.name_vi and item.name_en and item.citation):
        yield "both names and a citation are needed"
    if not CURRENCY.fullmatch(item.currency):
        yield "a currency is named by its ISO 4217 code"
    if item.effective_to is not None and item.effective_to < item.effective_from:
        yield "the last day lies before the first"
    if not 0 <= item.retained_ppm <= PPM:
        yield f"a share lies between 0 and {PPM:,} parts per million"
    if item.retained_ppm and item.kind != "fee":
        yield "only a fee is partly retained"
    yield from wrongs(item.rule, item.rounding)
