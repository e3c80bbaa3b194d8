"""Receipt numbers: one per settled assessment, without gaps, given by one process alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from feesvc.application.house import Act, Decision, House
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.money import Money


@dataclass(frozen=True, slots=True)
class Settled:
    """An assessment of an agency, and the total that was settled."""

    assessment: UUID
    agency: str
    paid: Money


async def number_receipts(house: House, act: Act, wanted: Sequence[Settled]) -> Sequence[Settled]:
    """Give each the next number of its agency's series, in this order and in one append.

    Those that have a number keep it. Gives back those whose agency has no open series.
    """

    async def decide() -> Decision[Sequence[Settled]]:
        ids = house.store.ids
        streams = [id for one in wanted for id in (ids.receipt(one.assessment), one.assessment)]
        agencies = {ids.agency(one.agency) for one in wanted}
        found = await house.store.peek([*dict.fromkeys(streams), *agencies])
        open_series = await _series(house, act, wanted, found)
        numbered: dict[UUID, Receipt] = {}
        waiting: list[Settled] = []
        for one in wanted:
            id = ids.receipt(one.assessment)
            assessment, series = found.get(one.assessment), open_series.get(one.agency)
            if id in found or id in numbered:
                continue
            if isinstance(assessment, Assessment) and series is not None:
                numbered[id] = _numbered(id, series, assessment, one, act)
            else:
                waiting.append(one)
        return Decision(waiting, [*open_series.values(), *numbered.values()])

    waiting = await house.take(act, decide)
    # Recorded before: who waited then has no number now either.
    return (await decide()).result if waiting is None else waiting


async def _series(
    house: House, act: Act, wanted: Sequence[Settled], found: Mapping[UUID, Aggregate]
) -> dict[str, ReceiptSeries]:
    """The open series of each agency that has chosen one, free to be changed."""
    ids = house.store.ids
    chosen: dict[str, UUID] = {}
    for code in dict.fromkeys(one.agency for one in wanted):
        agency = found.get(ids.agency(code))
        name = agency.series_on(act.day) if isinstance(agency, Agency) else ""
        if name:
            chosen[code] = ids.receipt_series(code, name)
    loaded = await house.store.load(list(chosen.values()))
    return {
        code: series
        for code, id in chosen.items()
        if isinstance(series := loaded.get(id), ReceiptSeries)
    }


def _numbered(
    id: UUID, series: ReceiptSeries, assessment: Assessment, one: Settled, act: Act
) -> Receipt:
    return Receipt.take_number(
        id, one.agency, series.series, series.form,
        series.give_number(assessment.id, id, act.at), assessment.id, assessment.dossier,
        assessment.notice, one.paid, act.at,
    )  # fmt: skip
