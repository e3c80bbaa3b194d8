"""Metrics for Prometheus: requests, appends, who lags behind the log, how intermediaries answer.

With FEESVC_METRICS_DIR set, the processes of one machine count into files of that folder and any
of them answers for all; whoever starts them empties the folder first (``start_afresh``), and each
process that ends in order says so (``leave``). Otherwise a process answers for itself alone. No
label may hold an id, a path or anything a caller chose: labels are few, and for ever.
"""

from __future__ import annotations

import os
from pathlib import Path

# The library looks for the folder once, while it is imported.
if _folder := os.environ.get("FEESVC_METRICS_DIR"):
    Path(_folder).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST

_own = CollectorRegistry()
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)

requests = Counter(
    "feesvc_requests",
    "HTTP requests answered, by route template",
    ("route", "method", "status"),
    registry=_own,
)
request_seconds = Histogram(
    "feesvc_request_seconds",
    "From the first byte of a request to the last byte of its answer",
    ("route", "method"),
    buckets=_SECONDS,
    registry=_own,
)
appends = Counter(
    "feesvc_appends", "Commands that reached the log, by verdict", ("verdict",), registry=_own
)
batch_commands = Histogram(
    "feesvc_append_batch_commands",
    "Commands that one round trip to the log carried",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    registry=_own,
)
projection_lag = Gauge(
    "feesvc_projection_lag_events",
    "Events of the log that a projection has not taken yet",
    ("projection",),
    multiprocess_mode="livemostrecent",
    registry=_own,
)
process_lag = Gauge(
    "feesvc_process_lag_events",
    "Events of the log that a process has not answered yet",
    ("process",),
    multiprocess_mode="livemostrecent",
    registry=_own,
)
stopped = Gauge(
    "feesvc_stopped",
    "1 for a projection or process that stopped until somebody mends the cause",
    ("kind", "name"),
    multiprocess_mode="livemostrecent",
    registry=_own,
)
intermediary_calls = Counter(
    "feesvc_intermediary_calls",
    "Calls to intermediaries, by what came of them",
    ("intermediary", "operation", "outcome"),
    registry=_own,
)
intermediary_seconds = Histogram(
    "feesvc_intermediary_seconds",
    "How long intermediaries took to answer",
    ("intermediary", "operation"),
    buckets=_SECONDS,
    registry=_own,
)
breaker_open = Gauge(
    "feesvc_intermediary_breaker_open",
    "1 while an operation of an intermediary rests because most calls got no answer",
    ("intermediary", "operation"),
    multiprocess_mode="livemax",
    registry=_own,
)
notifications = Counter(
    "feesvc_notifications",
    "Notifications of intermediaries, by verdict",
    ("intermediary", "verdict"),
    registry=_own,
)
notifications_not_kept = Counter(
    "feesvc_notifications_not_kept",
    "Notifications of which nothing was kept: junk and repeats beyond what one account may send",
    ("intermediary", "verdict"),
    registry=_own,
)


def page() -> bytes:
    """What /metrics answers, of the type ``CONTENT_TYPE``."""
    if not _folder:
        return generate_latest(_own)
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone, _folder)  # type: ignore[no-untyped-call]
    return generate_latest(everyone)


def start_afresh(folder: Path) -> None:
    """Make the folder, and forget what processes of an earlier run counted there."""
    folder.mkdir(parents=True, exist_ok=True)
    for counted in folder.glob("*.db"):
        counted.unlink()


def leave() -> None:
    """This process ends: its gauges no longer hold."""
    if _folder:
        mark_process_dead(os.getpid(), _folder)  # type: ignore[no-untyped-call]
