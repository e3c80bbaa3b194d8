"""Order codes: payOS numbers a channel's orders with whole numbers up to 2⁵³ − 1, each used once.

The upper 21 bits are the epoch modulo a prime, plus one; the lower 32 bits are the order's number:
no two orders of an epoch share a code, and no code of ours is below 2³². Two epochs, of which a
restore makes a new one, share their upper bits once in two million times; then the moment that
payOS opened an order tells whose it is (``reading``).
"""

from __future__ import annotations

import re

NUMBER_BITS = 32
LARGEST_NUMBER = 2**NUMBER_BITS - 1
PRIME = 2_097_143
CODE = re.compile("[1-9][0-9]{0,15}")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def written(epoch: str, number: int) -> str:
    """The code in decimal digits, which is our reference."""
    if not re.fullmatch("[0-9a-z]{1,12}", epoch) or not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"no order code for order {number} of epoch {epoch!r}")
    return str((int(epoch, 36) % PRIME + 1 << NUMBER_BITS) + number)


def code_in(reference: str) -> int:
    """The order code that a reference is. Raises ``ValueError``."""
    if not CODE.fullmatch(reference) or int(reference) >= 2**53:
        raise ValueError(f"not an order code: {reference!r}")
    return int(reference)


def note_of(code: int) -> str:
    """What the payer reads beside the amount: ``LP`` and the order's number, 9 characters at most.

    payOS takes no more for bank accounts that are not linked with it.
    """
    number, digits = code & LARGEST_NUMBER, ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return f"LP{digits}"
