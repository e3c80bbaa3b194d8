"""Whether two names are of one person as far as letters tell: a hint to people, never a proof."""

from __future__ import annotations

from feesvc.people.searching import fold


def same_name(one: str, other: str) -> bool:
    """Accents, capitals, marks, blanks and the order of words do not matter."""
    return _words(one) == _words(other)


def _words(name: str) -> list[str]:
    plain = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return sorted(plain.split())
