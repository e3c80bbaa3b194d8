"""Where money of a transfer stands, and the rule that places money from outside (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Kind, State
from feesvc.money import Money

CreditReason: TypeAlias = Literal["overpaid", "duplicate", "withdrawn", "reduced", "identified"]
SuspenseReason: TypeAlias = Literal[
    "unknown_reference", "several_references", "wrong_amount", "wrong_currency", "wrong_merchant",
    "unknown_settled_line", "refund_return", "over_credited", "duplicate_credit", "undone_credit",
]  # fmt: skip
Bucket: TypeAlias = tuple[str, UUID | None, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """An amount, and where it stands.

    On an assessment's line, as a payer's credit, in suspense, held for another agency that has
    not said yet what it is for, or as the payer's surcharge for the commission.
    """

    to: Literal["line", "credit", "suspense", "held", "surcharge"]
    amount: Money
    assessment: UUID | None = None
    """The line's assessment; for a credit the assessment that it was too much for."""
    line: int = 0
    kind: Kind | Literal[""] = ""
    beneficiary: str = ""
    """The agency whose fee the line is, or for whom it is held."""
    reason: CreditReason | SuspenseReason | Literal[""] = ""
    still_due: bool = False
    """When money leaves a line: whether the fee is owed again."""
    state: State | Literal["forwarded"] = "collected"
    """When money leaves a line: how far it had come. Of money of others: whether it went on."""

    @property
    def bucket(self) -> Bucket:
        held_for = self.beneficiary if self.to == "held" else ""
        gone_on = " forwarded" if self.state == "forwarded" else ""
        return (self.to, self.assessment, self.line, held_for + gone_on)

    def of(self, amount: int) -> Placement:
        """The same place, another amount."""
        return replace(self, amount=Money(amount, self.amount.currency))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Money of one transfer that goes from one place to another."""

    source: Placement
    target: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One assessment that a payment was to pay, as it stands now."""

    assessment: Assessment
    asked: int
    """What the payment asked for it, in minor units."""
    order: Sequence[Kind]
    """The agency's filling order on this day: part money fills lines kind by kind."""


def suspense(amount: Money, reason: SuspenseReason) -> tuple[Placement, ...]:
    return (Placement(to="suspense", amount=amount, reason=reason),)


SURCHARGE: Bucket = ("surcharge", None, 0, "")
"""Where what a payer paid on top stands, until a commission is taken from it."""


def on_top(amount: Money) -> tuple[Placement, ...]:
    """What a payer paid on top of what is owed, for the commission; maybe nothing."""
    return (Placement(to="surcharge", amount=amount),) if amount else ()


def place(
    amount: Money, asked: Money, variable: bool, owed: Sequence[Owed], surcharge: int = 0
) -> list[Placement]:
    """Place money that names one of our payments; the result always adds up to ``amount``.

    Another amount than a fixed-amount order asked: wholly suspense (P06m). Otherwise it is applied
    to what is open now (P06, P06u, P06o, P20a, P14a), assessment by assessment in the payment's
    order; what is left is a credit for the assessments that no longer took it (P06d, P06w).
    ``surcharge``: what of ``asked``, in minor units, is for the commission (P06s); whoever pays
    less than was asked pays the less of that.
    """
    if amount.currency != asked.currency:
        return list(suspense(amount, "wrong_currency"))
    if amount != asked and not variable:
        return list(suspense(amount, "wrong_amount"))
    placements: list[Placement] = []
    aside = min(surcharge, max(amount.amount - (asked.amount - surcharge), 0))
    left = amount.amount - aside
    unmet: list[tuple[Owed, int]] = []
    for one in owed:
        given = 0
        for number, part in one.assessment.fill(left, one.order):
            placements.append(_on_line(one.assessment, number, part, amount.currency))
            given += part
        left -= given
        unmet.append((one, max(one.asked - given, 0)))
    placements.extend(_credits(left, amount.currency, unmet))
    return [*placements, *on_top(Money(aside, amount.currency))]


def _on_line(assessment: Assessment, number: int, amount: int, currency: str) -> Placement:
    return Placement(
        to="line",
        amount=Money(amount, currency),
        assessment=assessment.id,
        line=number,
        kind=assessment.lines[number].kind,
        beneficiary=assessment.agency,
    )


def _credits(left: int, currency: str, unmet: Sequence[tuple[Owed, int]]) -> list[Placement]:
    """Attribute what is left to the assessments that took less than was asked for them."""
    credits: list[Placement] = []
    for position, (one, missing) in enumerate(unmet):
        last = position == len(unmet) - 1
        part = left if last else min(left, missing)
        if part:
            credit = Placement(
                to="credit",
                amount=Money(part, currency),
                assessment=one.assessment.id,
                reason=_credit_reason(one.assessment, met=part > missing or missing < one.asked),
            )
            credits.append(credit)
            left -= part
    return credits


def _credit_reason(assessment: Assessment, met: bool) -> CreditReason:
    if assessment.withdrawn or not assessment.total:
        return "withdrawn"
    return "overpaid" if met else "duplicate"
