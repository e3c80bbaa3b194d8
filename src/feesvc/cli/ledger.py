"""``feesvc ledger``: what an agency's books say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from feesvc.cli._asking import Api, CouldNot
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

FORMS = ("csv", "xlsx", "hledger")
ENDINGS = {"csv": "csv", "xlsx": "xlsx", "hledger": "journal"}
command = typer.Typer(no_args_is_help=True, help="What an agency's books say.")


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


@command.command()
def export(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    report: Annotated[
        str, typer.Argument(help="journal, trial-balance, open-items, collection, late-entries …")
    ] = "journal",
    form: Annotated[
        str, typer.Option("--format", help="csv, xlsx; a journal also hledger.")
    ] = "csv",
    account: Annotated[str | None, typer.Option(help="Its statement, or its open items.")] = None,
    period: Annotated[str | None, typer.Option(help="2026, 2026-Q3, 2026-11, 2026-11-21.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Up to the end of this plain time.")] = None,
    known_at: Annotated[str | None, typer.Option(help="As known at this position.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217.")] = None,
    own: Annotated[bool, typer.Option(help="Its own book, without the units below it.")] = False,
    file: Annotated[Path | None, typer.Option(help="A new file; only you can read it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Save a whole list or report as a paper: no row is left out, whatever its length."""
    if form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="--format")
    if report == "statement" and account is None:
        raise CouldNot("a statement is of one account: give --account")
    api = Api()
    ending = "/accounts/{account}/statement" if report == "statement" else f"/{report}"
    route = api.route(ending).format(agency=agency, account=account)
    saved = file or Path(f"{agency}-{report}.{ENDINGS[form]}")
    size = api.save(
        route, saved, format=form, period=period, as_of=as_of, known_at=known_at,
        currency=currency, units="own" if own else None,
        account=account if report == "open-items" else None,
    )  # fmt: skip
    if as_json:
        print_json({"file": str(saved), "bytes": size})
    else:
        print(f"{saved}: {size} bytes")
