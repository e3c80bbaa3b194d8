"""Settings: what is wrong is named by its variable, in one line, and no secret is ever repeated."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from feesvc.secrets import LARGEST_FILE, Misconfigured, resolve, resolve_key
from feesvc.settings import load, where

PASSWORD = "hunter2-marker"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("FEESVC_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("postgresql//fees:{}@db/fees", "must begin with postgresql://"),
        ("mysql://fees:{}@db/fees", "must begin with postgresql://"),
        ("postgresql://fees:{}@db:543two/fees", "port"),
        ("postgresql://fees:{}@db:0/fees", "port"),
        ("postgresql://fees:{}@db:99999/fees", "port"),
        ("postgresql://fees:{}/x@db/fees", "%2F"),
        ("postgresql://fees:x@{}@db/fees", "%40"),
        ("postgresql://fees:12/{}@db/fees", "%2F"),
        ("postgresql://fees:{}#x@db/fees", "%23"),
        ("postgresql://fees:{}%@db/fees", "cannot read it"),
        ("postgresql://fees:{}@db/fees?sslmod=require", "cannot read it"),
        ("postgresql://[fees:{}@db/fees", "port"),
    ],
)
def test_a_mistyped_database_url_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str, wrong: str
) -> None:
    monkeypatch.setenv("FEESVC_DATABASE_URL", url.format(PASSWORD))

    with pytest.raises(Misconfigured) as refused:
        load()

    message = str(refused.value)
    assert message.startswith("FEESVC_DATABASE_URL: ")
    assert wrong in message
    assert "\n" not in message
    assert PASSWORD not in message
    assert refused.value.__cause__ is None and refused.value.__suppress_context__


def test_a_password_is_in_no_repr_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEESVC_DATABASE_URL", f"postgresql://fees:{PASSWORD}@db:5433/book")
    settings = load()

    assert PASSWORD not in repr(settings) + str(settings) + settings.model_dump_json()
    assert PASSWORD in settings.need_database_url()
    assert where(settings.need_database_url()) == "database book at db:5433 as fees"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Misconfigured, match="FEESVC_DATABASE_URL is not set"):
        load().need_database_url()
    with pytest.raises(Misconfigured, match="FEESVC_OWNER_URL is not set"):
        load().need_owner_url()
    with pytest.raises(Misconfigured, match="FEESVC_PEOPLE_KEY must be a reference"):
        load().people_keys()


@pytest.mark.parametrize(
    ("issuers", "message"),
    [
        ("[{", "FEESVC_TOKEN_ISSUERS is not JSON that can be read"),
        ('[{"issuer": "a", "audience": "b"}]', "FEESVC_TOKEN_ISSUERS[0]: needs either"),
        (
            '[{"issuer": "a", "audience": "b", "jwks_url": "ftp://x"}]',
            "FEESVC_TOKEN_ISSUERS[0].jwks_url: must be an address",
        ),
    ],
)
def test_a_wrong_issuer_is_named(
    monkeypatch: pytest.MonkeyPatch, issuers: str, message: str
) -> None:
    monkeypatch.setenv("FEESVC_TOKEN_ISSUERS", issuers)
    with pytest.raises(Misconfigured) as refused:
        load()
    assert str(refused.value).startswith(message)


def test_every_fault_gets_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEESVC_LOG_LEVEL", "loud")
    monkeypatch.setenv("FEESVC_WORKER_BATCH", "many")
    with pytest.raises(Misconfigured) as refused:
        load()
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "FEESVC_LOG_LEVEL",
        "FEESVC_WORKER_BATCH",
    ]


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEESVC_OWNER_URL", "")
    assert load().owner_url is None


def test_a_reference_is_resolved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MERCHANT_KEY", "from the environment")
    (tmp_path / "key").write_text("from a file\n")

    assert resolve("env:MERCHANT_KEY") == "from the environment"
    assert resolve(f"file:{tmp_path / 'key'}") == "from a file"


def test_a_secret_pasted_in_place_of_its_reference_is_not_repeated() -> None:
    for pasted in (PASSWORD, f"env:{PASSWORD}", ""):
        with pytest.raises(Misconfigured) as refused:
            resolve(pasted, "FEESVC_X")
        assert PASSWORD not in str(refused.value)
        assert "FEESVC_X" in str(refused.value)


def test_a_reference_to_nothing_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMPTY", "")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "large").write_bytes(b"x" * (LARGEST_FILE + 1))
    for reference, message in [
        ("env:ABSENT_KEY", "variable ABSENT_KEY is not set"),
        ("env:EMPTY", "is empty"),
        (f"file:{tmp_path}/absent", "No such file"),
        (f"file:{tmp_path}/binary", "not a text file"),
        (f"file:{tmp_path}/large", "too large"),
    ]:
        with pytest.raises(Misconfigured, match=message):
            resolve(reference)


def test_a_master_key_is_32_bytes_in_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes(range(32))
    monkeypatch.setenv("K1", base64.b64encode(key).decode())
    monkeypatch.setenv("K2", base64.b64encode(key[:16]).decode())
    monkeypatch.setenv("FEESVC_PEOPLE_KEY", "env:K1")

    assert load().people_keys() == (key,)
    for short in ("env:K2", "env:PATH"):
        with pytest.raises(Misconfigured, match="32 random bytes in base64"):
            resolve_key(short, "FEESVC_PEOPLE_KEY")
