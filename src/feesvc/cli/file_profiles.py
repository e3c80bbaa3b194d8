"""``feesvc file-profiles``: how the tables that an account's counterparty sends are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._reading import text_of
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="How tables are read; two people decide on it.")
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Account = Annotated[str, typer.Argument(help="As `feesvc files accounts` tells it.")]


@command.command()
def show(agency: Agency, account: Account, as_json: AsJson = False) -> None:
    """Show every version, and the layouts that the account's adapter brings."""
    _tell(Api().get(f"/agencies/{agency}/file-profiles/{account}"), as_json)


@command.command()
def propose(
    agency: Agency, account: Account,
    valid_from: Annotated[str, typer.Option(help="From which day on, 2026-11-21.")],
    path: Annotated[Path | None, typer.Option(help="The profile, TOML or JSON.")] = None,
    starting: Annotated[str | None, typer.Option(help="Or a layout of the adapter.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose how files are read from a day on."""
    api = Api()
    if (path is None) == (starting is None):
        raise typer.BadParameter("either --path or --starting")
    if path is not None:
        text = text_of(path)
    else:
        brought = api.get(f"/agencies/{agency}/file-profiles/{account}")["starting"]
        if starting not in brought:
            raise typer.BadParameter(f"the adapter brings: {', '.join(brought) or 'none'}")
        text = brought[starting]
    body = {"account": account, "text": text, "valid_from": valid_from}
    _tell(api.post(f"/agencies/{agency}/file-profiles", body), as_json)


@command.command("try")
def try_on(
    agency: Agency, account: Account,
    profile: Annotated[str, typer.Argument(help="A version's number, or a layout's name.")],
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of theirs.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Read a file so and record nothing; exit code 2 where it cannot be read."""
    said = Api().upload(
        f"/agencies/{agency}/file-profiles/{account}/trial", path, profile=profile
    )  # fmt: skip
    if as_json:
        print_json(said)
    elif said["code"]:
        print(f"{said['code']} {said['place']}: {said['why']}")
    else:
        print(f"{said['statements']} statements, {said['lines']} lines, net {said['net']:,}")
    raise typer.Exit(2 if said["code"] else 0)


@command.command()
def approve(
    agency: Agency, account: Account, number: int,
    digest: Annotated[str, typer.Option(help="What `show` said of that version.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Agree to a version. Whoever proposed it cannot."""
    path = f"/agencies/{agency}/file-profiles/{account}/{number}/approve"
    _tell(Api().post(path, {"digest": digest}), as_json)


@command.command()
def reject(
    agency: Agency, account: Account, number: int,
    reason: Annotated[str, typer.Option(help="A reason code.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """No file is to be read so."""
    path = f"/agencies/{agency}/file-profiles/{account}/{number}/reject"
    _tell(Api().post(path, {"reason": reason}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    table(
        ("number", "name", "valid from", "state", "digest"),
        [
            (
                str(one["number"]) + (" *" if one["number"] == said["in_force"] else ""),
                one["name"], one["valid_from"], one["state"], one["digest"],
            )
            for one in said["versions"]
        ],
    )  # fmt: skip
    if said["starting"]:
        print(f"the adapter brings: {', '.join(said['starting'])}")
