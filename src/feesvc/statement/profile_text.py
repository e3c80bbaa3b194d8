"""The text of a profile, TOML or JSON: read with every error named by its place, and written."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any

import msgspec

from feesvc.statement.profile import TableProfile

LARGEST = 100_000
"""Characters of a profile at most."""


class BadProfile(Exception):
    """The text is no profile; the message says where and why, such as ``columns.gross: …``."""


def read_profile(text: str) -> TableProfile:
    """Raises ``BadProfile``."""
    if len(text) > LARGEST:
        raise BadProfile(f"longer than {LARGEST} characters")
    try:
        told: Any = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadProfile(str(problem)) from None
    try:
        profile: TableProfile = msgspec.convert(told, TableProfile)
    except msgspec.ValidationError as problem:
        why, _, where = str(problem).partition(" - at `$")
        raise BadProfile(f"{where.strip('.`') or 'profile'}: {why}") from None
    return profile


def write_profile(profile: TableProfile) -> str:
    """The one JSON text of a profile; ``read_profile`` gives the same again."""
    return msgspec.json.encode(profile, order="deterministic").decode()


def digest_of(profile: TableProfile) -> str:
    """SHA-256 of ``write_profile``, in hex: what an approval is bound to."""
    return hashlib.sha256(write_profile(profile).encode()).hexdigest()
