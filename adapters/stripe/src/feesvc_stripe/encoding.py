"""Form encoding as Stripe reads it: ``line_items[0][price_data][currency]=vnd``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlencode

Parameter: TypeAlias = "str | int | bool | Mapping[str, Parameter] | Sequence[Parameter]"
Parameters: TypeAlias = Mapping[str, Parameter]


def encode(parameters: Parameters) -> str:
    """Nested parameters as ``application/x-www-form-urlencoded``, in the order given."""
    return urlencode([pair for name in parameters for pair in _flat(name, parameters[name])])


def _flat(name: str, parameter: Parameter) -> Iterator[tuple[str, str]]:
    if isinstance(parameter, bool):
        yield name, "true" if parameter else "false"
    elif isinstance(parameter, str | int):
        yield name, str(parameter)
    elif isinstance(parameter, Mapping):
        for key, inner in parameter.items():
            yield from _flat(f"{name}[{key}]", inner)
    else:
        for index, inner in enumerate(parameter):
            yield from _flat(f"{name}[{index}]", inner)
