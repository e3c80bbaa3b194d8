"""A client that repeats every request as it was until it is answered, as portals are told to."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any
from uuid import UUID

import httpx

PATIENCE = 120.0
"""Seconds until a request that is never answered is given up, and the trial with it."""
LONGEST_WAIT = 1.0
NOT_NOW = (409, 502, 503, 504)


class Unanswered(Exception):
    """A request was repeated for too long, or got an answer that nobody may give."""


class Insistent:
    """``said`` counts what happened on the way; it is shared by many threads."""

    def __init__(
        self,
        client: httpx.Client,
        chance: random.Random,
        said: Counter[str],
        given_up: threading.Event,
    ) -> None:
        """``given_up`` is set when the trial is over before its time."""
        self._client = client
        self._chance = chance
        self._said = said
        self._given_up = given_up
        self._lock = threading.Lock()

    def post(self, path: str, body: Any = None, *statuses: int) -> Any:
        """Ask under a key of its own. One answer in five is asked for again, and must be equal."""
        headers = {"Idempotency-Key": str(UUID(int=self._chance.getrandbits(128)))}
        answer = self._insist("POST", path, body, headers)
        self._expect(answer, statuses or (200, 201))
        if self._chance.random() < 0.2:
            again = self._insist("POST", path, body, headers)
            self._count("answers asked for again")
            if (again.status_code, again.content) != (answer.status_code, answer.content):
                raise Unanswered(f"POST {path}: {again.text} was {answer.text} before")
        return answer.json()

    def get(self, path: str, *statuses: int) -> httpx.Response:
        answer = self._insist("GET", path, None, {})
        self._expect(answer, statuses or (200,))
        return answer

    def _insist(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            wait = 0.05
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                self._count("requests without an answer")
            else:
                if not self._to_repeat(answer):
                    return answer
                self._count(f"answers {answer.status_code}")
                wait = min(float(answer.headers.get("Retry-After", wait)), LONGEST_WAIT)
            if self._given_up.wait(wait * (0.5 + self._chance.random())):
                break
        raise Unanswered(f"{method} {path}: it was never answered")

    def _to_repeat(self, answer: httpx.Response) -> bool:
        """Only what asks for it by Retry-After; any other 409 or 503 is an answer."""
        return answer.status_code in NOT_NOW and "Retry-After" in answer.headers

    def _expect(self, answer: httpx.Response, statuses: tuple[int, ...]) -> None:
        if answer.status_code not in statuses:
            request = answer.request
            raise Unanswered(
                f"{request.method} {request.url.path}: {answer.status_code} {answer.text}"
            )

    def _count(self, what: str) -> None:
        with self._lock:
            self._said[what] += 1
