"""Files over HTTP: the forms in which a file, its statements, its lines and its faults are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from feesvc.api.wire import View
from feesvc.application.file_showing import BadLine, StatementShown
from feesvc.reconciling.filing import Changed, FiledLine, FiledStatement, SourceFile


class FileView(View):
    """``verdict`` is F02 to F13 or empty; ``digest`` the SHA-256 of the bytes; ``again``: they
    came before, and nothing has changed (F02). ``restores`` is the file whose bytes these are,
    where they were brought back."""

    id: UUID
    agency: str
    source: str
    account: UUID
    digest: str
    size: int
    format: str
    profile: str
    profile_version: int
    came_by: str
    received_at: datetime
    received_by: str
    state: str
    verdict: str
    place: str
    why: str
    restores: UUID | None
    again: bool = False


class FilesView(View):
    """Newest first. ``next`` is the ``before`` of the next page; null at the end."""

    items: list[FileView]
    next: UUID | None


class LineView(View):
    """Signed minor units of ``currency``. ``leg``: S settlement, B bank, T Treasury."""

    id: str
    number: int
    place: str
    leg: str
    native_id: str
    kind: str
    transaction: str
    reference: str
    original: str
    batch: str
    keys: list[str]
    gross: int
    commission: int
    tax: int
    net: int
    currency: str
    occurred_at: datetime
    value_on: date
    state: str
    reason: str


class LinesView(View):
    """``next`` is the ``after`` of the next page; null at the end."""

    items: list[LineView]
    next: str | None


class DifferenceView(View):
    unchanged: int
    changed: int
    removed: int
    added: int


class StatementView(View):
    """One statement or batch; amounts in minor units of ``currency``. ``opens``, ``repeats`` and
    ``replaces`` say what accepting it would do."""

    id: UUID
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
    state: str
    opens: int
    repeats: int
    replaces: UUID | None
    difference: DifferenceView | None
    lines: list[LineView] = Field(description="The first three and the last three")


class PreviewView(FileView):
    statements: list[StatementView]


class BadLineView(View):
    """``text`` is what stands in the file, at most 200 characters."""

    code: str
    place: str
    why: str
    text: str


class ChangedView(View):
    """``before`` or ``after`` is null where the line was added or removed."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    state: str


class DifferencesView(View):
    items: list[ChangedView]


class MissingView(View):
    """``told_again``: the first later day that is told of, where files after the gap came."""

    account: UUID
    source: str
    told_until: date
    days: int
    told_again: date | None


class MissingFilesView(View):
    items: list[MissingView]


def file_view(file: SourceFile, *, again: bool = False) -> FileView:
    return FileView(**_told(file), again=again)


def preview_view(file: SourceFile, shown: Sequence[StatementShown]) -> PreviewView:
    return PreviewView(**_told(file), statements=[_statement(one) for one in shown])


def line_view(line: FiledLine) -> LineView:
    told = {name: getattr(line, name) for name in LineView.model_fields if name != "id"}
    return LineView(id=str(line.id), **told)


def bad_line_view(found: BadLine) -> BadLineView:
    return BadLineView(code=found.code, place=found.place, why=found.why, text=found.text)


def changed_view(one: Changed) -> ChangedView:
    return ChangedView(
        before=dict(one.before) if one.before else None,
        after=dict(one.after) if one.after else None, state=one.before_state,
    )  # fmt: skip


def _told(file: SourceFile) -> dict[str, Any]:
    names = [name for name in FileView.model_fields if name not in ("digest", "again")]
    return {"digest": file.sha256, **{name: getattr(file, name) for name in names}}


def _statement(one: StatementShown) -> StatementView:
    said: FiledStatement = one.statement
    names = (
        "id", "currency", "identity", "sequence", "starts_on", "ends_on", "opening", "closing",
        "count", "gross", "commission", "tax", "net", "state",
    )  # fmt: skip
    difference = one.difference
    return StatementView(
        **{name: getattr(said, name) for name in names}, opens=one.opens, repeats=one.repeats,
        replaces=one.replaces.id if one.replaces else None,
        difference=DifferenceView(
            unchanged=difference.unchanged, changed=difference.changed,
            removed=difference.removed, added=difference.added,
        ) if difference else None,
        lines=[line_view(line) for line in one.ends],
    )  # fmt: skip
