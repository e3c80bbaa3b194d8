"""Calls to payOS's API: which answers can be relied on, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from feesvc.intermediary import Unavailable
from feesvc.intermediary.strict_json import Unreadable
from feesvc_payos.fields import Fields
from feesvc_payos.signing import is_signed

DONE, UNKNOWN, EXISTS = "00", "101", "231"
"""The codes we act on. What 101 and 231 say is never the last word: nobody signed it."""


class OtherCode(Unavailable):
    """payOS did not do it, for a reason that we do not know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A code, and with ``DONE`` the data, whose signature was verified."""

    code: str
    data: Fields | None = None

    def need(self) -> Fields:
        """The data; raises ``Unavailable`` where there is none."""
        if self.data is None:
            raise Unavailable(f"payOS answered {self.code}")
        return self.data


class Api:
    """One payment channel. Raises ``Unavailable`` for all that is no answer of payOS's."""

    def __init__(self, base: str, client_id: str, api_key: str, keys: Sequence[str],
                 http: httpx.Client) -> None:  # fmt: skip
        self._base = base
        self._headers = {"x-client-id": client_id, "x-api-key": api_key}
        self._keys = keys
        self._http = http

    def post(self, path: str, content: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, dict(content))

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, content: dict[str, Any] | None = None) -> Answer:
        try:
            answer = self._http.request(
                method, self._base + path, json=content, headers=self._headers
            )
        except httpx.HTTPError as problem:
            raise Unavailable(f"{method} {path}: {type(problem).__name__}") from problem
        if not (answer.is_success or answer.is_client_error):
            raise Unavailable(f"answered {answer.status_code}")
        try:
            return self._read(answer)
        except Unreadable as problem:
            said = f"answered {answer.status_code}, which cannot be read: {problem}"
            raise Unavailable(said) from problem

    def _read(self, answer: httpx.Response) -> Answer:
        envelope = Fields.of(answer.content)
        code = envelope.text("code", 40)
        if code in {UNKNOWN, EXISTS}:
            return Answer(code)
        if code != DONE or not answer.is_success:
            raise OtherCode(f"answered {answer.status_code}, code {code!r}")
        data = envelope.fields("data")
        if not is_signed(data.told, envelope.text("signature", 64), self._keys):
            raise Unavailable("answered with another signature")
        return Answer(code, data)
