"""docker-compose.yml and the Dockerfile fit the program they start, and each other."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from typer.testing import CliRunner

from feesvc import cli
from feesvc.embedded import Server, binaries, running
from feesvc.testing.database import discard

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service.get("build"))


def default_of(value: str) -> str:
    """What compose puts in where a variable is not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_it_brings_the_service_its_database_and_a_stand_in_for_stripe() -> None:
    assert set(SERVICES) == {"postgres", "migrate", "api", "worker", "stripe-mock"}
    assert OURS == ["api", "migrate", "worker"]
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["stripe-mock"]["image"].startswith("stripe/stripe-mock")


@pytest.mark.parametrize("name", OURS)
def test_what_it_runs_are_commands_with_options_that_exist(name: str) -> None:
    command = SERVICES[name]["command"]
    shown = CliRunner().invoke(cli.assembled(command), [*command, "--help"])

    assert command[0] in set(cli.commands())
    assert shown.exit_code == 0, shown.output


def test_the_image_starts_what_compose_would() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert 'ENTRYPOINT ["feesvc"]' in dockerfile
    assert "USER 10001" in dockerfile
    assert "uv sync --locked --no-dev --all-packages" in dockerfile


def test_nothing_starts_before_what_it_needs() -> None:
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("api", "worker"):
        needed = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert needed == "service_completed_successfully"
    for name in ("postgres", "api", "stripe-mock"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_every_mounted_file_and_volume_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = (
                (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            )
            assert known, source


def test_every_secret_is_a_sample_that_a_variable_replaces() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(("PASSWORD", "_URL")) and "PUBLIC" not in name:
                assert re.search(r"\$\{\w+:-sample-[a-z-]+\}", value), name
    key = default_of(SERVICES["api"]["environment"]["PEOPLE_KEY"])
    assert base64.b64decode(key) == b"sample-people-key-32-bytes-long!"


@pytest.fixture
def roles_of_compose(tmp_path: Path) -> Iterator[Server]:
    """A server that the scripts of compose have been run on."""
    folder = Path("/tmp") / f"feesvc-test-{os.getpid()}-compose"
    try:
        with running(folder, durable=False) as server:
            server.drop("feesvc")
            psql = binaries.programs(os.geteuid()) / "psql"
            (tmp_path / "psql").symlink_to(psql)
            told = {k: default_of(v) for k, v in SERVICES["postgres"]["environment"].items()}
            subprocess.run(
                [shutil.which("sh") or "sh", ROOT / "deploy" / "postgres.sh"],
                env={
                    **told,
                    "PATH": f"{tmp_path}:{os.defpath}",
                    "POSTGRES_USER": "postgres",
                    "PGHOST": str((folder / "socket").resolve()),
                },
                check=True,
            )
            yield server
    finally:
        discard(folder)


def test_the_script_makes_the_database_for_the_roles_that_the_urls_name(
    roles_of_compose: Server,
) -> None:
    told = SERVICES["api"]["environment"]
    assert default_of(told["FEESVC_OWNER_URL"]).startswith("postgresql://feesvc_owner:sample-")
    assert default_of(told["FEESVC_DATABASE_URL"]).startswith("postgresql://feesvc_service:sample-")
    with psycopg.connect(roles_of_compose.owner_url) as connection:
        owner = connection.execute(
            "SELECT datdba::regrole::text, datlocale FROM pg_database WHERE datname = 'feesvc'"
        ).fetchone()
    assert owner == ("feesvc_owner", "C.UTF-8")
