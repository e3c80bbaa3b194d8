"""A pytest plugin: what is logged while tests run goes nowhere, unless a test listens.

structlog's own default prints, from every thread, to whatever pytest put in place of standard
output just then; CPython up to 3.11.9 may crash when that is swapped under a writing thread
(gh-119506).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog


@pytest.fixture(scope="session")
def nowhere() -> Iterator[Any]:
    with open(os.devnull, "wb") as file:
        yield structlog.BytesLoggerFactory(file)


@pytest.fixture(autouse=True)
def quiet(nowhere: Any) -> None:
    """Before each test: an earlier one may have listened, and put the default back."""
    if not structlog.is_configured():
        structlog.configure(processors=[_as_bytes], logger_factory=nowhere)


def _as_bytes(logger: Any, method: str, event: Any) -> bytes:
    return repr(event).encode()
