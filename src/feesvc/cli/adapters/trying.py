"""Trying out: one checkout is opened in a provider's test environment, and looked up.

No money moves unless somebody opens the page and pays. What is printed holds no secret.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import typer

from feesvc.application.desk import Desk
from feesvc.application.desk.clients import new_client
from feesvc.assembly import from_environment
from feesvc.cli.adapters.telling import variable
from feesvc.domain.merchant_account import REFERENCES
from feesvc.intermediary import Intermediary, OrderLine, PaymentOrder, Pending, Refused, Unavailable
from feesvc.money import Money
from feesvc.secrets import resolve

NOWHERE = "https://fees.example/"
TIME_TO_PAY = timedelta(minutes=15)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked of the provider, and what it said."""

    what: str
    said: str


@dataclass(slots=True)
class Tried:
    """``settings`` are the names of those that were given."""

    name: str
    settings: Sequence[str]
    steps: list[Step]
    whole: bool = False

    def as_json(self) -> Mapping[str, Any]:
        return {
            "name": self.name, "against": "provider", "settings": list(self.settings),
            "steps": [{"what": step.what, "said": step.said} for step in self.steps],
            "as_expected": self.whole,
        }  # fmt: skip


def given_settings(kind: type[Intermediary], stated: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` each; a name that the adapter does not declare is a mistake."""
    declared = {setting.name for setting in kind.settings}
    given: dict[str, str] = {}
    for one in stated:
        name, mark, value = one.partition("=")
        if not mark or name not in declared:
            raise typer.BadParameter(f"NAME=VALUE, where NAME is one of {', '.join(declared)}")
        given[name] = value
    return given


def missing_settings(
    name: str, kind: type[Intermediary], given: Mapping[str, str]
) -> list[str]:  # fmt: skip
    """The settings that the provider cannot be asked without."""
    return [
        setting.name
        for setting in kind.settings
        if setting.required
        and not (given.get(setting.name) or setting.default)
        and not os.environ.get(variable(name, setting.name))
    ]


def try_out(
    name: str, kind: type[Intermediary], given: Mapping[str, str], amount: int | None,
    return_url: str, notify_url: str,
) -> Tried:  # fmt: skip
    """Open one checkout and look it up. Raises ``Misconfigured``."""
    names = [s.name for s in kind.settings if given.get(s.name) or from_environment(name, s.name)]
    tried = Tried(name, names, [])
    desk = Desk({name: kind}, _value, from_environment)
    with closing(new_client(name)) as client:
        adapter = desk.adapter_with(name, given, client)
        order = _order(adapter, amount, return_url or NOWHERE, notify_url or NOWHERE)
        try:
            checkout = adapter.request_payment(order)
            shown = checkout.url or ("a code to scan" if checkout.qr else "nothing to open")
            tried.steps.append(Step(f"a checkout for {order.amount} as {order.reference}", shown))
            now = datetime.now(UTC)
            outcomes = adapter.look_up(replace(order, handle=checkout.handle, asked_at=now))
        except (Refused, Unavailable) as error:
            said = f"{type(error).__name__.lower()}: {error}"
            tried.steps.append(Step("the provider" if tried.steps else "a checkout", said))
            return tried
    told = [type(outcome).__name__.lower() for outcome in outcomes]
    tried.steps.append(Step("its look-up", ", ".join(told) or "nothing"))
    tried.whole = bool(checkout.url or checkout.qr) and all(
        isinstance(outcome, Pending) for outcome in outcomes
    )
    return tried


def _value(stated: str) -> str:
    """A secret by reference, or as it is: this account is nobody's."""
    return resolve(stated) if stated.startswith(REFERENCES) else stated


def _order(
    adapter: Intermediary, amount: int | None, return_url: str, notify_url: str
) -> PaymentOrder:  # fmt: skip
    currency, limits = next(iter(adapter.facts.currencies.items()))
    money = Money(amount or max(limits.minimum, min(10_000, limits.maximum)), currency)
    now = datetime.now(UTC)
    epoch = "".join(secrets.choice(LETTERS) for _ in range(6))
    line = OrderLine(kind="charge", item="TEST", name="Thu", amount=money)
    return PaymentOrder(
        reference=adapter.reference_for(epoch, int(time.time()) % 1_000_000, now), amount=money,
        lines=(line,), description="Test of a connection", dossier="000.00.00.G00-000000-0000",
        locale="vi", payer_ip="127.0.0.1", placed_at=now, expires_at=now + TIME_TO_PAY,
        asked_at=now, return_url=return_url, notify_url=notify_url,
    )  # fmt: skip
