"""JSON of intermediaries read strictly: one meaning per message, or none.

Forgers and proxies bring what lenient readers take each in their own way: a name that stands twice,
``NaN``, a byte order mark, another encoding, half a character (``"\\ud800"``) that cannot be signed
or sent on.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def read(body: bytes) -> Any:
    """What stands in ``body``. Raises ``ValueError``; its message quotes nothing of it."""
    try:
        told = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        if b"\\ud" in body.lower():  # spelled out: UTF-8 itself has no half characters
            json.dumps(told, ensure_ascii=False).encode()
    except _Strange:
        raise
    except (ValueError, RecursionError) as problem:
        raise ValueError("not JSON") from problem
    return told


class _Strange(ValueError):
    """JSON to a lenient reader."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Strange("a name stands twice")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise _Strange(f"{constant} is no number")
