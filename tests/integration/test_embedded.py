"""The embedded PostgreSQL lives and dies with its starter, and loses nothing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from feesvc.embedded import EmbeddedError, Server, binaries, running
from feesvc.testing.database import discard

STARTER = """
import sys, time
from pathlib import Path
import psycopg
from feesvc.embedded import running

with running(Path(sys.argv[1])) as server:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS tally (n integer PRIMARY KEY)")
        print("ready", flush=True)
        for n in range(1_000_000):
            connection.execute("INSERT INTO tally VALUES (%s)", [n])
            print(n, flush=True)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="feesvc-test-"))
    yield place
    discard(place)


def server_process(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split("\n")[0])


def is_alive(pid: int) -> bool:
    """A dead process that nobody has buried yet, as in a container without init, is dead."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def answers(server: Server) -> bool:
    with psycopg.connect(server.url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def count(server: Server) -> int:
    with psycopg.connect(server.owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM tally").fetchone()
    assert row is not None
    return int(row[0])


def test_kill_9_of_the_starter_leaves_no_orphan_and_loses_no_committed_row(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER, str(folder)], stdout=-1) as starter:
        assert starter.stdout is not None
        seen = [starter.stdout.readline() for _ in range(200)]
        server = server_process(folder)
        starter.kill()
        seen += starter.stdout.readlines()
    acknowledged = sum(line.strip().isdigit() and line.endswith(b"\n") for line in seen)

    assert starter.returncode == -signal.SIGKILL
    assert gone(server)
    with running(folder) as again:
        assert count(again) in (acknowledged, acknowledged + 1)


def test_a_later_start_attaches_to_the_running_server_and_leaves_it_running(folder: Path) -> None:
    with running(folder, durable=False) as first:
        process = server_process(folder)
        with running(folder, durable=False) as second:
            assert second.url == first.url
        assert server_process(folder) == process
        assert answers(first)
    assert gone(process)


def test_a_start_waits_for_a_server_that_is_still_shutting_down(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER, str(folder)], stdout=-1) as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        before = server_process(folder)
        starter.kill()
        starter.wait()
        with running(folder) as server:
            assert server_process(folder) != before
            assert count(server) >= 0


def test_nobody_else_may_look_into_the_data_and_nothing_listens_on_tcp(folder: Path) -> None:
    with running(folder, durable=False) as server:
        for place in (folder, folder / "cluster", (folder / "socket").resolve()):
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_as_root_the_server_runs_as_nobody_and_else_as_ourselves(folder: Path) -> None:
    with running(folder, durable=False):
        user = Path(f"/proc/{server_process(folder)}").stat().st_uid
    assert user == (65534 if os.geteuid() == 0 else os.geteuid())


def test_a_folder_that_the_server_s_user_cannot_reach_serves_all_the_same(folder: Path) -> None:
    closed = folder / "a home with a long name".ljust(120, "x")
    closed.mkdir(mode=0o700)

    with running(closed / "data", durable=False) as server:
        assert answers(server)
    discard(closed / "data")


def test_the_roles_are_ordinary_and_the_owner_owns(folder: Path) -> None:
    with running(folder, durable=False) as here, psycopg.connect(here.owner_url) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'feesvc%' ORDER BY 1"
        ).fetchall()
        owner = connection.execute(
            "SELECT datdba::regrole::text, pg_encoding_to_char(encoding),"
            " current_setting('timezone') FROM pg_database WHERE datname = 'feesvc'"
        ).fetchone()
    assert roles == [("feesvc_owner", False), ("feesvc_service", False)]
    assert owner == ("feesvc_owner", "UTF8", "UTC")


def test_what_was_written_without_fsync_is_refused_where_it_matters(folder: Path) -> None:
    with running(folder, durable=False):
        with pytest.raises(EmbeddedError, match="without fsync"), running(folder):
            pass
        with psycopg.connect(host=str((folder / "socket").resolve()), user="postgres") as still:
            assert still.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(EmbeddedError, match="without fsync"), running(folder):
        pass


def test_a_durable_server_syncs(folder: Path) -> None:
    with running(folder) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW full_page_writes").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "cluster.new").mkdir()
    (folder / "cluster.new" / "PG_VERSION").write_text("18\n")
    with running(folder, durable=False) as server:
        assert answers(server)


def test_a_number_reused_after_a_restart_of_the_machine_is_no_server(folder: Path) -> None:
    with running(folder, durable=False):
        pass
    stale = folder / "cluster" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n/proc/self/cwd\n0\n5432\n/tmp/none\n\n0 0\nready\n")
    with running(folder, durable=False) as server:
        assert answers(server)


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    (folder / "letters").mkdir()
    mode = folder.stat()
    with pytest.raises(EmbeddedError, match="something else"), running(folder):
        pass
    assert folder.stat().st_uid == mode.st_uid


def test_a_start_outside_the_main_thread_is_refused(folder: Path) -> None:
    said: list[str] = []

    def start() -> None:
        try:
            with running(folder):
                pass
        except EmbeddedError as error:
            said.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert said and "main thread" in said[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_programs_in_a_closed_home_are_copied_to_where_all_can_reach_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "reachable", lambda path, user: False)
    monkeypatch.setattr(binaries, "CACHE", folder / "cache")
    folder.chmod(0o755)
    (folder / "cache").mkdir()
    (folder / "cache").chmod(0o755)

    copied = binaries.programs(65534)

    assert copied.is_relative_to(folder / "cache")
    (copy,) = (folder / "cache").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o755
    for program in ("initdb", "postgres", "psql"):
        subprocess.run([copied / program, "--version"], user=65534, check=True, cwd="/")
    assert binaries.programs(65534) == copied
    copy.chmod(0o777)
    with pytest.raises(EmbeddedError, match="others may write"):
        binaries.programs(65534)


def test_a_closed_folder_above_is_seen_as_closed(folder: Path) -> None:
    inside = folder / "inside"
    inside.touch()
    inside.chmod(0o755)
    folder.chmod(0o700)
    assert not binaries.reachable(inside, 65534)
    folder.chmod(0o711)
    assert binaries.reachable(inside, 65534)
