"""How cases end: two people, the money that moves with the approval, and nothing left behind."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from feesvc.application import cases, reclassifying, refunds, resolving
from feesvc.application.adjusting import AdjustmentWish, NoLegalBasis, NothingThere
from feesvc.application.bulk_cases import Bulk, with_many
from feesvc.application.house import Unknown
from feesvc.domain import case_events
from feesvc.domain.adjustment import Adjustment, NotLimitedYet
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject, Finding, MoneyStillOpen, SecondPersonNeeded
from feesvc.domain.refund import Refund
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjusting import NotInTheBank, NotToBeCorrected
from feesvc.testing.explaining import CHECKER, MAKER, Desk, item, story, vnd

BATCH = UUID("00000000-0000-4000-8000-00000000000b")


@story
async def test_suspense_is_applied_with_the_approval_and_not_before(s: Desk) -> None:
    case, transfer = await s.unknown()
    fee = await s.assessment("G14", ("fee", 100_000))
    wish = reclassifying.Wish(item=item(transfer), purpose="apply", reason="found", assessment=fee)
    proposed = await s.propose(case, "apply_credit", wish)
    assert proposed.state == "resolution_proposed" and proposed.posting
    assert (await s.see(fee)).state == "open"
    with pytest.raises(SecondPersonNeeded):
        await s.agree(proposed, MAKER)
    closed = await s.agree(proposed)
    assert (closed.state, await s.left(closed)) == ("closed", vnd(0))
    assert (await s.see(fee)).state == "paid"
    [recorded] = await s.store.read(0, 1000, [Case.Closed.TOPIC])
    assert isinstance(recorded.event, case_events.Closed)
    assert recorded.event.posted[0] == proposed.posting and transfer.id in recorded.event.posted
    together = [one for one in await s.store.read(0, 1000) if one.command == recorded.command]
    assert {"case.closed", "transfer.re_placed"} <= {one.event.TOPIC for one in together}


@story
async def test_money_that_stays_on_its_account_ends_no_case(s: Desk) -> None:
    case, transfer = await s.unknown()
    with pytest.raises(MoneyStillOpen):
        await s.propose(case, "explained")
    fee = await s.assessment("G14", ("fee", 40_000))
    wish = reclassifying.Wish(item=item(transfer), purpose="apply", reason="part", assessment=fee)
    proposed = await s.propose(case, "apply_credit", wish)
    with pytest.raises(MoneyStillOpen):
        await s.agree(proposed)
    assert (await s.see(fee)).state == "open", "nothing of it happened"


@story
async def test_a_refund_is_approved_with_the_case(s: Desk) -> None:
    case, transfer = await s.unknown()
    wish = refunds.Wish(
        transfer=transfer.id, amount=100_000, lines={}, reason="x", method="intermediary"
    )
    proposed = await s.propose(case, "refund", wish)
    closed = await s.agree(proposed)
    assert proposed.posting is not None
    refund = await s.house.one(Refund, proposed.posting, "refund")
    assert (closed.state, refund.state) == ("closed", "approved")


@story
async def test_what_is_sent_back_gives_its_money_free(s: Desk) -> None:
    case, transfer = await s.unknown()
    wish = refunds.Wish(
        transfer=transfer.id, amount=100_000, lines={}, reason="x", method="intermediary"
    )
    proposed = await s.propose(case, "refund", wish)
    act = s.house.act(s.some_id(), CHECKER)
    await resolving.send_back_case(s.house, act, case.id, "not_his")
    assert (await s.house.one(Case, case.id, "case")).state == "investigating"
    assert proposed.posting is not None
    assert (await s.house.one(Refund, proposed.posting, "refund")).state == "rejected"
    assert (await s.house.one(Transfer, transfer.id, "transfer")).buckets.total == 100_000


@story
async def test_a_receivable_is_written_off_and_owed_no_more(s: Desk) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_000))
    await s.money(account, (await s.payment(account, fee)).reference, 60_000)
    await s.run()
    case = await s.case("A01")
    wish = AdjustmentWish(kind="receivable_written_off", about=fee, reason="gone")
    with pytest.raises(resolving.NotThatWay):
        await s.propose(case, "claim", wish)
    closed = await s.agree(await s.propose(case, "write_off", wish))
    assert closed.state == "closed"
    after = await s.see(fee)
    assert (after.state, after.outstanding) == ("written_off", vnd(0))
    await s.money(account, "again", 1)
    assert (await s.see(fee)).lines[1].collected == 60_000


@story
async def test_a_clearing_residual_is_claimed_given_up_and_settled_after_all(s: Desk) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    await s.money(account, (await s.payment(account, fee)).reference, 100_000)
    transfer = await s.transfer(account)
    act = s.house.act(s.some_id(), "process:clocks")
    missing = await opened(s, "S02", transfer)
    wish = AdjustmentWish(kind="claimed", about=transfer.id, reason="missing")
    assert (await s.agree(await s.propose(missing, "claim", wish))).state == "closed"
    assert (await s.transfer(account)).claimed == 100_000
    with pytest.raises(NothingThere):
        await s.propose(await opened(s, "S17", transfer), "claim", wish)
    off = AdjustmentWish(kind="claim_written_off", about=transfer.id, reason="lost", amount=900)
    await s.agree(await s.propose(await opened(s, "S17", transfer), "write_off", off))
    now = await s.transfer(account)
    assert (now.claimed, now.given_up) == (99_100, 900)
    settle(
        now, BatchName(BATCH, "B"), "1", commission=vnd(0), tax=vnd(0), net=vnd(100_000),
        occurred_at=act.at, at=act.at,
    )  # fmt: skip
    withdrawn = now.news[0]
    assert isinstance(withdrawn, Transfer.ClaimWithdrawn)
    assert (withdrawn.amount, withdrawn.written_off) == (vnd(100_000), vnd(900))
    assert (now.claimed, now.given_up) == (0, 0)


async def opened(s: Desk, code: str, transfer: Transfer) -> Case:
    found = Finding(
        agency="G14", code=code, subject=CaseSubject(kind="transfer", id=transfer.id),
        at_risk=transfer.amount, facts={},
    )  # fmt: skip
    id = await cases.open_case(s.house, s.house.act(s.some_id(), "process:x"), found)
    return await s.house.one(Case, id, "case")


@story
async def test_unclaimed_money_lapses_after_its_limitation_and_from_the_bank_only(s: Desk) -> None:
    case, transfer = await s.unknown()
    wish = AdjustmentWish(kind="unclaimed", about=transfer.id, reason="limited")
    with pytest.raises(NoLegalBasis):
        await s.propose(case, "forward_to_budget", wish)
    limited = AdjustmentWish(
        kind="unclaimed", about=transfer.id, reason="limited", legal_basis="BLDS 2015 Điều 429",
        limited_on=date(2026, 11, 21),
    )  # fmt: skip
    proposed = await s.propose(case, "forward_to_budget", limited)
    with pytest.raises(NotLimitedYet):
        await s.agree(proposed)
    s.now = s.now.replace(day=21)
    with pytest.raises(NotInTheBank):
        await s.agree(proposed)
    now = await s.house.one(Transfer, transfer.id, "transfer")
    now.bank(s.now, s.now)
    await s.keep(now)
    assert (await s.agree(proposed)).state == "closed"
    assert (await s.house.one(Transfer, transfer.id, "transfer")).buckets.total == 0


@story
async def test_a_capture_of_a_wrong_amount_is_reversed_and_entered_anew(s: Desk) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    await s.money(account, (await s.payment(account, fee)).reference, 100_000)
    wrong = await s.transfer(account)
    case = await opened(s, "S04", wrong)
    wish = AdjustmentWish(kind="corrected", about=wrong.id, reason="typed", amount=10_000)
    proposed = await s.propose(case, "correct_ledger", wish)
    await s.agree(proposed)
    assert proposed.posting is not None
    adjustment = await s.house.one(Adjustment, proposed.posting, "adjustment")
    assert adjustment.link is not None
    right = await s.house.one(Transfer, adjustment.link, "transfer")
    after = await s.see(fee)
    assert (await s.transfer(account)).reversed and right.amount == vnd(10_000)
    assert (after.lines[1].collected, after.outstanding) == (10_000, vnd(90_000))
    with pytest.raises(NothingThere):
        await s.propose(await opened(s, "S17", wrong), "correct_ledger", wish)
    with pytest.raises(NotToBeCorrected):
        await refunded_then_corrected(s, right)


async def refunded_then_corrected(s: Desk, right: Transfer) -> None:
    give_back = refunds.Wish(
        transfer=right.id, amount=1_000, lines={}, reason="x", method="intermediary"
    )
    await refunds.request_refund(s.house, s.house.act(s.some_id(), MAKER), give_back)
    wish = AdjustmentWish(kind="corrected", about=right.id, reason="typed", amount=5_000)
    await s.agree(await s.propose(await opened(s, "S04", right), "correct_ledger", wish))


@story
async def test_the_money_of_another_agency_is_adjusted_by_nobody_else(s: Desk) -> None:
    case, _ = await s.unknown()
    other = await s.agency("G15")
    await s.money(other, "nobody's", 5_000, "T-9")
    theirs = await s.transfer(other, "T-9")
    wish = AdjustmentWish(kind="claimed", about=theirs.id, reason="x")
    with pytest.raises(Unknown):
        await s.propose(case, "claim", wish)
    moved = reclassifying.Wish(item=item(theirs), purpose="credit_payer", reason="x")
    with pytest.raises(Unknown):
        await s.propose(case, "apply_credit", moved)


@story
async def test_many_at_once_and_one_that_refuses_stops_no_other(s: Desk) -> None:
    case, transfer = await s.unknown()
    free = await opened(s, "N08", transfer)
    other = s.some_id()
    wish = Bulk(agency="G14", do="escalate", reason="late")
    ids = [case.id, free.id, other]
    act = s.house.act(s.some_id(), MAKER)
    for _ in range(2):  # the same request again goes no level further
        found = await with_many(s.house, act, ids, wish)
    assert [one.became for one in found] == ["done", "done", "Unknown"]
    assert (await s.house.one(Case, case.id, "case")).level == 1
    ended = Bulk(agency="G14", do="take_up", reason="late")
    found = await with_many(s.house, s.house.act(s.some_id(), MAKER), ids, ended)
    assert [one.state for one in found] == ["investigating", "investigating", ""]
