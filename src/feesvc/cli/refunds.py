"""``feesvc refunds``: money that goes back, asked for by one person and approved by another."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Money that goes back; two people decide.")
Refund = Annotated[str, typer.Argument(help="Its id.")]
SeenName = Annotated[
    bool, typer.Option("--seen-name", help="The holder is not known to be the payer, and may be.")
]


@command.command("list")
def all_of(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    state: Annotated[str | None, typer.Option(help="requested wait for a second person.")] = None,
    date: Annotated[str | None, typer.Option(help="2026, 2026-Q3, 2026-11, 2026-11-21.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List refunds, newest first."""
    api = Api()
    route = api.route("/refunds").format(agency=agency)
    said = api.get(route, state=state, date=date, limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("refund", "state", "amount", "reason", "asked by", "asked at"),
        [
            (
                one["id"], one["state"], amount(one["amount"]), one["reason"], one["maker"],
                one["requested_at"][:16],
            )
            for one in said["items"]
        ],
        right=(2,),
    )  # fmt: skip
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")


@command.command()
def show(refund: Refund, as_json: AsJson = False) -> None:
    """Show a refund, with the digest that an approval is bound to."""
    said = Api().get(f"/refunds/{refund}")
    _tell(said, as_json)


@command.command()
def approve(
    refund: Refund,
    digest: Annotated[
        str | None, typer.Option(help="What `show` said; without it you are shown and asked.")
    ] = None,
    payee: Annotated[
        str | None, typer.Option(help="The digest of the account, for a bank transfer.")
    ] = None,
    seen_name: SeenName = False,
    as_json: AsJson = False,
) -> None:
    """Agree to exactly what was asked. Whoever asked for it cannot.

    For a bank transfer, also to the account that it goes to.
    """
    api = Api()
    shown = api.get(f"/refunds/{refund}")
    body: dict[str, Any] = {"digest": digest or shown["digest"]}
    if digest is None:
        _tell(shown, as_json=False)
    if shown["method"] == "bank_transfer":
        asked = {} if digest else {"reason": "approval"}
        account = api.get(f"/refunds/{refund}/payee", **asked)
        body |= {"payee": payee or account["digest"], "acknowledge_name": seen_name}
        if digest is None:
            print(f"to {account['number']} at {account['bank']}, held by {account['holder']}")
            if account["name_check"] != "matches" and not seen_name:
                print(f"the holder's name {account['name_check']}: it is not known to be the payer")
                body["acknowledge_name"] = typer.confirm("Have you made sure?", abort=True)
    if digest is None:
        typer.confirm("Give this money back?", abort=True)
    _tell(api.post(f"/refunds/{refund}/approve", body), as_json)


@command.command()
def reissue(
    refund: Refund,
    method: Annotated[str, typer.Option("--by", help="intermediary or bank_transfer.")],
    as_json: AsJson = False,
) -> None:
    """Send again what could not be sent, failed or came back, perhaps another way."""
    _tell(Api().post(f"/refunds/{refund}/reissue", {"method": method}), as_json)


@command.command()
def payee(
    refund: Refund,
    known: Annotated[
        str | None, typer.Option(help="Whose account on record: subject or payer.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say to which account a bank transfer goes; without --known you are asked for it."""
    body: dict[str, Any] = {"known": known}
    if known is None:
        asked = {part: typer.prompt(part) for part in ("bank", "number", "holder")}
        body = {"account": asked}
    said = Api().post(f"/refunds/{refund}/payee", body)
    if as_json:
        print_json(said)
    else:
        print(f"the holder's name {said['name_check']}; digest {said['digest']}")


@command.command()
def confirm_payee(
    refund: Refund,
    seen_name: SeenName = False,
    as_json: AsJson = False,
) -> None:
    """Agree to an account that was named after the approval. Whoever named it cannot."""
    api = Api()
    account = api.get(f"/refunds/{refund}/payee", reason="approval")
    print(f"to {account['number']} at {account['bank']}, held by {account['holder']}")
    typer.confirm(f"The holder's name {account['name_check']}. Send it there?", abort=True)
    body = {"digest": account["digest"], "acknowledge_name": seen_name}
    said = api.post(f"/refunds/{refund}/payee/confirm", body)
    if as_json:
        print_json(said)
    else:
        print(f"the account is confirmed by {', '.join(said['confirmed_by'])}")


@command.command()
def reject(
    refund: Refund,
    reason: Annotated[str, typer.Option(help="A reason code, e.g. not_due.")],
    as_json: AsJson = False,
) -> None:
    """It will not be paid: the money stands where it stood."""
    _tell(Api().post(f"/refunds/{refund}/reject", {"reason": reason}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"refund {said['id']} of {amount(said['amount'])} by {said['method']} is {said['state']}")
    print(f"asked for by {said['maker']} because {said['reason']}; digest {said['digest']}")
    for take in said["takes"]:
        place = f"line {take['line']} of {take['assessment']}" if take["line"] else take["to"]
        print(f"  {amount(take['amount'])} from {place}")
