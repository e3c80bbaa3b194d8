"""Who a subject is: the port of the one place that knows, and what goes in and out of it.

Events, ids, log lines and stored answers name a person only as ``subject``, a random UUID
(DESIGN rule 13). What stands behind it is written here before the append, and can be erased.
Two implementations under one contract: ``feesvc.people.postgres``, sealed, and
``feesvc.people.memory``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid4

from feesvc.people.details import (
    BadPersonalDetail,
    Details,
    Field,
    RefundAccount,
    SearchField,
    SignIn,
)

if TYPE_CHECKING:
    from feesvc.people.inbox import Inbox

__all__ = [
    "BadPersonalDetail",
    "BrokenSeal",
    "Details",
    "Field",
    "People",
    "PeopleUnavailable",
    "Redacted",
    "RefundAccount",
    "SearchField",
    "SignIn",
    "UnknownSubject",
    "WrongMasterKey",
    "new_subject",
]


@dataclass(frozen=True, slots=True)
class Redacted:
    """Stands where something was before it was erased. Nobody can bring it back."""

    erased_at: datetime
    reason: str


class People(Protocol):
    """Safe to use from many tasks of one event loop. Errors: ``PeopleUnavailable``."""

    inbox: Inbox
    """Where notifications are kept: they may say who paid."""

    async def write(self, subject: UUID, details: Details) -> None:
        """Keep what ``details`` states; what it leaves out stays as it was. Repeating is harmless.

        Raises ``BadPersonalDetail``, and ``UnknownSubject`` for one that was erased.
        """
        ...

    async def read(
        self, subject: UUID, fields: Collection[Field], reason: str, actor: str = ""
    ) -> Details | Redacted:
        """The ``fields`` asked for; those never given are None. Every read is put on record.

        ``reason`` is a code or an id of the work at hand, ``actor`` who asks; neither may hold
        personal data. Raises ``UnknownSubject``.
        """
        ...

    async def introduce(self, subject: UUID, agencies: Collection[str]) -> None:
        """Put on record that the subject has to do with these agencies. Repeating is harmless."""
        ...

    async def concerns(self, subject: UUID, agencies: Collection[str]) -> bool:
        """Whether the subject has to do with any of these agencies."""
        ...

    async def find(self, field: SearchField, value: str, agency: str | None = None) -> list[UUID]:
        """The subjects whose ``field`` is ``value``, oldest first; through keyed hashes only.

        Only those that have to do with ``agency``, where one is named.

        Case, spacing and ways of writing a phone number do not matter. A name typed without
        accents finds every name that reads so; with accents, only the same ones.
        Raises ``BadPersonalDetail`` for a value that nothing could equal.
        """
        ...

    def blind(self, content: bytes) -> tuple[bytes, ...]:
        """Keyed hashes of what was asked, under each master key, the current one first.

        They tell a repeated request from another one, and give nothing of it away. One that was
        recorded before a rotation equals a later hash until the old key is taken away.
        """
        ...

    async def subject_for_sign_in(self, issuer: str, sub: str) -> UUID:
        """The subject of whoever signs in so; made at the first time, the same ever after."""
        ...

    async def erase(self, subject: UUID, reason: str, actor: str = "") -> None:
        """Destroy the subject's key, details and index rows; a tombstone stays.

        Repeating is harmless. Raises ``UnknownSubject``.
        """
        ...

    async def keep(self, kind: str, content: bytes) -> str:
        """Keep a raw document, such as a notification or a file; returns its SHA-256, in hex.

        The same bytes are kept once; bytes that were erased stay erased.
        """
        ...

    async def fetch(self, name: str) -> bytes | Redacted | None:
        """The bytes of a document; None when none of that name was ever kept."""
        ...

    async def erase_document(self, name: str, reason: str, actor: str = "") -> None:
        """Destroy a document's key and bytes; a tombstone stays. Unknown names are left alone."""
        ...


class UnknownSubject(Exception):
    """No such subject, or no longer: nothing can be written to it."""


class WrongMasterKey(Exception):
    """What is on record was sealed with a master key that we were not given."""


class BrokenSeal(Exception):
    """Something on record was damaged, moved to another place, or changed."""


class PeopleUnavailable(Exception):
    """The database does not answer. Everything here may be repeated as it was."""


def new_subject() -> UUID:
    """A name for a person that says nothing of them."""
    return uuid4()
