"""Receiving: a notification is verified, booked, kept, and only then answered.

The answer is in the intermediary's own words, whatever happens here: what cannot be worked on now
is asked for again, and nothing that fails on our side is told as a failure of the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from feesvc import metrics
from feesvc.application import contradictions, payments, transfers
from feesvc.application.house import House, Unknown
from feesvc.application.keeping import Keeper, Told, raw_of
from feesvc.application.pacing import Pace
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.intermediary import (
    Ended,
    Forged,
    Intermediary,
    Notification,
    Outcome,
    Pending,
    Received,
    Refused,
    Reply,
    Unavailable,
    Verdict,
)
from feesvc.people import PeopleUnavailable
from feesvc.people.inbox import MESSAGE
from feesvc.secrets import Misconfigured
from feesvc.store import StoreUnavailable

log = structlog.get_logger(__name__)

WORST_FIRST = (
    Verdict.TRY_AGAIN, Verdict.WRONG_AMOUNT, Verdict.UNKNOWN_ORDER, Verdict.RECORDED,
    Verdict.DUPLICATE, Verdict.NOTHING,
)  # fmt: skip
LATER = (StoreUnavailable, PeopleUnavailable, Unavailable, Refused, Unknown)
LOOKS = 10
"""Look-ups of one payment that notifications may cause within ``LOOKS_WITHIN``, per process."""
LOOKS_WITHIN = timedelta(minutes=1)
STRANGERS = 60
"""Cases of orders that we never placed which one account may cause in an hour, per process."""
WITHOUT_WORDS = Reply(status=400, media_type="text/plain")
"""For when the adapter itself fails to answer: not a success, so that it comes again."""


class Reception:
    """One per process, for one house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._keeper = Keeper(house)
        self._looks = Pace(LOOKS, LOOKS_WITHIN)
        self._strangers = Pace(STRANGERS, timedelta(hours=1))

    async def receive(self, account: UUID, notification: Notification) -> Reply:
        """Answer one notification. Raises ``Unknown`` where there is no such account.

        ``Misconfigured`` where its keys are not there, and ``StoreUnavailable`` where the account
        cannot be read and was never seen: nobody knows the words to say so in.
        """
        try:
            merchant = await self.house.see(MerchantAccount, account, "")
        except StoreUnavailable:
            known = self.house.desk.known_adapter(account)
            if known is None:
                raise
            return _reply(known, notification, Verdict.TRY_AGAIN)
        try:
            adapter = self.house.desk.adapter(merchant)
        except Misconfigured:
            await self._kept(merchant, notification, Told(verdict=Verdict.TRY_AGAIN))
            raise
        told = await self._told(merchant, adapter, notification)
        verdict = await self._kept(merchant, notification, told)
        metrics.notifications.labels(merchant.intermediary, verdict.value).inc()
        log.info(
            "notification.answered", intermediary=merchant.intermediary, account=str(merchant.id),
            agency=merchant.agency, verdict=verdict.value,
        )  # fmt: skip
        return _reply(adapter, notification, verdict)

    async def _told(
        self, merchant: MerchantAccount, adapter: Intermediary, notification: Notification
    ) -> Told:
        try:
            outcomes = await self.house.desk.call(
                merchant.intermediary,
                "read_notification",
                lambda: tuple(adapter.read_notification(notification)),
            )
        except Forged:
            return Told(verdict=Verdict.FORGED)
        except Exception as error:  # noqa: BLE001 - a mistake of the adapter's is no answer
            self._failed(merchant, error)
            return Told(verdict=Verdict.TRY_AGAIN)
        hint = adapter.facts.trust == "hint"
        try:
            verdict = await self._booked(merchant, notification, outcomes, hint=hint)
        except Exception as error:  # noqa: BLE001 - it is authentic: it must come again
            self._failed(merchant, error)
            verdict = Verdict.TRY_AGAIN
        # Nobody vouches for a hint that names no payment of ours.
        vouched = not hint or verdict is not Verdict.UNKNOWN_ORDER
        return Told(verdict=verdict, vouched=vouched, outcomes=outcomes)

    async def _booked(
        self, merchant: MerchantAccount, notification: Notification, outcomes: Sequence[Outcome],
        *, hint: bool,
    ) -> Verdict:  # fmt: skip
        if hint:
            return await self._hinted(merchant, notification, outcomes)
        evidence = await self._evidence(notification) if outcomes else ""
        verdicts = [
            await transfers.record_outcome(self.house, merchant, outcome, "notification", evidence)
            for outcome in outcomes
        ]
        unclear = [one for one in outcomes if isinstance(one, Pending) and one.code]
        if unclear:
            verdicts.append(await self._looked_up(merchant, unclear))
        return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOTHING)

    async def _hinted(
        self, merchant: MerchantAccount, notification: Notification, outcomes: Sequence[Outcome]
    ) -> Verdict:
        """What a look-up cannot be made of, for we know of no such order, is a case."""
        verdicts = []
        for one in outcomes:
            verdict = await self._looked_up(merchant, [one])
            if verdict is Verdict.UNKNOWN_ORDER and not isinstance(one, Ended):
                await self._wondered(merchant, notification, one)
            if verdict is Verdict.RECORDED and isinstance(one, Received):
                verdict = await self._claimed(merchant, notification, one)
            verdicts.append(verdict)
        return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOTHING)

    async def _claimed(
        self, merchant: MerchantAccount, notification: Notification, said: Received
    ) -> Verdict:
        """Money that is told of an attempt which is over, and that the look-up did not find.

        Nobody asks after such an attempt again by himself: it is a case, and is to be told again.
        """
        ids = self.house.store.ids
        payment = await self.house.see(Payment, ids.payment(merchant.id, said.reference), "payment")
        known = await self.house.store.peek([ids.transfer(merchant.id, said.transaction)])
        if known or payment.ended in (None, "received") or payment.unheard:
            return Verdict.RECORDED
        evidence = await self._evidence(notification)
        found = contradictions.of_claim(payment, said, evidence)
        await contradictions.open_all(self.house, merchant, [found])
        return Verdict.TRY_AGAIN

    async def _wondered(
        self, merchant: MerchantAccount, notification: Notification, said: Outcome
    ) -> None:
        id = contradictions.of_hint(merchant, said, "").case_id(self.house.store.ids)
        if id in await self.house.store.peek([id]):
            return
        if not self._strangers.take(merchant.id, self.house.now()):
            raise Unavailable("enough orders of nobody were named just now")
        found = contradictions.of_hint(merchant, said, await self._evidence(notification))
        await contradictions.open_all(self.house, merchant, [found])

    async def _looked_up(self, merchant: MerchantAccount, outcomes: Iterable[Outcome]) -> Verdict:
        """Ask over a channel that is signed: what came books nothing itself."""
        found = False
        for reference in sorted({getattr(one, "reference", "") for one in outcomes} - {""}):
            id = self.house.store.ids.payment(merchant.id, reference)
            if not isinstance((await self.house.store.peek([id])).get(id), Payment):
                continue
            found = True
            if not self._looks.take(id, self.house.now()):
                raise Unavailable("it was looked up often enough just now")
            await payments.look_up_payment(self.house, id)
        return Verdict.RECORDED if found else Verdict.UNKNOWN_ORDER

    async def _evidence(self, notification: Notification) -> str:
        """The raw message, kept before an event names it by its hash."""
        name = await self.house.people.keep(MESSAGE, raw_of(notification).message())
        return f"sha256:{name}"

    async def _kept(
        self, merchant: MerchantAccount, notification: Notification, told: Told
    ) -> Verdict:
        """The verdict to tell: what could not be kept is asked for again."""
        try:
            await self._keeper.keep(merchant, notification, told)
        except Exception as error:  # noqa: BLE001 - whatever it is, the intermediary is answered
            self._failed(merchant, error)
            return Verdict.FORGED if told.verdict is Verdict.FORGED else Verdict.TRY_AGAIN
        return told.verdict

    def _failed(self, merchant: MerchantAccount, error: Exception) -> None:
        tell = log.warning if isinstance(error, LATER) else log.error
        tell(
            "notification.not_processed", exc_info=error, intermediary=merchant.intermediary,
            account=str(merchant.id), agency=merchant.agency,
        )  # fmt: skip


def _reply(adapter: Intermediary, notification: Notification, verdict: Verdict) -> Reply:
    for words in (verdict, Verdict.TRY_AGAIN):
        try:
            return adapter.acknowledge(notification, words)
        except Exception as error:
            log.error("notification.not_acknowledged", exc_info=error, verdict=words.value)
    return WITHOUT_WORDS
