"""``feesvc adapters``: what is installed and set, contracts run on demand, a try at a provider."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest
from typer.testing import CliRunner

from feesvc import plugins
from feesvc.assembly import utc_now
from feesvc.cli import assembled
from feesvc.testing.serving import address_of, reserved, served

SECRET = "Zmarkerz-signing"


def feesvc(
    *arguments: str, before: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    code = f"{before}\nfrom feesvc.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "adapters", *arguments],
        capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip


def test_what_is_installed_is_told_with_what_is_set_and_no_value() -> None:
    listed = feesvc("--json", FEESVC_SANDBOX_SIGNING_KEY=SECRET)
    assert listed.returncode == 0 and SECRET not in listed.stdout
    sandbox = json.loads(listed.stdout)["sandbox"]
    assert sandbox["currencies"]["VND"] == [1, 10_000_000_000]
    assert {"refund", "cancel", "read settlements"} <= set(sandbox["can"])
    settings = {one["name"]: one for one in sandbox["settings"]}
    assert settings["signing_key"] == {
        "name": "signing_key", "secret": True, "required": True, "default": "",
        "variable": "FEESVC_SANDBOX_SIGNING_KEY", "in_environment": True,
    }  # fmt: skip
    assert settings["api_key"]["in_environment"] is False
    told = feesvc(FEESVC_SANDBOX_SIGNING_KEY=SECRET)
    assert "needed; set in FEESVC_SANDBOX_SIGNING_KEY" in told.stdout and SECRET not in told.stdout


@pytest.mark.slow
def test_a_contract_that_is_kept_and_one_that_is_not() -> None:
    kept = feesvc("check", "sandbox", "--json")
    assert kept.returncode == 0, kept.stderr
    told = json.loads(kept.stdout)
    assert told["broken"] == [] and told["kept"]["RefundContract"] > 10
    assert {"DeclarationContract", "NotificationContract", "SettlementContract"} <= set(
        told["kept"]
    )

    spoil = (
        "import feesvc_sandbox as s\n"
        "s.Sandbox.reference_for = lambda self, epoch, number, at: f'SBX-{epoch}-1'"
    )
    broken = feesvc("check", "sandbox", before=spoil)
    assert broken.returncode == 1
    assert "test_neighbouring_orders_do_not_share_a_reference" in broken.stdout
    assert "RefundContract" in broken.stdout and "not tried at the provider" in broken.stdout


def test_what_is_missing_is_said_in_one_line() -> None:
    without = feesvc("check", "sandbox", before="import sys; sys.modules['pytest'] = None")
    assert without.returncode == 1 and "Traceback" not in without.stderr
    assert "needs pytest" in without.stdout
    for wrong in (
        ["nobody"],
        ["sandbox", "--setting", "colour=red"],
        ["sandbox", "--setting", "url"],
    ):
        asked = ["adapters", "check", *wrong]
        assert CliRunner().invoke(assembled(asked), asked).exit_code == 2
    lacking = feesvc("check", "sandbox", "--setting", "url=http://127.0.0.1:1")
    assert lacking.returncode == 2 and "signing_key" in lacking.stderr


@pytest.fixture
def provider() -> Iterator[Mapping[str, str]]:
    """The settings of a test account at a provider that runs somewhere."""
    counterpart = plugins.counterparts()["sandbox"](utc_now)
    listening = reserved()
    with served(counterpart.app, listening):
        yield counterpart.settings(address_of(listening))


def test_a_try_at_the_provider_opens_one_checkout(provider: Mapping[str, str]) -> None:
    given = {f"FEESVC_SANDBOX_{name}".upper(): value for name, value in provider.items()}
    tried = feesvc("check", "sandbox", "--json", **given)
    told = json.loads(tried.stdout)
    assert tried.returncode == 0 and told["against"] == "provider"
    assert told["as_expected"] and told["steps"][1] == {"what": "its look-up", "said": "pending"}
    assert told["steps"][0]["said"].startswith(provider["url"])
    assert not any(
        secret in tried.stdout for secret in (provider["api_key"], provider["signing_key"])
    )

    stated = [f"--setting={name}={provider[name]}" for name in provider if name != "api_key"]
    wrong = feesvc("check", "sandbox", *stated, "--setting=api_key=env:WRONG", WRONG="guessed")
    assert wrong.returncode == 1 and "not as expected" in wrong.stdout
    assert "unavailable" in wrong.stdout and "guessed" not in wrong.stdout
