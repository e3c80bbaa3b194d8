"""``feesvc work``: keep ledgers in step with the log, do what the service does by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from feesvc import logs, metrics, settings
from feesvc.cli._starting import embed, require_ready
from feesvc.rubbish import look_less_often
from feesvc.worker import work


def command(
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Answer /metrics and /livez on this port."),
    ] = None,
    metrics_host: Annotated[str, typer.Option(help="Where to listen for it.")] = "127.0.0.1",
    embedded: Annotated[
        Path | None,
        typer.Option(help="Use an embedded PostgreSQL on this folder: for trying out only."),
    ] = None,
) -> None:
    """Follow the log until told to stop. Exit code 1 when a projection or process had stopped."""
    with ExitStack() as stack:
        if embedded:
            embed(stack, embedded)
        told = settings.load()
        require_ready(told.need_database_url())
        logs.configure(told.log_format, told.log_level)
        stack.enter_context(answering(metrics_host, metrics_port))
        look_less_often()
        code = work(told)
    raise typer.Exit(code)


@contextmanager
def answering(host: str, port: int | None) -> Iterator[None]:
    """Answer for this process over HTTP meanwhile; not at all without a port."""
    if port is None:
        yield
        return
    with ThreadingHTTPServer((host, port), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path not in {"/metrics", "/livez"}:
            self.send_error(404)
            return
        body = metrics.page() if self.path == "/metrics" else b"alive\n"
        self.send_response(200)
        self.send_header("Content-Type", metrics.CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Machines ask every few seconds: there is nothing to log."""
