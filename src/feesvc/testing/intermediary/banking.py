"""The contract of payments that only the bank tells of, and of those without a callback."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.intermediary import BankTransfers, Forged, Notification, Pending, Reply, Verdict
from feesvc.testing.intermediary.stage import EPOCH, NOON, SAMPLED, Stage, only

LONGEST = 25
"""Characters: what EMVCo leaves for a purpose, and what every bank's remittance field holds."""
MANGLED = st.lists(st.sampled_from(["", "", "", "", " ", "  ", "-", ".", "/", "\n", ":", "_"]))
AROUND = st.text(
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz.-/0123456789áàảãđêơưỹ"),
    max_size=60,
)
"""What people and banks write before and after."""


class NoCallbackContract(Stage):
    """An intermediary that never calls: whatever comes in its name is forged."""

    def test_nothing_that_comes_is_believed(self) -> None:
        self.paid(self.order())
        assert self.notified() == []
        for body in (b"", b"{}", b"null", b"\xff\xfe", b'{"reference":"1"}', b"{" * 50_000):
            for message in (_message(body=body), _message(query=body)):
                with pytest.raises(Forged):
                    self.adapter.read_notification(message)

    def test_every_verdict_has_one_fixed_refusal(self) -> None:
        replies: set[Reply] = {
            self.adapter.acknowledge(message, verdict)
            for message in (_message(), _message(body=b"{}"), _message(query=b"a=1"))
            for verdict in Verdict
        }
        [reply] = replies
        assert 400 <= reply.status < 500


class BankTransferContract(Stage):
    """The payer transfers to the agency's account with our reference in the text."""

    def test_a_look_up_tells_nothing_and_ends_nothing(self) -> None:
        order = self.order()
        asked = len(self.wire.requests)
        pending = Pending(reference=order.reference)
        assert only(self.look_up(order)) == pending
        self.paid(order)
        assert only(self.look_up(order)) == pending
        late = replace(order, asked_at=order.expires_at.replace(year=2999))
        assert only(self.adapter.look_up(late)) == pending
        assert len(self.wire.requests) == asked

    def test_the_bank_tells_of_a_payment_to_the_last_unit(self) -> None:
        for number, change in enumerate((0, -1, +9_999), 1):
            order = self.order(number)
            order, transaction = self.paid(order, order.amount.amount + change)
            credit = self.counterpart.credits()[-1]
            assert credit.amount.amount == order.amount.amount + change
            assert credit.amount.currency == order.amount.currency
            assert credit.amount == self.counterpart.books()[transaction].amount
            assert credit.value_date == date(2026, 11, 20)
            assert self.found(credit.narrative) == [order.reference]

    def test_a_reference_survives_every_bank(self) -> None:
        paid = [self.paid(self.order(number))[0].reference for number in range(1, 41)]
        credits = self.counterpart.credits()
        assert [self.found(credit.narrative) for credit in credits] == [[name] for name in paid]
        assert len({credit.native_id for credit in credits}) == len(paid)
        assert len({credit.narrative.replace(paid[0], "") for credit in credits}) > 3, "too kind"

    def test_a_reference_is_short_and_plain(self) -> None:
        for number in (1, 2**20, 2**48):
            reference = self.adapter.reference_for(EPOCH, number, NOON)
            assert reference.isascii() and reference.isalnum() and reference == reference.upper()
            assert len(reference) <= LONGEST

    @given(st.integers(1, 2**48), AROUND, AROUND, MANGLED, st.booleans())
    @SAMPLED
    def test_a_mangled_reference_is_found(
        self, number: int, before: str, after: str, marks: list[str], lower: bool
    ) -> None:
        reference = self.adapter.reference_for(EPOCH, number, NOON)
        marks += [""] * len(reference)
        text = "".join(map("".join, zip(reference, marks, strict=False)))
        narrative = before + (text.lower() if lower else text) + after
        assert self.found(narrative) == [reference]

    def test_several_references_are_found_once_each_in_their_order(self) -> None:
        one, two = (self.adapter.reference_for(EPOCH, number, NOON) for number in (7, 8))
        assert self.found(f"{two} {one.lower()},{two}{one}") == [two, one]

    def test_what_was_cut_off_is_not_found(self) -> None:
        reference = self.adapter.reference_for(EPOCH, 123_456, NOON)
        for end in range(len(reference)):
            assert self.found(reference[:end]) == []
            assert self.found(f"{reference[:end]} CHUYEN TIEN GD 123456 10:20") == []
            assert self.found(reference[end + 1 :]) == []

    def test_what_was_mistyped_is_not_found(self) -> None:
        reference = self.adapter.reference_for(EPOCH, 123_456, NOON)
        for at, right in enumerate(reference):
            for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".replace(right, ""):
                assert self.found(reference[:at] + wrong + reference[at + 1 :]) == []
            swapped = reference[:at] + reference[at : at + 2][::-1] + reference[at + 2 :]
            assert swapped == reference or self.found(swapped) == []

    @given(st.text(max_size=400))
    @SAMPLED
    def test_a_text_that_names_nothing_has_none(self, text: str) -> None:
        assert self.found(text) == []

    def found(self, narrative: str) -> list[str]:
        assert isinstance(self.adapter, BankTransfers)
        return list(self.adapter.references_in(narrative))


def _message(query: bytes = b"", body: bytes = b"") -> Notification:
    headers = {"content-type": "application/json"}
    return Notification(method="POST", query=query, headers=headers, body=body, received_at=NOON)
