"""Bank debits told again: the same line books nothing, and one that says otherwise is a case."""

from __future__ import annotations

import pytest

from feesvc.application import refunds
from feesvc.application.bank_debits import DebitContradicts
from feesvc.domain.case import Case
from feesvc.domain.refund import Refund
from feesvc.testing.payouts import agency, credit, debit, drawn, paid, ready, see
from feesvc.testing.scenario import Scenario, story


async def cases(s: Scenario) -> int:
    return len(await s.store.read(0, 10_000, [Case.Opened.TOPIC]))


async def reissued(s: Scenario, refund: Refund) -> None:
    act = s.house.act(s.some_id(), "person:f")
    await refunds.reissue_refund(s.house, act, refund.id, "bank_transfer")


@story
async def test_a_statement_loaded_again_after_a_return_is_no_case(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    [entry] = (await drawn(s, refund)).entries
    await debit(s, entry.reference, 40_000)
    await credit(s, f"TRA LAI {entry.reference}", 40_000)
    head = await s.store.head()
    assert (await debit(s, entry.reference, 40_000)).state == "returned"
    await reissued(s, refund)
    assert (await debit(s, entry.reference, 40_000)).state == "approved"
    assert (await s.store.head(), await cases(s)) == (head + 1, 0)


@story
async def test_one_bank_line_pays_one_refund(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    first, second = await ready(s, transfer), await ready(s, transfer)
    one, other = (await drawn(s, first, second)).entries
    await debit(s, one.reference, 40_000, "FT9")
    for _ in range(2):
        with pytest.raises(DebitContradicts):
            await debit(s, other.reference, 40_000, "FT9")
    assert ((await see(s, second)).state, await cases(s)) == ("instructed", 1)
    assert (await debit(s, other.reference, 40_000, "FT10")).state == "paid"


@story
async def test_a_debit_told_after_its_return_does_not_pay_what_is_sent_again(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    [entry] = (await drawn(s, refund)).entries
    await credit(s, f"TRA LAI {entry.reference}", 40_000)  # booked as paid and returned
    await reissued(s, refund)
    with pytest.raises(DebitContradicts, match="came back"):
        await debit(s, entry.reference, 40_000)
    assert ((await see(s, refund)).state, await cases(s)) == ("approved", 1)
    assert (await drawn(s, refund)).entries[0].refund == refund.id
