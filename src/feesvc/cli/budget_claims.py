"""``feesvc budget-claims``: what the State budget owes after refunds, and how each claim ends."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Claims on the State budget after refunds.")
One = Annotated[str, typer.Argument(help="Its id.")]
Reason = Annotated[str, typer.Option(help="A reason code.")]
Value = Annotated[int, typer.Argument(help="In minor units.")]


@command.command("list")
def all_of(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")], as_json: AsJson = False
) -> None:
    """Claims with anything outstanding."""
    said = Api().get(f"/agencies/{agency}/budget-claims")
    if as_json:
        print_json(said)
        return
    rows = [
        (one["id"], one["cause"], amount(one["outstanding"]), one["proposed"] or "-")
        for one in said["items"]
    ]
    table(("claim", "after a", "outstanding", "proposed"), rows, right=(2,))


@command.command()
def repaid(
    one: One, value: Value,
    reference: Annotated[str, typer.Option(help="The bank's own.")],
    booked_on: Annotated[str, typer.Option(help="2026-11-21.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """The State budget paid it into the collection account."""
    body = {"amount": value, "reference": reference, "booked_on": booked_on}
    _tell(Api().post(f"/budget-claims/{one}/repaid", body), as_json)


@command.command()
def end(
    one: One, value: Value,
    way: Annotated[str, typer.Option(help="repaid_to_payer or refused.")],
    reason: Reason,
    confirmation: Annotated[str, typer.Option(help="The Treasury's number.")] = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose how it ends; another person approves."""
    body = {"way": way, "amount": value, "reason": reason, "confirmation": confirmation}
    _tell(Api().post(f"/budget-claims/{one}/end", body), as_json)


@command.command()
def approve(one: One, as_json: AsJson = False) -> None:
    """Show exactly what is proposed, and agree to it."""
    api = Api()
    shown = api.get(f"/budget-claims/{one}")
    if not as_json:
        _tell(shown, False)
        typer.confirm("approve exactly this?", abort=True)
    _tell(api.post(f"/budget-claims/{one}/approve", {"digest": shown["digest"]}), as_json)


@command.command()
def reject(one: One, reason: Reason, as_json: AsJson = False) -> None:
    """It does not end so; the claim stands."""
    _tell(Api().post(f"/budget-claims/{one}/reject", {"reason": reason}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"claim {said['id']}: {amount(said['outstanding'])} of {amount(said['amount'])} is open")
    if said["proposed"]:
        print(f"  proposed: {said['proposed']}")
