"""``feesvc custody``: whether what is owed is in the accounts, open orders, moves, bank lines."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="An agency's accounts and what they must hold.")
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
One = Annotated[str, typer.Argument(help="A move's id.")]
Currency = Annotated[str, typer.Option(help="ISO 4217.")]


@command.command()
def cover(agency: Agency, as_json: AsJson = False) -> None:
    """What stands in the accounts and what is owed; exit code 1 where anything is missing."""
    said = Api().get(f"/agencies/{agency}/custody/cover")
    if as_json:
        print_json(said)
    for one in said["items"] if not as_json else ():
        rows = [("in", item, _said(one, held)) for item, held in one["accounts"].items()]
        rows += [("owed", item, _said(one, owed)) for item, owed in one["owed"].items()]
        rows += [
            ("", item, _said(one, one[item]))
            for item in ("surplus", "to_make_whole", "retained_to_move")
        ]
        table(("", "of", "amount"), rows, right=(2,))
    if any(one["surplus"] < 0 for one in said["items"]):
        raise typer.Exit(1)


@command.command()
def orders(agency: Agency, as_json: AsJson = False) -> None:
    """Orders that wait for an approval, or for the bank."""
    said = Api().get(f"/agencies/{agency}/open-orders")
    if as_json:
        print_json(said)
        return
    rows = [(one["kind"], one["reference"], one["state"], one["id"]) for one in said["items"]]
    table(("order", "reference", "state", "id"), rows)


@command.command()
def move(
    agency: Agency,
    kind: Annotated[str, typer.Argument(help="E.g. retained_to_deposit, whole_from_estimate.")],
    value: Annotated[int, typer.Argument(help="In minor units.")],
    reason: Annotated[str, typer.Option(help="A reason code.")],
    currency: Currency = "VND",
    as_json: AsJson = False,
) -> None:
    """Ask that own money stand elsewhere; another person approves."""
    body = {"kind": kind, "amount": value, "currency": currency, "reason": reason}
    _tell(Api().post(f"/agencies/{agency}/custody-moves", body), as_json)


@command.command()
def approve(one: One, as_json: AsJson = False) -> None:
    """Show exactly what was asked, and agree to it."""
    api = Api()
    shown = api.get(f"/custody-moves/{one}")
    if not as_json:
        _tell(shown, False)
        typer.confirm("approve exactly this?", abort=True)
    _tell(api.post(f"/custody-moves/{one}/approve", {"digest": shown["digest"]}), as_json)


@command.command()
def reject(
    one: One, reason: Annotated[str, typer.Option(help="A reason code.")], as_json: AsJson = False
) -> None:
    """It will not be done."""
    _tell(Api().post(f"/custody-moves/{one}/reject", {"reason": reason}), as_json)


@command.command()
def line(
    agency: Agency,
    side: Annotated[str, typer.Argument(help="debit or credit.")],
    value: Annotated[int, typer.Argument(help="In minor units.")],
    narrative: Annotated[str, typer.Option(help="The bank's text: it names the order.")],
    reference: Annotated[str, typer.Option(help="The bank's own.")],
    bank: Annotated[str, typer.Option(help="Of the account, as it was set.")],
    number: Annotated[str, typer.Option(help="The account's number.")],
    booked_on: Annotated[str, typer.Option(help="2026-11-21.")],
    currency: Currency = "VND",
    as_json: AsJson = False,
) -> None:
    """Book one line of an account that names an order; a statement does so by itself."""
    body = {
        "account": {"bank": bank, "number": number}, "reference": reference, "amount": value,
        "currency": currency, "booked_on": booked_on, "narrative": narrative,
    }  # fmt: skip
    what = "order-credits" if side == "credit" else "order-debits"
    said = Api().post(f"/agencies/{agency}/{what}", body)
    if as_json:
        print_json(said)
    else:
        print(f"{said['kind']} {said['reference']} is {said['state']}")


def _said(one: dict[str, Any], value: int) -> str:
    return amount({"amount": value, "currency": one["currency"]})


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"move {said['reference']} ({said['kind']}) of {amount(said['amount'])} {said['state']}")
    print(f"  id {said['id']}, asked by {said['maker']}: {said['reason']}")
