"""The SQL files beside this module, each one statement or a script, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """The text of ``sql/<name>.sql``."""
    return files(__package__).joinpath("sql", f"{name}.sql").read_bytes()


@cache
def as_if_unmatched(name: str) -> bytes:
    """The same pass over captures and matches as ``sql/p_tables.sql`` shows them: what a rule would
    find in a past period is found by the very statements that a run of today finds it by.
    """
    said = statement(name).replace(b"captures.capture", b"pg_temp.capture")
    return said.replace(b"feesvc.match_pair", b"pg_temp.match_pair")
