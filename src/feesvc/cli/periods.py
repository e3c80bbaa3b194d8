"""``feesvc periods``: days, months and years of an agency's books, closed by two people."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api, CouldNot
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="Days, months and years of an agency's books, closed by two people."
)
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Name = Annotated[str, typer.Argument(help="2026, 2026-11 or 2026-11-21.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. file_came_late.")]

SIDES = ("opening", "debits", "credits", "closing")


@command.command()
def show(agency: Agency, period: Name, as_json: AsJson = False) -> None:
    """Show where a period is."""
    _tell(Api().get(f"/agencies/{agency}/periods/{period}"), as_json)


@command.command()
def begin(agency: Agency, period: Name, as_json: AsJson = False) -> None:
    """Take no more entries: what is recorded from now on counts in the next open day."""
    _tell(_do(agency, period, "begin-closing", {}), as_json)


@command.command()
def sheet(agency: Agency, period: Name, as_json: AsJson = False) -> None:
    """Show the completeness sheet; exit code 1 while an item of it is red."""
    said = Api().get(f"/agencies/{agency}/periods/{period}/sheet")
    if as_json:
        print_json(said)
    else:
        table(
            ("item", "", "from", "found"),
            [
                (one["item"], "RED" if one["red"] else "green", one["source"], fact)
                for one in said["items"]
                for fact in one["facts"] or [""]
            ],
        )
        table(
            ("account", *SIDES),
            [
                (one["account"], *(amount(one[name]) for name in SIDES))
                for one in said["balances"]
            ],
            right=(1, 2, 3, 4),
        )  # fmt: skip
        print(f"as known at {said['position']}; digest {said['digest']}")
    if any(one["red"] for one in said["items"]):
        raise typer.Exit(1)


@command.command()
def verify(agency: Agency, period: Name, as_json: AsJson = False) -> None:
    """Work a closed period out again; exit code 1 where its books are not as they were closed."""
    said = Api().get(f"/agencies/{agency}/periods/{period}/verify")
    if as_json:
        print_json(said)
    else:
        for what in ("books", "rows"):
            for one in said[what]:
                print(f"{what}: {one}")
        if said["same"]:
            print(f"{agency} {period} is as it was closed, digest {said['kept']}")
        else:
            print(f"digest {said['kept']} when it was closed, {said['now']} now")
    if said["books"]:
        raise typer.Exit(1)


@command.command()
def propose(
    agency: Agency,
    period: Name,
    explain: Annotated[
        list[str] | None,
        typer.Option(help='Of a red item: "ITEM=OWNER=REASON", the owner an officer\'s subject.'),
    ] = None,
    digest: Annotated[str | None, typer.Option(help="Of the sheet; or you are asked.")] = None,
    as_json: AsJson = False,
) -> None:
    """Vouch for the sheet; every red item has an owner and a reason."""
    wanted = digest or _asked(agency, period)
    told = [_explanation(one) for one in explain or ()]
    said = _do(agency, period, "propose", {"digest": wanted, "explanations": told})
    _tell(said, as_json)


@command.command()
def close(
    agency: Agency,
    period: Name,
    digest: Annotated[str | None, typer.Option(help="Of the sheet; or you are asked.")] = None,
    as_json: AsJson = False,
) -> None:
    """Agree, as another person, to exactly the sheet that was vouched for."""
    wanted = digest or _asked(agency, period)
    _tell(_do(agency, period, "close", {"digest": wanted}), as_json)


@command.command()
def withdraw(agency: Agency, period: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Give a closing up: the period takes entries again."""
    _tell(_do(agency, period, "withdraw", {"reason": reason}), as_json)


@command.command()
def ask_reopening(agency: Agency, period: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Ask that a closed period takes entries again."""
    _tell(_do(agency, period, "ask-reopening", {"reason": reason}), as_json)


@command.command()
def refuse_reopening(agency: Agency, period: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Leave it closed."""
    _tell(_do(agency, period, "refuse-reopening", {"reason": reason}), as_json)


@command.command()
def reopen(agency: Agency, period: Name, as_json: AsJson = False) -> None:
    """Agree, as another person than asked, that it takes entries again."""
    _tell(_do(agency, period, "reopen", {}), as_json)


def _do(agency: str, period: str, step: str, body: dict[str, Any]) -> Any:
    return Api().post(f"/agencies/{agency}/periods/{period}/{step}", body)


def _asked(agency: str, period: str) -> str:
    """The digest of the sheet as it is, once somebody looked at it and agreed."""
    said = Api().get(f"/agencies/{agency}/periods/{period}/sheet")
    red = [one["item"] for one in said["items"] if one["red"]]
    print(f"sheet of {agency} {period} as known at {said['position']}, digest {said['digest']}")
    print("red: " + (", ".join(red) or "nothing"))
    typer.confirm("Is this the sheet that you looked at?", abort=True)
    return str(said["digest"])


def _explanation(text: str) -> dict[str, str]:
    item, owner, reason = [*text.split("="), "", ""][:3]
    if not (item and owner and reason):
        raise CouldNot(f"{text!r} is not ITEM=OWNER=REASON")
    return {"item": item, "owner": owner, "reason": reason}


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    days = f"{said['first_day']} to {said['last_day']}"
    print(f"{said['agency']} {said['name']}, {days}, is {said['state']}")
    for one in said["explanations"]:
        print(f"  {one['item']}: {one['reason']}, owned by {one['owner']}")
