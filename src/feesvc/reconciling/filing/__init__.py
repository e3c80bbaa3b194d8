"""Filing: where files of intermediaries, banks and the Treasury stand, with their lines as rows.

Bytes stand sealed with ``people``; a row names them by their hash. What a file says is kept before
anybody accepts it (state ``read``), so that it can be shown; accepting opens its lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

from feesvc.domain.statement import Source

FileState: TypeAlias = Literal[
    "quarantined", "held", "previewed", "accepted", "superseded", "discarded"
]
CameBy: TypeAlias = Literal["upload", "command_line", "folder", "feed", "restored"]
LineState: TypeAlias = Literal["read", "open", "matched", "placed", "repeated", "superseded"]
GONE = frozenset[FileState](("superseded", "discarded"))
"""States of files that do not count: their bytes may come to count again as another file."""
FACTS = (
    "kind", "transaction", "reference", "original", "batch", "gross", "commission", "tax", "net",
    "currency", "occurred_at", "value_on",
)  # fmt: skip
"""Columns of a line that make its content: two lines that agree in them say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file as it came. ``verdict`` is F01 to F13, or empty where nothing is wrong."""

    id: UUID
    agency: str
    source: Source
    account: UUID
    sha256: str
    document: str | None
    size: int
    format: str
    profile: str
    profile_version: int
    came_by: CameBy
    received_at: datetime
    received_by: str
    state: FileState
    verdict: str
    place: str
    why: str
    restores: UUID | None = None
    """The file whose bytes were brought back with it."""
    restored_for: str = ""
    """The reason code of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledLine:
    """One line. Amounts in minor units, signed; references are in the form of ``reconciling.keys``,
    and beside it as they were told, letter for letter, where an intermediary told them.

    ``identity`` is the native id where it is proved unique, else a hash of content and ordinal.
    ``content`` is, of a bank's entry without such an id, a hash of what it says, whichever file
    says it: the identities that reports give it begin with it.
    """

    number: int
    place: str
    leg: Literal["S", "B", "T"]
    identity: str
    native_id: str
    kind: str
    transaction: str
    reference: str
    original: str
    batch: str
    keys: Sequence[str]
    gross: int
    commission: int
    tax: int
    net: int
    currency: str
    occurred_at: datetime
    value_on: date
    told_transaction: str = ""
    told_reference: str = ""
    told_original: str = ""
    content: str = ""
    id: int = 0
    state: str = "read"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledStatement:
    """One statement of a bank, or one batch of a settlement; amounts in minor units."""

    id: UUID
    ordinal: int
    currency: str
    identity: str
    sequence: int | None
    starts_on: date | None
    ends_on: date
    opening: int | None
    closing: int | None
    count: int
    gross: int
    commission: int
    tax: int
    net: int
    state: Literal["read", "accepted", "superseded"] = "read"
    superseded_by: UUID | None = None
    file: UUID | None = None
    lines: Sequence[FiledLine] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One line of a restated statement against the one that stood: either may be missing."""

    identity: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    before_id: int | None
    before_state: str


class Told(NamedTuple):
    """How far the accepted statements of an account tell, in days of Asia/Ho_Chi_Minh."""

    until: date
    waits_since: date | None
    """The first later day of something that a settlement is still to tell of."""


class Skipped(NamedTuple):
    """A day that no settlement of an account tells of; those around it are told of."""

    account: UUID
    day: date
    before: date
    after: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which files of an agency, newest first; None asks for all."""

    agency: str
    account: UUID | None = None
    state: FileState | None = None
    before: UUID | None = None
    """The last file of the page before."""
    limit: int = 50
