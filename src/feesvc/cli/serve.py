"""``feesvc serve``: answer portals, people and intermediaries over HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from feesvc import logs, metrics
from feesvc.cli._starting import embed, require_ready
from feesvc.settings import load

GRACE_SECONDS = 20


def command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    embedded: Annotated[
        Path | None,
        typer.Option(help="Start an embedded PostgreSQL on this folder: for trying out only."),
    ] = None,
) -> None:
    """Serve /v1. Refuses to start on a database that is not ready or not safe."""
    with ExitStack() as stack:
        if embedded:
            embed(stack, embedded)
        told = load()
        url = told.need_database_url()
        told.people_keys()
        require_ready(url)
        if told.metrics_dir:
            metrics.start_afresh(told.metrics_dir)
        uvicorn.run(
            "feesvc.api.serving:app", factory=True, host=host, port=port, workers=workers,
            timeout_graceful_shutdown=GRACE_SECONDS, server_header=False, **logs.UVICORN,
        )  # fmt: skip
