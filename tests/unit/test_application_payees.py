"""Payees: whose name an account bears, who agreed to it, and where it is never told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feesvc.application import payees, payment_lists
from feesvc.application.payees import NoKnownAccount, NoPayee
from feesvc.application.payment_lists import PayeeErased
from feesvc.domain.payee import NameNotAcknowledged, Payee
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.people import Details
from feesvc.people.comparing import same_name
from feesvc.people.memory import MemoryPeople
from feesvc.testing.payouts import (
    HOLDER,
    agency,
    approve,
    asked,
    drawn,
    named,
    paid,
    ready,
)
from feesvc.testing.scenario import Scenario, story


@story
async def test_the_holders_name_is_checked_against_the_payers(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    payer = s.some_id()
    await s.house.people.write(payer, Details(name="Nguyễn Văn Đức", refund_account=HOLDER))
    refund = await asked(s, transfer, by="portal:P", subject=payer)
    assert (await named(s, refund)).name_check == "matches"
    assert (await named(s, refund, replace(HOLDER, holder="Le Thi B"))).name_check == "differs"
    unknown = await asked(s, transfer, 10_000)
    assert (await named(s, unknown)).name_check == "unknown"
    known = await payees.known_account(s.house, refund.id, "subject", "person:maker")
    assert known == HOLDER
    with pytest.raises(NoKnownAccount):
        await payees.known_account(s.house, refund.id, "payer", "person:maker")


@story
async def test_whoever_asks_does_not_say_who_the_payer_is(s: Scenario) -> None:
    account = await agency(s)
    transfer = await paid(s, account)
    crook = s.some_id()
    await s.house.people.write(crook, Details(name="Nguyễn Văn Đức"))
    assert (await named(s, await asked(s, transfer, 1, subject=crook))).name_check == "unknown"
    by_portal = await asked(s, transfer, 1, by="portal:P", subject=crook)
    assert (await named(s, by_portal)).name_check == "matches"
    known = s.some_id()
    await s.house.people.write(known, Details(name="Trần Thị Bình"))
    fee = await s.assessment("G14", ("fee", 5_000), payer=known)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 5_000, "T-2")
    other = s.store.ids.transfer(account, "T-2")
    for by in ("person:maker", "portal:P"):
        refund = await asked(s, other, 1_000, by=by, subject=crook)
        assert (await named(s, refund)).name_check == "differs"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nguyễn Văn Đức", "NGUYEN VAN DUC", True),
        ("Nguye\u0302\u0303n  Va\u0306n Đức", "duc nguyen van", True),
        ("TRAN THI-BINH", "Trần Thị Bình", True),
        ("Nguyễn Văn Đức", "Nguyễn Văn Đức Anh", False),
        ("Nguyễn Văn Đức", "Nguyễn Văn Được", False),
        ("An An", "An", False),
    ],
)
def test_names_are_one_however_a_bank_writes_them(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same_name(other, one) is same


@story
async def test_an_account_is_agreed_to_by_another_who_has_seen_its_name(s: Scenario) -> None:
    account = await agency(s)
    refund = await asked(s, await paid(s, account))
    with pytest.raises(NoPayee):
        await approve(s, refund, None)
    payee = await named(s, refund, by="person:giver")
    for by, seen, refusal in (
        ("person:maker", True, SamePerson),
        ("person:giver", True, SamePerson),
        ("person:checker", False, NameNotAcknowledged),
    ):
        with pytest.raises(refusal):
            await approve(s, refund, payee, by, seen)
    await named(s, refund, replace(HOLDER, number="666"), by="person:giver")
    with pytest.raises(ChangedSinceAsked):
        await approve(s, refund, payee)
    payee = await payees.payee_of(s.house, refund.id)
    assert (await approve(s, refund, payee)).state == "approved"
    confirmed = [e.event for e in await s.store.history(payee.id)][-1]
    assert isinstance(confirmed, Payee.Confirmed) and confirmed.acknowledged


@story
async def test_two_approvers_agree_where_no_person_asked(s: Scenario) -> None:
    account = await agency(s)
    refund = await asked(s, await paid(s, account), by="process:refund_proposals")
    payee = await named(s, refund, by="portal:P")
    assert (await approve(s, refund, payee, "person:a")).state == "requested"
    with pytest.raises(SamePerson):
        await approve(s, refund, payee, "person:a")
    other = await named(s, refund, replace(HOLDER, number="2"), by="portal:P")
    assert (await approve(s, refund, other, "person:b")).state == "requested"
    assert (await approve(s, refund, other, "person:a")).state == "approved"


@story
async def test_no_account_stands_in_an_event_and_each_read_is_on_record(s: Scenario) -> None:
    account = await agency(s)
    refund = await ready(s, await paid(s, account))
    told = await drawn(s, refund)
    payouts = await payment_lists.payouts_of(s.house, told, "person:finance")
    assert [payout.to for payout in payouts] == [HOLDER]
    people = s.house.people
    assert isinstance(people, MemoryPeople)
    payee = await payees.payee_of(s.house, refund.id)
    read = people.reads[-1]
    assert (read.subject, read.fields, read.reason, read.actor) == (
        payee.account, ("refund_account",), told.reference, "person:finance",
    )  # fmt: skip
    said = "".join(str(each.event) for each in await s.store.read(0, 10_000))
    assert HOLDER.number not in said and "NGUYEN" not in said and "1020304050" not in repr(payouts)
    await people.erase(payee.account, "asked")
    with pytest.raises(PayeeErased):
        await payment_lists.payouts_of(s.house, told, "person:finance")
