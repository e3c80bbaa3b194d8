"""Replaying: a worker process that follows a log into the ledger from the start, and its peak.

Runs as a process of its own: ``python -m feesvc.benching.replaying TABLES LOG POSITION`` with the
URLs of the two databases; what was measured goes to its standard output.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from feesvc.benching.stage import ledger
from feesvc.domain.aggregate import Recorded
from feesvc.projecting.runner import Runner
from feesvc.rubbish import look_less_often
from feesvc.settings import Settings
from feesvc.store.following import LogReader


class Until:
    """A log as it was when ``position`` was its head."""

    def __init__(self, reader: LogReader, position: int) -> None:
        self._reader = reader
        self._position = position

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        page = self._reader.read(after, limit, topics)
        return [recorded for recorded in page if recorded.position <= self._position]

    def head(self) -> int:
        return min(self._reader.head(), self._position)

    def wait(self, after: int, timeout: float) -> bool:
        return self.head() > after


def peak_bytes() -> int:
    """The most memory this process ever held.

    From the kernel's own figure for this program: what ``getrusage`` says is never less than what
    the process that started it held at that moment.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def main(tables_url: str, log_url: str, position: str) -> None:
    look_less_often()
    with LogReader(log_url) as reader:
        log = Until(reader, int(position))
        batch = Settings.model_fields["worker_batch"].default
        with Runner(tables_url, ledger(), log, batch) as runner:
            begun = time.perf_counter()
            reached = runner.catch_up()
            seconds = time.perf_counter() - begun
    json.dump({"reached": reached, "seconds": seconds, "peak": peak_bytes()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
