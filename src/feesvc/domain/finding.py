"""Finding: what was found to be wrong, and the words in which the work on it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.ids import Ids
from feesvc.money import Money

SubjectKind: TypeAlias = Literal[
    "payment", "transfer", "refund", "assessment", "account", "file", "line", "batch", "match",
    "order", "period", "ledger", "allocation",
]  # fmt: skip
CaseState: TypeAlias = Literal[
    "open", "assigned", "investigating", "awaiting_counterparty", "resolution_proposed",
    "approved", "closed",
]  # fmt: skip
Resolution: TypeAlias = Literal[
    "link", "split", "accept_timing", "correct_ledger", "request_correction", "claim", "refund",
    "apply_credit", "transfer_agency", "reallocate_code", "write_off", "forward_to_budget",
    "mark_invalid_source", "explained",
]  # fmt: skip
WORKING: tuple[CaseState, ...] = ("open", "assigned", "investigating", "awaiting_counterparty")
"""States in which nobody has proposed how it ends."""


class CaseClosed(Refusal):
    """The case is closed; reopen it first"""


class CaseNotThere(Refusal):
    """The case is not at that point"""


class SecondPersonNeeded(Refusal):
    """A resolution is approved by another person than proposed it"""


class ResolutionChanged(Refusal):
    """What is to be approved is not what was proposed"""


class MoneyStillOpen(Refusal):
    """Money is left unexplained, and no write-off was posted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubject:
    """What it is about: one thing on record, or one account that something was said of."""

    kind: SubjectKind
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found. The same finding is one case, however often it is made.

    ``discriminator`` tells two findings of one code on one subject apart, such as a dispute's name.
    ``facts`` are codes, amounts and references, never a text that a person wrote.
    """

    agency: str
    code: str
    subject: CaseSubject
    at_risk: Money
    discriminator: str = ""
    facts: Mapping[str, str]
    evidence: str = ""
    """The hash that names the raw message or file it rests on, or empty."""
    due_on: date | None = None
    """Where the clock of its kind is a term of somebody else's: the last day of that term."""

    def case_id(self, ids: Ids) -> UUID:
        """The case of this finding: made by its agency, code, subject and discriminator."""
        about = f"{self.subject.kind}:{self.subject.id}"
        return ids.of("case", self.agency, self.code, about, self.discriminator)


def digest_of(
    case: UUID, resolution: Resolution, reason: str, amount: Money, content: str = ""
) -> str:
    """The hash that an approval is bound to; ``content`` is the digest of what moves the money."""
    said = f"{case}\n{resolution}\n{reason}\n{amount}" + (f"\n{content}" if content else "")
    return sha256(said.encode()).hexdigest()
