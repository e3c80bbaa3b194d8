"""What banks name of ours is found, whatever an epoch looks like and whatever is beside it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from feesvc.domain import bank_order, payment_list
from feesvc.domain.bank_order import LETTERS, OrderKind, orders_in
from feesvc.domain.payment_list import references_in

LETTER = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
MARKS = st.sampled_from(["CM", "CD", "RM", "FW", "PL"])
EPOCHS = st.lists(st.one_of(MARKS, LETTER), min_size=6, max_size=6).map(lambda w: "".join(w)[:6])
NUMBERS = st.integers(1, 99_999_999)
TEXT = st.lists(st.one_of(MARKS, LETTER, st.just(" ")), max_size=20).map("".join)


@example("remittance", "ABCD12", 1, "HCM", "")
@given(st.sampled_from(list(LETTERS)), EPOCHS, NUMBERS, TEXT, TEXT)
def test_an_order_is_found_in_any_text(
    kind: OrderKind, epoch: str, number: int, before: str, after: str
) -> None:
    reference = bank_order.reference_of(kind, epoch, number)
    assert (kind, reference) in orders_in(f"{before} {reference} {after}")


@example("ABCD12", 1, 1, "PL", "")
@given(EPOCHS, NUMBERS, st.integers(1, 500), TEXT, TEXT)
def test_an_entry_of_a_payment_list_is_found_in_any_text(
    epoch: str, number: int, place: int, before: str, after: str
) -> None:
    reference = payment_list.reference_of(epoch, number)
    named = (reference, f"{reference}{place:03d}")
    assert named in references_in(f"{before} {named[1]} {after}")
