"""The SQL files beside this module, each a single statement or a script, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """The text of ``<name>.sql``."""
    return files(__package__).joinpath(f"{name}.sql").read_bytes()
