"""``feesvc login``: sign in once, so that the other commands may ask in one's own name."""

from __future__ import annotations

import os
from typing import Annotated, Any

import httpx
import typer

from feesvc.cli._asking import DEFAULT_URL, Api, CouldNot, remember
from feesvc.cli._telling import AsJson
from feesvc.cli._telling import as_json as print_json

SECONDS = 10.0


def command(
    person: Annotated[str, typer.Argument(help="A person of the demo, as its issuer names them.")],
    issuer: Annotated[
        str, typer.Option(envvar="FEESVC_ISSUER", help="The issuer's address, as tokens name it.")
    ],
    url: Annotated[
        str, typer.Option(envvar="FEESVC_URL", help="Where the service answers.")
    ] = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Get a token from an issuer that gives one to a named person (the demo's), and remember it.

    Tokens of any other issuer are used as they are: FEESVC_TOKEN=… feesvc …
    """
    token = asked_for(issuer.rstrip("/"), person)
    file = remember(url.rstrip("/"), token)
    os.environ.pop("FEESVC_TOKEN", None)
    said = Api().get("/me")
    if as_json:
        print_json({**said, "kept_in": str(file)})
    else:
        print(f"signed in at {url} as {said['principal']}; remembered in {file}")


def asked_for(issuer: str, person: str) -> str:
    """A token for this person; raises ``CouldNot``."""
    try:
        found = _json(httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=SECONDS))
        grant = {"grant_type": "client_credentials", "client_id": person}
        answer = httpx.post(str(found["token_endpoint"]), data=grant, timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, KeyError) as error:
        raise CouldNot(f"{issuer} gives no answer ({type(error).__name__})") from None
    if answer.status_code == 401:
        raise CouldNot(f"{issuer} knows nobody named {person!r}")
    token = _json(answer).get("access_token")
    if not answer.is_success or not isinstance(token, str):
        raise CouldNot(f"{issuer} gives no token for a name alone: set FEESVC_TOKEN instead")
    return token


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
