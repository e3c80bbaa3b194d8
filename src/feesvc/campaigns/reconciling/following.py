"""Following: what else a planted difference is, or becomes while nobody works on it.

Each entry says by which rule of the specification that is so; what no rule says is invented.
"""

from __future__ import annotations

from collections.abc import Mapping

FOLLOWS: Mapping[str, frozenset[str]] = {
    # Until it is restated the line is of another amount (S04), and the credit of another net (B04),
    # which waits as a credit without a batch (B03).
    "F03": frozenset(("S04", "B04", "B03")),
    # The statement that was skipped is expected by the calendar like any other.
    "F07": frozenset(("F01",)),
    # Suspense for more than thirty days (2150).
    "A06": frozenset(("G05",)),
    # Unknown until it is found to be another's; then held for them, with 24 hours to pass it on.
    "A07": frozenset(("A06", "T08", "G05")),
    "S03": frozenset(("G05",)),
    # Nothing is matched: the payment itself is still not settled when its term is over.
    "S04": frozenset(("S02",)),
    "S05": frozenset(("S02",)),
    "S19": frozenset(("S02",)),
    "S20": frozenset(("S02",)),
    # Told by the settlement before any notification: a line of no capture, until it is looked up.
    "S06": frozenset(("S03",)),
    # Nothing is matched: the refund that was sent is still not in any settlement.
    "S12": frozenset(("S10",)),
    # Its outcome; and disputed money is aged after thirty days as well (1250).
    "S14": frozenset(("S15", "G05")),
    "S15": frozenset(("S14",)),
    # Suspense for more than thirty days.
    "B03": frozenset(("G05",)),
    # The credit waits in suspense, first without a name (B03); its batch is not credited (B02).
    "B04": frozenset(("B03", "B02", "G05")),
    # 1210 reopens: the batch is not credited when its term is over.
    "B07": frozenset(("B02",)),
    "B08": frozenset(("B03", "G05")),
    # Money on an account that is not of the contract: the batch is not credited as agreed.
    "B09": frozenset(("B03", "B02", "G05")),
    # Paid at the bank on the next day, when the time of the payment's page was over.
    "B10": frozenset(("A05",)),
    # Returned or wrong, it is not confirmed; what differs is not confirmed either.
    "T03": frozenset(("T06",)),
    "T04": frozenset(("T06",)),
    "T05": frozenset(("T06",)),
    # Unknown to us besides being late.
    "G02": frozenset(("S03", "G05")),
    # It is aged money that was settled and never captured.
    "G05": frozenset(("S03",)),
    # The account stands on the wrong side because of a group that was closed with a residual.
    "G03": frozenset(("G01",)),
}
