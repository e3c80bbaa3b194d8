"""JSON read strictly: one meaning per message, every field of the type that it must have."""

from __future__ import annotations

import re
from datetime import datetime

from feesvc.intermediary import strict_json
from feesvc.intermediary.strict_json import Unreadable

MOST = 2**53 - 1
PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Fields(strict_json.Fields):
    """The fields of one JSON object. Every reader raises ``Unreadable``."""

    def text(self, name: str, longest: int = 200) -> str:
        value = self.told.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise Unreadable(name)
        if value in {"null", "undefined"}:  # signed like nothing at all
            raise Unreadable(name)
        return value

    def whole(self, name: str, least: int = 0) -> int:
        value = self.told.get(name)
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
