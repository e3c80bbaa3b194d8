"""Terms on which files are taken: known formats, how large, how long to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feesvc.statement import StatementFormat, TableFormat

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTerms:
    """``formats`` are the installed ones; reading a file may take so many ``seconds``."""

    formats: Mapping[str, type[StatementFormat | TableFormat]] = field(default_factory=dict)
    largest: int = 100 * MIB
    seconds: float = 120.0
