"""``feesvc suspense``: money that waits for a person, and what is to become of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="Money that waits for a person; above a limit two decide."
)
Transfer = Annotated[str, typer.Argument(help="The transfer's id, as `list` tells it.")]
Asked = Annotated[str, typer.Argument(help="The reclassification's id.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. payer_called.")]
Minor = Annotated[
    int | None, typer.Option("--amount", help="In minor units; all that is there, if left out.")
]
Kind = Annotated[str, typer.Option(help="suspense, credit or held; of `credit` also surcharge.")]
Of = Annotated[str | None, typer.Option(help="Of a credit: the assessment it was too much for.")]
HeldFor = Annotated[str | None, typer.Option(help="Of held money: the agency it is held for.")]


@command.command("list")
def all_of(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    kind: Annotated[str | None, typer.Option(help="suspense, credit or held.")] = None,
    reason: Annotated[str | None, typer.Option(help="e.g. unknown_reference.")] = None,
    min_days: Annotated[int | None, typer.Option(help="So many days old or older.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List what waits, oldest first."""
    api = Api()
    route = api.route("/suspense").format(agency=agency)
    said = api.get(route, kind=kind, reason=reason, min_days=min_days, limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("transfer", "kind", "reason", "amount", "days", "through", "transaction", "asked"),
        [
            (
                one["transfer"], one["kind"], one["reason"] or one["beneficiary"],
                amount(one["amount"]), str(one["days"]), one["intermediary"] or one["via"],
                one["transaction"], one["asked"] or "",
            )
            for one in said["items"]
        ],
        right=(3, 4),
    )  # fmt: skip
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")


@command.command()
def apply(
    transfer: Transfer,
    assessment: Annotated[str, typer.Argument(help="What it is to pay.")],
    reason: Reason,
    agency: Annotated[str | None, typer.Option(help="Whose it is, if another's.")] = None,
    kind: Kind = "suspense",
    of: Of = None,
    held_for: HeldFor = None,
    minor: Minor = None,
    as_json: AsJson = False,
) -> None:
    """Pay an assessment with it."""
    body = {"assessment": assessment, "agency": agency}
    _ask("apply", _item(transfer, kind, of, held_for), minor, reason, body, as_json)


@command.command()
def hold(
    transfer: Transfer,
    agency: Annotated[str, typer.Argument(help="For whom.")],
    reason: Reason,
    kind: Kind = "suspense",
    held_for: HeldFor = None,
    minor: Minor = None,
    as_json: AsJson = False,
) -> None:
    """Hold it for another agency."""
    item = _item(transfer, kind, None, held_for)
    _ask("hold", item, minor, reason, {"agency": agency}, as_json)


@command.command()
def credit(
    transfer: Transfer,
    reason: Reason,
    subject: Annotated[str | None, typer.Option(help="The payer, a subject of the agency.")] = None,
    kind: Kind = "suspense",
    held_for: HeldFor = None,
    minor: Minor = None,
    as_json: AsJson = False,
) -> None:
    """Its payer is known and owes nothing: it is their credit. So is what is left of a surcharge,
    once a settlement has taken its commission."""
    item = _item(transfer, kind, None, held_for)
    _ask("credit", item, minor, reason, {"subject": subject}, as_json)


@command.command()
def disclaim(
    transfer: Transfer, reason: Reason, minor: Minor = None, as_json: AsJson = False
) -> None:
    """It is proved not to be ours, and its intermediary still has it."""
    _ask("disclaim", _item(transfer, "suspense", None, None), minor, reason, {}, as_json)


@command.command()
def refund(
    transfer: Transfer,
    reason: Reason,
    minor: Annotated[int, typer.Option("--amount", help="In minor units.")],
    method: Annotated[str, typer.Option(help="intermediary or bank_transfer.")] = "intermediary",
    subject: Annotated[str | None, typer.Option(help="The payer, a subject of the agency.")] = None,
    kind: Kind = "suspense",
    of: Of = None,
    held_for: HeldFor = None,
    as_json: AsJson = False,
) -> None:
    """Ask that it be given back; `feesvc refunds approve` agrees to it."""
    item = _item(transfer, kind, of, held_for)
    del item["transfer"]
    body = {
        "transfer": transfer, "amount": minor, "method": method, "reason": reason, "item": item,
        "subject": subject,
    }  # fmt: skip
    said = Api().post("/refunds", body)
    if as_json:
        print_json(said)
    else:
        print(f"refund {said['id']} of {amount(said['amount'])} is {said['state']}")


@command.command()
def show(asked: Asked, as_json: AsJson = False) -> None:
    """Show what was asked, with the digest that an approval is bound to."""
    _tell(Api().get(f"/reclassifications/{asked}"), as_json)


@command.command()
def approve(
    asked: Asked,
    digest: Annotated[
        str | None, typer.Option(help="What `show` said; without it you are shown and asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agree to exactly what was asked. Whoever asked for it cannot."""
    api = Api()
    if digest is None:
        shown = api.get(f"/reclassifications/{asked}")
        _tell(shown, as_json=False)
        typer.confirm("Move this money?", abort=True)
        digest = shown["digest"]
    _tell(api.post(f"/reclassifications/{asked}/approve", {"digest": digest}), as_json)


@command.command()
def reject(asked: Asked, reason: Reason, as_json: AsJson = False) -> None:
    """It will not be done: the money stands where it stood."""
    _tell(Api().post(f"/reclassifications/{asked}/reject", {"reason": reason}), as_json)


def _item(transfer: str, kind: str, of: str | None, held_for: str | None) -> dict[str, Any]:
    return {"transfer": transfer, "kind": kind, "assessment": of, "agency": held_for}


def _ask(
    what: str, item: dict[str, Any], minor: int | None, reason: str, more: dict[str, Any],
    as_json: bool,
) -> None:  # fmt: skip
    body = {"item": item, "amount": minor, "reason": reason, **more}
    _tell(Api().post(f"/suspense/{what}", body), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    wanted = f"to {said['purpose']} {amount(said['amount'])} of {said['transfer']}"
    print(f"reclassification {said['id']} {wanted} is {said['state']}")
    for place in said["targets"]:
        where = f"line {place['line']} of {place['assessment']}" if place["line"] else place["to"]
        print(f"  {amount(place['amount'])} to {where} {place['agency']}".rstrip())
    if said["state"] == "requested":
        print(f"another person approves it, bound to {said['digest']}")
