"""Drawing a payment list: it pays the accounts that two people stood behind, for good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feesvc.application import payees, payment_lists
from feesvc.domain.payment_list import PaymentList
from feesvc.domain.refund import SamePerson
from feesvc.testing.payouts import DAY, HOLDER, agency, approve, asked, drawn, named, paid, ready
from feesvc.testing.scenario import Scenario, story

OTHER = replace(HOLDER, number="666")


async def told(s: Scenario, drawn: PaymentList) -> list[str]:
    payouts = await payment_lists.payouts_of(s.house, drawn, "person:finance")
    return [payout.to.number for payout in payouts]


@story
async def test_a_list_tells_the_accounts_it_was_drawn_with_whatever_is_named_later(
    s: Scenario,
) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    first = await drawn(s, refund)
    [entry] = first.entries
    act = s.house.act(s.some_id(), "person:f")
    await payment_lists.refuse_payout(s.house, act, first.id, entry.reference, "closed", DAY)
    await named(s, refund, OTHER, by="person:crook")
    assert await told(s, first) == [HOLDER.number]


@story
async def test_an_account_named_while_the_list_is_drawn_is_not_in_it(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    subject = (await payees.payee_of(s.house, refund.id)).account
    list_of_it = await drawn(s, refund)
    payee = await payees.payee_of(s.house, refund.id)
    payee.change("person:crook", s.some_id(), "unknown", s.now)  # decided before, recorded after
    await s.keep(payee)
    assert [entry.account for entry in list_of_it.entries] == [subject]
    assert await told(s, list_of_it) == [HOLDER.number]


@story
async def test_whoever_alone_confirmed_a_portals_account_draws_no_list_of_it(s: Scenario) -> None:
    account = await agency(s)
    refund = await asked(s, await paid(s, account), by="portal:P")
    payee = await named(s, refund, by="portal:P")
    for by in ("person:a", "person:b"):
        await approve(s, refund, payee, by)
    changed = await named(s, refund, OTHER, by="portal:P")
    act = s.house.act(s.some_id(), "person:finance")
    await payees.confirm_payee(s.house, act, refund.id, changed.digest, True)
    with pytest.raises(SamePerson):
        await drawn(s, refund)
    act = s.house.act(s.some_id(), "person:b")
    await payees.confirm_payee(s.house, act, refund.id, changed.digest, True)
    assert await told(s, await drawn(s, refund)) == [OTHER.number]
