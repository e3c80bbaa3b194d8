"""``feesvc payment-lists``: approved refunds by bank transfer, told to the agency's bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Refunds by bank transfer, told to the bank.")
List = Annotated[str, typer.Argument(help="Its id.")]


@command.command("list")
def all_of(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List what was drawn, newest first."""
    api = Api()
    said = api.get(api.route("/drawn-payment-lists").format(agency=agency), limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("list", "reference", "refunds", "total", "execute on", "drawn by"),
        [
            (
                one["id"], one["reference"], str(one["refunds"]), amount(one["total"]),
                one["execute_on"], one["maker"],
            )
            for one in said["items"]
        ],
        right=(2, 3),
    )  # fmt: skip
    if said["next"]:
        print("there are more: raise --limit")


@command.command()
def draw(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    bank: Annotated[str, typer.Option(help="Of the account that is debited, as it was set.")],
    number: Annotated[str, typer.Option(help="The account's number.")],
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "VND",
    refund: Annotated[list[str] | None, typer.Option(help="Only these; or all approved.")] = None,
    execute_on: Annotated[str | None, typer.Option(help="2026-11-21; today if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a list of approved refunds by bank transfer; exit code 1 when there is none."""
    api = Api()
    wanted = refund or _approved(api, agency, currency)
    if not wanted:
        print("no refund waits to be sent by bank transfer")
        raise typer.Exit(1)
    body = {
        "account": {"bank": bank, "number": number}, "currency": currency, "refunds": wanted,
        "execute_on": execute_on,
    }  # fmt: skip
    _tell(api.post(f"/agencies/{agency}/payment-lists", body), as_json)


@command.command()
def show(drawn: List, as_json: AsJson = False) -> None:
    """Show a list, without anybody's account."""
    _tell(Api().get(f"/payment-lists/{drawn}"), as_json)


@command.command()
def save(
    drawn: List,
    file: Annotated[Path, typer.Argument(help="A new file; only you can read it.")],
    form: Annotated[str, typer.Option(help="pain.001 or csv.")] = "pain.001",
) -> None:
    """Save the document for the bank. It holds personal data, and reading it is on record."""
    size = Api().save(f"/payment-lists/{drawn}/document", file, form=form)
    print(f"{file}: {size} bytes")


@command.command()
def refuse(
    drawn: List,
    reference: Annotated[str, typer.Argument(help="The line's end-to-end id.")],
    reason: Annotated[str, typer.Option(help="A reason code, e.g. account_closed.")],
    refused_on: Annotated[str, typer.Option(help="The bank's day, e.g. 2026-11-21.")],
    as_json: AsJson = False,
) -> None:
    """The bank refused one line before paying it; the others go their way."""
    body = {"reference": reference, "reason": reason, "refused_on": refused_on}
    said = Api().post(f"/payment-lists/{drawn}/refusals", body)
    if as_json:
        print_json(said)
    else:
        print(f"refund {said['id']} of {amount(said['amount'])} is {said['state']}")


def _approved(api: Api, agency: str, currency: str) -> list[str]:
    """The oldest of those that wait, as many as one list holds."""
    route = api.route("/refunds").format(agency=agency)
    found: list[str] = []
    cursor = None
    while True:
        said = api.get(
            route, state="approved", method="bank_transfer", currency=currency, limit=200,
            cursor=cursor,
        )  # fmt: skip
        found += [one["id"] for one in said["items"]]
        cursor = said["next"]
        if cursor is None:
            return found[::-1][:500]


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"list {said['reference']} of {amount(said['total'])}, id {said['id']}")
    for one in said["entries"]:
        print(f"  {one['reference']} {amount(one['amount'])} refund {one['refund']}")
