"""``feesvc cash``: cash taken at a counter, and paid into the bank."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Cash at a counter, and on its way to the bank.")
Desk = Annotated[str, typer.Option(help="The cash desk's code.")]


@command.command()
def take(
    assessment: Annotated[str, typer.Argument(help="What it pays: an id.")],
    value: Annotated[int, typer.Argument(help="In minor units.")],
    desk: Desk,
    slip: Annotated[str, typer.Option(help="The desk's own number for it.")],
    as_json: AsJson = False,
) -> None:
    """Cash pays an assessment, up to what is open."""
    body = {"desk": desk, "slip": slip, "amount": value}
    said = Api().post(f"/assessments/{assessment}/cash", body)
    if as_json:
        print_json(said)
    else:
        print(f"slip {said['slip']} of {amount(said['amount'])}, transfer {said['transfer']}")


@command.command()
def hand_in(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    desk: Desk,
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "VND",
    as_json: AsJson = False,
) -> None:
    """Take a desk's cash to the bank, under a reference for the paying-in slip."""
    body = {"desk": desk, "currency": currency}
    _tell(Api().post(f"/agencies/{agency}/cash-deposits", body), as_json)


@command.command()
def withdraw(
    deposit: Annotated[str, typer.Argument(help="Its id.")],
    reason: Annotated[str, typer.Option(help="A reason code.")],
    as_json: AsJson = False,
) -> None:
    """It was not paid in; the cash waits for another deposit."""
    _tell(Api().post(f"/cash-deposits/{deposit}/withdraw", {"reason": reason}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"deposit {said['reference']} of {amount(said['total'])} is {said['state']}")
    print(f"  id {said['id']}, {len(said['takings'])} slips, to {said['bank']} {said['number']}")
