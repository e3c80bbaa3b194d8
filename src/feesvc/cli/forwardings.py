"""``feesvc forwardings``: money held for others, passed on by two people."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Money held for other agencies and payees.")
One = Annotated[str, typer.Argument(help="Its id.")]
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]


@command.command()
def waiting(
    agency: Agency,
    kind: Annotated[
        str, typer.Option(help="other_agency, postal, to_collector or cash.")
    ] = "other_agency",
    as_json: AsJson = False,
) -> None:
    """What waits to go, oldest first: the 24 hours run from when the bank had it."""
    api = Api()
    path = f"/agencies/{agency}/custody/waiting"
    said = api.get(path, kind=kind)
    if as_json:
        print_json(said)
        return
    table(
        ("transfer", "for", "amount", "since"),
        [
            (
                one["transfer"], one["beneficiary"] or "-",
                amount({"amount": one["amount"], "currency": one["currency"]}),
                one["since"] or "-",
            )
            for one in said["items"]
        ],
        right=(2,),
    )  # fmt: skip


@command.command()
def draw(
    agency: Agency,
    to: Annotated[str | None, typer.Option(help="The agency that it is for.")] = None,
    kind: Annotated[str, typer.Option(help="agency, postal or collector.")] = "agency",
    bank: Annotated[str | None, typer.Option(help="A postal operator's bank.")] = None,
    number: Annotated[str | None, typer.Option(help="A postal operator's account.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "VND",
    as_json: AsJson = False,
) -> None:
    """Draw all that waits for one payee; another person approves."""
    payee = {"bank": bank, "number": number} if bank and number else None
    body = {"kind": kind, "beneficiary": to, "payee": payee, "currency": currency}
    _tell(Api().post(f"/agencies/{agency}/forwardings", body), as_json)


@command.command()
def show(one: One, as_json: AsJson = False) -> None:
    """Show one, with what it takes of each transfer."""
    _tell(Api().get(f"/forwardings/{one}"), as_json)


@command.command()
def approve(one: One, as_json: AsJson = False) -> None:
    """Show exactly what was drawn, and agree to it."""
    api = Api()
    shown = api.get(f"/forwardings/{one}")
    if not as_json:
        _tell(shown, False)
        typer.confirm("approve exactly this?", abort=True)
    _tell(api.post(f"/forwardings/{one}/approve", {"digest": shown["digest"]}), as_json)


@command.command()
def reject(
    one: One, reason: Annotated[str, typer.Option(help="A reason code.")], as_json: AsJson = False
) -> None:
    """It is not sent; the money is held as before."""
    _tell(Api().post(f"/forwardings/{one}/reject", {"reason": reason}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    to = said["beneficiary"] or said["kind"]
    print(f"forwarding {said['reference']} of {amount(said['total'])} to {to} is {said['state']}")
    print(f"  id {said['id']}, drawn by {said['maker']}, to {said['bank']} {said['number']}")
    print(f"  {len(said['transfers'])} transfers")
