"""Calls to the payment platform, straight or through a gateway that wraps its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from feesvc.intermediary import Unavailable
from feesvc.intermediary.strict_json import Unreadable
from feesvc_dvcqg.fields import Fields

WRAPPED = "0"
"""``error_code`` of a gateway (LGSP) that has the platform's own answer in ``message``."""
LONGEST_ANSWER = 64 * 1024


class Platform:
    """Raises ``Unavailable`` for anything but an answer of the platform itself.

    No word of it is a final no: of its codes only "00" and "99", any other error, are known.
    """

    def __init__(self, http: httpx.Client, access_token: str, *, wrapped: bool) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {access_token}"} if access_token else {}
        self._wrapped = wrapped

    def post(self, url: str, message: Mapping[str, Any]) -> Fields:
        try:
            answer = self._http.post(url, json=dict(message), headers=self._headers)
        except httpx.HTTPError as problem:
            raise Unavailable(f"the platform: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"the platform answered {answer.status_code}")
        try:
            fields = Fields.of(answer.content)
            return self._unwrapped(fields) if self._wrapped else fields
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _unwrapped(self, fields: Fields) -> Fields:
        """One public code base finds INIT wrapped and the query bare behind one gateway."""
        if fields.has("MaLoi"):
            return fields
        if fields.code("error_code") != WRAPPED:
            raise Unreadable("error_code")
        return Fields.of(fields.text("message", LONGEST_ANSWER).encode())
