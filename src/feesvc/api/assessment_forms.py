"""Assessment forms: what is said over HTTP of what a dossier owes."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictInt

from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Code,
    Day,
    Id,
    MoneyBody,
    MoneyView,
    PersonBody,
    Reason,
    View,
    text,
)
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Line


class WantedBody(Body):
    """One item that the dossier owes; ``base`` where the fee is a rate of a value."""

    item: Code
    quantity: Annotated[StrictInt, Field(ge=1, le=100_000)] = 1
    base: MoneyBody | None = None


class ShareBody(Body):
    """What the dossier owes one agency under one notice."""

    agency: AgencyCode
    notice: text(20) = "1"  # type: ignore[valid-type]
    procedure: text(40, 0) = ""  # type: ignore[valid-type]
    lines: list[WantedBody] = Field(min_length=1, max_length=100)


class CircumstancesBody(Body):
    """On what fees and reductions depend. Days are Asia/Ho_Chi_Minh."""

    channel: Literal["online", "counter", "post"]
    submitted_on: Day
    service_level: Literal["full", "partial", "information", ""] = ""
    identity_level: Annotated[StrictInt, Field(ge=0, le=3)] = 0
    payer_class: text(40, 0) = ""  # type: ignore[valid-type]
    locality: text(40, 0) = ""  # type: ignore[valid-type]
    age: Annotated[StrictInt, Field(ge=0, le=150)] | None = None


class QuoteBody(Body):
    share: ShareBody
    circumstances: CircumstancesBody


class RaiseBody(Body):
    """What one dossier owes, to one agency or to several, raised all at once or not at all."""

    dossier: text(64, 1, r"^[0-9A-Za-z][0-9A-Za-z./_-]*$")  # type: ignore[valid-type]
    shares: list[ShareBody] = Field(min_length=1, max_length=20)
    circumstances: CircumstancesBody
    result_delivery: Literal["", "counter", "post", "online"] = ""
    due_on: Day | None = None
    subject: Id | None = None
    payer: PersonBody | None = None


class ChangeBody(Body):
    """Amounts by line number, in minor units of the assessment's currency."""

    lines: dict[Annotated[str, Field(pattern="^[1-9][0-9]{0,2}$")], Amount] = Field(min_length=1)
    reason: Reason

    def amounts(self) -> dict[int, int]:
        return {int(number): amount for number, amount in self.lines.items()}


class SupersedeBody(Body):
    by_notice: text(20)  # type: ignore[valid-type]
    reason: Reason


class ReductionView(View):
    code: str
    citation: str
    amount: MoneyView


class LineView(View):
    """``due`` is what is owed now; ``collected`` what was paid of it and not given back."""

    number: int
    kind: str
    item: str
    name_vi: str
    name_en: str
    quantity: int
    full: MoneyView
    reductions: list[ReductionView]
    amount: MoneyView
    citation: str
    refundable: bool
    due: MoneyView | None = None
    collected: MoneyView | None = None
    refunded: MoneyView | None = None


class AssessmentView(View):
    id: UUID
    agency: str
    dossier: str
    notice: str
    state: str
    """open, paid, waived, cancelled or superseded."""
    total: MoneyView
    outstanding: MoneyView
    subject: UUID | None
    lines: list[LineView]
    raised_at: str


class QuoteView(View):
    total: MoneyView
    lines: list[LineView]


class RaisedView(View):
    assessments: list[AssessmentView]


def line_view(line: Line) -> LineView:
    return LineView(
        number=line.number, kind=line.kind, item=line.item, name_vi=line.name_vi,
        name_en=line.name_en, quantity=line.quantity, full=MoneyView.of(line.full),
        reductions=[
            ReductionView(code=r.code, citation=r.citation, amount=MoneyView.of(r.amount))
            for r in line.reductions
        ],
        amount=MoneyView.of(line.amount), citation=line.citation, refundable=line.refundable,
    )  # fmt: skip


def view(assessment: Assessment) -> AssessmentView:
    def money(amount: int) -> MoneyView:
        return MoneyView(amount=amount, currency=assessment.currency)

    lines = [
        line_view(line).model_copy(
            update={
                "due": money(state.due),
                "collected": money(state.collected),
                "refunded": money(state.refunded),
            }
        )
        for line, state in ((assessment.terms[n], s) for n, s in assessment.lines.items())
    ]
    return AssessmentView(
        id=assessment.id, agency=assessment.agency, dossier=assessment.dossier,
        notice=assessment.notice, state=assessment.state, lines=lines,
        total=MoneyView.of(assessment.total), outstanding=MoneyView.of(assessment.outstanding),
        subject=assessment.subject, raised_at=assessment.created_on.isoformat(),
    )  # fmt: skip
