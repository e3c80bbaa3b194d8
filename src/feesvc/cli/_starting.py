"""Starting: what serve and work do before anything else, and what they refuse to start on."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import psycopg

from feesvc import migrations
from feesvc.assembly import prepare_database, unsafe_settings
from feesvc.settings import PREFIX, Misconfigured, where


def embed(stack: ExitStack, folder: Path) -> None:
    """Point this process and its children at an embedded server, migrated; no live credentials.

    The server lasts as long as whoever started it first, at least until ``stack`` is closed here.
    """
    from feesvc.embedded import running

    server = stack.enter_context(running(folder))
    prepare_database(server.owner_url, "feesvc_service")
    os.environ["FEESVC_DATABASE_URL"] = server.url
    os.environ["FEESVC_OWNER_URL"] = server.owner_url
    os.environ["FEESVC_REFUSE_LIVE"] = "yes"


def require_reachable(variable: str, url: str) -> None:
    """Raise ``Misconfigured``, naming the variable, where its URL leads to no database."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        why = str(error).split("\n", maxsplit=1)[0].rpartition("failed: ")[2]
        raise Misconfigured(f"{PREFIX}{variable}: no {where(url)}: {why}") from None


def require_ready(url: str) -> None:
    """Raise ``Misconfigured`` on a database that is not there, not migrated, or not durable."""
    require_reachable("DATABASE_URL", url)
    missing = migrations.pending(url)
    if missing:
        raise Misconfigured(f"run feesvc migrate first: {', '.join(missing)} not applied")
    unsafe = unsafe_settings(url)
    if unsafe:
        raise Misconfigured(
            f"the database server could lose what it acknowledged: {', '.join(unsafe)} is off"
        )
