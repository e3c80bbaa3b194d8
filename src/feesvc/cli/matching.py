"""``feesvc matching``: runs of matching, what they propose, and the rules they go by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._reading import json_of
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Match what was said with what is on record.")
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Match = Annotated[str, typer.Argument(help="Its id, as `list` tells it.")]
INCOMPLETE = 2
"""The exit code of a run after which lines and statements do not agree."""


@command.command()
def run(
    agency: Agency,
    account: Annotated[str, typer.Option(help="As `feesvc files accounts` tells it.")],
    as_of: Annotated[str | None, typer.Option(help="Up to this day, e.g. 2026-11-20.")] = None,
    dry: Annotated[bool, typer.Option(help="Only tell what would be found.")] = False,
    terms: Annotated[
        Path | None, typer.Option(help="With --dry: terms as JSON, tried instead of the rules.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="With --dry: as if nothing had been matched from this day on."),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last of these days.")] = None,
    as_json: AsJson = False,
) -> None:
    """Match what is open at an account; exit code 2 where the numbers do not add up."""
    if not dry and (terms or first or last):
        raise typer.BadParameter("--terms, --from and --to go with --dry")
    if (first is None) != (last is None):
        raise typer.BadParameter("--from and --to go together")
    body: dict[str, Any] = {"account": account, "dry": dry}
    body |= {"as_of": as_of} if as_of else {}
    body |= {"terms": json_of(terms)} if terms else {}
    body |= {"period": {"first": first, "last": last}} if first else {}
    said = Api().post(f"/agencies/{agency}/match-runs", body)
    _tell(said, as_json)
    raise typer.Exit(0 if dry or said["complete"] else INCOMPLETE)


@command.command()
def runs(
    agency: Agency, limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List runs, newest first."""
    said = Api().get(f"/agencies/{agency}/match-runs", limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("run", "started", "leg", "as of", "state", "matches", "proposals", "breaks", "result"),
        [
            (
                one["id"], one["started_at"][:16], one["leg"], one["as_of"], one["state"],
                str(one["matches"]), str(one["proposals"]), str(sum(one["breaks"].values())),
                one["result"][:12],
            )
            for one in said["items"]
        ],
    )  # fmt: skip


@command.command("list")
def all_of(
    agency: Agency,
    state: Annotated[str | None, typer.Option(help="proposed, posted, reversed …")] = None,
    run: Annotated[str | None, typer.Option(help="Of this run only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50, as_json: AsJson = False,
) -> None:  # fmt: skip
    """List matches; those with state proposed wait for somebody."""
    said = Api().get(f"/agencies/{agency}/matches", state=state, run=run, limit=limit)
    if as_json:
        print_json(said)
        return
    table(
        ("match", "leg", "rule", "how", "state", "members"),
        [
            (
                one["id"], one["leg"], one["rule"], one["how"], one["state"],
                " ".join(member["item"] for member in one["members"]),
            )
            for one in said["items"]
        ],
    )  # fmt: skip


@command.command()
def undo(
    match: Match,
    reason: Annotated[str, typer.Option(help="A code, e.g. wrong_transfer.")],
    as_json: AsJson = False,
) -> None:
    """Reverse exactly what a match booked."""
    _told(Api().post(f"/matches/{match}/undo", {"reason": reason}), as_json)


@command.command()
def propose(
    agency: Agency,
    account: Annotated[str, typer.Option(help="As `feesvc files accounts` tells it.")],
    line: Annotated[list[int], typer.Option(help="The id of a line; several are allowed.")],
    other: Annotated[list[str], typer.Option(help="capture:… or batch:…; several are allowed.")],
    reason: Annotated[str, typer.Option(help="A code, e.g. phoned_the_bank.")],
    difference_to: Annotated[str, typer.Option(help="1290, 5320 or 2150.")] = "",
    cap: Annotated[int, typer.Option(min=0, help="Of the difference, in minor units.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say that lines belong to something; another person confirms it by its digest."""
    body = {
        "account": account, "lines": line, "others": other, "reason": reason,
        "difference_to": difference_to, "cap": cap,
    }  # fmt: skip
    said = Api().post(f"/agencies/{agency}/matches", body)
    _told(said, as_json)
    if not as_json:
        print(f"digest {said['why']['digest']}")


@command.command()
def confirm(
    match: Match,
    digest: Annotated[str, typer.Option(help="Of a match that a person proposed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say that what was proposed is so."""
    _told(Api().post(f"/matches/{match}/confirm", {"digest": digest}), as_json)


@command.command()
def reject(match: Match, as_json: AsJson = False) -> None:
    """Say that what was proposed is not so."""
    _told(Api().post(f"/matches/{match}/reject", {}), as_json)


@command.command()
def rules(
    agency: Agency,
    account: Annotated[str | None, typer.Option(help="Of this account alone.")] = None,
    propose: Annotated[Path | None, typer.Option(help="Terms as JSON, to be proposed.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="From this day on.")] = None,
) -> None:
    """Show the rules, or propose others for another person to approve."""
    path = f"/agencies/{agency}/match-rules"
    if propose is None:
        print_json(Api().get(path, account=account))
        return
    body: dict[str, Any] = {"terms": json_of(propose), "valid_from": valid_from}
    print_json(Api().post(path, body | ({"account": account} if account else {})))


@command.command("approve-rules")
def approve_rules(
    rules: Annotated[str, typer.Argument(help="The id of the rules.")],
    number: Annotated[int, typer.Option(help="The version that was read.")],
    digest: Annotated[str, typer.Option(help="Its digest.")],
) -> None:
    """Agree to rules that somebody else proposed."""
    print_json(Api().post(f"/match-rules/{rules}/approve", {"number": number, "digest": digest}))


@command.command("reject-rules")
def reject_rules(
    rules: Annotated[str, typer.Argument(help="The id of the rules.")],
    number: Annotated[int, typer.Option(help="The version.")],
    reason: Annotated[str, typer.Option(help="A reason code, e.g. too_wide.")],
) -> None:
    """Refuse a version that is proposed: nothing is matched so."""
    print_json(Api().post(f"/match-rules/{rules}/reject", {"number": number, "reason": reason}))


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    if said["would"]:
        would = said["would"]
        print(
            f"would match {would['matches']}, propose {would['proposals']}, "
            f"{would['conflicts']} conflicts"
        )
        _tell_period(said["period"])
    else:
        print(f"run {said['id']}: {said['matches']} matches, {said['proposals']} proposals")
    for code, lines in sorted(said["breaks"].items()):
        print(f"  {code}: {lines}")
    for one in said["dispositions"]:
        net = one["net"]
        print(f"  {one['disposition']}: {one['lines']} lines, {net['amount']} {net['currency']}")
    print(f"result {said['result']}, rules {said['rules']}, calendar {said['calendar']}")


def _tell_period(past: dict[str, Any] | None) -> None:
    if past is None:
        return
    print(
        f"of {past['lines']} lines from {past['first']} to {past['last']}: {past['kept']} kept, "
        f"{past['gained']} gained, {past['lost']} lost, {past['otherwise']} otherwise, "
        f"{past['asked']} left to a person"
    )
    for one in past["differing"]:
        stands, would = (" ".join(one[side]) or "nothing" for side in ("stands", "would"))
        print(f"  line {one['line']} {one['became']}: now {stands}; then {would}")


def _told(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
    else:
        print(f"{said['id']}: {said['state']}")
