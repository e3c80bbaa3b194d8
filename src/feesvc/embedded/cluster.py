"""The data directory of an embedded server, and the process that serves it."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import psycopg

from feesvc.embedded.binaries import EmbeddedError, programs

__all__ = ["Cluster", "EmbeddedError"]

NOBODY = 65534
PATIENCE = 60.0
"""Seconds to wait for a start, which may have to recover what a crash left, or for a stop."""
SOCKET_PATH = 90
"""The kernel takes socket paths of up to 107 bytes; the server adds 15 for the file's name."""
OURS = {"cluster", "cluster.new", "socket", "log", "not-durable", "starter"}
HERE = "/proc/self/cwd"
"""The server's name for its data: it starts inside, so no folder above need be open to its user."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
HASTY = {"fsync": "off", "full_page_writes": "off"}
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Cluster:
    """One directory of data. ``user`` and ``group`` are whom the server runs as."""

    directory: Path
    user: int
    group: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @classmethod
    def at(cls, directory: Path) -> Cluster:
        """The cluster of a directory; an empty or missing one becomes 0700 and the server's own."""
        try:
            directory.mkdir(parents=True, mode=0o700, exist_ok=True)
            directory = directory.resolve()
            content = {path.name for path in directory.iterdir()}
            user, group = _server_user(directory)
            if not content:
                os.chown(directory, user, group)
                directory.chmod(0o700)
        except OSError as error:
            raise EmbeddedError(
                f"No PostgreSQL can be kept in {directory}: {error.strerror}. Its owner may start "
                "it; or choose another directory."
            ) from error
        if not content <= OURS:
            raise EmbeddedError(f"{directory} holds something else; choose an empty directory.")
        return cls(directory, user, group)

    def reachable_at(self) -> str | None:
        """The socket folder of the server that serves this data now; None when none does."""
        deadline = time.monotonic() + PATIENCE
        while (pid := self._serving()) is not None:
            folder = self._socket_folder()
            if folder and self._is_kept(pid) and _answers(folder):
                return folder
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL, process {pid}, runs but answers nothing.")
            time.sleep(0.02)
        return None

    def start(self, durable: bool) -> str:
        """Start the server, on new data where there is none; returns its socket folder."""
        hasty = self.directory / "not-durable"
        if durable and hasty.exists():
            raise EmbeddedError(f"{self.directory} was written without fsync; remove it first.")
        bin = programs(self.user)
        if not durable:
            hasty.touch()
        if not (self.directory / "cluster").exists():
            self._make(bin, durable)
        folder = self._prepared_socket_folder()
        settings = SETTINGS | ({} if durable else HASTY) | {"unix_socket_directories": folder}
        command = [str(bin / "postgres"), "-D", HERE]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log() as log, _startable():
            self._process = subprocess.Popen(
                command, stdout=log, **self._as_server(self.directory / "cluster")
            )
        (self.directory / "starter").write_text(str(os.getpid()))
        deadline = time.monotonic() + PATIENCE
        while not _answers(folder):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"PostgreSQL did not start:\n{self._last_words()}")
            time.sleep(0.02)
        return folder

    def stop(self) -> None:
        """End the server if this process started it: cleanly, and hard when that takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()

    def _make(self, bin: Path, durable: bool) -> None:
        """Made under another name first: half-made data is never taken for whole."""
        new = self.directory / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, self.user, self.group)
        command = [str(bin / "initdb"), "-D", HERE, "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--no-instructions", *([] if durable else ["--no-sync"])]
        with self._log() as log, _startable():
            made = subprocess.run(command, stdout=log, check=False, **self._as_server(new))
        if made.returncode != 0:
            raise EmbeddedError(f"PostgreSQL could not make its data:\n{self._last_words()}")
        new.rename(self.directory / "cluster")

    def _as_server(self, folder: Path) -> dict[str, Any]:
        """How a program of the server runs: its user, inside ``folder``, dying with this thread.

        A session of its own keeps a terminal's Ctrl-C from it while its starter still needs it.
        """
        other = os.geteuid() != self.user
        return {
            "cwd": folder,
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.STDOUT,
            "start_new_session": True,
            "preexec_fn": _dies_with(os.getpid()),
            **({"user": self.user, "group": self.group, "extra_groups": []} if other else {}),
        }

    def _serving(self) -> int | None:
        """The process that serves this data, starting and stopping included."""
        lines = self._pid_file()
        if not lines:
            return None
        pid = int(lines[0])
        process = _process(pid)
        if process is None:
            return None
        if process.program == "postgres" and process.state not in "ZX":
            return pid
        # After a restart of the machine another program has that number, or a container has
        # nobody to bury the dead; a server would refuse to start because of either.
        (self.directory / "cluster" / "postmaster.pid").unlink(missing_ok=True)
        return None

    def _is_kept(self, pid: int) -> bool:
        """Whether the server's starter still lives. If not, it is about to stop: no use to us."""
        process = _process(pid)
        try:
            starter = (self.directory / "starter").read_text()
        except FileNotFoundError:
            return False
        return process is not None and str(process.parent) == starter

    def _pid_file(self) -> list[str]:
        try:
            return (self.directory / "cluster" / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return []

    def _socket_folder(self) -> str:
        lines = self._pid_file()
        return lines[4] if len(lines) > 4 else ""

    def _prepared_socket_folder(self) -> str:
        """In the directory itself, or in a short place when the path is too long or not open."""
        socket = self.directory / "socket"
        if socket.is_symlink() and not _owned_by(socket, self.user):
            socket.unlink()
        if not os.path.lexists(socket):
            if len(os.fsencode(socket)) <= SOCKET_PATH and os.geteuid() == self.user:
                socket.mkdir(mode=0o700)
            else:
                short = tempfile.mkdtemp(prefix="feesvc-", dir="/tmp")
                os.chown(short, self.user, self.group)
                socket.symlink_to(short)
        return str(socket.resolve())

    def _log(self) -> BinaryIO:
        log = open(self.directory / "log", "ab")  # noqa: SIM115 the caller closes it
        os.fchown(log.fileno(), self.user, self.group)
        return log

    def _last_words(self) -> str:
        return "\n".join((self.directory / "log").read_text("utf-8", "replace").split("\n")[-12:])


def _server_user(directory: Path) -> tuple[int, int]:
    """PostgreSQL refuses root: then the directory's owner runs it, or ``nobody``."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    found = directory.stat()
    if found.st_uid != 0:
        return found.st_uid, found.st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return NOBODY, NOBODY
    return nobody.pw_uid, nobody.pw_gid


class _Process(NamedTuple):
    program: str
    state: str
    parent: int


def _process(pid: int) -> _Process | None:
    """What the kernel says of a process: ``123 (postgres) S 122 …``; None when there is none."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    program, _, rest = told.partition("(")[2].rpartition(")")
    state, parent = rest.split()[:2]
    return _Process(program, state, int(parent))


def _dies_with(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # it died before the kernel knew of our wish
            os._exit(1)

    return ask


@contextmanager
def _startable() -> Iterator[None]:
    try:
        yield
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"PostgreSQL cannot be run here: {error}") from error


def _owned_by(link: Path, user: int) -> bool:
    try:
        found = link.stat()
    except OSError:
        return False
    return found.st_uid == user and stat.S_IMODE(found.st_mode) == 0o700


def _answers(folder: str) -> bool:
    try:
        psycopg.connect(
            host=folder, port=5432, user="postgres", dbname="postgres", connect_timeout=5
        ).close()
    except psycopg.OperationalError:
        return False
    return True
