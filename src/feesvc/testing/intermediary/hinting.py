"""The contract of hints: a notification that is believed only so far as it names an order."""

from __future__ import annotations

from feesvc.intermediary import Pending, Received
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary.notifying import NotificationContract
from feesvc.testing.intermediary.stage import only


class HintContract(NotificationContract):
    """Where the result, the amount or the time of a message is not signed, or not unambiguously.

    Such a message is ``Pending`` for its order, whatever it says: the look-up tells of the money.
    """

    def test_what_it_says_of_itself_is_hint(self) -> None:
        assert self.adapter_class.facts.trust == "hint"

    def test_a_payment_is_read_to_the_last_unit(self) -> None:
        order, _ = self.paid(self.order())
        assert self.read(self.notified()[0]) == (Pending(reference=order.reference),)
        received = only(self.look_up(order))
        assert isinstance(received, Received)
        assert received.amount == order.amount and received.at.tzinfo is not None

    def test_another_amount_is_told_as_it_is(self) -> None:
        """Not by the message: what came is found by the look-up of ``LookUpContract``."""

    def test_a_duplicate_is_read_the_same(self) -> None:
        order = self.presented(self.order())
        self.counterpart.faults.set(Fault.DUPLICATE, order.reference)
        self.counterpart.pay(order.reference)
        first, second = self.notified()
        assert self.read(first) == self.read(second) == (Pending(reference=order.reference),)
        assert self.look_up(order)[0].transaction == self.look_up(order)[0].transaction  # type: ignore[union-attr]

    def test_a_failure_is_told_no_differently(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        for notification in self.notified():
            assert self.read(notification) == (Pending(reference=order.reference),)
