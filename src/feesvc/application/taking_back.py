"""Taking back: a bank's debit that takes a payout of batches back, found by the credit it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from feesvc.application.house import HANOI, House
from feesvc.application.recrediting import reverse_batch_credit
from feesvc.domain.batch import Batch
from feesvc.reconciling.keys import key
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor


async def taken_back(
    house: House, db: Cursor, run: Run, row: Mapping[str, Any], named: Sequence[str],
    principal: str,
) -> bool:  # fmt: skip
    """Reverse the one credit of these payouts that the debit can be about (P09h), if only one can.

    The bank may name the entry that it takes back; else only one credit of that amount will do.
    Its match is released: what it paid is awaited, and may be matched, again.
    """
    if row["net"] > 0:
        return False
    batches = [UUID(item.removeprefix("batch:")) for item in named if item.startswith("batch:")]
    credits = {
        (credit.batches[0], reference)
        for batch in (await house.store.peek(batches)).values() if isinstance(batch, Batch)
        for (account, reference), credit in batch.credits.items()
        if account == run.account and credit.whole.amount == -row["net"]
    }  # fmt: skip
    told = {one for one in credits if key(one[1]) in row["keys"]}
    if len(told or credits) != 1:
        return False
    [(batch, reference)] = told or credits
    day = row["occurred_at"].astimezone(HANOI).date()
    await reverse_batch_credit(
        house, run.agency, batch, run.account, reference, day, "taken_back_by_bank", principal
    )
    asked = {"account": run.account, "reference": reference}
    await db.execute(statement("c_taken_back"), asked)
    return True
