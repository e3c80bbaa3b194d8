"""Names of disputes: one that a settlement told first is the one that is named later."""

from __future__ import annotations

from collections.abc import Collection

TOLD_FIRST = "settlement:"
"""Begins the name of a dispute of which a settlement line was the first word."""


def known_as(dispute: str, known: Collection[str]) -> str:
    """Its name among the ``known`` ones of its transfer; payers dispute a transfer once."""
    told = [name for name in known if name.startswith(TOLD_FIRST)]
    return dispute if dispute in known or not told else told[0]
