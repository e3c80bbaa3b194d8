"""Refunds paid from the custody account at the State Treasury (P12j), and what comes back there."""

from __future__ import annotations

from datetime import date

import pytest

from feesvc.application.bank_accounts import NotACollectionAccount
from feesvc.application.bank_debits import DebitContradicts
from feesvc.application.holdings import holdings
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.testing.payouts import agency, credit, debit, drawn, paid, ready, see
from feesvc.testing.scenario import Scenario, story

CUSTODY = BankAccount(bank="KBNN", number="9527", currency="VND")
DEPOSIT = BankAccount(bank="KBNN", number="3713", currency="VND")


async def with_custody(s: Scenario) -> Refund:
    """A refund that is ready to go, and both accounts at the Treasury."""
    account = await agency(s)
    owner = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    day = date(2026, 1, 1)
    owner.set_bank_account("treasury_custody", CUSTODY, day, s.now)
    owner.set_bank_account("treasury_deposit", DEPOSIT, day, s.now)
    await s.keep(owner)
    return await ready(s, await paid(s, account))


async def custody(s: Scenario) -> tuple[int, int, int]:
    cover = await (await holdings(s.house)).cover("G14", "VND")
    return cover.of("bank"), cover.of("treasury_custody"), cover.of("refund")


@story
async def test_the_custody_account_pays_and_takes_back(s: Scenario) -> None:
    refund = await with_custody(s)
    [entry] = (await drawn(s, refund, debited=CUSTODY)).entries
    assert (await see(s, refund)).method == "treasury_custody"
    with pytest.raises(DebitContradicts, match="another account"):
        await debit(s, entry.reference, 40_000)
    assert (await debit(s, entry.reference, 40_000, "KB1", CUSTODY)).state == "paid"
    assert await custody(s) == (0, -40_000, 0)
    back = await credit(s, f"TRA LAI {entry.reference}", 40_000, "KB2", CUSTODY)
    assert isinstance(back, Refund) and back.state == "returned"
    assert (await custody(s))[:2] == (0, 0)
    [take] = refund.takes
    assert (await s.house.one(Transfer, take.transfer, "")).refunded == 40_000


@story
async def test_the_bank_pays_from_custody_what_it_had_refused(s: Scenario) -> None:
    refund = await with_custody(s)
    drawn_up = await drawn(s, refund, debited=CUSTODY)
    standing = await s.house.one(Refund, refund.id, "")
    standing.fail("closed", s.now, s.now)
    await s.keep(standing)
    await debit(s, drawn_up.entries[0].reference, 40_000, "KB1", CUSTODY)
    now = await see(s, refund)
    assert (now.state, now.method) == ("paid", "treasury_custody")
    assert (await custody(s))[:2] == (0, -40_000)


@story
async def test_nothing_else_is_paid_out_of_or_into_accounts_at_the_treasury(s: Scenario) -> None:
    refund = await with_custody(s)
    with pytest.raises(NotACollectionAccount):
        await drawn(s, refund, debited=DEPOSIT)
    head = await s.store.head()
    for account in (CUSTODY, DEPOSIT):
        with pytest.raises(NotACollectionAccount):
            await credit(s, "LAI TIEN GUI", 5, "KB9", account)
    assert await s.store.head() == head
