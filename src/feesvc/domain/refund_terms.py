"""Refund terms: the words in which a refund is spoken of, what it takes, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement

Method: TypeAlias = Literal["intermediary", "bank_transfer", "treasury_custody"]
"""The last is a bank transfer whose list debits the custody account at the State Treasury (P12j):
only an instruction says so."""
State: TypeAlias = Literal[
    "requested", "rejected", "approved", "instructed", "accepted", "paid", "failed", "returned"
]


PERSON = "person:"
"""How the principal of a person begins; a portal and a process are nobody."""
LEAST_PEOPLE = 2
"""Behind a bank transfer, and behind the account that it goes to."""


class SamePerson(Refusal):
    """Whoever asked for it cannot approve it"""


class ChangedSinceAsked(Refusal):
    """What is to be approved is not what was asked"""


class WrongState(Refusal):
    """The refund is past that"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What the refund takes from one transfer."""

    transfer: UUID
    origin: Origin
    placements: tuple[Placement, ...]


def is_person(principal: str) -> bool:
    return principal.startswith(PERSON)


def digest_of(agency: str, method: str, takes: Sequence[Take], reason: str) -> str:
    """The hash that an approval is bound to: every transfer, place and amount that was asked."""
    said = [agency, method, reason]
    for take in takes:
        said += [str(take.transfer)]
        said += [f"{p.to} {p.assessment} {p.line} {p.amount}" for p in take.placements]
    return sha256("\n".join(said).encode()).hexdigest()
