"""No forged notification is believed, a wrong one ends where the table says, and bugs are found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import feesvc_sandbox
import feesvc_sandbox.reading
from feesvc.application import placing
from feesvc.campaigns import Trial, callbacks
from feesvc.campaigns.callbacks import CLASSES, Job, try_class
from feesvc.campaigns.forging.extending import extended
from feesvc.campaigns.sharing import in_a_loop
from feesvc.domain import placement
from feesvc.intermediary import Forged, Notification, Received
from feesvc.money import Money
from feesvc.testing.world import with_counterparts
from feesvc_sandbox.signing import SIGNATURE, _hex

SEED = 20261122


def test_one_letter_of_every_class_on_every_adapter(tmp_path: Path) -> None:
    found = callbacks.run(Trial(SEED, True, tmp_path, lambda words: None))
    assert found.faults == []
    assert found.figures["classes"] == 40
    assert found.figures["adapters"] <= len(with_counterparts())
    assert found.figures["letters"] == 40 * found.figures["adapters"]


def test_a_class_seed_makes_the_same_letters_again() -> None:
    first, again = (tried("M12", seeds=5) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("size", ["sha256", "sha512"])
@pytest.mark.parametrize("length", [0, 55, 56, 64, 111, 112, 300])
def test_a_hash_is_extended_without_its_secret(size: str, length: int) -> None:
    """Otherwise nothing would follow from M11 being refused."""
    secret, message = b"k" * 21, b"m" * length
    seen = hashlib.new(size, secret + message).hexdigest()
    added, digest = extended(seen, len(secret + message), b"&amount=1")
    assert hashlib.new(size, secret + message + added).hexdigest() == digest


def anything(notification: Notification, keys: Any) -> None:
    """Believes whoever says anything at all."""


def prefix(notification: Notification, keys: Any) -> None:
    """Compares as much of a signature as there is."""
    given = notification.headers.get("sandbox-signature", "").partition("v1=")[2]
    if not any(_signed(notification, key).startswith(given) for key in keys if key):
        raise Forged


def whenever(notification: Notification, keys: Any) -> None:
    """Asks who signed it and not when."""
    given = SIGNATURE.fullmatch(notification.headers.get("sandbox-signature", ""))
    if given is None or not any(_signed(notification, key) == given[2] for key in keys if key):
        raise Forged


def _signed(notification: Notification, key: str) -> str:
    stamp = notification.headers.get("sandbox-signature", "").partition(",")[0]
    return _hex(key, stamp.removeprefix("t=").encode() + b"." + notification.body)


@pytest.mark.parametrize(
    ("bug", "caught_by"),
    [(anything, ["M1", "M4", "M7", "M9"]), (prefix, ["M2", "M3"]), (whenever, ["M25"])],
    ids=lambda given: getattr(given, "__name__", ""),
)  # fmt: skip
def test_a_planted_bug_is_caught(
    bug: Callable[..., None], caught_by: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in caught_by:
        assert tried(name) == []
    monkeypatch.setattr(feesvc_sandbox, "verify", bug)
    for name in caught_by:
        assert any("accepted" in fault for fault in tried(name)), name


def test_a_merchant_that_is_not_looked_at_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def whoever(payment: Any, merchant: str) -> Any:
        told = payment_outcomes(payment, merchant)
        return [_to_us(one) for one in told]

    def _to_us(one: Any) -> Any:
        if not isinstance(one, Received):
            return one
        return Received(
            reference=one.reference, transaction=one.transaction, amount=one.amount, at=one.at
        )

    payment_outcomes = feesvc_sandbox.reading.payment_outcomes
    assert tried("M30") == []
    monkeypatch.setattr(feesvc_sandbox.reading, "payment_outcomes", whoever)
    assert any("wrong_merchant" in fault for fault in tried("M30"))


def test_a_currency_that_is_not_looked_at_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 17."""

    def any_currency(amount: Money, asked: Money, variable: bool, owed: Any) -> Any:
        return place(Money(amount.amount, asked.currency), asked, variable, owed)

    place = placement.place
    assert tried("M29") == []
    monkeypatch.setattr(placing, "place", any_currency)
    assert tried("M29")


def test_every_class_is_a_function_with_its_number() -> None:
    assert [kind.name for kind in CLASSES] == [f"M{number}" for number in range(1, 41)]
    for kind in CLASSES:
        said = kind[1].__doc__ or ""
        assert said.startswith((f"{kind.name}:", f"{kind.name}.")), kind


def tried(name: str, seeds: int = 10, adapter: str = "sandbox") -> list[str]:
    """The faults of a class on one adapter, under ten seeds."""
    found: list[str] = []
    for seed in range(SEED, SEED + seeds):
        found += in_a_loop(try_class, Job(adapter, name, seed, True)).faults
    return found
