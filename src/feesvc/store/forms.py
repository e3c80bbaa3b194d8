"""The form of an event class, from its annotations: how its states are written and read."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, NotRequired, TypedDict, get_type_hints

import msgspec
from eventsourcing.utils import TopicError, resolve_topic

import feesvc.domain
from feesvc.domain.aggregate import Aggregate
from feesvc.store import Unstorable

KEPT_APART = frozenset({"originator_id", "originator_version", "originator_topic"})
"""The log has columns for the first two; the third is the topic before its last dot."""

_typed_dict: Any = TypedDict
"""Called, not subclassed: the fields are known only once an event class is at hand."""

_encoder = msgspec.json.Encoder(order="deterministic")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unreadable(Exception):
    """An event that this version of the software cannot read. Nothing may skip it."""

    def __init__(self, topic: str, form: int, position: int, reason: object) -> None:
        super().__init__(f"{topic} form {form} at position {position}: {reason}")
        self.topic = topic
        self.form = form
        self.position = position


class Form:
    """Reads and writes the states of one event class in its current form."""

    def __init__(self, event_class: type[Aggregate.Event]) -> None:
        self.event_class = event_class
        self.topic = event_class.TOPIC
        self.number = event_class.FORM
        hints = get_type_hints(event_class, include_extras=True)
        shape: dict[str, Any] = {}
        self._defaults: dict[str, Any] = {}
        for field in dataclasses.fields(event_class):
            if field.name in KEPT_APART:
                continue
            kind = hints[field.name]
            if kind is datetime:
                kind = Annotated[datetime, msgspec.Meta(tz=True)]
            default = _default(field)
            if default is not dataclasses.MISSING:
                kind = NotRequired[kind]
                self._defaults[field.name] = default
            shape[field.name] = kind
        self._size = len(shape)
        kept = _typed_dict(event_class.__name__, shape)
        self._decoder: msgspec.json.Decoder[list[dict[str, Any]]]
        self._decoder = msgspec.json.Decoder(GenericAlias(list, (kept,)))

    def write(self, event: Aggregate.Event) -> bytes:
        """The state of an event: the same facts always give the same bytes.

        Raises ``Unstorable`` for what could not be read again: another type than annotated, a time
        without its zone, a NUL (PostgreSQL texts hold none, so a projection would stop at it).
        """
        facts = {name: fact for name, fact in vars(event).items() if name not in KEPT_APART}
        try:
            state = _encoder.encode(facts)
            self._decode([state])
        except (TypeError, ValueError, OverflowError) as error:
            raise Unstorable(f"{self.topic}: {error}") from error
        if b"\\u0000" in state and _ESCAPED_NUL.search(state):
            raise Unstorable(f"{self.topic}: a text holds a NUL")
        return state

    def read(self, form: int, states: Sequence[bytes]) -> list[dict[str, Any]]:
        """The facts of many states of one form; raises ``ValueError`` if one is unreadable."""
        if form != self.number:
            states = [self._lifted(form, state) for state in states]
        facts = self._decode(states)
        for each in facts:
            if len(each) != self._size:
                for name, default in self._defaults.items():
                    if name not in each:
                        each[name] = default()
        return facts

    def _decode(self, states: Sequence[bytes]) -> list[dict[str, Any]]:
        joined = b"[" + b",".join(states) + b"]"
        facts = self._decoder.decode(joined)
        # The decoder passes over unknown fields. What it read, written again, must be what was
        # there; only a state that leaves out defaults differs, and is compared field by field.
        if _encoder.encode(facts) != joined:
            _refuse_unknown(msgspec.json.decode(joined), msgspec.to_builtins(facts), self.topic)
        return facts

    def _lifted(self, form: int, state: bytes) -> bytes:
        if not 0 < form <= self.number:
            raise ValueError(f"form {form} is unknown, this version knows up to {self.number}")
        facts = msgspec.json.decode(state)
        for number in range(form, self.number):
            facts = getattr(self.event_class, f"upcast_{number}")(facts)
        return _encoder.encode(facts)


@cache
def form_of(event_class: type[Aggregate.Event]) -> Form:
    return Form(event_class)


@cache
def form_named(topic: str) -> Form:
    """The form of the event class with this stored name; raises ``LookupError`` for none."""
    try:
        found = resolve_topic(topic)
    except (TopicError, ValueError):
        _import_domain()
        try:
            found = resolve_topic(topic)
        except (TopicError, ValueError) as error:
            raise LookupError("no event class has this name") from error
    if not (isinstance(found, type) and issubclass(found, Aggregate.Event)):
        raise LookupError(f"{found!r} is not an event class")
    return form_of(found)


@cache
def _import_domain() -> None:
    """A class gets its stored name when its module is imported; a bare follower imports none."""
    for module in pkgutil.iter_modules(feesvc.domain.__path__):
        importlib.import_module(f"feesvc.domain.{module.name}")


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    if field.default is not dataclasses.MISSING:
        default = field.default
        return lambda: default
    return dataclasses.MISSING


def _refuse_unknown(kept: Any, understood: Any, path: str) -> None:
    if isinstance(kept, dict):
        if unknown := sorted(kept.keys() - understood.keys()):
            raise ValueError(f"{path} has unknown fields: {', '.join(unknown)}")
        for name, inner in kept.items():
            _refuse_unknown(inner, understood[name], f"{path}.{name}")
    elif isinstance(kept, list):
        if len(kept) != len(understood):
            raise ValueError(f"{path} holds {len(understood)} entries, not {len(kept)}")
        for number, (inner, read) in enumerate(zip(kept, understood, strict=True)):
            _refuse_unknown(inner, read, f"{path}[{number}]")
