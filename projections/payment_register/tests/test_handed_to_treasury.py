"""A refund of which the State Treasury pays a part: its state follows what is left for us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from feesvc.domain.refund import Refund
from feesvc.embedded import Database
from feesvc.projecting import Recorded
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.testing.money_events import OWN, approved, failed, line, take, vnd
from feesvc.testing.projection import SERVICE
from feesvc.testing.recorded import ListedLog, in_order, recorded
from feesvc_payment_register import projection

K = 1000


def asked() -> Recorded:
    return recorded(
        Refund.Requested, OWN, stream="R1", maker="person:a", portal="", method="bank_transfer",
        takes=(take(line(40 * K)),), amount=vnd(40 * K), reason="x", subject=None, digest="0",
    )  # fmt: skip


def handed(amount: int) -> Recorded:
    return recorded(Refund.HandedToTreasury, OWN, stream="R1", amount=vnd(amount))


def sent(amount: int) -> Recorded:
    return recorded(
        Refund.Instructed, OWN, stream="R1", reference="PL1", amount=vnd(amount),
        method="treasury_custody",
    )  # fmt: skip


STORIES: Sequence[tuple[Sequence[Recorded], str, int]] = (
    ((handed(36 * K),), "approved", 36 * K),
    ((handed(36 * K), handed(4 * K)), "paid", 40 * K),
    ((handed(36 * K), sent(4 * K), failed(4 * K)), "failed", 36 * K),
    ((sent(40 * K), failed(40 * K), handed(36 * K)), "failed", 36 * K),
    ((sent(40 * K), failed(40 * K), handed(40 * K)), "paid", 40 * K),
)


@pytest.mark.parametrize("batch", [1, 2, 100])
@pytest.mark.parametrize(("story", "state", "by_treasury"), STORIES)
def test_its_state_follows_what_is_left(
    database: Database, story: Sequence[Recorded], state: str, by_treasury: int, batch: int
) -> None:
    found = read(database, in_order([asked(), approved(line(40 * K)), *story]), batch)
    assert (found["state"], found["by_treasury"]["amount"]) == (state, by_treasury)
    ways = ("intermediary", "treasury_custody")  # as it was approved, or sent
    assert found["method"] == ways[any(isinstance(one.event, Refund.Instructed) for one in story)]


def read(database: Database, events: Sequence[Recorded], batch: int) -> dict[str, Any]:
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(events), batch) as runner:
        runner.catch_up()
    readers = Readers(database.url, projection.name, size=1)
    readers.start()
    app = FastAPI()
    app.include_router(projection.routes(readers.open), prefix="/v1/agencies/{agency}/x")
    [found] = TestClient(app).get(f"/v1/agencies/{OWN}/x/refunds").json()["items"]
    readers.close()
    told: dict[str, Any] = found
    return told
