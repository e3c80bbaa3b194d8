"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feesvc.intermediary import strict_json

MOST = 2**53 - 1
PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Unreadable(ValueError):
    """Not what was agreed; the message says which field."""


class Fields:
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def __init__(self, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise Unreadable("not an object")
        self.raw: Mapping[str, Any] = fields

    @classmethod
    def of(cls, body: bytes) -> Fields:
        """Raises ``Unreadable`` for what ``strict_json`` does not read, too."""
        try:
            told = strict_json.read(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from problem
        return cls(told)

    def text(self, name: str, longest: int = 200) -> str:
        value = self.raw.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        if value in {"null", "undefined"}:  # signed like nothing at all
            raise Unreadable(name)
        return value

    def whole(self, name: str, least: int = 0) -> int:
        value = self.raw.get(name)
        if type(value) is not int or not least <= value <= MOST:
            raise Unreadable(name)
        return value

    def moment(self, name: str) -> datetime:
        """Times without a zone are Việt Nam's."""
        text = self.text(name, 40)
        try:
            if PLAIN_TIME.fullmatch(text):
                return datetime.strptime(f"{text}+0700", "%Y-%m-%d %H:%M:%S%z")
            moment = datetime.fromisoformat(text)
        except ValueError as problem:
            raise Unreadable(name) from problem
        if moment.tzinfo is None:
            raise Unreadable(name)
        return moment

    def fields(self, name: str) -> Fields:
        return Fields(self.raw.get(name))

    def each(self, name: str) -> Iterator[Fields]:
        inner = self.raw.get(name)
        if not isinstance(inner, list):
            raise Unreadable(name)
        return map(Fields, inner)
