"""``feesvc settlement-results``: what agrees in a settlement and what does not, for its writer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="What agrees in a settlement and what does not.")
FORMS = ("csv", "xlsx")


@command.command()
def save(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    statement: Annotated[str, typer.Argument(help="As `feesvc files show` tells it.")],
    form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv",
    file: Annotated[Path | None, typer.Option(help="A new file; only you can read it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Save the result of an accepted settlement; nobody has confirmed that its form is theirs."""
    if form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="--format")
    route = f"/agencies/{agency}/settlement-results/{statement}"
    saved = file or Path(f"{agency}-result-{statement}.{form}")
    size = Api().save(route, saved, format=form)
    if as_json:
        print_json({"file": str(saved), "bytes": size})
    else:
        print(f"{saved}: {size} bytes")
