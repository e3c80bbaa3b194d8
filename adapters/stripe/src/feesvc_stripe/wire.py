"""The wire client of the Stripe API: requests, pages, and what each kind of answer means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

import httpx

from feesvc.intermediary import Refused, Unavailable, code_of
from feesvc_stripe.encoding import Parameters, encode
from feesvc_stripe.reading import JsonObject, Unreadable, members, parse_object, text

API_VERSION = "2026-10-28.endive"
"""The version whose objects we read, sent with every request whatever the account's default."""

PAGE = 100
"""The most that Stripe puts on one page of a list."""

NO_DECISION = frozenset({401, 403, 408, 409, 425, 429})
"""Answers that decide nothing: a wrong or restricted key, a race, a limit. Asking later helps."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A readable answer, and Stripe's own clock when it gave it."""

    body: JsonObject
    raw: bytes
    served_at: datetime | None


class StripeApi:
    """Stripe, stripe-mock or the counterpart at ``base``. Keeps no state beside the key.

    Raises ``Unavailable`` for everything that decides nothing, ``Refused`` for Stripe's final no.
    Neither repeats Stripe's message, which may quote what was sent: type, code and field do.
    """

    def __init__(self, base: str, secret_key: str, http: httpx.Client) -> None:
        if _is_live(secret_key) and urlsplit(base).scheme != "https":
            raise ValueError("a live key goes over https only")
        self._base = base.rstrip("/")
        self._http = http
        self._headers = {"Authorization": f"Bearer {secret_key}", "Stripe-Version": API_VERSION}

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        query = f"?{encode(parameters)}" if parameters else ""
        return self._send("GET", path + query, {}, None)

    def post(self, path: str, parameters: Parameters, idempotency_key: str) -> Answer:
        headers = {
            "Idempotency-Key": idempotency_key,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._send("POST", path, headers, encode(parameters).encode())

    def pages(self, path: str, parameters: Parameters) -> Iterator[Answer]:
        """Every page of a list, newest first."""
        following: Parameters = {**parameters, "limit": PAGE}
        while True:
            page = self.get(path, following)
            yield page
            try:
                listed = members(page.body, "data")
                if page.body.get("has_more") is not True:
                    return
                following = {**following, "starting_after": text(listed[-1], "id")}
            except (Unreadable, IndexError):
                raise Unavailable("Stripe's list cannot be read") from None

    def _send(
        self, method: str, target: str, headers: dict[str, str], content: bytes | None
    ) -> Answer:
        try:
            response = self._http.request(
                method, self._base + target, headers=self._headers | headers, content=content
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"no answer from Stripe ({type(error).__name__})") from None
        if response.is_success:
            return Answer(_body(response), response.content, _served_at(response))
        raise _failure(response)


def segment(identifier: str) -> str:
    """An id as one segment of a path, whatever it contains."""
    return quote(identifier, safe="")


def _is_live(secret_key: str) -> bool:
    return secret_key.startswith(("sk_live_", "rk_live_"))


def _body(response: httpx.Response) -> JsonObject:
    try:
        return parse_object(response.content)
    except Unreadable as error:
        raise Unavailable(f"Stripe's answer cannot be read ({error})") from None


def _served_at(response: httpx.Response) -> datetime | None:
    try:
        stamped = parsedate_to_datetime(response.headers.get_list("date")[0])
    except (IndexError, ValueError):
        return None
    return stamped if stamped.tzinfo else None


def _failure(response: httpx.Response) -> Unavailable | Refused:
    """A 4xx is a no, except where it decides nothing. A reused key means that a request ran."""
    kind, words = _error_words(response)
    said = f"Stripe answered {response.status_code} {words}".rstrip()
    final = 400 <= response.status_code < 500 and response.status_code not in NO_DECISION
    if final and kind and kind not in ("idempotency_error", "api_error"):
        return Refused(code_of(words))
    return Unavailable(said)


def _error_words(response: httpx.Response) -> tuple[str, str]:
    """The type of an error object, and its type, code and field; empty for anything else."""
    try:
        error = parse_object(response.content).get("error")
    except Unreadable:
        return "", ""
    if not isinstance(error, dict):
        return "", ""
    words = [error.get(name) for name in ("type", "code", "decline_code", "param")]
    kind = error.get("type")
    return (
        kind if isinstance(kind, str) else "",
        " ".join(word[:80] for word in words if isinstance(word, str)),
    )
