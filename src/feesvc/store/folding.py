"""Aggregates kept folded between loads, and copies of them that are free to be changed."""

from __future__ import annotations

import copy
import dataclasses
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.store.mapper import fold


class Folded:
    """The most recently used aggregates. One that is kept is never changed, only replaced."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, Aggregate] = OrderedDict()

    def get(self, stream: UUID) -> Aggregate | None:
        known = self._kept.get(stream)
        if known is not None:
            self._kept.move_to_end(stream)
        return known

    def advance(
        self, stream: UUID, known: Aggregate | None, events: Sequence[Aggregate.Event]
    ) -> Aggregate | None:
        """``known`` with further events, kept unless a newer one is; ``known`` stays as it was."""
        newer = known
        if events:
            newer = fold(known if known is None else copied(known), events)
        if newer is not None:
            kept = self._kept.get(stream)
            if kept is None or kept.version < newer.version:
                self._kept[stream] = newer
                self._kept.move_to_end(stream)
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return newer


def copied(aggregate: Aggregate) -> Aggregate:
    """As ``copy.deepcopy``, but what cannot be changed is shared: facts are frozen, and many."""
    new = object.__new__(type(aggregate))
    for name, value in vars(aggregate).items():
        object.__setattr__(new, name, _copied(value))
    return new


def _copied(value: Any) -> Any:
    if isinstance(value, dict) and type(value) is dict:
        return {name: _copied(inner) for name, inner in value.items()}
    if type(value) is list:
        return [_copied(inner) for inner in value]
    if type(value) is set:
        return set(value)
    if type(value) is tuple:
        return tuple([_copied(inner) for inner in value])
    if isinstance(value, _UNCHANGING) or _is_frozen(value):
        return value
    return copy.deepcopy(value)


_UNCHANGING = (str, int, bytes, UUID, type(None), frozenset)


def _is_frozen(value: Any) -> bool:
    parameters = getattr(value, "__dataclass_params__", None)
    return dataclasses.is_dataclass(value) and parameters is not None and parameters.frozen
