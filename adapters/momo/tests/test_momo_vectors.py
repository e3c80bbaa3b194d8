"""MoMo's signatures against published vectors, by both sides' own code.

``momo_vectors.json`` names the source of each. The secrets are made up for the vectors.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from feesvc_momo.counterpart.api import CREATED, QUERIED
from feesvc_momo.counterpart.wire import NOTIFIED, signature
from feesvc_momo.signing import CREATE, NOTIFICATION, QUERY, Keys

VECTORS = json.loads((Path(__file__).parent / "momo_vectors.json").read_text("utf-8"))["vectors"]
OURS = {"create": (CREATE, CREATED), "ipn": (NOTIFICATION, NOTIFIED), "query": (QUERY, QUERIED)}


def fields_of(canonical: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in canonical.split("&"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_vector_is_what_it_says(vector: dict[str, Any]) -> None:
    """Also of the older interface, which signs in an order of its own."""
    signed = hmac.new(vector["secret"].encode(), vector["canonical"].encode(), hashlib.sha256)
    assert signed.hexdigest() == vector["expected"]


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["kind"] in OURS], ids=lambda vector: vector["id"]
)
def test_both_sides_sign_as_published(vector: dict[str, Any]) -> None:
    fields = fields_of(vector["canonical"])
    names, told = OURS[vector["kind"]]
    assert set(names) == set(fields) == set(told.split())
    access, secret = fields["accessKey"], vector["secret"]
    assert Keys(access=access, secret=secret).sign(names, fields) == vector["expected"]
    assert signature(told, fields, access, secret) == vector["expected"]


def test_every_kind_that_we_use_has_a_vector() -> None:
    assert {vector["kind"] for vector in VECTORS} >= set(OURS)
