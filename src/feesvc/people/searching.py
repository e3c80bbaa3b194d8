"""The forms under which personal details are looked for: what reads the same is equal here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, TypeAlias

from feesvc.people.details import (
    SEARCH_FIELDS,
    BadPersonalDetail,
    Details,
    SearchField,
    checked,
)

Index: TypeAlias = Literal[
    "name", "name_folded", "identity_number", "tax_code", "phone", "email", "sign_in"
]
"""What a keyed hash was made of; each has a key of its own."""


def index_forms(details: Details) -> Iterator[tuple[Index, str]]:
    """Every (index, form) under which these checked details are to be found."""
    for field in SEARCH_FIELDS:
        value = getattr(details, field)
        if value is None:
            continue
        form = _form(field, value)
        if form:
            yield field, form
        if field == "name":
            yield "name_folded", fold(form)
    if details.sign_in is not None:
        yield "sign_in", sign_in_form(details.sign_in.issuer, details.sign_in.sub)


def indexes_of(details: Details) -> list[Index]:
    """The indexes that these details speak of, whether or not they are found in them."""
    stated: list[Index] = [field for field in SEARCH_FIELDS if getattr(details, field) is not None]
    if "name" in stated:
        stated.append("name_folded")
    return stated


def query_form(field: SearchField, value: str) -> tuple[Index, str]:
    """Where to look for ``value``, and under which form; raises ``BadPersonalDetail``."""
    if field not in SEARCH_FIELDS:
        raise BadPersonalDetail("field", f"must be one of {', '.join(SEARCH_FIELDS)}")
    form = _form(field, checked(field, value))
    if not form:
        raise BadPersonalDetail(field, "holds nothing to search by")
    if field == "name" and form == fold(form):
        return "name_folded", form
    return field, form


def sign_in_form(issuer: str, sub: str) -> str:
    """One text per sign-in; the length keeps ``ab``+``c`` apart from ``a``+``bc``."""
    issuer, sub = checked("sign_in.issuer", issuer), checked("sign_in.sub", sub)
    return f"{len(issuer)}:{issuer}{sub}"


def fold(text: str) -> str:
    """``Nguyễn Văn Đức`` → ``nguyen van duc``. The đ is a letter of its own, so it goes first."""
    plain = text.casefold().replace("đ", "d")
    marked = unicodedata.normalize("NFD", plain)
    return "".join(letter for letter in marked if unicodedata.category(letter) != "Mn")


def _form(field: SearchField, value: str) -> str:
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold())
    if field in {"identity_number", "tax_code"}:
        return "".join(letter for letter in text if letter.isalnum())
    if field == "phone":
        return _phone(text)
    if field == "email":
        return "".join(text.split())
    return " ".join(text.split())


def _phone(text: str) -> str:
    """Digits, in the national form: +84 912…, 0084912… and 84912… are all 0912…"""
    digits = re.sub(r"[^0-9]", "", text)
    if digits.startswith("0084"):
        return "0" + digits[4:]
    if digits.startswith("84") and (text.lstrip().startswith("+") or len(digits) >= 11):
        return "0" + digits[2:].removeprefix("0")
    return digits
