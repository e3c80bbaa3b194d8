"""What may be known of a person, and what is refused before it is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from feesvc.domain.aggregate import Refusal

Field: TypeAlias = Literal[
    "name",
    "identity_number",
    "tax_code",
    "phone",
    "email",
    "address",
    "refund_account",
    "note",
    "sign_in",
]
SearchField: TypeAlias = Literal["name", "identity_number", "tax_code", "phone", "email"]

FIELDS: tuple[Field, ...] = get_args(Field)
SEARCH_FIELDS: tuple[SearchField, ...] = get_args(SearchField)

LIMITS = {
    "name": 200,
    "identity_number": 32,
    "tax_code": 20,
    "phone": 32,
    "email": 254,
    "address": 500,
    "note": 2000,
    "refund_account.bank": 50,
    "refund_account.number": 40,
    "refund_account.holder": 200,
    "sign_in.issuer": 500,
    "sign_in.sub": 255,
}
"""The longest text of each field, in characters."""

_LINES = {"address", "note"}
"""Fields that may run over several lines."""
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of the text around them, and so what a reader believes."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/*#-]{0,199}")
LARGEST_DOCUMENT = 128 * 1024 * 1024
"""Bytes. A settlement file of a million lines fits."""


class BadPersonalDetail(Refusal):
    """A personal detail cannot be kept as it was given."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RefundAccount:
    """Where a payer wants money back: the bank's code (BIN or SWIFT), the account, its holder."""

    bank: str
    number: str
    holder: str

    def __repr__(self) -> str:
        return "RefundAccount(…)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignIn:
    """How a person signs in: the issuer of their tokens, and their name there."""

    issuer: str
    sub: str

    def __repr__(self) -> str:
        return "SignIn(…)"


Value: TypeAlias = str | RefundAccount | SignIn


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Details:
    """What is known of a person. Its repr tells which fields, never what they say."""

    name: str | None = None
    identity_number: str | None = None
    tax_code: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    refund_account: RefundAccount | None = None
    note: str | None = None
    sign_in: SignIn | None = None
    """Read only: ``subject_for_sign_in`` writes it."""

    def __repr__(self) -> str:
        return f"Details({', '.join(f'{name}=…' for name, _ in self.given())})"

    def given(self) -> Iterator[tuple[Field, Value]]:
        """Each field that is stated, with its value."""
        for name in FIELDS:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def only(self, wanted: Collection[Field]) -> Details:
        """The same without what is not ``wanted``."""
        left_out: dict[str, Any] = {name: None for name in FIELDS if name not in wanted}
        return replace(self, **left_out)

    def with_(self, newer: Details) -> Details:
        """The same with what ``newer`` states laid over it."""
        stated: dict[str, Any] = dict(newer.given())
        return replace(self, **stated)

    def checked(self) -> Details:
        """The same, each text as it is kept; raises ``BadPersonalDetail``."""
        kept: dict[str, Any] = {}
        for name, value in self.given():
            if isinstance(value, SignIn):
                raise BadPersonalDetail(name, "is known from signing in only")
            if isinstance(value, RefundAccount):
                kept[name] = _checked_account(value)
            else:
                kept[name] = checked(name, value)
        return replace(self, **kept)


def checked(field: str, text: object) -> str:
    """``text`` as it is kept (NFC, trimmed); raises ``BadPersonalDetail``."""
    if not isinstance(text, str):
        raise BadPersonalDetail(field, "must be text")
    limit = LIMITS[field]
    if len(text) > 4 * limit:  # spares normalising ten megabytes before refusing them
        raise BadPersonalDetail(field, f"must not be longer than {limit} characters")
    allowed = "\n" if field in _LINES else ""
    plain = text.replace("\r\n", "\n") if allowed else text
    if any(_refused(letter) and letter not in allowed for letter in plain):
        raise BadPersonalDetail(field, "must not hold control characters")
    plain = unicodedata.normalize("NFC", plain).strip()
    if not plain:
        raise BadPersonalDetail(field, "must not be empty")
    if len(plain) > limit:
        raise BadPersonalDetail(field, f"must not be longer than {limit} characters")
    return plain


def checked_code(field: str, code: str) -> None:
    """``code`` is ours, such as a reason code or an id; raises ``BadPersonalDetail``."""
    if not _CODE.fullmatch(code):
        raise BadPersonalDetail(field, "must be a code of at most 200 plain letters and digits")


def checked_document(kind: str, content: bytes) -> None:
    """Raises ``BadPersonalDetail`` for a document that cannot be kept."""
    checked_code("kind", kind)
    if len(content) > LARGEST_DOCUMENT:
        raise BadPersonalDetail("content", f"must not be larger than {LARGEST_DOCUMENT} bytes")


def _checked_account(account: RefundAccount) -> RefundAccount:
    return RefundAccount(
        bank=checked("refund_account.bank", account.bank),
        number=checked("refund_account.number", account.number),
        holder=checked("refund_account.holder", account.holder),
    )


def _refused(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"} or letter in _TURNING
