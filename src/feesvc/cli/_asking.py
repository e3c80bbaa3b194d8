"""Asking the service over HTTP from the command line, and what is remembered of a sign-in.

Commands that move money go through the API with a personal token: the database is for the service.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import Any
from uuid import uuid4

import httpx

DEFAULT_URL = "http://127.0.0.1:8000"
SECONDS = 30.0
UPLOAD_SECONDS = 600.0
"""A large file is read and added up before it is answered."""


@cache
def _certificates() -> SSLContext:
    """Read once in a process: it takes longer than most requests."""
    return httpx.create_ssl_context()


class CouldNot(Exception):
    """The service said no, or nothing at all; the message says what, in a sentence."""


def sign_in_file() -> Path:
    """Where a sign-in is remembered, readable by this user only."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "feesvc" / "sign-in.json"


def remember(url: str, token: str) -> Path:
    file = sign_in_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # also when it was there before, readable by more
    with os.fdopen(descriptor, "w") as opened:
        json.dump({"url": url, "token": token}, opened)
    return file


class Api:
    """``FEESVC_URL`` and ``FEESVC_TOKEN`` come first, then what ``feesvc login`` remembered."""

    def __init__(self) -> None:
        known = _remembered()
        self.url = (os.environ.get("FEESVC_URL") or known.get("url") or DEFAULT_URL).rstrip("/")
        self._token = os.environ.get("FEESVC_TOKEN") or known.get("token", "")

    def get(self, path: str, **asked: Any) -> Any:
        """The answer to a question; what is None is not asked. Raises ``CouldNot``."""
        wanted = {name: value for name, value in asked.items() if value is not None}
        return self._said(self._sent("GET", f"/v1{path}", params=wanted))

    def save(self, path: str, file: Path, **asked: Any) -> int:
        """A document of any length into a new file that only this user can read; gives its bytes.

        Nothing is left of one that broke off. Raises ``CouldNot``.
        """
        wanted = {name: value for name, value in asked.items() if value is not None}
        try:
            with self._streamed(path, wanted) as answer:
                if not answer.is_success:
                    answer.read()
                    self._said(answer)
                return _written(file, answer.iter_bytes())
        except httpx.HTTPError as error:
            raise CouldNot(f"{self.url} gives no answer ({type(error).__name__})") from None

    def _streamed(
        self, path: str, params: Mapping[str, Any]
    ) -> AbstractContextManager[httpx.Response]:
        return httpx.stream(
            "GET", f"{self.url}/v1{path}", params=params, timeout=SECONDS,
            headers={"Authorization": f"Bearer {self._token}"} if self._token else {},
            verify=_certificates(),
        )  # fmt: skip

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a request, which is sent again once when nothing came back."""
        headers = {"Idempotency-Key": str(uuid4())}
        try:
            answer = self._sent("POST", f"/v1{path}", json=body, headers=headers)
        except CouldNot:
            answer = self._sent("POST", f"/v1{path}", json=body, headers=headers)
        return self._said(answer)

    def upload(self, path: str, file: Path, **asked: Any) -> Any:
        """The answer to a file, streamed as it is. Raises ``CouldNot``."""
        wanted = {name: value for name, value in asked.items() if value is not None}
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/octet-stream"}
        try:
            with file.open("rb") as content:
                return self._said(
                    self._sent(
                        "POST", f"/v1{path}", params=wanted, content=content, headers=headers,
                        timeout=UPLOAD_SECONDS,
                    )
                )  # fmt: skip
        except OSError as error:
            raise CouldNot(f"{file}: {error.strerror}") from None

    def route(self, ending: str) -> str:
        """The route of an installed projection that answers this, for ``{agency}``."""
        document = self._said(self._sent("GET", "/openapi.json"))
        for path in document["paths"]:
            if path.startswith("/v1/agencies/{agency}/") and path.endswith(ending):
                return str(path).removeprefix("/v1")
        raise CouldNot(f"{self.url} has no projection installed that answers {ending}")

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            more.setdefault("timeout", SECONDS)
            return httpx.request(
                method, self.url + path, headers=headers, verify=_certificates(), **more
            )
        except httpx.HTTPError as error:
            raise CouldNot(f"{self.url} gives no answer ({type(error).__name__})") from None

    def _said(self, answer: httpx.Response) -> Any:
        try:
            said = answer.json()
        except ValueError:
            raise CouldNot(f"{self.url} answers {answer.status_code}, and not as feesvc") from None
        if answer.is_success:
            return said
        if answer.status_code == 401 and not self._token:
            raise CouldNot("nobody is signed in here: feesvc login PERSON --issuer URL")
        if answer.status_code == 401:
            raise CouldNot(f"{_sentence(said)}. Sign in with: feesvc login")
        raise CouldNot(_sentence(said))


def _written(file: Path, pieces: Iterable[bytes]) -> int:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CouldNot(f"{file}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as opened:
            return sum(opened.write(piece) for piece in pieces)
    except BaseException:
        file.unlink()
        raise


def _sentence(problem: Mapping[str, Any]) -> str:
    wrong = "; ".join(f"{one['at']}: {one['why']}" for one in problem.get("errors", ()))
    detail = problem.get("detail") or wrong
    title = str(problem.get("title", "It could not be done"))
    return f"{title}: {detail}" if detail else title


def _remembered() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(sign_in_file().read_text())
    except (OSError, ValueError):
        return {}
    return found
