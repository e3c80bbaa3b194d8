"""Examples of every event, from its annotations, and the golden files that keep its stored forms.

``python -m feesvc.testing.recorded_forms tests/golden/events`` writes the files that are missing.
A file is never changed: what was stored once must be readable for good.
"""

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from feesvc import domain
from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money
from feesvc.store.mapper import LogMapper

EventClass: TypeAlias = type[Aggregate.Event]

STREAM = UUID("0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2f")
MOMENT = datetime(2026, 11, 20, 5, 0, 0, 123456, tzinfo=UTC)
PLAIN: dict[Any, Any] = {
    type(None): None,
    int: 115_000,
    bool: True,
    UUID: UUID("5f0c3a52-9d4e-4f0b-8a53-0d6c1b7e2a94"),
    date: date(2026, 11, 20),
    datetime: MOMENT,
    Money: Money(115_000, "VND"),
}


def every_event() -> list[EventClass]:
    """Every event of every aggregate of the domain, in the order of their stored names."""
    found = {
        value
        for aggregate in _aggregates(Aggregate)
        for value in vars(aggregate).values()
        if isinstance(value, type)
        and issubclass(value, Aggregate.Event)
        and value.__name__ != "Event"
    }
    return sorted(found, key=lambda event: event.TOPIC)


def _aggregates(parent: type[Aggregate]) -> Iterator[type[Aggregate]]:
    for aggregate in parent.__subclasses__():
        if aggregate.__module__.startswith(f"{domain.__name__}."):
            yield aggregate
        yield from _aggregates(aggregate)


def examples(event_class: EventClass) -> list[Aggregate.Event]:
    """As many as it takes to meet every alternative of every union in its annotations."""
    hints = get_type_hints(event_class)
    names = [field.name for field in dataclasses.fields(event_class)]
    most = max(_alternatives(hints[name]) for name in names)
    return [_example_event(event_class, hints, names, turn) for turn in range(most)]


def _example_event(
    event_class: EventClass, hints: Mapping[str, Any], names: list[str], turn: int
) -> Aggregate.Event:
    first = issubclass(event_class, FirstEvent)
    known: dict[str, Any] = {
        "originator_id": STREAM,
        "originator_version": 1 if first else 2,
        "originator_topic": event_class.TOPIC.rpartition(".")[0],
        "timestamp": MOMENT,
    }
    facts = {
        name: known[name] if name in known else _example(hints[name], turn, name) for name in names
    }
    return event_class(**facts)


def _alternatives(kind: Any) -> int:
    if _is_union(kind):
        inner = [_alternatives(one) for one in get_args(kind)]
        return max(len(inner), *inner)
    within = [*_members(kind).values(), *(arg for arg in get_args(kind) if _is_type(arg))]
    return max((_alternatives(one) for one in within), default=1)


def _example(kind: Any, turn: int, label: str) -> Any:
    if kind is str:
        return f"{label} đ"
    if kind in PLAIN:
        return PLAIN[kind]
    if _is_union(kind):
        alternatives = get_args(kind)
        return _example(alternatives[turn % len(alternatives)], turn, label)
    members = _members(kind)
    if members or _is_composed(kind):
        return kind(**{name: _example(member, turn, name) for name, member in members.items()})
    return _example_of_generic(get_origin(kind), get_args(kind), turn, label)


def _example_of_generic(origin: Any, arguments: tuple[Any, ...], turn: int, label: str) -> Any:
    if origin is Literal:
        return arguments[turn % len(arguments)]
    if origin is tuple:
        members = arguments[:1] if arguments[-1] is Ellipsis else arguments
        return tuple(_example(member, turn, label) for member in members)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = arguments
        return {_example(key, turn, f"{label} key"): _example(value, turn, label)}
    raise TypeError(f"no example of {origin!r} for {label}")


def _members(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass or struct, with their types."""
    if kind in PLAIN or not _is_composed(kind):
        return {}
    if issubclass(kind, msgspec.Struct):
        return {name: get_type_hints(kind)[name] for name in kind.__struct_fields__}
    return {field.name: get_type_hints(kind)[field.name] for field in dataclasses.fields(kind)}


def _is_composed(kind: Any) -> bool:
    return isinstance(kind, type) and (
        dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct)
    )


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _is_type(kind: Any) -> bool:
    return kind is not Ellipsis and not isinstance(kind, str | int)


def record_missing(folder: Path) -> list[Path]:
    """Write ``<topic>.v<form>.json``, and ``.2.json`` … for further examples, where none stands."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for event_class in every_event():
        name = f"{event_class.TOPIC}.v{event_class.FORM}"
        if (folder / f"{name}.json").exists():
            continue
        for number, event in enumerate(examples(event_class), start=1):
            path = folder / (f"{name}.json" if number == 1 else f"{name}.{number}.json")
            path.write_bytes(LogMapper().to_stored_event(event).state + b"\n")
            written.append(path)
    return written


if __name__ == "__main__":
    for path in record_missing(Path(sys.argv[1])):
        sys.stdout.write(f"{path}\n")
