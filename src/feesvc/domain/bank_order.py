"""Bank orders: what an agency tells its bank to pay, other than refunds, under a reference.

A remittance to the State budget (RM), money forwarded to another agency or payee (FW), moves
between its own accounts (CM), and cash that is paid in (CD). The reference comes back in the
bank's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Literal, TypeAlias

from feesvc.domain.accounts import Purpose
from feesvc.domain.aggregate import Refusal

OrderKind: TypeAlias = Literal["remittance", "forwarding", "custody_move", "cash_deposit"]
Source: TypeAlias = Literal["bank", "treasury_custody", "treasury_fees"]
"""The account that is debited: 1300 at the bank, 1320 or 1305 at the State Treasury."""

LETTERS: dict[OrderKind, str] = {
    "remittance": "RM", "forwarding": "FW", "custody_move": "CM", "cash_deposit": "CD",
}  # fmt: skip
KINDS: dict[str, OrderKind] = {letters: kind for kind, letters in LETTERS.items()}
PURPOSES: dict[Source, Purpose] = {
    "bank": "collection", "treasury_custody": "treasury_custody", "treasury_fees": "treasury_fees",
}  # fmt: skip
REFERENCE = re.compile(r"(?=((RM|FW|CM|CD)[0-9A-Z]{6}[0-9]{8}))")
NOT_IN_REFERENCES = re.compile(r"[^0-9A-Za-z]+")


class NotThere(Refusal):
    """The order is not at that point"""


class NothingToSend(Refusal):
    """Nothing waits to be sent"""


class AnotherAmount(Refusal):
    """The bank's line is of another amount or account than was ordered"""


def reference_of(kind: OrderKind, epoch: str, number: int) -> str:
    """An order's name on the wire: 16 of A-Z and 0-9, so that no bank mangles it."""
    return f"{LETTERS[kind]}{epoch.upper()}{number:08d}"


def orders_in(narrative: str) -> Iterator[tuple[OrderKind, str]]:
    """Each order that a bank's text may name; blanks and marks in it do not matter.

    One reference may look as if another began in the middle of it: which of them is an order of
    ours, only the log knows.
    """
    squeezed = NOT_IN_REFERENCES.sub("", narrative).upper()
    for found in REFERENCE.finditer(squeezed):
        yield KINDS[found[2]], found[1]


def digest_of(*said: object) -> str:
    """The hash that an approval is bound to."""
    return sha256("\n".join(str(one) for one in said).encode()).hexdigest()


def codes_text(codes: Sequence[tuple[str, str]]) -> str:
    return ";".join(f"{name}={code}" for name, code in codes)
