"""The contract of trouble: no answer is never a no, and never a yes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from feesvc.intermediary import Ended, PaymentOrder, Pending, Received, Unavailable
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary.stage import Stage, only
from feesvc.testing.intermediary.wires import TROUBLES, altering, answering

STRANGE: tuple[Any, ...] = (
    "unheard-of", "", None, -1, 987_654_321_000, [], {}, True, 1.5, "\ud800", "http://[",
    "00010101000000", "0001-01-01T00:00:00+07:00", 10**40,
)  # fmt: skip
"""Among them half a character, which no encoding can hold, and an address that is none."""


class CheckoutTroubleContract(Stage):
    @pytest.mark.parametrize("trouble", TROUBLES)
    def test_a_payment_request_without_an_answer_is_unavailable(self, trouble: str) -> None:
        order = self.order()
        asked = len(self.wire.requests)
        with self.wire.spoiled(TROUBLES[trouble]):
            try:
                self.adapter.request_payment(order)
            except Unavailable:
                pass
            else:
                assert len(self.wire.requests) == asked, "it took trouble for an answer"
        self.presented_again(order)
        assert self.counterpart.checkouts(order.reference) == 1

    def test_a_strange_word_in_the_answer_to_a_payment_request_breaks_nothing(self) -> None:
        order = self.order()
        seen: list[bytes] = []
        with self.wire.spoiled(altering(_keeping(seen))):
            self.adapter.request_payment(order)
        for altered in alterations(seen):
            with self.wire.spoiled(answering(200, altered)), suppress(Unavailable):
                self.adapter.request_payment(order)
        assert self.counterpart.checkouts(order.reference) <= 1


class LookUpTroubleContract(Stage):
    @pytest.mark.parametrize("trouble", TROUBLES)
    def test_a_look_up_without_an_answer_ends_nothing(self, trouble: str) -> None:
        order, _ = self.paid(self.order())
        with self.wire.spoiled(TROUBLES[trouble]):
            assert self.answered(order) is None
        assert isinstance(only(self.look_up(order)), Received)

    def test_the_intermediary_hanging_is_unavailable(self) -> None:
        order = self.presented(self.order())
        for fault in (Fault.HANG, Fault.SERVER_ERROR):
            self.counterpart.faults.set(fault, times=1)
            with self.impatient():
                assert self.answered(order) is None
            self.counterpart.faults.clear()
        assert isinstance(only(self.look_up(order)), Pending)

    def test_an_unknown_word_in_an_answer_ends_nothing(self) -> None:
        waiting = self.presented(self.order(1))
        paid, _ = self.paid(self.order(2))
        for order in (waiting, paid):
            for altered in self._alterations(order):
                with self.wire.spoiled(answering(200, altered)):
                    told = self.answered(order)
                assert not isinstance(told, Ended), altered

    def answered(self, order: PaymentOrder) -> object:
        """The outcome, or None where there is none to rely on. A refusal is a defect."""
        try:
            outcome = only(self.look_up(order))
        except Unavailable:
            return None
        return None if isinstance(outcome, Pending) else outcome

    def _alterations(self, order: PaymentOrder) -> Iterator[bytes]:
        """The answer to a look-up with each of its values replaced by something strange."""
        seen: list[bytes] = []
        with self.wire.spoiled(altering(_keeping(seen))):
            self.look_up(order)
        yield from alterations(seen)


class TroubleContract(CheckoutTroubleContract, LookUpTroubleContract):
    """Trouble with checkouts and with look-ups."""


def alterations(bodies: Iterable[bytes]) -> Iterator[bytes]:
    """Each that is JSON, with each of its values replaced by something strange."""
    for body in bodies:
        try:
            answer = json.loads(body)
        except ValueError:
            continue
        for path in _leaves(answer):
            for strange in STRANGE:
                yield json.dumps(_with(answer, path, strange)).encode()


def _keeping(seen: list[bytes]) -> Callable[[bytes], bytes]:
    """Alters nothing and keeps what goes by."""

    def keep(body: bytes) -> bytes:
        seen.append(body)
        return body

    return keep


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, at))
    if path:
        yield path


def _with(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    if not path:
        return put
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = _with(changed[path[0]], path[1:], put)
    return changed
