"""A portal's keys, scopes, agencies and return URLs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from feesvc.domain.portal import (
    AlreadyExpired,
    KeyIdUsed,
    NotAHash,
    Portal,
    UnknownKey,
    UnknownScope,
)
from feesvc.domain.return_url import UnsafeUrl

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, SECOND = "a" * 64, "b" * 64


def registered(*return_urls: str) -> Portal:
    return Portal.register(
        UUID(int=1), "dvcqg", "G22", "Cổng DVCQG", ["h26", "G14"],
        ["payments:write", "assessments:read"], return_urls, NOON,
    )  # fmt: skip


def test_it_acts_for_its_agencies_within_its_scopes() -> None:
    portal = registered()
    assert portal.acts_for("G14") and portal.acts_for("H26") and not portal.acts_for("G22")
    assert portal.may("payments:write") and not portal.may("refunds:write")
    portal.set_scopes(["refunds:write"], NOON)
    portal.set_agencies(["G01"], NOON)
    assert portal.may("refunds:write") and not portal.may("payments:write")
    assert portal.acts_for("G01") and not portal.acts_for("G14")


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(UnknownScope):
        registered().set_scopes(["refunds:approve"], NOON)  # type: ignore[list-item]


def test_a_key_is_good_until_it_is_revoked() -> None:
    portal = registered()
    portal.issue_key("k1", FIRST, None, NOON)
    portal.issue_key("k2", SECOND, None, NOON)
    assert (portal.key(FIRST, NOON), portal.key(SECOND, NOON)) == ("k1", "k2")
    portal.revoke_key("k1", NOON)
    portal.revoke_key("k1", NOON)
    assert (portal.key(FIRST, NOON), portal.key(SECOND, NOON)) == (None, "k2")
    assert len(portal.pending_events) == 4


def test_a_key_is_good_until_the_moment_it_expires() -> None:
    portal = registered()
    portal.issue_key("k1", FIRST, NOON + HOUR, NOON)
    assert portal.key(FIRST, NOON + HOUR - timedelta(microseconds=1)) == "k1"
    assert portal.key(FIRST, NOON + HOUR) is None
    assert portal.key("c" * 64, NOON) is None


def test_keys_that_cannot_be_told_apart_are_refused() -> None:
    portal = registered()
    portal.issue_key("k1", FIRST, None, NOON)
    with pytest.raises(KeyIdUsed):
        portal.issue_key("k1", SECOND, None, NOON)
    with pytest.raises(KeyIdUsed):
        portal.issue_key("k2", FIRST, None, NOON)
    with pytest.raises(UnknownKey):
        portal.revoke_key("k9", NOON)


def test_a_secret_in_place_of_its_hash_and_a_dead_key_are_refused() -> None:
    with pytest.raises(NotAHash):
        registered().issue_key("k1", "fsk_1234", None, NOON)
    with pytest.raises(AlreadyExpired):
        registered().issue_key("k1", FIRST, NOON, NOON)


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.vn/done", "ftp://portal.vn", "javascript:alert(1)", "https://",
        "//portal.vn", "https://user@portal.vn/", "https://portal.vn\\@evil.vn", "https://portal.vn/#x",
        "https://portal.vn/a b", "https://portal.vn:x/", "https://portal.vn/?next=", "",
    ],
)  # fmt: skip
def test_an_unsafe_return_url_is_refused(url: str) -> None:
    with pytest.raises(UnsafeUrl):
        registered(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_plain_http_is_for_this_machine_only(host: str) -> None:
    assert registered(f"http://{host}/done").may_return_to(f"http://{host}/done")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://portal.vn/pay", True),
        ("https://PORTAL.vn:443/pay/7?x=1", True),
        ("https://portal.vn/pay?x=1", True),
        ("https://portal.vn/payments", False),
        ("https://portal.vn/pay/../admin", False),
        ("https://portal.vn/pay/%2e%2e/admin", False),
        ("https://portal.vn/pay/%252e%252e/admin", False),
        ("https://portal.vn.evil.vn/pay", False),
        ("https://portal.vn:8443/pay", False),
        ("http://portal.vn/pay", False),
        ("https://portal.vn@evil.vn/pay", False),
        ("https://evil.vn\\.portal.vn/pay", False),
        ("https://portal.vn/pay\t/7", False),
    ],
)
def test_a_payer_returns_only_below_what_was_allowed(url: str, allowed: bool) -> None:
    assert registered("https://portal.vn/pay").may_return_to(url) is allowed


def test_an_endpoint_is_set_changed_and_taken_away() -> None:
    portal = registered()
    portal.set_endpoint("https://portal.vn/hook", "whpk_1", NOON)
    portal.set_endpoint("https://portal.vn/hook", "whpk_1", NOON)
    assert (portal.endpoint, portal.public_key) == ("https://portal.vn/hook", "whpk_1")
    portal.set_endpoint("", "", NOON)
    assert portal.endpoint == ""
    assert len(portal.pending_events) == 3
    with pytest.raises(UnsafeUrl):
        portal.set_endpoint("http://portal.vn/hook", "", NOON)
