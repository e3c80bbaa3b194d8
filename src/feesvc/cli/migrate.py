"""``feesvc migrate``: bring the database's tables and functions up to this version."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from feesvc import migrations, settings


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Bring the database up to this version, as the role of FEESVC_OWNER_URL.

    The role of FEESVC_DATABASE_URL is granted what the service needs. Safe to repeat.
    """
    told = settings.load()
    service = conninfo_to_dict(told.need_database_url()).get("user")
    if not service:
        raise settings.Misconfigured("FEESVC_DATABASE_URL: name the service's role in it")
    applied = migrations.apply(told.need_owner_url(), str(service))
    if as_json:
        print(json.dumps({"applied": applied}))
    elif applied:
        print("\n".join(f"applied {name}" for name in applied))
    else:
        print("nothing to do: the database is up to date")
