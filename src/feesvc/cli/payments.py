"""``feesvc payments``: what was asked for, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="What was asked for, and what came of it.")


@command.command()
def find(
    agency: Annotated[str, typer.Argument(help="The collecting agency's code, e.g. G14.")],
    reference: Annotated[str | None, typer.Option(help="Its name on the wire.")] = None,
    dossier: Annotated[str | None, typer.Option(help="How the dossier's code begins.")] = None,
    minor: Annotated[
        int | None, typer.Option("--amount", help="In minor units: 115000 is 115,000 đồng.")
    ] = None,
    state: Annotated[str | None, typer.Option(help="presented, received, expired …")] = None,
    date: Annotated[str | None, typer.Option(help="2026, 2026-Q3, 2026-11, 2026-11-21.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """Find payments, newest first; exit code 1 when there is none."""
    api = Api()
    route = api.route("/payments").format(agency=agency)
    said = api.get(
        route, reference=reference, dossier=dossier, amount=minor, state=state, date=date,
        limit=limit,
    )  # fmt: skip
    if as_json:
        print_json(said)
    elif said["items"]:
        table(
            ("payment", "dossier", "reference", "state", "amount", "received", "asked at"),
            [
                (
                    one["id"], one["dossier"], one["reference"], one["state"],
                    amount(one["amount"]), amount(one["received"]), one["initiated_at"][:16],
                )
                for one in said["items"]
            ],
            right=(4, 5),
        )  # fmt: skip
        if said["next"]:
            print("there are more: narrow the search, or raise --limit")
    else:
        print("no payment is found")
    if not said["items"]:
        raise typer.Exit(1)


@command.command()
def show(payment: Annotated[str, typer.Argument(help="Its id.")], as_json: AsJson = False) -> None:
    """Show how one payment stands."""
    said = Api().get(f"/payments/{payment}")
    if as_json:
        print_json(said)
        return
    paid = "what it pays for is paid" if said["paid"] else "what it pays for is not paid"
    print(f"{said['reference']} of {amount(said['amount'])} is {said['state']}; {paid}")
    if said["surcharge"]["amount"]:
        print(f"of that {amount(said['surcharge'])} is for the commission, which the payer bears")
    if said["url"] and not said["paid"]:
        print(f"the payer pays at {said['url']}")


@command.command()
def cancel(
    payment: Annotated[str, typer.Argument(help="Its id.")], as_json: AsJson = False
) -> None:
    """Close a payment that nobody is to pay any more, where its intermediary can do that."""
    said = Api().post(f"/payments/{payment}/cancellation", {})
    if as_json:
        print_json(said)
        return
    print(f"{said['reference']} of {amount(said['amount'])} is {said['state']}")
