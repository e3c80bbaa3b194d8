"""The desk: calls intermediaries, each operation of each through its own threads and breaker.

One sick intermediary slows no other, and one sick operation none of its others. An adapter is
connected once per merchant account and set of settings; secrets are resolved here and kept nowhere
else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Literal, TypeAlias, TypeVar
from uuid import UUID

import httpx

from feesvc.application.desk.bulkhead import Bulkhead, NotAsked
from feesvc.application.desk.clients import new_client
from feesvc.application.desk.operations import THREADS
from feesvc.domain.aggregate import Refusal
from feesvc.domain.merchant_account import PREVIOUS, MerchantAccount
from feesvc.intermediary import Intermediary, Setting
from feesvc.secrets import Misconfigured

__all__ = [
    "Desk",
    "Health",
    "LiveRefused",
    "NotAsked",
    "SettingMissing",
    "State",
    "UnknownIntermediary",
    "UnknownSetting",
]

T = TypeVar("T")

State: TypeAlias = Literal["ok", "degraded", "unavailable"]
TROUBLED = 5
"""One call of so many without an answer, and an intermediary is called degraded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an intermediary has answered this process lately, and for how long it has been so."""

    state: State
    lasted: timedelta | None = None
    """Since the trouble began; None where there is none."""


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
    ``clock`` gives the breakers their seconds; ``threads`` is for each operation of each.
    """

    def __init__(
        self,
        kinds: Mapping[str, type[Intermediary]],
        resolve: Callable[[str], str],
        default: Callable[[str, str], str | None] = lambda intermediary, setting: None,
        connect: Callable[[str], httpx.Client] = new_client,
        *,
        refuse_live: bool = False,
        clock: Callable[[], float] = time.monotonic,
        threads: int = THREADS,
    ) -> None:
        self.kinds = kinds
        self.refuse_live = refuse_live
        self._resolve = resolve
        self._default = default
        self._connect = connect
        self._clock = clock
        self._threads = threads
        self._adapters: dict[UUID, tuple[int, Intermediary]] = {}
        self._clients: list[httpx.Client] = []
        self._bulkheads: dict[tuple[str, str], Bulkhead] = {}
        self._opening = Lock()

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
        version, adapter = self._adapters.get(account.id, (0, None))
        if adapter is None or version != account.version:
            client = self._connect(account.intermediary)
            self._clients.append(client)
            adapter = self.adapter_with(account.intermediary, account.settings, client)
            if version <= account.version:
                self._adapters[account.id] = account.version, adapter
        return adapter

    def adapter_with(
        self, intermediary: str, stated: Mapping[str, str], client: httpx.Client
    ) -> Intermediary:
        """An adapter with a merchant account's settings as they were stated; kept by nobody.

        Raises ``Misconfigured`` where a reference leads to no secret, or to none of its form.
        """
        kind = self.kind(intermediary)
        settings = self._settings(intermediary, stated, kind.settings)
        try:
            return kind(settings, client)
        except Exception as error:
            # What the adapter says of them may repeat a secret.
            raise Misconfigured(f"the adapter of {intermediary} refuses its settings") from error

    def secrets_of(self, intermediary: str, stated: Mapping[str, str]) -> bytes:
        """A hash of all secrets that these settings lead to now; not to be kept as it is.

        Raises ``Misconfigured``.
        """
        names = self.secrets(intermediary)
        settings = self._settings(intermediary, stated, self.kind(intermediary).settings)
        secret = {n: v for n, v in settings.items() if n.removesuffix(PREVIOUS) in names}
        return sha256(json.dumps(sorted(secret.items())).encode()).digest()

    def known_adapter(self, account: UUID) -> Intermediary | None:
        """The adapter that was used last for an account: for when the account cannot be read."""
        return self._adapters.get(account, (0, None))[1]

    async def call(self, intermediary: str, operation: str, ask: Callable[[], T]) -> T:
        """Run ``ask`` in the operation's own threads. Raises what the adapter raises.

        ``Unavailable`` too when no answer comes in time, ``NotAsked`` when nothing was sent.
        """
        return await self._bulkhead(intermediary, operation).call(ask)

    def rests(self, intermediary: str, operation: str) -> bool:
        """Whether the breaker would hold off such a call now."""
        found = self._bulkheads.get((intermediary, operation))
        return found is not None and found.rules.held_off and found.breaker.holds_off()

    def health(self, intermediary: str) -> Health:
        """From what this process asked within the last half minute."""
        state: State = "ok"
        lasted: float | None = None
        for (name, operation), bulkhead in list(self._bulkheads.items()):
            if name != intermediary or not bulkhead.rules.networked:
                continue
            found = bulkhead.breaker.condition()
            if found.seconds is None or not (
                found.open or TROUBLED * found.failures >= found.calls > 0
            ):
                continue
            if operation == "request_payment" and found.open and found.tried:
                state, lasted = "unavailable", found.seconds
                break
            state, lasted = "degraded", max(lasted or 0.0, found.seconds)
        return Health(
            state=state, lasted=None if lasted is None else timedelta(seconds=round(lasted))
        )

    def close(self) -> None:
        """Start no more calls, and hang up on everybody."""
        for bulkhead in self._bulkheads.values():
            bulkhead.close()
        for client in self._clients:
            client.close()

    def _bulkhead(self, intermediary: str, operation: str) -> Bulkhead:
        found = self._bulkheads.get((intermediary, operation))
        if found is None:
            with self._opening:
                made = Bulkhead(intermediary, operation, self._clock, self._threads)
                found = self._bulkheads.setdefault((intermediary, operation), made)
        return found

    def _settings(
        self, intermediary: str, stated: Mapping[str, str], declared: tuple[Setting, ...]
    ) -> dict[str, str]:
        """Every declared setting's value; ``_previous`` ones where the account has them."""
        values: dict[str, str] = {}
        for setting in declared:
            for name in (setting.name, setting.name + PREVIOUS):
                value = stated.get(name)
                if value:
                    values[name] = self._resolve(value) if setting.secret else value
            given = self._default(intermediary, setting.name) or setting.default
            if setting.name not in values and given:
                values[setting.name] = given
        return values
