"""What an agency is spoken of in: its names, the order that part money fills, the refusals."""

from __future__ import annotations

from typing import NamedTuple

from feesvc.domain.aggregate import Refusal
from feesvc.domain.ids import plain
from feesvc.domain.line import Kind

FILLING_ORDER: tuple[Kind, ...] = ("charge", "fee", "postal", "advance")
"""How part money fills lines while an agency has not chosen otherwise."""


class NamelessAgency(Refusal):
    """An agency needs a Vietnamese and an English name"""


class OwnRelative(Refusal):
    """An agency is neither its own parent nor its own successor"""


class WrongFillingOrder(Refusal):
    """A filling order names each kind of line exactly once"""


class UnknownMerchantAccount(Refusal):
    """The agency has no such merchant account"""


class AgencyName(NamedTuple):
    vi: str
    en: str


def named(name_vi: str, name_en: str) -> AgencyName:
    """Both names as they are kept; raises ``NamelessAgency``."""
    name = AgencyName(plain(name_vi), plain(name_en))
    if not (name.vi and name.en):
        raise NamelessAgency("both names are needed")
    return name
