"""Calls to ZaloPay's API, signed, and which of its answers can be relied on.

ZaloPay neither signs its answers nor repeats in them what was asked: TLS alone vouches for them.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from feesvc.intermediary import Unavailable, code_of
from feesvc.intermediary.strict_json import Unreadable
from feesvc_zalopay.fields import Fields
from feesvc_zalopay.signing import sign

SUCCESS, FAIL, PROCESSING = 1, 2, 3
REQUEST_REFUSED = frozenset({-401, -402, -403, -405, 406, -429, -500, -999})
"""What is wrong with our request or with ZaloPay's system: nothing is said of any order."""


class Answer(Fields):
    """``code`` is the return_code; ``sub`` says more, where it is told."""

    def __init__(self, fields: object) -> None:
        super().__init__(fields)
        self.code = self.whole("return_code")
        self.sub = self.whole("sub_return_code") if self.has("sub_return_code") else None

    @property
    def succeeded(self) -> bool:
        """1, and nothing beside it that contradicts it."""
        busy = self.has("is_processing") and self.flag("is_processing")
        return self.code == SUCCESS and self.sub in (None, 0, SUCCESS) and not busy

    @property
    def reason(self) -> int:
        """The code that says most: ZaloPay gives some failures as either."""
        return self.sub if self.code == FAIL and self.sub is not None else self.code

    @property
    def named(self) -> str:
        """Both codes as one that we can record: ``2_217`` for 2 with -217."""
        return code_of(f"{self.code} {'' if self.sub is None else self.sub}")


class Api:
    """One merchant account (an app). Raises ``Unavailable`` for anything but ZaloPay's answer."""

    def __init__(self, url: str, app_id: int, key: str, http: httpx.Client) -> None:
        self.app_id = app_id
        self._url = url
        self._key = key
        self._http = http

    def ask(self, operation: str, content: Mapping[str, str | int], *signed: str | int) -> Answer:
        """``signed`` are the values of the mac, in their order, after the app's own number."""
        mac = sign(self._key, self.app_id, *signed)
        asked = {"app_id": self.app_id, **content, "mac": mac}
        try:
            answer = self._http.post(f"{self._url}/v2/{operation}", json=asked)
        except httpx.HTTPError as problem:
            raise Unavailable(f"{operation}: {type(problem).__name__}") from problem
        if not answer.is_success:
            raise Unavailable(f"{operation}: answered {answer.status_code}")
        try:
            return Answer.of(answer.content)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def query(self, reference: str) -> Answer:
        """How an order stands. The key itself is part of what this one signs."""
        return self.ask("query", {"app_trans_id": reference}, reference, self._key)
