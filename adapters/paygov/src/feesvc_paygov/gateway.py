"""Calls through the provincial gateway: a token first, then JSON with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from feesvc.intermediary import Unavailable
from feesvc.intermediary.strict_json import Unreadable
from feesvc_paygov.fields import Fields


class Gateway:
    """Raises ``Unavailable`` for anything but a JSON object under 200. Keeps no token."""

    def __init__(self, told: Mapping[str, str], http: httpx.Client) -> None:
        self._told = told
        self._http = http

    def post(self, url: str, message: Mapping[str, Any]) -> Fields:
        headers = {"authorization": f"Bearer {self._token()}"}
        if self._told["lgsp_access_token"]:
            headers["lgspaccesstoken"] = self._told["lgsp_access_token"]
        return self._sent(url, headers, dict(message))

    def _token(self) -> str:
        """The fixed one of some partners; others ask for one, with a header of its own name."""
        if self._told["token"]:
            return self._told["token"]
        given = self._sent(self._told["token_url"], {"auth": self._told["token_auth"]}, None)
        try:
            return given.text("token", 4_000)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _sent(self, url: str, headers: Mapping[str, str], message: dict[str, Any] | None) -> Fields:
        try:
            answer = self._http.post(url, json=message, headers=dict(headers))
        except httpx.HTTPError as problem:
            raise Unavailable(f"the gateway: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"the gateway answered {answer.status_code}")
        try:
            return Fields.of(answer.content)
        except Unreadable as problem:
            raise problem.unavailable() from problem
