"""Receipt numbers: one per settled assessment, without gaps, given by one process alone."""

from __future__ import annotations

from uuid import UUID

from feesvc.application.house import Act, Decision, House, Unknown
from feesvc.domain.agency import Agency
from feesvc.domain.assessment import Assessment
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.money import Money


async def number_receipt(
    house: House, act: Act, assessment_id: UUID, agency_code: str, paid: Money | None = None
) -> Receipt | None:
    """Give an assessment of this agency the next number of its series, unless it has one.

    ``paid`` is the total that was settled; without it, what the assessment comes to now.

    Raises ``Unknown`` when the agency has chosen no series, or one that was never opened.
    """
    ids = house.store.ids
    receipt_id, agency_id = ids.receipt(assessment_id), ids.agency(agency_code)

    async def decide() -> Decision[Receipt | None]:
        found = await house.store.peek([receipt_id, assessment_id, agency_id])
        if receipt_id in found:
            return Decision(None)
        assessment, agency = found.get(assessment_id), found.get(agency_id)
        if not isinstance(assessment, Assessment) or not isinstance(agency, Agency):
            raise Unknown(f"assessment {assessment_id} of {agency_code}")
        code = agency.series_on(act.day)
        if not code:
            raise Unknown(f"{agency_code} has chosen no receipt series")
        series_id = ids.receipt_series(agency_code, code)
        series = await house.one(ReceiptSeries, series_id, f"receipt series {code}")
        receipt = Receipt.take_number(
            receipt_id, agency_code, series.series, series.form,
            series.give_number(assessment_id, receipt_id, act.at), assessment_id,
            assessment.dossier, assessment.notice,
            assessment.total if paid is None else paid, act.at,
        )  # fmt: skip
        return Decision(receipt, [series, receipt])

    return await house.take(act, decide)
