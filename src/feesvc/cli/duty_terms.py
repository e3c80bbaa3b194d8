"""``feesvc duty-terms``: by when an agency has to have done what; later is a case."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="By when an agency has to have done what; later is a case."
)
Agency = Annotated[str, typer.Argument(help="The agency's code, such as G14.")]


@command.command()
def show(agency: Agency, as_json: AsJson = False) -> None:
    """Show what holds today."""
    _tell(Api().get(f"/agencies/{agency}/duty-terms"), as_json)


@command.command(name="set")
def set_term(
    agency: Agency,
    duty: Annotated[str, typer.Argument(help="remittance, advance, evidence or reply.")],
    effective_on: Annotated[str, typer.Option(help="Since when, 2026-11-27.")],
    within: Annotated[int | None, typer.Option(help="Days; without it there is no term.")] = None,
    every: Annotated[str, typer.Option(help="Of a remittance: day, month or quarter.")] = "day",
    intermediary: Annotated[str, typer.Option(help="Whose scheme says so; else all others.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what the law, a contract or a scheme gives from a day on."""
    body = {
        "duty": duty, "within": within, "every": every, "intermediary": intermediary,
        "effective_on": effective_on,
    }  # fmt: skip
    _tell(Api().post(f"/agencies/{agency}/duty-terms", body), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    table(
        ("duty", "of", "every", "days"),
        [
            (one["duty"], one["intermediary"], one["every"], str(one["within"]))
            for one in said["terms"]
        ],
        right=(3,),
    )  # fmt: skip
