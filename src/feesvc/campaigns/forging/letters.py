"""Letters: notifications that can be changed in every way, wherever their format puts things.

A place is named as ``Counterpart.words`` names it: ``header:name``, or the name of a parameter or
a field, dotted where it stands inside another, be that an object, the first of a list, or JSON
written in a string.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias
from urllib.parse import quote_plus, unquote_plus

import httpx

from feesvc.testing.at_once import Asked

Kind: TypeAlias = Literal["query", "form", "json"]
Pair: TypeAlias = tuple[str, str]
"""A parameter as it stands on the wire: both sides still encoded."""
HEADER = "header:"
MARK = re.compile(r"[0-9A-Za-z+/_-]{16,}={0,2}")
"""What a signature looks like, within whatever stands around it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification, byte for byte. Every change gives another letter."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, request: httpx.Request, path: str = "") -> Letter:
        """``path``: another endpoint than the request was going to."""
        headers = tuple(
            (name.lower().decode("latin-1"), value.decode("latin-1"))
            for name, value in request.headers.raw
            if name.lower() not in {b"host", b"content-length"}
        )
        body = request.read()
        return cls(request.method, path or request.url.path, request.url.query, headers, body)

    def asked(self, chunks: Sequence[bytes] = (), *, cut: bool = False) -> Asked:
        """The request that it makes; ``chunks`` are its body where that comes in pieces."""
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers
        ]
        headers.append((b"host", b"fees.test"))
        if self.body and not chunks:
            headers.append((b"content-length", str(len(self.body)).encode()))
        return Asked(
            self.method, self.path, self.query, headers, chunks or [self.body], cut=cut
        )  # fmt: skip

    @property
    def kind(self) -> Kind:
        if not self.body:
            return "query"
        return "json" if self.body.lstrip()[:1] in (b"{", b"[") else "form"

    # Parameters

    @property
    def pairs(self) -> list[Pair]:
        text = (self.query if self.kind == "query" else self.body).decode("latin-1")
        split = (part.partition("=") for part in text.split("&") if part)
        return [(name, value) for name, _, value in split]

    def with_pairs(self, pairs: Sequence[Pair]) -> Letter:
        text = "&".join(f"{name}={value}" for name, value in pairs).encode("latin-1")
        return replace(self, query=text) if self.kind == "query" else replace(self, body=text)

    # Fields

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    def with_content(self, content: Any, **style: Any) -> Letter:
        style.setdefault("separators", (",", ":"))
        return replace(self, body=json.dumps(content, **style).encode())

    # Places, wherever they are

    def get(self, place: str) -> Any:
        """What stands there; None where nothing does."""
        if place.startswith(HEADER):
            return dict(self.headers).get(place.removeprefix(HEADER).lower())
        if self.kind == "json":
            return _found(self.content, place.split("."))
        return next((unquote_plus(v) for n, v in self.pairs if unquote_plus(n) == place), None)

    def put(self, place: str, value: Any) -> Letter:
        """The same with ``value`` there, of whatever type; a parameter's is text."""
        if place.startswith(HEADER):
            name = place.removeprefix(HEADER).lower()
            others = tuple(pair for pair in self.headers if pair[0] != name)
            return replace(self, headers=(*others, (name, str(value))))
        if self.kind == "json":
            return self.with_content(_changed(self.content, place.split("."), lambda _: value))
        written = quote_plus(str(value))
        pairs = [(n, written if unquote_plus(n) == place else v) for n, v in self.pairs]
        return self.with_pairs(pairs)

    def without(self, place: str) -> Letter:
        if place.startswith(HEADER):
            name = place.removeprefix(HEADER).lower()
            return replace(self, headers=tuple(p for p in self.headers if p[0] != name))
        if self.kind == "json":
            return self.with_content(_changed(self.content, place.split("."), None))
        return self.with_pairs([(n, v) for n, v in self.pairs if unquote_plus(n) != place])

    def written(self, place: str) -> str:
        """What stands there as text."""
        value = self.get(place)
        return value if isinstance(value, str) else json.dumps(value)

    def marks(self, place: str, change: Callable[[str], str]) -> Letter:
        """The same with each signature at ``place`` changed, and what stands around it not."""
        return self.put(place, MARK.sub(lambda found: change(found[0]), self.written(place)))


def _found(content: Any, path: Sequence[str]) -> Any:
    for name in path:
        content = _opened(content)
        if not isinstance(content, dict) or name not in content:
            return None
        content = content[name]
    return content


def _opened(content: Any) -> Any:
    """The first of a list; an object that stands as JSON in a string."""
    if isinstance(content, list) and content:
        return content[0]
    if isinstance(content, str) and content.lstrip().startswith("{"):
        return json.loads(content)
    return content


def _changed(content: Any, path: Sequence[str], change: Callable[[Any], Any] | None) -> Any:
    """The content with what is at ``path`` changed, or left out when ``change`` is None."""
    name, *deeper = path
    if isinstance(content, str) and content.lstrip().startswith("{"):
        inner = _changed(json.loads(content), path, change)
        return json.dumps(inner, separators=(",", ":"), ensure_ascii=False)
    if isinstance(content, list):
        return [_changed(content[0], path, change), *content[1:]] if content else content
    if not isinstance(content, dict):
        return content
    changed = copy.copy(content)
    if deeper:
        if name in changed:
            changed[name] = _changed(changed[name], deeper, change)
    elif change is None:
        changed.pop(name, None)
    else:
        changed[name] = change(changed.get(name))
    return changed
