"""``feesvc files``: what intermediaries, banks and the Treasury say, loaded, shown and accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._differing import tell_differences
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Files of intermediaries, banks and the Treasury.")
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
File = Annotated[str, typer.Argument(help="Its id, as `list` tells it.")]
REFUSED = 2
"""The exit code of a file that was taken and found wrong."""
RESTATES = "F03"
SHOWN = 50
"""Lines that a restated file changes, as `show` tells them before anybody agrees to it."""


@command.command()
def accounts(agency: Agency, as_json: AsJson = False) -> None:
    """List the accounts that files may tell of."""
    said = Api().get(f"/agencies/{agency}/file-accounts")
    if as_json:
        print_json(said)
        return
    table(
        ("account", "source", "name", "bank", "currency", "profile"),
        [
            (
                one["id"], one["source"], one["name"], one["bank"], one["currency"],
                str(one["profile"] or ""),
            )
            for one in said["items"]
        ],
    )  # fmt: skip


@command.command()
def load(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file.")],
    agency: Annotated[str, typer.Option(help="Its code, e.g. G14.")],
    account: Annotated[str, typer.Option(help="As `accounts` tells it.")],
    sha256: Annotated[str | None, typer.Option(help="The checksum that its sender gave.")] = None,
    accept: Annotated[bool, typer.Option(help="Accept it at once where nothing is wrong.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load a file and show what it says; exit code 2 where it was found wrong."""
    api = Api()
    said = api.upload(
        f"/agencies/{agency}/files", path, account=account, sha256=sha256, came_by="command_line"
    )  # fmt: skip
    if accept and said["state"] == "previewed":
        said = api.post(f"/agencies/{agency}/files/{said['id']}/accept", {})
    _tell(said, as_json)
    raise typer.Exit(_code(said))


@command.command("list")
def all_of(
    agency: Agency,
    account: Annotated[str | None, typer.Option(help="Of this account only.")] = None,
    state: Annotated[str | None, typer.Option(help="quarantined, held, previewed …")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List files as they came, newest first."""
    said = Api().get(f"/agencies/{agency}/files", account=account, state=state, limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("file", "received", "source", "format", "state", "verdict", "why"),
        [
            (
                one["id"], one["received_at"][:16], one["source"], one["format"], one["state"],
                one["verdict"], " ".join(filter(None, (one["place"], one["why"]))),
            )
            for one in said["items"]
        ],
    )  # fmt: skip
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")


@command.command()
def show(agency: Agency, file: File, as_json: AsJson = False) -> None:
    """Show one file, its statements, and what accepting it would do."""
    api = Api()
    said = api.get(f"/agencies/{agency}/files/{file}")
    _tell(said, as_json)
    if as_json:
        return
    table(
        ("statement", "until", "lines", "gross", "commission", "tax", "net", "opens", "repeats"),
        [
            (
                one["identity"], one["ends_on"],
                *(
                    f"{one[part]:,}"
                    for part in ("count", "gross", "commission", "tax", "net", "opens", "repeats")
                ),
            )
            for one in said["statements"]
        ],
        right=(2, 3, 4, 5, 6, 7, 8),
    )  # fmt: skip
    for one in said["statements"]:
        if one["difference"]:
            counted = ", ".join(f"{number} {what}" for what, number in one["difference"].items())
            print(f"  {one['identity']} replaces what was accepted before: {counted}")
    if said["verdict"] == RESTATES and said["state"] == "held":
        changed = api.get(f"/agencies/{agency}/files/{file}/differences")["items"]
        tell_differences(changed[:SHOWN])
        if changed[SHOWN:]:
            rest = len(changed) - SHOWN
            print(f"{rest} more: `feesvc files differences {agency} {file}` shows them all")


@command.command()
def lines(
    agency: Agency, file: File,
    state: Annotated[str | None, typer.Option(help="open, matched, placed, repeated …")] = None,
    after: Annotated[str | None, typer.Option(help="The last line of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 200,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List what a file says, line by line, and how each line stands."""
    said = Api().get(
        f"/agencies/{agency}/files/{file}/lines", state=state, after=after, limit=limit
    )  # fmt: skip
    if as_json:
        print_json(said)
        return
    table(
        ("line", "place", "kind", "transaction", "reference", "gross", "net", "", "value", "state",
         "reason"),
        [
            (
                one["id"], one["place"], one["kind"], one["transaction"], one["reference"],
                f"{one['gross']:,}", f"{one['net']:,}", one["currency"], one["value_on"],
                one["state"], one["reason"],
            )
            for one in said["items"]
        ],
        right=(5, 6),
    )  # fmt: skip
    if said["next"]:
        print(f"there are more: --after {said['next']}")


@command.command()
def differences(agency: Agency, file: File, as_json: AsJson = False) -> None:
    """Show, line by line, what a restated file changes of what was accepted before."""
    said = Api().get(f"/agencies/{agency}/files/{file}/differences")
    if as_json:
        print_json(said)
        return
    tell_differences(said["items"])
    if not said["items"]:
        print("no line of it differs from what stands")


@command.command()
def bad_line(
    agency: Agency, file: File,
    reason: Annotated[str, typer.Option(help="A code of the work at hand.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the line that is wrong, with its text."""
    said = Api().get(f"/agencies/{agency}/files/{file}/bad-line", reason=reason)
    if as_json:
        print_json(said)
        return
    print(f"{said['code']} {said['place']}: {said['why']}")
    print(f"  {said['text']}")


@command.command()
def accept(
    agency: Agency, file: File,
    digest: Annotated[
        str | None, typer.Option(help="Of a file that is held: what `show` said.")
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Let its lines count. Whoever brought a file that is held (F03, F07, F08) cannot."""
    body = {"digest": digest} if digest else {}
    _tell(Api().post(f"/agencies/{agency}/files/{file}/accept", body), as_json)


@command.command()
def discard(
    agency: Agency, file: File,
    reason: Annotated[str, typer.Option(help="A reason code, e.g. sent_by_mistake.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Nothing of it will be accepted."""
    _tell(Api().post(f"/agencies/{agency}/files/{file}/discard", {"reason": reason}), as_json)


@command.command()
def restore(
    agency: Agency, file: File,
    reason: Annotated[str, typer.Option(help="A reason code, e.g. restated_by_mistake.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Have the bytes of a superseded or discarded file judged anew; exit code 2 where that finds
    them wrong. One that replaces what stands is accepted by another person, like any such file."""
    said = Api().post(f"/agencies/{agency}/files/{file}/restore", {"reason": reason})
    _tell(said, as_json)
    raise typer.Exit(_code(said))


@command.command()
def read_again(agency: Agency, file: File, as_json: AsJson = False) -> None:
    """Read a quarantined file once more, as after a profile was mended."""
    _tell(Api().post(f"/agencies/{agency}/files/{file}/read-again", {}), as_json)


@command.command()
def missing(
    agency: Agency,
    as_of: Annotated[str | None, typer.Option(help="2026-11-21; today if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List accounts whose files are late."""
    said = Api().get(f"/agencies/{agency}/files/missing", as_of=as_of)
    if as_json:
        print_json(said)
        return
    table(
        ("account", "source", "told until", "again from", "days"),
        [
            (m["account"], m["source"], m["told_until"], m["told_again"] or "", str(m["days"]))
            for m in said["items"]
        ],
        right=(4,),
    )


def _code(said: dict[str, Any]) -> int:
    """What was shown or accepted is right; anything else is for somebody to look at."""
    return 0 if said["state"] in ("previewed", "accepted") else REFUSED


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    again = ", the same bytes as before" if said["again"] else ""
    wrong = f" {said['verdict']}" if said["verdict"] else ""
    print(f"file {said['id']} is {said['state']}{wrong}{again}")
    if said["why"]:
        print(f"  {' '.join(filter(None, (said['place'], said['why'])))}")
    if said["state"] == "held":
        more = "; `feesvc files show` tells what it changes" if said["verdict"] == RESTATES else ""
        print(f"  digest {said['digest']}{more}")
    if said["again"] and said["state"] in ("superseded", "discarded"):
        print(f"  nothing of it counts; `feesvc files restore {said['agency']} {said['id']}` has")
        print("  its bytes judged anew")
