"""``feesvc remittances``: budget shares drawn, approved by another, paid and confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._reading import json_of
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Budget shares to the State Treasury.")
One = Annotated[str, typer.Argument(help="Its id.")]
Reason = Annotated[str, typer.Option(help="A reason code.")]


@command.command()
def draw(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    source: Annotated[str, typer.Option(help="bank, treasury_custody or treasury_fees.")] = "bank",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "VND",
    set_off: Annotated[bool, typer.Option(help="Send less by open claims.")] = False,
    execute_on: Annotated[str | None, typer.Option(help="2026-11-21; today if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw all that is allocated and not remitted; another person approves."""
    body = {
        "source": source, "currency": currency, "set_off": set_off, "execute_on": execute_on,
    }  # fmt: skip
    _tell(Api().post(f"/agencies/{agency}/remittances", body), as_json)


@command.command()
def show(one: One, as_json: AsJson = False) -> None:
    """Show one, with what goes under which budget codes."""
    _tell(Api().get(f"/remittances/{one}"), as_json)


@command.command()
def approve(one: One, as_json: AsJson = False) -> None:
    """Show exactly what was drawn, and agree to it."""
    api = Api()
    shown = api.get(f"/remittances/{one}")
    if not as_json:
        _tell(shown, False)
        typer.confirm("approve exactly this?", abort=True)
    _tell(api.post(f"/remittances/{one}/approve", {"digest": shown["digest"]}), as_json)


@command.command()
def reject(one: One, reason: Reason, as_json: AsJson = False) -> None:
    """It is not sent; its shares wait as before."""
    _tell(Api().post(f"/remittances/{one}/reject", {"reason": reason}), as_json)


@command.command()
def save(
    one: One,
    file: Annotated[Path, typer.Argument(help="A new file, as CSV; only you can read it.")],
) -> None:
    """Save the payment list for the bank."""
    size = Api().save(f"/remittances/{one}/document", file)
    print(f"{file}: {size} bytes")


@command.command()
def confirm(
    one: One,
    number: Annotated[str, typer.Option(help="The Treasury's own.")],
    confirmed_on: Annotated[str, typer.Option(help="2026-11-21.")],
    lines: Annotated[
        Path | None,
        typer.Option(help='JSON: [{"codes": {…}, "amount": 1}]; as it was sent if left out.'),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The Treasury confirmed it; other codes or amounts than were sent open a case."""
    api = Api()
    if lines is None:
        entries = api.get(f"/remittances/{one}")["entries"]
        told = [{"codes": e["codes"], "amount": e["amount"]["amount"]} for e in entries]
    else:
        told = json_of(lines)
    body = {"number": number, "confirmed_on": confirmed_on, "lines": told}
    _tell(api.post(f"/remittances/{one}/confirm", body), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"remittance {said['reference']} of {amount(said['paid'])} is {said['state']}")
    print(f"  id {said['id']}, drawn by {said['maker']}, from {said['bank']} {said['number']}")
    for entry in said["entries"]:
        codes = ", ".join(f"{name} {code}" for name, code in entry["codes"].items()) or "no codes"
        print(f"  {entry['reference']} {amount(entry['amount'])} {codes}")
    for one in said["set_off"]:
        print(f"  less {amount(one['amount'])} set off against claim {one['claim']}")
