"""Ids are for good: the same facts give the ids kept in ``tests/golden/ids.json``.

A vector is added for each new method of ``Ids``, and none is ever changed.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from feesvc.domain.ids import Ids

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "ids.json").read_text("utf-8"))
IDS = Ids(UUID(GOLDEN["namespace"]))


def called(vector: dict[str, Any]) -> UUID:
    method = getattr(IDS, vector["method"])
    kinds = {p.name: p.annotation for p in inspect.signature(method).parameters.values()}
    arguments = [
        UUID(argument) if kind == "UUID" else argument
        for kind, argument in zip([*kinds.values(), "", ""], vector["arguments"], strict=False)
    ]
    found = method(*arguments)
    assert isinstance(found, UUID)
    return found


@pytest.mark.parametrize("vector", GOLDEN["vectors"], ids=lambda vector: str(vector["says"]))
def test_the_same_facts_give_the_same_id(vector: dict[str, Any]) -> None:
    assert str(called(vector)) == vector["id"]
    assert called(vector).version == 5


def test_every_method_has_a_vector() -> None:
    methods = {name for name, _ in inspect.getmembers(Ids, inspect.isfunction) if name[0] != "_"}
    assert {vector["method"] for vector in GOLDEN["vectors"]} == methods


def test_other_facts_give_other_ids() -> None:
    different = [vector["id"] for vector in GOLDEN["vectors"] if not vector.get("same_as")]
    assert len(set(different)) == len(different)


def test_another_namespace_gives_other_ids() -> None:
    assert Ids(UUID(int=1)).agency("G14") != IDS.agency("G14")


def test_texts_are_one_however_they_were_typed() -> None:
    composed, decomposed = "Nghị quyết 78", "Nghi\u0323 quye\u0302\u0301t 78"
    assert composed != decomposed
    assert IDS.fee_schedule("H26", composed) == IDS.fee_schedule(" h26 ", decomposed)


def test_parts_never_run_into_each_other() -> None:
    assert IDS.of("x", "a", "b") != IDS.of("x", 'a","b') != IDS.of("x", "a,b")
    assert IDS.of("x", "1") != IDS.of("x", 1)
