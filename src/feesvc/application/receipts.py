"""Receipt numbers: one per settled assessment, without gaps, given by one process alone."""

from __future__ import annotations

from uuid import UUID

from feesvc.application.house import Act, Decision, House, Unknown
from feesvc.domain.agency import Agency
from feesvc.domain.assessment import Assessment
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries


async def number_receipt(house: House, act: Act, assessment_id: UUID) -> Receipt | None:
    """Give an assessment the next number of its agency's series, unless it has one.

    Raises ``Unknown`` when the agency has chosen no series, or one that was never opened.
    """
    ids = house.store.ids
    receipt_id = ids.receipt(assessment_id)

    async def decide() -> Decision[Receipt | None]:
        if receipt_id in await house.store.peek([receipt_id]):
            return Decision(None)
        assessment = await house.see(Assessment, assessment_id, f"assessment {assessment_id}")
        agency = await house.see(Agency, ids.agency(assessment.agency), assessment.agency)
        code = agency.series_on(act.day)
        if not code:
            raise Unknown(f"{agency.agency} has chosen no receipt series")
        series_id = ids.receipt_series(agency.agency, code)
        series = await house.one(ReceiptSeries, series_id, f"receipt series {code}")
        receipt = Receipt.take_number(
            receipt_id, agency.agency, series.series, series.form,
            series.give_number(assessment_id, receipt_id, act.at), assessment_id,
            assessment.dossier, assessment.notice, assessment.total, act.at,
        )  # fmt: skip
        return Decision(receipt, [series, receipt])

    return await house.take(act, decide)
