"""Lines that are wrong: the first of them, how many there are, and the difference they make.

One bad line quarantines its whole file. A reader goes on to the end all the same: what the totals
or balances of the file leave for the bad line tells people what should stand there.
"""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.money import Money
from feesvc.statement import Balance, Unreadable


def bad_lines(faults: Sequence[Unreadable], breaks: Sequence[str] = ()) -> Unreadable:
    """The first of ``faults``, of which there is one at least; ``breaks`` is what does not add up
    without the lines that are so.
    """
    first, several = faults[0], len(faults) > 1
    more = f"; {len(faults)} lines are so" if several else ""
    short = f"; without {'them' if several else 'it'} {'; '.join(breaks)}" if breaks else ""
    return Unreadable(first.code, first.why + more + short, place=first.place, text=first.text)


def by_balances(
    opening: Balance | None, closing: Balance | None, read: Sequence[Money]
) -> list[str]:  # fmt: skip
    """What ``bad_lines`` says of entries that were read; nothing where they agree, a balance is not
    known, or not all is in one currency.
    """
    if opening is None or closing is None:
        return []
    start, end = opening.amount, closing.amount
    if {end.currency, *(one.currency for one in read)} != {start.currency}:
        return []
    sum_ = Money(sum(one.amount for one in read), start.currency)
    gained = end - start
    if gained == sum_:
        return []
    return [f"entries declared {gained} by the balances, read {sum_}, difference {gained - sum_}"]
