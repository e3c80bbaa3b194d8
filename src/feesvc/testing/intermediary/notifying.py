"""The contract of notifications: what is forged, what is read, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.intermediary import Forged, Intermediary, Notification, Outcome, Received, Verdict
from feesvc.money import Money
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary.stage import NOON, SAMPLED, Stage, only
from feesvc.testing.intermediary.trouble import alterations


class NotificationContract(Stage):
    def test_a_payment_is_read_to_the_last_unit(self) -> None:
        order, _ = self.paid(self.order())
        received = self.read_received(self.notified()[0])
        looked_up = only(self.look_up(order))
        assert self.timed([received]) == self.timed([looked_up]), (
            "a notification and a look-up name one transfer alike"
        )
        assert received.reference == order.reference
        assert received.amount == order.amount
        assert received.at.tzinfo is not None

    def test_another_amount_is_told_as_it_is(self) -> None:
        for number, change in enumerate((-1, +1, +9_999), 1):
            order = self.order(number)
            self.paid(order, order.amount.amount + change)
            received = self.read_received(self.notified()[0])
            assert received.amount == order.amount + Money(change, order.amount.currency)

    def test_a_duplicate_is_read_the_same(self) -> None:
        order = self.presented(self.order())
        self.counterpart.faults.set(Fault.DUPLICATE, order.reference)
        self.counterpart.pay(order.reference)
        first, second = self.notified()
        for _ in range(3):
            assert self.read_received(first) == self.read_received(second)

    def test_a_decline_is_no_money(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        for notification in self.notified():
            outcomes = self.adapter.read_notification(notification)
            assert not any(isinstance(outcome, Received) for outcome in outcomes)

    def test_what_is_nothing_to_us_is_read_as_nothing(self) -> None:
        if not self.counterpart.mention():
            pytest.skip("this intermediary sends nothing else")
        for notification in self.notified():
            assert tuple(self.adapter.read_notification(notification)) == ()

    def test_a_stranger_is_forged(self) -> None:
        strangers = (b"", b"{}", b"[]", b"null", b"\xff\xfe", b"a=1&a=2", b"{" * 50_000)
        for body in strangers:
            for headers in ({}, {"content-type": "application/json"}):
                self.is_forged(_message(headers=headers, body=body))
                self.is_forged(_message(headers=headers, query=body))

    def test_no_part_can_be_left_out_unnoticed(self) -> None:
        notification = self.paid_notification()
        genuine = self.read(notification)
        without = [self.read(changed) for changed in _omissions(notification)]
        assert None in without, "nothing of the message is needed to believe it"
        assert all(read is None or read == genuine for read in without)

    def test_what_is_added_changes_nothing(self) -> None:
        notification = self.paid_notification()
        genuine = self.read(notification)
        for changed in _additions(notification):
            assert self.read(changed) in (None, genuine)

    def test_a_strange_value_is_forged_or_changes_nothing(self) -> None:
        """Whatever stands in a message, said by anybody: an answer of the port, no other error."""
        notification = self.paid_notification()
        genuine = self.read(notification)
        for body in alterations([notification.body]):
            assert self.read(replace(notification, body=body)) in (None, genuine), body

    @SAMPLED
    @given(st.data())
    def test_no_flipped_bit_is_read_differently(self, data: st.DataObject) -> None:
        notification = self._once()
        genuine = self.read(notification)
        assert genuine
        changed = _flipped(notification, data)
        assert self.read(changed) in (None, genuine)

    def test_a_message_of_another_account_is_forged(self) -> None:
        notification = self.paid_notification()
        self.is_forged(notification, self.connect(self.rotated(keep_previous=False)))

    def test_a_rotated_key_is_believed_until_it_is_retired(self) -> None:
        notification = self.paid_notification()
        genuine = self.read(notification)
        overlapping = self.connect(self.rotated(keep_previous=True))
        assert tuple(overlapping.read_notification(notification)) == genuine
        self.is_forged(notification, self.connect(self.rotated(keep_previous=False)))

    def test_an_old_message_is_forged(self) -> None:
        if self.tolerance is None:
            pytest.skip("this format carries no signed time")
        notification = self.paid_notification()
        for late in (self.tolerance + timedelta(seconds=1), -self.tolerance - timedelta(seconds=1)):
            self.is_forged(replace(notification, received_at=NOON + late))
        within = replace(notification, received_at=NOON + self.tolerance - timedelta(seconds=1))
        assert self.read(within)

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_every_verdict_has_its_answer(self, verdict: Verdict) -> None:
        notification = self.paid_notification()
        reply = self.adapter.acknowledge(notification, verdict)
        assert 200 <= reply.status < 600
        assert reply.media_type
        if verdict in {Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING}:
            assert 200 <= reply.status < 300
        for secret in self.secrets():
            assert secret.encode() not in reply.body

    def test_an_answer_to_a_forgery_gives_nothing_away(self) -> None:
        notification = self.paid_notification()
        signature_free = replace(notification, headers={}, query=b"", body=b"{}")
        answers = {
            self.adapter.acknowledge(seen, Verdict.FORGED).body
            for seen in (notification, signature_free)
        }
        assert len(answers) == 1, "the answer to a forgery depends on the forgery"

    def test_an_acknowledged_notification_is_not_sent_again(self) -> None:
        self.paid(self.order())
        assert len(self.notified()) == 1
        self.clock.advance(timedelta(days=2))
        assert self.notified() == []

    def test_one_that_is_to_be_tried_again_is_sent_again(self) -> None:
        if not self.counterpart.retry_after:
            pytest.skip("this intermediary says everything once")
        self.verdict = Verdict.TRY_AGAIN
        self.paid(self.order())
        first = self.notified()
        self.verdict = Verdict.RECORDED
        self.clock.advance(self.counterpart.retry_after[0] + timedelta(seconds=1))
        again = self.notified()
        assert len(first) == len(again) == 1
        assert self.read(first[0]) is not None
        assert self.timed(self.read(first[0])) == self.timed(self.read(again[0]))

    def read_received(self, notification: Notification) -> Received:
        received = only(self.adapter.read_notification(notification))
        assert isinstance(received, Received)
        return received

    def read(self, notification: Notification) -> tuple[Outcome, ...] | None:
        """What is made of it; None when it is forged. Any other error is a defect."""
        try:
            return tuple(self.adapter.read_notification(notification))
        except Forged:
            return None

    def is_forged(self, notification: Notification, by: Intermediary | None = None) -> None:
        with pytest.raises(Forged):
            (by or self.adapter).read_notification(notification)

    def _once(self) -> Notification:
        if not hasattr(self, "_kept"):
            self._kept = self.paid_notification()
        return self._kept


def _message(
    query: bytes = b"", headers: dict[str, str] | None = None, body: bytes = b""
) -> Notification:
    return Notification(
        method="POST", query=query, headers=headers or {}, body=body, received_at=NOON
    )


def _omissions(notification: Notification) -> Iterator[Notification]:
    """The message without each of its headers, parameters and fields, and with each emptied."""
    for name in notification.headers:
        others = {key: value for key, value in notification.headers.items() if key != name}
        yield replace(notification, headers=others)
        yield replace(notification, headers={**others, name: ""})
        yield replace(notification, headers={**others, name: notification.headers[name][:-1]})
    pairs = parse_qsl(notification.query.decode(), keep_blank_values=True)
    for left_out, (name, _) in enumerate(pairs):
        others_too = [pair for at, pair in enumerate(pairs) if at != left_out]
        yield replace(notification, query=urlencode(others_too).encode())
        yield replace(notification, query=urlencode([*others_too, (name, "")]).encode())
    for fields in _object(notification.body):
        for name in fields:
            others_still = {key: value for key, value in fields.items() if key != name}
            yield replace(notification, body=_compact(others_still))
            yield replace(notification, body=_compact({**others_still, name: ""}))
            yield replace(notification, body=_compact({**others_still, name: [fields[name]]}))


def _additions(notification: Notification) -> Iterator[Notification]:
    """The message with something more in it: a duplicate, an unsigned field, another encoding."""
    yield replace(notification, query=notification.query + b"&amount=1&amount=2")
    yield replace(notification, headers={**notification.headers, "x-forwarded-for": "127.0.0.1"})
    yield replace(notification, body=notification.body + b"\n")
    yield replace(notification, body=b"\xef\xbb\xbf" + notification.body)
    yield replace(notification, query=notification.query.replace(b"+", b"%20"))
    for name, value in parse_qsl(notification.query.decode(), keep_blank_values=True):
        for other in (value, value + "1", value.upper()):
            extra = urlencode([(name, other)]).encode()
            yield replace(notification, query=notification.query + b"&" + extra)
            yield replace(notification, query=extra + b"&" + notification.query)
    for fields in _object(notification.body):
        yield replace(notification, body=json.dumps(fields, indent=1).encode())
        yield replace(notification, body=json.dumps(dict(reversed(fields.items()))).encode())
        for name in fields:
            doubled = b'{"' + name.encode() + b'":1,' + notification.body.lstrip()[1:]
            yield replace(notification, body=doubled)


def _object(body: bytes) -> Iterator[dict[str, object]]:
    try:
        fields = json.loads(body)
    except ValueError:
        return
    if isinstance(fields, dict):
        yield fields


def _compact(fields: object) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def _flipped(notification: Notification, data: st.DataObject) -> Notification:
    """The message with one bit of its body, its query or one header the other way."""

    def flip(text: bytes) -> bytes:
        at = data.draw(st.integers(0, len(text) * 8 - 1), label="bit")
        changed = bytearray(text)
        changed[at // 8] ^= 1 << (at % 8)
        return bytes(changed)

    places = ["body"] * bool(notification.body) + ["query"] * bool(notification.query)
    places += [name for name, value in notification.headers.items() if value]
    place = data.draw(st.sampled_from(places), label="place")
    if place == "body":
        return replace(notification, body=flip(notification.body))
    if place == "query":
        return replace(notification, query=flip(notification.query))
    changed = flip(notification.headers[place].encode("latin-1")).decode("latin-1")
    return replace(notification, headers={**notification.headers, place: changed})
