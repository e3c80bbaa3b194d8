"""A merchant account keeps references to secrets and never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from feesvc.domain.merchant_account import (
    MerchantAccount,
    MerchantAccountClosed,
    NoCurrency,
    SecretInPlain,
)

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
SECRETS = {"key", "webhook"}


def opened(settings: Mapping[str, str], currencies: tuple[str, ...] = ("VND",)) -> MerchantAccount:
    return MerchantAccount.open(
        UUID(int=7), "G14", "stripe", "test", settings, SECRETS, currencies, NOON
    )


def test_references_and_plain_values_are_kept() -> None:
    settings = {"key": "env:STRIPE_KEY", "webhook": "file:/run/webhook", "statement": "MIC"}
    assert opened(settings).settings == settings


@pytest.mark.parametrize("name", ["key", "webhook", "key_previous"])
def test_a_secret_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(SecretInPlain) as refusal:
        opened({name: "sk_live_51H"})
    assert "sk_live_51H" not in str(refusal.value)


def test_rekeying_refuses_a_secret_too() -> None:
    account = opened({"key": "env:OLD"})
    with pytest.raises(SecretInPlain):
        account.rekey({"key": "whsec_1"}, SECRETS, NOON)
    account.rekey({"key": "env:NEW", "key_previous": "env:OLD"}, SECRETS, NOON)
    assert account.settings == {"key": "env:NEW", "key_previous": "env:OLD"}


def test_the_same_settings_again_record_nothing() -> None:
    account = opened({"key": "env:OLD"})
    account.rekey({"key": "env:OLD"}, SECRETS, NOON)
    assert len(account.pending_events) == 1


def test_the_callers_mapping_may_change_without_changing_history() -> None:
    settings = {"key": "env:OLD"}
    account = opened(settings)
    settings["key"] = "env:OTHER"
    assert account.settings == {"key": "env:OLD"}


@pytest.mark.parametrize("currencies", [(), ("vnd",), ("DONG",)])
def test_it_takes_a_currency(currencies: tuple[str, ...]) -> None:
    with pytest.raises(NoCurrency):
        opened({}, currencies)


def test_a_closed_account_is_not_rekeyed() -> None:
    account = opened({})
    account.close(NOON)
    account.close(NOON)
    assert len(account.pending_events) == 2
    with pytest.raises(MerchantAccountClosed):
        account.rekey({"key": "env:NEW"}, SECRETS, NOON)
