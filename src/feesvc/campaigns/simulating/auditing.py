"""Auditing: our books against the intermediaries' own, transaction by transaction, in the end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from feesvc.campaigns.simulating.banks import Banks, commission_of
from feesvc.campaigns.simulating.life import Life
from feesvc.campaigns.simulating.people import MAKER
from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.case import Case
from feesvc.domain.payment import Payment
from feesvc.domain.receipt import Receipt
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.testing.at_once import at_once
from feesvc.testing.books import No, Taken
from feesvc.testing.reckoning import HOLDS, Reckoning

ENDS = ("paid", "rejected", "requested", "failed", "returned")
"""One that was requested, or failed for a reason, waits for a person who sees it listed."""
LOST = ("unknown_reference", "unknown_settled_line")


class Audit:
    """Reads everything once more, from the log alone."""

    def __init__(self, life: Life, banks: Banks) -> None:
        self.life, self.banks = life, banks
        self.log: list[Recorded] = life.world.log()
        ids = list(dict.fromkeys(each.event.originator_id for each in self.log))
        self.found = at_once(life.world.store.load(ids))
        self.reckoning = Reckoning(self.log, self.found)
        cases = [one for one in self.found.values() if isinstance(one, Case)]
        self.cases: set[UUID] = {case.subject.id for case in cases}
        self.told_of = {case.facts.get("transaction", "") for case in cases}

    def faults(self) -> Iterator[str]:
        yield from self.reckoning.lost()
        yield from self.reckoning.miscounted()
        for name in self.life.names:
            yield from self._against(name)
        yield from self._miscommissioned()
        yield from self._stuck()
        yield from self._put_into_their_mouths()
        yield from self._unexplained()
        yield from self._misnumbered()
        yield from self._repeated()

    def _repeated(self) -> Iterator[str]:
        """Requests that had more effects than one, because somebody had to ask again."""
        begun = len(self.life.news(Payment.Initiated))
        if begun > self.life.asked["payments"]:
            yield f"{begun} payments were begun, {self.life.asked['payments']} were asked for"
        wished = [one for one in self.reckoning.refunds if one.maker == MAKER]
        if len(wished) > self.life.asked["refunds"]:
            yield f"{len(wished)} refunds, {self.life.asked['refunds']} were asked for"

    def _against(self, name: str) -> Iterator[str]:
        """One intermediary's own books, and the clearing account that we keep of it."""
        theirs = self.life.world.counterparts[name].books()
        by_bank = bool(self.life.world.counterparts[name].credits())
        ours = {
            one.origin.transaction: one
            for one in self.reckoning.transfers
            if one.origin.intermediary == name or (by_bank and one.origin.via == "bank")
        }
        for transaction in theirs.keys() | ours.keys():
            taken, transfer = theirs.get(transaction), ours.get(transaction)
            if taken and not transfer and self._came_to_nothing(taken):
                continue
            if taken is None or transfer is None:
                yield f"{name}: {transaction} is {'invented' if transfer else 'lost'}"
            elif difference := _difference(taken, transfer) or self._misplaced(taken, transfer):
                yield f"{name}: {transaction}: {difference}"
        if not by_bank:
            held, owed = self._clearing(name), self._theirs(name)
            if held != owed:
                yield f"{name}: our clearing account has {held}, it owes us {owed}"

    def _misplaced(self, taken: Taken, transfer: Transfer) -> str:
        """Money that was paid in time and waits as if nobody knew what it is for.

        What comes late to an order that its intermediary ended, and of which only the settlement
        tells, may wait for a person.
        """
        waits = any(placement.reason in LOST for placement in transfer.buckets)
        if waits and self._in_time(taken):
            return f"waits in suspense, and was paid for {taken.reference}"
        return ""

    def _came_to_nothing(self, taken: Taken) -> bool:
        """Undone in whole before we heard of it: a case says so, or it was late and nobody did."""
        told = taken.transaction in self.told_of or not self._in_time(taken)
        return taken.reversed_at is not None and told

    def _in_time(self, taken: Taken) -> bool:
        """Whether it was paid for one of our payments while that could be paid."""
        return any(
            isinstance(one, Payment)
            and one.reference == taken.reference
            and taken.at < one.expires_at
            for one in self.found.values()
        )

    def _clearing(self, name: str) -> int:
        """What our events say that it holds for us, in đồng: our side of its account."""
        streams = {
            id for id, one in self.found.items()
            if (isinstance(one, Transfer) and one.origin.intermediary == name)
            or (isinstance(one, Refund) and one.takes[0].origin.intermediary == name)
        }  # fmt: skip
        about = [each for each in self.log if each.event.originator_id in streams]
        books = Reckoning(about, {id: self.found[id] for id in streams}).books()
        return sum(amount for place, amount in books.items() if place[2] == HOLDS["intermediary"])

    def _theirs(self, name: str) -> int:
        """What it owes us by its own books, less what the lines that we took put into batches."""
        owed = sum(
            (one.amount.amount if one.reversed_at is None else 0)
            - one.refunded.amount - one.disputed.amount
            for one in self.life.world.counterparts[name].books().values()
        )  # fmt: skip
        for each in self.log:
            match each.event:
                case Transfer.Settled() if each.event.origin.intermediary == name:
                    owed -= each.event.commission.amount + each.event.net.amount
                case Transfer.Disputed() if each.event.origin.intermediary == name:
                    owed -= each.event.fee.amount
                case _:
                    pass
        return owed

    def _miscommissioned(self) -> Iterator[str]:
        """Commission that is not that of the line, and lines that were taken and left nothing."""
        taken: dict[tuple[str, str], int] = {}
        for each in self.life.news(Transfer.Settled):
            assert isinstance(each.event, Transfer.Settled)
            origin = each.event.origin
            taken[origin.intermediary, origin.transaction] = each.event.commission.amount
            amount = self.found[each.event.originator_id]
            assert isinstance(amount, Transfer)
            if each.event.commission.amount != commission_of(amount.amount).amount:
                yield f"{origin.transaction}: {each.event.commission} of {amount.amount} withheld"
        for line in self.banks.settled - taken.keys():
            yield f"the line of {line} left nothing"

    def _put_into_their_mouths(self) -> Iterator[str]:
        """Payments of which we said that they were declined, and nobody else ever did.

        What is said too early may be mended later: a payer was told all the same.
        """
        for each in self.life.news(Payment.Ended):
            assert isinstance(each.event, Payment.Ended)
            payment = self.found[each.event.originator_id]
            assert isinstance(payment, Payment)
            ledger = self.life.world.counterparts[payment.intermediary].ledger
            with suppress(No):
                order = ledger.order(payment.reference)
                if each.event.reason == "declined" and order.ended_at is None:
                    yield f"payment {payment.reference} was called declined, and was not"

    def _stuck(self) -> Iterator[str]:
        """Whatever has no end, and no person was told of."""
        for one in self.found.values():
            if isinstance(one, Payment) and one.ended is None and one.id not in self.cases:
                yield f"payment {one.reference} of {one.intermediary} has no end"
            if isinstance(one, Refund) and one.state not in ENDS and one.id not in self.cases:
                yield f"refund {one.reference or one.id} is {one.state} for ever"

    def _unexplained(self) -> Iterator[str]:
        """Money that waits says why; what came too often is proposed to be given back."""
        for transfer in self.reckoning.transfers:
            for placement in transfer.buckets:
                if placement.to != "line" and not placement.reason:
                    yield f"{placement.amount} of {transfer.origin.transaction} waits for no reason"
        proposed = {take.transfer for one in self.reckoning.refunds for take in one.takes}
        for each in self.life.news(Transfer.Placed):
            assert isinstance(each.event, Transfer.Placed)
            reasons = {placement.reason for placement in each.event.placements}
            undone = self.found[each.event.originator_id]
            assert isinstance(undone, Transfer)
            waits = undone.id not in proposed and not undone.reversed and not undone.closed_disputes
            if reasons & {"duplicate", "withdrawn"} and waits:
                transaction = each.event.origin.transaction
                yield f"{transaction} came too often, and no refund was proposed"

    def _misnumbered(self) -> Iterator[str]:
        """A receipt for everything that was ever settled, one each, without a gap."""
        settled: set[UUID] = set()
        given: Counter[UUID] = Counter()
        numbers: dict[str, list[int]] = {}
        for each in self.log:
            if isinstance(each.event, Assessment.Paid):
                settled.add(each.event.originator_id)
            elif isinstance(each.event, Receipt.Numbered):
                given[each.event.assessment] += 1
                numbers.setdefault(each.event.series, []).append(each.event.number)
        if set(given) != settled or len(given) != given.total():
            yield f"{len(settled)} assessments were settled, {given.total()} receipts were given"
        for series, used in numbers.items():
            if sorted(used) != list(range(1, len(used) + 1)):
                yield f"the receipts of {series} have a gap"

    def digest(self) -> str:
        """Of everything recorded, in order: the same seed gives the same."""
        told = hashlib.sha256()
        for each in self.log:
            event = each.event
            told.update(f"{each.position} {event.TOPIC} {event!r}\n".encode())
        return told.hexdigest()


def _difference(taken: Taken, transfer: Transfer) -> str:
    undone = transfer.reversed or any(
        dispute.startswith("reversal:") for dispute in transfer.closed_disputes
    )
    if taken.amount != transfer.amount:
        return f"{transfer.amount} here, {taken.amount} there"
    if (taken.reversed_at is not None) != undone:
        return f"{'undone' if undone else 'not undone'} here, and there it is otherwise"
    if taken.refunded.amount != transfer.refunded:
        return f"{transfer.refunded} given back here, {taken.refunded} there"
    return ""
