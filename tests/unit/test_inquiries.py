"""An outside channel asks what a dossier owes, over raw ASGI: one bill, however often it asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, cast
from uuid import UUID

import pytest

from feesvc.api import create_app
from feesvc.api.problems import TooLargeAsProblem
from feesvc.application import accounts, assessments
from feesvc.application.desk import Desk
from feesvc.application.house import Decision
from feesvc.domain.assessment import Assessment
from feesvc.domain.attempts import Attempts
from feesvc.domain.payment import Payment
from feesvc.intermediary import (
    Ended,
    Facts,
    Forged,
    Limits,
    NoBill,
    Notification,
    PaymentOrder,
    Reply,
    Unavailable,
    Verdict,
)
from feesvc.money import Money
from feesvc.store import StoreUnavailable
from feesvc.testing.at_once import Answer, Asked
from feesvc.testing.scenario import Sayso, Scenario, story


class Asking(Sayso):
    """A channel that asks with a word, and is told in JSON."""

    facts: ClassVar[Facts] = replace(
        Sayso.facts, currencies={"VND": Limits(minimum=1_000, maximum=1_000_000)}
    )

    def read_inquiry(self, notification: Notification) -> str:
        if notification.headers.get("word") == "later":
            raise Unavailable("not now")
        if notification.headers.get("word") != "please":
            raise Forged("no word")
        return notification.body.decode()

    def answer_inquiry(self, notification: Notification, bill: PaymentOrder | NoBill) -> Reply:
        if not isinstance(bill, PaymentOrder):
            return Reply(status=200, body=json.dumps({"none": bill}).encode())
        lines = [[line.kind, line.amount.amount] for line in bill.lines]
        said = {"reference": bill.reference, "amount": bill.amount.amount, "lines": lines}
        return Reply(status=200, body=json.dumps(said).encode())


@cache
def api() -> Any:
    """The application, opened on nothing: each question says which house it is asked of."""
    return create_app(lambda: cast("Any", nullcontext()))


async def opened(s: Scenario) -> UUID:
    s.house = replace(s.house, desk=Desk({"asking": Asking, "sayso": Sayso}, resolve=str))
    return await s.agency("G14", "asking")


async def asked(s: Scenario, account: UUID, dossier: str, word: str = "please") -> Any:
    answer = await sent(s, account, dossier, word)
    assert answer.status == 200, answer
    return json.loads(answer.body)


async def sent(s: Scenario, account: UUID, dossier: str, word: str = "please") -> Answer:
    app = api()
    app.state.house = s.house
    question = Asked(
        "POST",
        f"/v1/notifications/{account}/inquiry",
        headers=[(b"word", word.encode())],
        chunks=[dossier.encode()],
    )
    answer = await question.of(TooLargeAsProblem(app))
    assert answer is not None
    return answer


async def dossier_of(s: Scenario, assessment: UUID) -> str:
    return (await s.see(assessment)).dossier


async def payments_of(s: Scenario) -> list[Payment.Initiated]:
    recorded = await s.store.read(0, 10_000, [Payment.Initiated.TOPIC])
    return [cast("Payment.Initiated", one.event) for one in recorded]


@story
async def test_a_bill_is_recorded_before_it_is_told(s: Scenario) -> None:
    account = await opened(s)
    owed = await s.assessment("G14", ("fee", 100_000), ("charge", 30_000))
    said = await asked(s, account, await dossier_of(s, owed))
    assert said["amount"] == 130_000
    assert said["lines"] == [["fee", 100_000], ["charge", 30_000]]
    [intent] = await payments_of(s)
    assert intent.reference == said["reference"]
    assert (intent.portal, intent.intermediary, intent.account) == ("asking", "asking", account)
    assert intent.expires_at == s.now + timedelta(days=1)
    payment = await s.house.see(Payment, intent.originator_id, "")
    assert payment.state == "initiated", "nobody was asked for a page"


@story
async def test_asking_again_is_told_the_same_bill(s: Scenario) -> None:
    account = await opened(s)
    dossier = await dossier_of(s, await s.assessment("G14", ("fee", 100_000)))
    first = await asked(s, account, dossier)
    s.now += timedelta(hours=23)
    assert await asked(s, account, dossier.lower()) == first
    assert len(await payments_of(s)) == 1
    s.now += timedelta(hours=1)
    later = await asked(s, account, dossier)
    assert later["reference"] != first["reference"], "the first was over"
    assert later["amount"] == first["amount"]
    assert await asked(s, account, dossier) == later


@story
async def test_a_bill_that_ended_there_is_not_told_again(s: Scenario) -> None:
    account = await opened(s)
    dossier = await dossier_of(s, await s.assessment("G14", ("fee", 100_000)))
    first = await asked(s, account, dossier)
    declined = Ended(reference=first["reference"], reason="declined", at=s.now)
    await s.says(account, declined)
    second = await asked(s, account, dossier)
    assert second["reference"] != first["reference"]
    assert await asked(s, account, dossier) == second


@story
async def test_fifty_who_ask_at_once_are_told_one_bill(s: Scenario) -> None:
    account = await opened(s)
    dossier = await dossier_of(s, await s.assessment("G14", ("fee", 100_000)))
    asking: list[Coroutine[Any, Any, Any]] = [asked(s, account, dossier) for _ in range(50)]
    told = await asyncio.gather(*asking)
    assert len({one["reference"] for one in told}) == 1
    assert len(await payments_of(s)) == 1


@story
async def test_what_is_paid_there_is_placed_and_nothing_is_owed_then(s: Scenario) -> None:
    account = await opened(s)
    owed = await s.assessment("G14", ("fee", 100_000))
    dossier = await dossier_of(s, owed)
    bill = await asked(s, account, dossier)
    assert await s.money(account, bill["reference"], 100_000) is Verdict.RECORDED
    assert (await s.see(owed)).state == "paid"
    assert await asked(s, account, dossier) == {"none": "nothing_owed"}
    assert len(await payments_of(s)) == 1


@story
async def test_a_bill_of_what_has_changed_is_another_one(s: Scenario) -> None:
    account = await opened(s)
    owed = await s.assessment("G14", ("fee", 100_000))
    dossier = await dossier_of(s, owed)
    first = await asked(s, account, dossier)
    act = s.house.act(s.some_id(), "person:clerk")
    await assessments.reduce_assessment(s.house, act, owed, {1: 40_000}, "wrong_tariff")
    second = await asked(s, account, dossier)
    assert second["amount"] == 60_000 and second["reference"] != first["reference"]
    assert await asked(s, account, dossier) == second


@story
async def test_every_notice_of_the_dossier_stands_on_one_bill(s: Scenario) -> None:
    account = await opened(s)
    first = await s.see(await s.assessment("G14", ("advance", 300_000)))
    await another_notice(s, first, "2")
    said = await asked(s, account, first.dossier)
    assert said["lines"] == [["advance", 300_000], ["advance", 300_000]]
    [intent] = await payments_of(s)
    assert len({part.assessment for part in intent.asked}) == 2


@story
async def test_a_withdrawn_notice_is_not_asked_for(s: Scenario) -> None:
    account = await opened(s)
    owed = await s.assessment("G14", ("fee", 100_000))
    dossier = await dossier_of(s, owed)
    act = s.house.act(s.some_id(), "person:clerk")
    await assessments.withdraw_assessment(s.house, act, owed, "withdrawn")
    assert await asked(s, account, dossier) == {"none": "nothing_owed"}
    assert await payments_of(s) == []


@story
async def test_a_dossier_that_nobody_knows_or_another_agency_has_is_unknown(s: Scenario) -> None:
    account = await opened(s)
    await s.agency("H26")
    elsewhere = await dossier_of(s, await s.assessment("H26", ("fee", 100_000)))
    for dossier in ("G14-261120-9999", elsewhere, ""):
        assert await asked(s, account, dossier) == {"none": "unknown_dossier"}
    assert await payments_of(s) == []


@story
async def test_what_the_account_does_not_take_is_nothing_to_pay_there(s: Scenario) -> None:
    account = await opened(s)
    small = await dossier_of(s, await s.assessment("G14", ("fee", 999)))
    large = await dossier_of(s, await s.assessment("G14", ("fee", 1_000_001)))
    dollars = await dossier_of(s, await s.assessment("G14", ("fee", 5_000), currency="USD"))
    for dossier in (small, large, dollars):
        assert await asked(s, account, dossier) == {"none": "nothing_owed"}
    usual = await dossier_of(s, await s.assessment("G14", ("fee", 5_000)))
    act = s.house.act(s.some_id(), "person:administrator")
    await accounts.close_merchant_account(s.house, act, account)
    assert await asked(s, account, usual) == {"none": "nothing_owed"}
    assert await payments_of(s) == []


@story
async def test_another_attempt_is_not_closed_by_a_question_and_is_seen_by_it(s: Scenario) -> None:
    account = await opened(s)
    elsewhere = await s.agency("G15")
    owed = await s.assessment("G14", ("fee", 100_000))
    open_page = await s.payment(elsewhere, owed)
    bill = await asked(s, account, await dossier_of(s, owed))
    assert bill["reference"] != open_page.reference
    assert (await s.house.see(Payment, open_page.id, "")).ended is None
    attempts = await s.house.see(Attempts, s.store.ids.of("attempts", str(owed)), "")
    assert len(attempts.payments) == 2


@story
async def test_a_stranger_is_told_what_a_forgery_is_told(s: Scenario) -> None:
    account = await opened(s)
    dossier = await dossier_of(s, await s.assessment("G14", ("fee", 100_000)))
    answer = await sent(s, account, dossier, word="open up")
    assert answer.body == Verdict.FORGED.value.encode()
    assert await payments_of(s) == []


@pytest.mark.parametrize("word", ["later", "please"])
def test_what_cannot_be_answered_now_is_to_be_asked_again(word: str) -> None:
    async def tell(s: Scenario) -> None:
        account = await opened(s)
        dossier = await dossier_of(s, await s.assessment("G14", ("fee", 100_000)))

        async def away(command: Any) -> Any:
            raise StoreUnavailable("gone")

        s.store.append = away  # type: ignore[method-assign]
        answer = await sent(s, account, dossier, word)
        assert answer.body == Verdict.TRY_AGAIN.value.encode()

    asyncio.run(tell(Scenario()))


@story
async def test_who_asks_no_such_things_and_nobody_have_no_address(s: Scenario) -> None:
    await opened(s)
    silent = await s.agency("G16")
    told = [await sent(s, account, "D-1") for account in (silent, UUID(int=1))]
    assert {answer.status for answer in told} == {404}
    bodies = [json.loads(answer.body) for answer in told]
    for body in bodies:
        body.pop("instance", None)
    assert bodies[0] == bodies[1]


async def another_notice(s: Scenario, first: Assessment, notice: str) -> None:
    """The same terms under another notice of the same dossier."""
    terms = tuple(first.terms[number] for number in sorted(first.terms))
    second = Assessment.first(
        Assessment.Raised, s.store.ids.assessment(first.agency, first.dossier, notice), s.now,
        agency=first.agency, dossier=first.dossier, notice=notice, procedure="",
        procedure_version=0, portal="", channel="online", service_level="full",
        result_delivery="", submitted_on=s.now.date(), due_on=None, payer_class="",
        identity_level=0, locality="", subject=None, lines=terms, content="", converted_from=None,
        total=Money(sum(term.amount.amount for term in terms), "VND"),
    )  # fmt: skip
    second.mark(s.now)

    async def decide() -> Decision[None]:
        return Decision(None, [second])

    await s.house.settle(s.house.act(s.some_id(), "test"), decide)
