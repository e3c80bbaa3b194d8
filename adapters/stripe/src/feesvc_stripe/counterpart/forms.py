"""Form parameters, read as strictly as Stripe reads them: nested, typed, and none unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from feesvc_stripe.counterpart.refusals import Refusal, invalid, missing, unknown

Nested: TypeAlias = "dict[str, str | Nested]"
Field: TypeAlias = "Callable[[str, str | Nested], Any]"
"""Turns what was sent for the parameter of this name into a value, or refuses it."""

NAME = re.compile(r"([a-z_0-9]+)((?:\[[^\[\]]*\])*)")


def decode(encoded: bytes) -> Nested:
    """``a[b][0]=c`` as ``{"a": {"b": {"0": "c"}}}``; ``a[]=c`` counts by itself."""
    try:
        pairs = parse_qsl(
            encoded.decode(), keep_blank_values=True, strict_parsing=bool(encoded), errors="strict"
        )
    except ValueError:
        raise invalid("Invalid request body.") from None
    decoded: Nested = {}
    for name, value in pairs:
        matched = NAME.fullmatch(name)
        if matched is None:
            raise unknown(name)
        _place(decoded, [matched[1], *re.findall(r"\[([^\]]*)\]", matched[2])], name, value)
    return decoded


def _place(into: Nested, path: list[str], name: str, value: str) -> None:
    for step in path[:-1]:
        inner = into.setdefault(step, {})
        if not isinstance(inner, dict):
            raise invalid("Invalid object", name)
        into = inner
    last = path[-1] or str(len(into))
    if last in into:
        raise invalid(f"Parameter given twice: {name}", name)
    into[last] = value


class Required:
    """Marks a field that must be sent."""

    def __init__(self, field: Field) -> None:
        self.field = field


def read(fields: Mapping[str, Field | Required], sent: Nested, within: str = "") -> dict[str, Any]:
    """What was sent, typed; refuses what is unknown, missing or ill-typed."""

    def full(name: str) -> str:
        return f"{within}[{name}]" if within else name

    values: dict[str, Any] = {}
    for name in sent:
        if name not in fields:
            raise unknown(full(name))
    for name, declared in fields.items():
        field = declared.field if isinstance(declared, Required) else declared
        if name in sent:
            values[name] = field(full(name), sent[name])
        elif isinstance(declared, Required):
            raise missing(full(name))
    return values


def text(longest: int = 5000) -> Field:
    def field(name: str, sent: str | Nested) -> str:
        if not isinstance(sent, str):
            raise invalid("Invalid string", name)
        if not sent:
            raise invalid(
                f"You passed an empty string for '{name}'.", name, "parameter_invalid_empty"
            )
        if len(sent) > longest:
            message = f"Invalid string: must be at most {longest} characters"
            raise invalid(message, name, "parameter_invalid_string_too_long")
        return sent

    return field


def choice(*allowed: str) -> Field:
    def field(name: str, sent: str | Nested) -> str:
        if sent not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", name)
        assert isinstance(sent, str)
        return sent

    return field


def integer(smallest: int, largest: int = 2**53) -> Field:
    def field(name: str, sent: str | Nested) -> int:
        if not isinstance(sent, str) or not re.fullmatch(r"-?[0-9]{1,16}", sent):
            raise invalid(f"Invalid integer: {sent}", name, "parameter_invalid_integer")
        if not smallest <= int(sent) <= largest:
            message = f"This value must be between {smallest} and {largest}."
            raise invalid(message, name, "parameter_invalid_integer")
        return int(sent)

    return field


def flag(name: str, sent: str | Nested) -> bool:
    if sent not in ("true", "false"):
        raise invalid(f"Invalid boolean: {sent}", name)
    return sent == "true"


def url(name: str, sent: str | Nested) -> str:
    if not isinstance(sent, str) or not re.fullmatch(r"https?://[^\s/]+\S*", sent):
        raise invalid("Not a valid URL", name, "url_invalid")
    return sent


def marks(name: str, sent: str | Nested) -> dict[str, str]:
    """Metadata: up to 50 keys of 40 characters with values of 500."""
    if not isinstance(sent, dict) or not all(isinstance(value, str) for value in sent.values()):
        raise invalid("Invalid object", name)
    if len(sent) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in sent.items()):
        raise invalid("Metadata is too large", name)
    return {key: str(value) for key, value in sent.items()}


def record(fields: Mapping[str, Field | Required]) -> Field:
    def field(name: str, sent: str | Nested) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise invalid("Invalid object", name)
        return read(fields, sent, name)

    return field


def listing(item: Field, longest: int = 100) -> Field:
    def field(name: str, sent: str | Nested) -> list[Any]:
        indexes = list(sent) if isinstance(sent, dict) else []
        if not indexes or sorted(indexes, key=_index) != [str(n) for n in range(len(indexes))]:
            raise invalid("Invalid array", name)
        if len(indexes) > longest:
            raise invalid(f"Array {name} exceeded maximum {longest} allowed elements.", name)
        assert isinstance(sent, dict)
        return [item(f"{name}[{index}]", sent[index]) for index in sorted(indexes, key=_index)]

    return field


def either(first: Field, second: Field) -> Field:
    """The first kind that fits; the second's refusal when none does."""

    def field(name: str, sent: str | Nested) -> Any:
        try:
            return first(name, sent)
        except Refusal:
            return second(name, sent)

    return field


def _index(index: str) -> int:
    return int(index) if index.isascii() and index.isdigit() else -1
