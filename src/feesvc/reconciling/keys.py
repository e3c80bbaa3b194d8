"""Keys: the one form in which references are compared, of lines and of what they are matched with.

Lines and captures are normalised by this function alone, before they are written: no SQL does it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def key(text: str) -> str:
    """NFKC, upper case, letters and digits only: ``fv-12 ab`` is ``FV12AB``; zeros stay."""
    if text.isascii():
        upper = text.upper()
        return upper if upper.isalnum() else "".join(filter(str.isalnum, upper))
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", plain)))


def keys(texts: Iterable[str]) -> list[str]:
    """The keys of several references, each once, in order; empty ones are none."""
    return [one for one in dict.fromkeys(map(key, texts)) if one]
