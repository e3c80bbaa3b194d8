"""``feesvc migrate``: bring the database's tables and functions up to this version."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated
from uuid import UUID

import typer
from psycopg.conninfo import conninfo_to_dict

from feesvc import settings
from feesvc.application import registries
from feesvc.assembly import open_house, prepare_database
from feesvc.cli._starting import require_reachable


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    operator: Annotated[
        tuple[str, str] | None,
        typer.Option(help="ISSUER SUBJECT of a sign-in: appoint the service's administrator."),
    ] = None,
) -> None:
    """Bring the database up to this version, as the role of FEESVC_OWNER_URL.

    The role of FEESVC_DATABASE_URL is granted what the service needs. Safe to repeat.
    """
    told = settings.load()
    service = conninfo_to_dict(told.need_database_url()).get("user")
    if not service:
        raise settings.Misconfigured("FEESVC_DATABASE_URL: name the service's role in it")
    require_reachable("OWNER_URL", told.need_owner_url())
    require_reachable("DATABASE_URL", told.need_database_url())
    applied = prepare_database(told.need_owner_url(), str(service))
    if operator:
        subject = asyncio.run(appoint_operator(told, *operator))
        applied.append(f"appointed {subject} administrator of the service")
    if as_json:
        print(json.dumps({"applied": applied}))
    else:
        print("\n".join(applied) or "nothing to do: the database is up to date")


async def appoint_operator(told: settings.Settings, issuer: str, sub: str) -> UUID:
    """Appoint whoever signs in so administrator of the service itself; gives their subject."""
    async with open_house(told) as house:
        return await registries.appoint_operator(house, issuer, sub)
