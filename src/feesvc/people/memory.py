"""``People`` in memory, for unit tests, permutations and simulation: nothing is sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from feesvc.people import Details, Field, Redacted, SearchField, SignIn, UnknownSubject, new_subject
from feesvc.people.details import checked_code, checked_document
from feesvc.people.inbox import Inbox
from feesvc.people.inbox_in_memory import MemoryInbox
from feesvc.people.searching import index_forms, query_form, sign_in_form


@dataclass(frozen=True, slots=True)
class Read:
    """One read of personal details, as it stands on record."""

    subject: UUID
    fields: tuple[Field, ...]
    reason: str
    actor: str


@dataclass(slots=True)
class MemoryPeople:
    """``reads`` is the record of who looked at whom."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    reads: list[Read] = field(default_factory=list)
    inbox: Inbox = field(init=False)
    _people: dict[UUID, Details | Redacted] = field(default_factory=dict, repr=False)
    _agencies: set[tuple[UUID, str]] = field(default_factory=set, repr=False)
    _sign_ins: dict[str, UUID] = field(default_factory=dict, repr=False)
    _documents: dict[str, bytes | Redacted] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.inbox = MemoryInbox(self.clock, self._documents)

    async def write(self, subject: UUID, details: Details) -> None:
        kept = self._people.get(subject, Details())
        if isinstance(kept, Redacted):
            raise UnknownSubject(str(subject))
        self._people[subject] = kept.with_(details.checked())

    async def read(
        self, subject: UUID, fields: Collection[Field], reason: str, actor: str = ""
    ) -> Details | Redacted:
        checked_code("reason", reason)
        if subject not in self._people:
            raise UnknownSubject(str(subject))
        kept = self._people[subject]
        if isinstance(kept, Redacted):
            return kept
        self.reads.append(Read(subject, tuple(sorted(fields)), reason, actor))
        return kept.only(fields)

    async def introduce(self, subject: UUID, agencies: Collection[str]) -> None:
        if subject in self._people:
            self._agencies.update((subject, agency) for agency in agencies)

    async def concerns(self, subject: UUID, agencies: Collection[str]) -> bool:
        return any((subject, agency) in self._agencies for agency in agencies)

    async def find(self, field: SearchField, value: str, agency: str | None = None) -> list[UUID]:
        wanted = query_form(field, value)
        return [
            subject
            for subject, details in self._people.items()
            if isinstance(details, Details)
            and wanted in index_forms(details)
            and (agency is None or (subject, agency) in self._agencies)
        ]

    def blind(self, content: bytes) -> tuple[bytes, ...]:
        return (hashlib.sha256(content).digest(),)

    async def subject_for_sign_in(self, issuer: str, sub: str) -> UUID:
        form = sign_in_form(issuer, sub)
        subject = self._sign_ins.setdefault(form, new_subject())
        self._people.setdefault(subject, Details(sign_in=SignIn(issuer=issuer, sub=sub)))
        return subject

    async def erase(self, subject: UUID, reason: str, actor: str = "") -> None:
        checked_code("reason", reason)
        if subject not in self._people:
            raise UnknownSubject(str(subject))
        if not isinstance(self._people[subject], Redacted):
            self._people[subject] = Redacted(self.clock(), reason)
        self._sign_ins = {form: who for form, who in self._sign_ins.items() if who != subject}

    async def keep(self, kind: str, content: bytes) -> str:
        checked_document(kind, content)
        name = hashlib.sha256(content).hexdigest()
        self._documents.setdefault(name, bytes(content))
        return name

    async def fetch(self, name: str) -> bytes | Redacted | None:
        return self._documents.get(name)

    async def erase_document(self, name: str, reason: str, actor: str = "") -> None:
        checked_code("reason", reason)
        if isinstance(self._documents.get(name), bytes):
            self._documents[name] = Redacted(self.clock(), reason)
