"""Calls to the sandbox's API, and which of its answers can be relied on."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from feesvc.intermediary import Refused, Unavailable
from feesvc.intermediary.strict_json import Unreadable
from feesvc_sandbox.fields import Fields

FINAL = frozenset(
    {"amount", "exceeds", "not_payable", "other_content", "unknown_transaction", "unknown_order"}
)
"""The only words that are a final no. Any other word is no answer yet."""


class Api:
    """Raises ``Unavailable`` for anything but an agreed answer, ``Refused`` for a final no."""

    def __init__(self, url: str, key: str, http: httpx.Client) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {key}"}
        self._http = http

    def post(self, path: str, content: Mapping[str, str | int]) -> Fields:
        return _answer(self._send("POST", path, dict(content)))

    def get(self, path: str) -> Fields | None:
        """None where the sandbox says that it knows no such thing."""
        answer = self._send("GET", path)
        if answer.status_code == httpx.codes.NOT_FOUND and _word(answer) == "unknown_order":
            return None
        return _answer(answer)

    def fetch(self, path: str) -> bytes:
        answer = self._send("GET", path)
        if answer.status_code != httpx.codes.OK:
            _answer(answer)
        return answer.content

    def _send(
        self, method: str, path: str, content: dict[str, str | int] | None = None
    ) -> httpx.Response:
        url = self._url + path
        try:
            return self._http.request(method, url, json=content, headers=self._headers)
        except httpx.HTTPError as problem:
            raise Unavailable(f"{method} {path}: {type(problem).__name__}") from problem


def _answer(answer: httpx.Response) -> Fields:
    word = _word(answer) if answer.is_client_error else ""
    if word in FINAL:
        raise Refused(word)
    if not answer.is_success:
        raise Unavailable(f"answered {answer.status_code} {word}".rstrip())
    try:
        return Fields.of(answer.content)
    except Unreadable as problem:
        raise problem.unavailable() from problem


def _word(answer: httpx.Response) -> str:
    try:
        return Fields.of(answer.content).text("error")
    except Unreadable:
        return ""
