"""A question that an adapter breaks on is asked for again, and keeps no other from its answer."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from feesvc.application.desk import Desk
from feesvc.application.inquiries import answer_inquiry
from feesvc.intermediary import NoBill, Notification, PaymentOrder, Reply, Verdict
from feesvc.testing.scenario import Sayso, Scenario, story

TRY_AGAIN = Verdict.TRY_AGAIN.value.encode()


class Breaking(Sayso):
    """Reads what is not ASCII into an error, and finds no words for some answers."""

    def read_inquiry(self, notification: Notification) -> str:
        if notification.body == b"surrogate":
            return "\ud800"
        return notification.body.decode("ascii")

    def answer_inquiry(self, notification: Notification, bill: PaymentOrder | NoBill) -> Reply:
        if notification.body == b"no words":
            raise KeyError(bill)
        return Reply(status=200, body=str(getattr(bill, "amount", bill)).encode())


async def asked(s: Scenario, account: UUID, body: bytes) -> bytes:
    question = Notification(method="POST", query=b"", headers={}, body=body, received_at=s.now)
    return (await answer_inquiry(s.house, account, question)).body


@story
async def test_what_breaks_is_asked_for_again_and_the_next_is_answered(s: Scenario) -> None:
    s.house = replace(s.house, desk=Desk({"breaking": Breaking}, resolve=str))
    account = await s.agency("G14", "breaking")
    dossier = (await s.see(await s.assessment("G14", ("fee", 100_000)))).dossier
    for body in [b"\xff"] * 30 + [b"surrogate", b"no words"]:
        assert await asked(s, account, body) == TRY_AGAIN
    assert await asked(s, account, dossier.encode()) == b"100,000 VND"
    assert s.house.desk.health("breaking").state == "ok"
