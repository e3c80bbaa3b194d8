"""``feesvc ledger``: what an agency's books say."""

from __future__ import annotations

from typing import Annotated

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="What an agency's books say.")


@command.callback()
def _group() -> None:
    """Keeps the name of the one command of the group."""


@command.command()
def trial_balance(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    period: Annotated[str | None, typer.Option(help="2026, 2026-Q3, 2026-11, 2026-11-21.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Up to the end of this plain time.")] = None,
    known_at: Annotated[str | None, typer.Option(help="As known at this position.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every account's opening, movements and balance; exit code 1 when debits are not credits."""
    api = Api()
    route = api.route("/trial-balance").format(agency=agency)
    said = api.get(route, period=period, as_of=as_of, known_at=known_at, currency=currency)
    if as_json:
        print_json(said)
    else:
        for book in said["books"]:
            table(
                (f"{agency} {book['currency']}", "", "opening", "debits", "credits", "balance"),
                [
                    (
                        one["account"], one["name"]["en"],
                        *(amount(one[n]) for n in ("opening", "debits", "credits", "balance")),
                    )
                    for one in book["accounts"]
                ]
                + [("", "", "", amount(book["debits"]), amount(book["credits"]), "")],
                right=(2, 3, 4, 5),
            )  # fmt: skip
        if not said["books"]:
            print(f"nothing is posted in the books of {agency}")
    if any(book["debits"] != book["credits"] for book in said["books"]):
        raise typer.Exit(1)
