"""Reading Stripe's JSON strictly: a field is there and of its type, or the object is unreadable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from feesvc.money import Money
from feesvc_stripe.amounts import UnknownUnit, from_stripe

JsonObject: TypeAlias = Mapping[str, Any]


class Unreadable(ValueError):
    """Not the JSON that Stripe documents; the message names the field and never its content."""


def parse_object(document: bytes) -> JsonObject:
    """A JSON object, each name once; else ``Unreadable``.

    A number with a fraction (an exchange rate) becomes a ``Decimal``, which no amount may be.
    """
    try:
        parsed = json.loads(
            document,
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_unique_names,
        )
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, Unreadable) else "not JSON"
        raise Unreadable(reason) from None
    if not isinstance(parsed, dict):
        raise Unreadable("not a JSON object")
    return parsed


def text(of: JsonObject, name: str) -> str:
    value = of.get(name)
    if not isinstance(value, str):
        raise Unreadable(f"{name} is not a text")
    return value


def text_or_empty(of: JsonObject, name: str) -> str:
    """The text, or empty where the field is absent or null."""
    return "" if of.get(name) is None else text(of, name)


def whole(of: JsonObject, name: str) -> int:
    value = of.get(name)
    if type(value) is not int:
        raise Unreadable(f"{name} is not a whole number")
    return value


def moment(of: JsonObject, name: str) -> datetime:
    """A Unix time in seconds, as UTC."""
    try:
        return datetime.fromtimestamp(whole(of, name), UTC)
    except (OverflowError, OSError, ValueError):
        raise Unreadable(f"{name} is not a time") from None


def member(of: JsonObject, name: str) -> JsonObject:
    value = of.get(name)
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is not an object")
    return value


def members(of: JsonObject, name: str) -> list[JsonObject]:
    value = of.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unreadable(f"{name} is not a list of objects")
    return value


def metadata(of: JsonObject, name: str) -> str:
    """One of our own marks on a Stripe object, or empty."""
    marks = of.get("metadata")
    return text_or_empty(marks, name) if isinstance(marks, dict) else ""


def identity(of: JsonObject, name: str) -> str:
    """The id of what a field names, expanded or not; empty where there is none."""
    value = of.get(name)
    return text(value, "id") if isinstance(value, dict) else text_or_empty(of, name)


def money(of: JsonObject, name: str) -> Money:
    """An amount field with the ``currency`` beside it."""
    currency = text(of, "currency")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Unreadable("currency is not an ISO 4217 code")
    try:
        return from_stripe(whole(of, name), currency)
    except UnknownUnit as error:
        raise Unreadable(str(error)) from None


def _no_number(_: str) -> Any:
    raise Unreadable("not a number")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise Unreadable("a name stands twice")
    return named
