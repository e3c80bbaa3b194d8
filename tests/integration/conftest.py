"""A running service and a town in it, for the tests of what is said over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feesvc.embedded import Database
from feesvc.testing.service import RunningService, running_service
from feesvc.testing.town import Town, found_town


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    """A service of its own on a database of its own; its worker runs within ``working``."""
    with running_service(database) as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> Town:
    return found_town(service, "sandbox")
