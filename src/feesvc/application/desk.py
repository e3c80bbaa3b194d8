"""The desk: calls intermediaries, each through its own bounded pool of threads.

One sick intermediary fills its own pool and no other (a bulkhead). An adapter is connected once
per merchant account and set of settings; secrets are resolved here and kept nowhere else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TypeVar
from uuid import UUID

import httpx

from feesvc import metrics
from feesvc.domain.aggregate import Refusal
from feesvc.domain.merchant_account import PREVIOUS, MerchantAccount
from feesvc.intermediary import Intermediary, Setting, Unavailable

T = TypeVar("T")

POOL = 20
"""Calls under way at once to one intermediary; more are refused as unavailable."""
WAITING = 200
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0


class UnknownIntermediary(Refusal):
    """No adapter of that name is installed"""


class SettingMissing(Refusal):
    """The merchant account lacks a setting that its adapter needs"""


class LiveRefused(Refusal):
    """This service is for trying out: it takes no live merchant account"""


class UnknownSetting(Refusal):
    """The adapter has no such setting"""


class Desk:
    """``kinds`` are the installed adapters by name; ``resolve`` reads a reference to a secret.

    ``default`` may give a setting for every account of an intermediary (from the environment).
    """

    def __init__(
        self,
        kinds: Mapping[str, type[Intermediary]],
        resolve: Callable[[str], str],
        default: Callable[[str, str], str | None] = lambda intermediary, setting: None,
        connect: Callable[[str], httpx.Client] | None = None,
        *,
        refuse_live: bool = False,
    ) -> None:
        self.kinds = kinds
        self.refuse_live = refuse_live
        self._resolve = resolve
        self._default = default
        self._connect = connect or _client
        self._adapters: dict[tuple[UUID, int], Intermediary] = {}
        self._clients: list[httpx.Client] = []
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._places: dict[str, BoundedSemaphore] = {}

    def kind(self, intermediary: str) -> type[Intermediary]:
        if intermediary not in self.kinds:
            raise UnknownIntermediary(intermediary)
        return self.kinds[intermediary]

    def secrets(self, intermediary: str) -> frozenset[str]:
        """The names of the settings that must be references."""
        return frozenset(s.name for s in self.kind(intermediary).settings if s.secret)

    def check_settings(self, intermediary: str, settings: Mapping[str, str]) -> None:
        """Raises ``SettingMissing`` or ``UnknownSetting``, naming it; never a value."""
        declared = {setting.name: setting for setting in self.kind(intermediary).settings}
        for name in settings:
            if name.removesuffix(PREVIOUS) not in declared:
                raise UnknownSetting(f"{intermediary}: {name}")
        for name, setting in declared.items():
            if setting.required and not (
                settings.get(name) or setting.default or self._default(intermediary, name)
            ):
                raise SettingMissing(f"{intermediary}: {name}")

    def adapter(self, account: MerchantAccount) -> Intermediary:
        """The adapter of one merchant account, connected anew after its keys changed."""
        at = (account.id, account.version)
        if at not in self._adapters:
            kind = self.kind(account.intermediary)
            settings = self._settings(account, kind.settings)
            client = self._connect(account.intermediary)
            self._clients.append(client)
            self._adapters[at] = kind(settings, client)
        return self._adapters[at]

    async def call(self, intermediary: str, operation: str, ask: Callable[[], T]) -> T:
        """Run ``ask`` in the intermediary's pool. Raises what the adapter raises.

        ``Unavailable`` too when its pool and the queue before it are full. ``operation`` names
        what is asked in the metrics.
        """
        pool, places = self._pool(intermediary)
        if not places.acquire(blocking=False):
            metrics.intermediary_calls.labels(intermediary, operation, "turned_away").inc()
            raise Unavailable(f"{intermediary} has too many calls waiting")
        loop = asyncio.get_running_loop()

        def work() -> T:
            try:
                with _counted(intermediary, operation):
                    return ask()
            finally:
                places.release()

        return await asyncio.shield(loop.run_in_executor(pool, work))

    def close(self) -> None:
        """Start no more calls, and hang up on everybody."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for client in self._clients:
            client.close()

    def _pool(self, intermediary: str) -> tuple[ThreadPoolExecutor, BoundedSemaphore]:
        if intermediary not in self._pools:
            self._pools[intermediary] = ThreadPoolExecutor(POOL, intermediary)
            self._places[intermediary] = BoundedSemaphore(POOL + WAITING)
        return self._pools[intermediary], self._places[intermediary]

    def _settings(self, account: MerchantAccount, declared: tuple[Setting, ...]) -> dict[str, str]:
        """Every declared setting's value; ``_previous`` ones where the account has them."""
        values: dict[str, str] = {}
        for setting in declared:
            for name in (setting.name, setting.name + PREVIOUS):
                stated = account.settings.get(name)
                if stated:
                    values[name] = self._resolve(stated) if setting.secret else stated
            given = self._default(account.intermediary, setting.name) or setting.default
            if setting.name not in values and given:
                values[setting.name] = given
        return values


@contextmanager
def _counted(intermediary: str, operation: str) -> Iterator[None]:
    """Count a call by what came of it: ``answered``, or the kind of its error."""
    outcome, begun = "answered", time.perf_counter()
    try:
        yield
    except Exception as error:
        outcome = type(error).__name__.lower()
        raise
    finally:
        seconds = time.perf_counter() - begun
        metrics.intermediary_calls.labels(intermediary, operation, outcome).inc()
        metrics.intermediary_seconds.labels(intermediary, operation).observe(seconds)


def _client(intermediary: str) -> httpx.Client:
    limits = httpx.Limits(max_connections=POOL, max_keepalive_connections=POOL)
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(timeout=timeout, limits=limits, follow_redirects=False)
