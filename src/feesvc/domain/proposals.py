"""Versions of fee items and reductions that await a second person, and the end of approved ones."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

from feesvc.domain.aggregate import Refusal
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.reductions import Reduction
from feesvc.domain.refund import SamePerson
from feesvc.domain.validity import holds

Term = TypeVar("Term", FeeItem, Reduction)


class UnknownProposal(Refusal):
    """No such proposal awaits a decision"""


class NothingToWithdraw(Refusal):
    """Nothing approved would be in force on that day or after it"""


@dataclass(frozen=True, slots=True)
class Proposed(Generic[Term]):
    """A version that somebody proposed and nobody has decided on."""

    term: Term
    maker: str


def pending(proposed: Mapping[str, Proposed[Term]], proposal: str) -> Proposed[Term]:
    """Raises ``UnknownProposal``, also for one that was decided on."""
    if proposal not in proposed:
        raise UnknownProposal(repr(proposal[:100]))
    return proposed[proposal]


def second_person(proposed: Mapping[str, Proposed[Term]], proposal: str, checker: str) -> Term:
    """What ``checker`` may approve. Raises ``UnknownProposal``, ``SamePerson``."""
    waiting = pending(proposed, proposal)
    if waiting.maker == checker:
        raise SamePerson(f"{named(waiting.term)} was proposed by {checker}")
    return waiting.term


def standing(approved: Mapping[str, Term], proposal: str, withdrawn_on: date) -> Term:
    """An approved version that has a day in force from ``withdrawn_on`` on.

    Raises ``NothingToWithdraw``.
    """
    term = approved.get(proposal)
    if term is None:
        raise NothingToWithdraw(repr(proposal[:100]))
    if not holds(max(withdrawn_on, term.effective_from), term.effective_from, term.effective_to):
        raise NothingToWithdraw(f"{named(term)}, on {withdrawn_on}")
    return term


def end(approved: MutableMapping[str, Term], proposal: str, withdrawn_on: date) -> None:
    """The version holds no longer from ``withdrawn_on`` on; it never did, if that was its first."""
    term = approved.pop(proposal)
    if term.effective_from < withdrawn_on:
        approved[proposal] = replace(term, effective_to=withdrawn_on - timedelta(days=1))


def named(term: FeeItem | Reduction) -> str:
    return f"{term.code} from {term.effective_from} to {term.effective_to or 'no end'}"
