"""``feesvc agencies``: whose books there are."""

from __future__ import annotations

from typing import Annotated

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Whose books there are.")


@command.callback()
def _group() -> None:
    """Keeps the name of the one command of the group."""


@command.command()
def show(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    on: Annotated[str | None, typer.Option(help="As it was on this day: 2026-11-20.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show an agency: its names, what it takes payments through, what it charges under."""
    said = Api().get(f"/agencies/{agency}", on=on)
    if as_json:
        print_json(said)
        return
    print(f"{said['code']}  {said['name_vi']} ({said['name_en']}), on {said['on']}")
    rows = [("parent", said["parent"]), ("successor", said["successor"])]
    rows += [("receipts", said["receipt_series"]), ("fills", ", ".join(said["filling_order"]))]
    rows += [
        (account["intermediary"], f"{account['mode']} {account['id']}")
        for account in said["merchant_accounts"]
    ]
    rows += [("charges under", document) for document in said["fee_schedules"].values()]
    rows += [
        (account["purpose"], f"{account['bank']} {account['number']} {account['currency']}")
        for account in said["bank_accounts"]
    ]
    table(("", ""), [(name, value or "–") for name, value in rows])
