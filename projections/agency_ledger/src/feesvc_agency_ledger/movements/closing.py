"""A year's result, carried from the accounts of income and expense: the events of periods."""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain.aggregate import Recorded
from feesvc.domain.period import Period
from feesvc_agency_ledger.movements.movement import Approvals, Dimensions, Movement, Readers


def _carried(recorded: Recorded, event: Period.ResultCarried, _: Approvals) -> Iterator[Movement]:
    for one in event.amounts:
        yield Movement(one.account, -one.closing, Dimensions())


READERS: Readers = {Period.ResultCarried: _carried}
