"""Planting: every kind of difference there is, put into documents and courses on purpose.

One module for each letter of the taxonomy. What was planted is told as data (``Planted``), so that
what the service finds can be held against it: each code found, none invented.
"""

from __future__ import annotations

from collections.abc import Mapping

from feesvc.campaigns.planting import (
    banked,
    courses,
    filed,
    inside,
    settled,
    treasury,
)
from feesvc.campaigns.planting.scenes import Plant

PLANTS: Mapping[str, Plant] = {
    **filed.PLANTS,
    **courses.PLANTS,
    **settled.PLANTS,
    **banked.PLANTS,
    **treasury.PLANTS,
    **inside.PLANTS,
}
"""What plants each code, in the order of the taxonomy."""
OF_STRANGERS = frozenset(("A06", "A07"))
"""Those that pay an order which we never placed."""
