"""Cancelling: an attempt is closed at its intermediary, so that nobody pays the same thing twice.

What cannot be closed stays as it is, and is looked up like any other. Money that came meanwhile is
recorded like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from feesvc.application import transfers
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.ordering import order_of
from feesvc.domain.aggregate import Refusal
from feesvc.domain.attempts import Attempts
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.intermediary import Cancellations, Refused, Unavailable
from feesvc.secrets import Misconfigured
from feesvc.store import Answer

FEW = 3
"""Open attempts that a request closes before its own; the others are left to expire."""

log = structlog.get_logger(__name__)


class NotCancellable(Refusal):
    """The intermediary cannot close a payment; it ends when its time is over"""


async def cancel_payment(
    house: House, act: Act, payment_id: UUID, answer: Callable[[Payment], Answer]
) -> Done[Payment]:
    """Close an attempt because somebody asks for it; one that ended stays as it ended.

    A repeat asks the intermediary again where the first died before it was answered. Raises
    ``NotCancellable``, and ``Unavailable``: the wish stands, repeat the request.
    """
    payment = await house.see(Payment, payment_id, f"payment {payment_id}")
    if payment.ended is None:
        account = await house.see(MerchantAccount, payment.account, "merchant account")
        if not hasattr(house.desk.kind(account.intermediary), "cancel"):
            raise NotCancellable(account.intermediary)

    async def decide() -> Decision[Payment]:
        wanted = await house.one(Payment, payment_id, "payment")
        wanted.ask_to_cancel(act.principal, act.at)
        return Decision(wanted, [wanted])

    asked = await house.settle(act, decide)
    if asked.result is None and asked.appended.answered:
        return asked
    try:
        await close_attempt(house, payment_id)
    except Refused as refused:
        # Closed already, paid or never opened there: the look-ups find out which.
        log.info("payment.not_cancelled", stream=payment_id, error=str(refused))
    payment = await house.see(Payment, payment_id, "payment")
    await house.store.answer(act.id, answer(payment))
    return Done(payment, asked.appended, act.id)


async def close_attempt(house: House, payment_id: UUID) -> None:
    """Ask the intermediary to close an attempt, and record what it says.

    Nothing happens to one that takes no more money, and where the intermediary closes none. Raises
    ``Unavailable`` and ``Refused``.
    """
    payment = await house.see(Payment, payment_id, f"payment {payment_id}")
    if not _takes_money(payment):
        return
    account = await house.see(MerchantAccount, payment.account, "merchant account")
    adapter = house.desk.adapter(account)
    if not isinstance(adapter, Cancellations):
        return
    order = order_of(house, payment)
    outcome = await house.desk.call(account.intermediary, "cancel", lambda: adapter.cancel(order))
    await transfers.record_outcome(house, account, outcome, "look_up", "")


async def close_others(house: House, act: Act, attempts: Sequence[Attempts]) -> bool:
    """Close what is still open of these attempts; True where anything was asked for.

    A repeat of the request that opened them closes nothing: they are its own.
    """
    ids = list(dict.fromkeys(payment for one in attempts for payment in one.payments))
    found = await house.store.peek(ids)
    open_ones = [
        payment.id
        for payment in found.values()
        if isinstance(payment, Payment) and _takes_money(payment)
    ]
    if not open_ones or await house.store.find(act.id) is not None:
        return False
    for id in open_ones[-FEW:]:
        try:
            await close_attempt(house, id)
        except (Unavailable, Refused, Refusal, Misconfigured) as why:
            log.info("payment.not_cancelled", stream=id, error=str(why))
    return True


def _takes_money(payment: Payment) -> bool:
    """Its page is open as far as we know; one that was met in part may still be paid to."""
    return payment.ended is None or payment.met_in_parts
