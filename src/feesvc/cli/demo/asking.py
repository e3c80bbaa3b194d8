"""Asking the service over HTTP, as a portal or a person: what is refused, lost or late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds. A busy machine is not a broken one."""
STEP_SECONDS = 0.02


class Refused(Exception):
    """The service said no. ``type`` is the problem's."""

    def __init__(self, response: httpx.Response) -> None:
        said = response.json() if "json" in response.headers.get("content-type", "") else {}
        self.status = response.status_code
        self.type = str(said.get("type", ""))
        detail = said.get("detail") or said.get("title") or response.text[:300]
        asked = response.request
        super().__init__(f"{asked.method} {asked.url.path}: {self.status} {self.type}: {detail}")


class Voice:
    """One caller, by a portal's key or a person's token."""

    def __init__(self, url: str, credential: str) -> None:
        self.credential = credential
        headers = {"Authorization": f"Bearer {credential}"}
        self._http = httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=PATIENCE)

    def close(self) -> None:
        self._http.close()

    def post(self, path: str, body: Any = None) -> Any:
        """Ask once, however often it has to be sent; raises ``Refused``."""
        key = {"Idempotency-Key": str(uuid4())}
        return self._told(lambda: self._http.post(path, json=body, headers=key)).json()

    def get(self, path: str, **asked: str | int) -> Any:
        return self._told(lambda: self._http.get(path, params=asked)).json()

    def fetched(self, path: str) -> bytes:
        """What stands there, as it is."""
        return self._told(lambda: self._http.get(path)).content

    def reached(self, path: str) -> tuple[str, int]:
        """How far the projection behind ``path`` has come, and how many events it lags behind."""
        said = self._told(lambda: self._http.get(path)).headers
        return said["feesvc-position"], int(said["feesvc-projection-lag"])

    def listed(self, path: str, **asked: str | int) -> Iterator[Any]:
        """Everything of a list, page by page."""
        page = self.get(path, limit=200, **asked)
        yield from page["items"]
        while page["next"]:
            page = self.get(path, limit=200, cursor=page["next"], **asked)
            yield from page["items"]

    def _told(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            response = send()
            if response.is_success:
                return response
            late = response.status_code in (409, 503) and "retry-after" in response.headers
            if not late or time.monotonic() > deadline:
                raise Refused(response)
            time.sleep(STEP_SECONDS)


def awaited(what: str, ask: Callable[[], T | None]) -> T:
    """Ask until there is an answer: what the worker does by itself comes when it comes."""
    deadline = time.monotonic() + PATIENCE
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"this never came: {what}")
        time.sleep(STEP_SECONDS)
    return found


def token_of(issuer: str, person: str) -> str:
    """Sign in at the demo's own issuer, which asks for no proof."""
    form = {"grant_type": "client_credentials", "client_id": person}
    return str(httpx.post(f"{issuer}/token", data=form).raise_for_status().json()["access_token"])
