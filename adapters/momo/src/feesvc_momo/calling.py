"""Calls to MoMo's API, signed, and which of its answers can be relied on.

MoMo does not sign its answers: TLS, and the echo of what was asked, is what vouches for them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import httpx

from feesvc.intermediary import Unavailable
from feesvc.intermediary.strict_json import Unreadable
from feesvc_momo.fields import Fields
from feesvc_momo.signing import Keys

PATH = "/v2/gateway/api"
ECHOED = ("partnerCode", "orderId", "requestId")


class Answer(Fields):
    """An answer to what we asked. ``code`` is its resultCode."""

    def __init__(self, fields: object) -> None:
        super().__init__(fields)
        self.code = self.whole("resultCode", 99_999)


class Api:
    """One merchant account. Raises ``Unavailable`` for anything that is not MoMo's own answer."""

    def __init__(self, url: str, partner: str, keys: Keys, http: httpx.Client) -> None:
        self._url = url + PATH
        self._partner = partner
        self._keys = keys
        self._http = http

    def ask(
        self, operation: str, content: Mapping[str, str | int | bool], signed: Sequence[str]
    ) -> Answer:
        """``signed`` names what is signed. A refusal is an answer too: look at its ``code``."""
        asked = {"partnerCode": self._partner, **content}
        asked["signature"] = self._keys.sign(signed, asked)
        try:
            answer = self._http.post(
                f"{self._url}/{operation}",
                content=json.dumps(asked, ensure_ascii=False).encode(),
                headers={"content-type": "application/json; charset=UTF-8"},
            )
        except httpx.HTTPError as problem:
            raise Unavailable(f"{operation}: {type(problem).__name__}") from problem
        if not (answer.is_success or answer.is_client_error):
            raise Unavailable(f"{operation}: answered {answer.status_code}")
        try:
            told = Answer.of(answer.content)
            for name in ECHOED:
                if told.text(name) != asked[name]:
                    raise Unreadable(f"another {name}")
        except Unreadable as problem:
            raise problem.unavailable() from problem
        return told
