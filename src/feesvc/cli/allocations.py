"""``feesvc allocations``: banked money split between an agency and the State budget."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="Banked money, split between an agency and the State budget."
)
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Limit = Annotated[int, typer.Option(min=1, max=200)]


@command.command()
def make(
    agency: Agency,
    until: Annotated[str, typer.Option(help="What the bank had by this day, YYYY-MM-DD.")],
    as_json: AsJson = False,
) -> None:
    """Split everything that the bank had by a day. Asked again it goes on where it stopped."""
    said = Api().post(f"/agencies/{agency}/allocations", {"until": until})
    if as_json:
        print_json(said)
        return
    for one in said["allocations"]:
        print(f"allocation {one['id']} of what the bank had until {one['until']}")
        _totals(one["totals"])
    if not said["allocations"]:
        print("nothing waited to be split")


@command.command("list")
def all_of(agency: Agency, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List what was split, newest first."""
    said = Api().get(f"/agencies/{agency}/line_money/allocations", limit=limit)
    if as_json:
        print_json(said)
        return
    for one in said["items"]:
        print(f"{one['made_at']}  {one['id']}  until {one['until']}")
        _totals(one["totals"])
    _more(said)


@command.command()
def waiting(
    agency: Agency,
    kind: Annotated[str | None, typer.Option(help="fee, charge, advance or postal.")] = None,
    until: Annotated[str | None, typer.Option(help="In the bank by this day.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List what is banked and waits, line by line."""
    route = f"/agencies/{agency}/line_money/waiting"
    said = Api().get(route, kind=kind, until=until, limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("assessment", "line", "kind", "in the bank", "amount"),
        [
            (
                one["assessment"], str(one["line"]), one["kind"], one["banked_on"],
                amount(one["amount"]),
            )
            for one in said["items"]
        ],
        right=(1, 4),
    )  # fmt: skip
    _more(said)


@command.command()
def show(
    allocation: Annotated[str, typer.Argument(help="Its id, as `list` tells it.")],
    as_json: AsJson = False,
) -> None:
    """Show one allocation with its totals by budget codes."""
    said = Api().get(f"/allocations/{allocation}")
    if as_json:
        print_json(said)
    else:
        print(f"allocation {said['id']} of {said['agency']} until {said['until']}")
        _totals(said["totals"])


def _totals(totals: list[dict[str, Any]]) -> None:
    table(
        ("budget codes", "lines", "amount", "retained", "budget"),
        [
            (
                " ".join(f"{name}={code}" for name, code in sorted(one["codes"].items())) or "-",
                str(one["lines"]), amount(one["amount"]), amount(one["retained"]),
                amount(one["budget"]),
            )
            for one in totals
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip


def _more(said: dict[str, Any]) -> None:
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")
