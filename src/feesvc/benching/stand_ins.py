"""Stand-ins of intermediaries for benchmarks, each in a process of its own as a provider is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from feesvc import plugins
from feesvc.assembly import utc_now
from feesvc.benching.apps import COUNTERPART
from feesvc.benching.serving import STAND_IN, served
from feesvc.benching.stage import OFFLINE
from feesvc.intermediary import Intermediary, OrderLine, PaymentOrder, Refused, Unavailable
from feesvc.money import Money
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.in_process import InProcessTransport

NOWHERE = "https://portal.example/"


@dataclass(frozen=True, slots=True)
class Provider:
    """A stand-in that runs; ``settings`` are a merchant account's, secrets by reference."""

    name: str
    url: str
    settings: Mapping[str, str]

    def hang(self) -> None:
        """From now on every request takes effect and is never answered."""
        httpx.post(f"{self.url}/_faults", json={"fault": "hang"}).raise_for_status()


@contextmanager
def provided(name: str) -> Iterator[Provider]:
    """Serve the counterpart of this intermediary until the block ends."""
    with served(STAND_IN, 1, {**os.environ, COUNTERPART: name}) as server:
        url = f"http://127.0.0.1:{server.port}"
        counterpart: Counterpart = plugins.counterparts()[name](utc_now)
        secret = {s.name for s in plugins.intermediaries()[name].settings if s.secret}
        settings = {
            setting: _by_reference(name, setting, value) if setting in secret else value
            for setting, value in counterpart.settings(url).items()
        }
        yield Provider(name, url, settings)


def that_are_asked(amount: Money) -> list[str]:
    """The installed intermediaries that must be asked for a checkout of this amount.

    One that can do without a network comes first: it is the least work.
    """
    found = {
        name: kind
        for name, kind in plugins.intermediaries().items()
        if name in plugins.counterparts() and _is_asked(name, kind, amount)
    }
    return sorted(found, key=lambda name: OFFLINE not in {s.name for s in found[name].settings})


def _is_asked(name: str, kind: type[Intermediary], amount: Money) -> bool:
    limits = kind.facts.currencies.get(amount.currency)
    if limits is None or not limits.minimum <= amount.amount <= limits.maximum:
        return False
    counterpart: Counterpart = plugins.counterparts()[name](utc_now)
    with httpx.Client(transport=InProcessTransport(counterpart.app)) as http:
        asked: list[httpx.Request] = []
        http.event_hooks = {"request": [asked.append]}
        adapter = kind(counterpart.settings("http://counterpart.test"), http)
        try:
            adapter.request_payment(_order(adapter, amount))
        except (Refused, Unavailable):
            return False
        return bool(asked)


def _order(adapter: Intermediary, amount: Money) -> PaymentOrder:
    now = datetime.now(UTC)
    return PaymentOrder(
        reference=adapter.reference_for("bench1", 1, now), amount=amount,
        lines=(OrderLine(kind="charge", item="L", name="Licence", amount=amount),),
        description="Licence", dossier="000.00.01.G14-261120-0001", locale="vi",
        payer_ip="127.0.0.1", placed_at=now, expires_at=now + timedelta(minutes=15), asked_at=now,
        return_url=NOWHERE, notify_url=NOWHERE,
    )  # fmt: skip


def _by_reference(name: str, setting: str, value: str) -> str:
    variable = f"FEESVC_BENCH_{name}_{setting}".upper().replace("-", "_")
    os.environ[variable] = value
    return f"env:{variable}"
