"""Saying: people of the month, each at a terminal of their own and with a browser."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx

from feesvc.cli import assembled

KEYS = ("FEESVC_URL", "FEESVC_TOKEN")


class SaidNo(Exception):
    """The service answered a request with something else than was to come."""


class Person:
    """One who asks over HTTP, or types ``feesvc …``. ``credential`` gives what is good now: a
    token lives for an hour, and a month has many.
    """

    def __init__(self, url: str, credential: Callable[[], str], http: httpx.Client) -> None:
        self.url, self.credential, self.http = url, credential, http

    def post(self, path: str, body: Any = None) -> Any:
        headers = {"Idempotency-Key": str(uuid4()), **self._signed()}
        return _said(self.http.post(path, json=body, headers=headers))

    def get(self, path: str, **asked: Any) -> Any:
        return _said(self.http.get(path, params=asked, headers=self._signed()))

    def read(self, path: str, **asked: Any) -> bytes:
        """A paper as it is."""
        answer = self.http.get(path, params=asked, headers=self._signed())
        if not answer.is_success:
            _said(answer)
        return answer.content

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credential()}"}

    def types(self, *words: object, exits: tuple[int, ...] = (0,)) -> Any:
        """Type ``feesvc`` and these words; gives the JSON that it printed.

        Raises ``SaidNo`` for an exit code that is not one of ``exits``, and what the command says.
        """
        arguments = [*map(str, words), "--json"]
        printed = StringIO()
        with _signed_in(self.url, self.credential()), redirect_stdout(printed):
            code = assembled(arguments)(arguments, prog_name="feesvc", standalone_mode=False)
        if (code or 0) not in exits:
            raise SaidNo(f"feesvc {' '.join(arguments)}: exit code {code}: {printed.getvalue()}")
        return json.loads(printed.getvalue())


@contextmanager
def _signed_in(url: str, token: str) -> Iterator[None]:
    before = {key: os.environ.get(key) for key in KEYS}
    os.environ.update(zip(KEYS, (url, token), strict=True))
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})


def _said(answer: httpx.Response) -> Any:
    if not answer.is_success:
        asked = answer.request
        raise SaidNo(f"{asked.method} {asked.url.path}: {answer.status_code} {answer.text}")
    return answer.json()
