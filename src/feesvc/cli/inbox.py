"""``feesvc inbox``: what intermediaries said, as it came, and whether it is authentic."""

from __future__ import annotations

import base64
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="What intermediaries said, as it came.")
Account = Annotated[str, typer.Argument(help="The merchant account's id.")]
Arrival = Annotated[str, typer.Argument(help="The notification's id there.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. audit_2026.")]


@command.command("list")
def all_of(
    account: Account,
    verdict: Annotated[
        str | None, typer.Option(help="recorded, duplicate, wrong_amount, forged, try_again …")
    ] = None,
    evidence: Annotated[str | None, typer.Option(help="The hash that an event names.")] = None,
    since: Annotated[str | None, typer.Option(help="2026-11-21T00:00:00+07:00")] = None,
    until: Annotated[str | None, typer.Option(help="2026-11-22T00:00:00+07:00")] = None,
    before: Annotated[str | None, typer.Option(help="Go on from this one.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List what arrived, newest first."""
    said = Api().get(
        f"/merchant-accounts/{account}/notifications", verdict=verdict, evidence=evidence,
        since=since, until=until, before=before, limit=limit,
    )  # fmt: skip
    if as_json:
        print_json(said)
        return
    table(
        ("notification", "received at", "verdict", "bytes", "said"),
        [
            (
                one["id"], one["received_at"][:19], one["verdict"], str(one["size"]),
                "; ".join(one["outcomes"]),
            )
            for one in said["notifications"]
        ],
        right=(3,),
    )  # fmt: skip
    if said["next"]:
        print(f"there are more: --before {said['next']}")


@command.command()
def show(account: Account, arrival: Arrival, reason: Reason, as_json: AsJson = False) -> None:
    """Show one as it came. It may be about a person: the read is put on record."""
    said = Api().get(f"/merchant-accounts/{account}/notifications/{arrival}", reason=reason)
    if as_json:
        print_json(said)
        return
    print(f"notification {said['id']} of {said['received_at']}: {said['verdict']}")
    if said["kept"] != "yes":
        print("its bytes were erased" if said["kept"] == "erased" else "its bytes were not kept")
        return
    query, body = (base64.b64decode(said[part]) for part in ("query", "body"))
    print(f"from {said['source'] or 'an unknown address'}; {said['evidence']}")
    print(f"{said['method']} ?{_readable(query)}")
    for name, value in said["headers"].items():
        print(f"{name}: {value}")
    print(f"\n{_readable(body)}")


@command.command()
def verify(account: Account, arrival: Arrival, as_json: AsJson = False) -> None:
    """Verify one again, with the account's keys of its day and since.

    Exit code 0: authentic; 1: not, or nobody can say.
    """
    path = f"/merchant-accounts/{account}/notifications/{arrival}/verification"
    said = Api().post(path, {})
    if as_json:
        print_json(said)
    else:
        print(_finding(said))
    if said["finding"] != "authentic":
        raise typer.Exit(1)


@command.command()
def erase(
    account: Account,
    before: Annotated[str, typer.Option(help="2026-11-21T00:00:00+07:00")],
    reason: Reason,
    verdict: Annotated[str | None, typer.Option(help="Only of these, e.g. forged.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Destroy the bytes of what is past its retention; that it came, and its verdict, stays."""
    if not yes:
        typer.confirm(f"Destroy the bytes of what arrived before {before}?", abort=True)
    asked = {"before": before, "verdict": verdict, "reason": reason}
    said = Api().post(f"/merchant-accounts/{account}/notifications/erasure", asked)
    if as_json:
        print_json(said)
    else:
        print(f"erased: {said['messages']} messages")


FINDINGS = {
    "authentic": "authentic, by the keys that were set on {keys_from}",
    "forged": "forged: the very keys it came under do not verify it",
    "key_unavailable": "nobody can say: the keys it came under are no longer there",
    "not_kept": "nobody can say: its bytes were not kept",
    "erased": "nobody can say: its bytes were erased",
    "unreadable": "nobody can say: the adapter that is installed now cannot read it",
}


def _finding(said: dict[str, Any]) -> str:
    told = FINDINGS[said["finding"]].format(**said)
    return "\n".join([told, *(f"  it says: {outcome}" for outcome in said["outcomes"])])


def _readable(raw: bytes) -> str:
    """Text where it is text; nothing in it may move the cursor of a terminal."""
    text = raw.decode(errors="backslashreplace")
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)
