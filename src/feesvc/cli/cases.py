"""``feesvc cases``: what does not add up, and the work of the people who explain it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._reading import parsed
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="What does not add up; above a limit two people end it."
)
Case = Annotated[str, typer.Argument(help="Its id, as `list` tells it.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. bank_was_late.")]


@command.command("list")
def all_of(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    state: Annotated[str, typer.Option(help="open, investigating … or all.")] = "not_closed",
    code: Annotated[str | None, typer.Option(help="Of one kind, e.g. A08.")] = None,
    subject: Annotated[str | None, typer.Option(help="About this payment, refund …")] = None,
    min_days: Annotated[int | None, typer.Option(help="So many days old or older.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List cases, newest first; without options those that are not closed."""
    api = Api()
    route = api.route("/cases").format(agency=agency)
    said = api.get(
        route, state=None if state == "all" else state, code=code, subject=subject,
        min_days=min_days, limit=limit,
    )  # fmt: skip
    if as_json:
        print_json(said)
        return
    table(
        ("case", "code", "what", "at risk", "days", "due on", "state", "about"),
        [
            (
                one["id"], one["code"], one["name_en"], amount(one["at_risk"]),
                str(one["age_days"]), one["due_on"] + (" !" if one["overdue"] else ""),
                one["state"], f"{one['subject_kind']} {one['subject']}",
            )
            for one in said["items"]
        ],
        right=(3, 4),
    )  # fmt: skip
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")


@command.command()
def show(case: Case, as_json: AsJson = False) -> None:
    """Show one case, what was said, and what people noted."""
    api = Api()
    said = api.get(f"/cases/{case}")
    if as_json:
        print_json(said)
        return
    _tell(said, as_json=False)
    for name, fact in said["facts"].items():
        print(f"  {name}: {fact}")
    if said["notes"]:
        for note in api.get(f"/cases/{case}/notes")["notes"]:
            print(f"  - {note['text'] or 'erased'}")


@command.command()
def assign(
    case: Case,
    officer: Annotated[str, typer.Argument(help="The officer's subject.")],
    as_json: AsJson = False,
) -> None:
    """Name the officer who is to explain it."""
    _do(case, "assign", {"assignee": officer}, as_json)


@command.command()
def take_up(case: Case, as_json: AsJson = False) -> None:
    """Begin to work on it."""
    _do(case, "take-up", {}, as_json)


@command.command()
def inquire(
    case: Case,
    inquiry: Annotated[str, typer.Option(help="The number the other side gave it.")],
    due_on: Annotated[str, typer.Option(help="When it is to answer, 2026-11-27.")],
    as_json: AsJson = False,
) -> None:
    """Note that the other side was asked."""
    _do(case, "inquire", {"inquiry": inquiry, "due_on": due_on}, as_json)


@command.command()
def answer(case: Case, reason: Reason, as_json: AsJson = False) -> None:
    """Note that the other side answered."""
    _do(case, "answer", {"reason": reason}, as_json)


@command.command()
def note(
    case: Case, text: Annotated[str, typer.Argument(help="Kept sealed.")], as_json: AsJson = False
) -> None:
    """Write something down."""
    _do(case, "notes", {"text": text}, as_json)


@command.command()
def resolve(
    case: Case,
    resolution: Annotated[str, typer.Option(help="explained, claim, refund, link …")],
    reason: Reason,
    moves: Annotated[
        str, typer.Option(help='What moves with it, as JSON: {"how": "claimed", "about": …}.')
    ] = "",
    as_json: AsJson = False,
) -> None:
    """End it, or propose so to a second person where money moves or much is at risk."""
    body: dict[str, Any] = {"resolution": resolution, "reason": reason}
    if moves:
        try:
            body["moves"] = parsed(moves)
        except ValueError as error:
            raise typer.BadParameter(f"--moves is not JSON: {error}") from None
    _do(case, "resolve", body, as_json)


@command.command()
def escalate(case: Case, as_json: AsJson = False) -> None:
    """Show it one level further up before its clock does."""
    _do(case, "escalate", {}, as_json)


@command.command()
def many(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    do: Annotated[str, typer.Option(help="assign, take_up, escalate or resolve.")],
    reason: Reason,
    cases: Annotated[list[str], typer.Argument(help="Their ids, as `list` tells them.")],
    assignee: Annotated[str | None, typer.Option(help="The officer's subject.")] = None,
    resolution: Annotated[str, typer.Option(help="explained, accept_timing …")] = "explained",
    as_json: AsJson = False,
) -> None:
    """Do one thing with many cases, for one reason; one that refuses stops no other."""
    body = {
        "cases": cases, "do": do, "reason": reason, "assignee": assignee, "resolution": resolution
    }  # fmt: skip
    said = Api().post(f"/agencies/{agency}/cases/bulk", body)
    if as_json:
        print_json(said)
        return
    table(
        ("case", "became", "state"),
        [(one["case"], one["became"], one["state"]) for one in said["cases"]],
    )


@command.command()
def ages(
    agency: Annotated[str, typer.Argument(help="Its code, e.g. G14.")],
    leg: Annotated[str | None, typer.Option(help="F, A, S, B, T or G.")] = None,
    as_of: Annotated[str | None, typer.Option(help="A day, 2026-11-21.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is open by kind and age, in business days or as the law counts."""
    api = Api()
    said = api.get(api.route("/ageing").format(agency=agency), leg=leg, as_of=as_of)
    if as_json:
        print_json(said)
        return
    table(
        ("code", "what", "days", "cases", "overdue", "at risk"),
        [
            (
                one["code"], one["name_en"], one["age"], str(one["cases"]), str(one["overdue"]),
                amount(one["at_risk"]),
            )
            for one in said["items"]
        ],
        right=(3, 4, 5),
    )  # fmt: skip


@command.command()
def approve(
    case: Case,
    digest: Annotated[
        str | None, typer.Option(help="What `show` said; without it you are shown and asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agree to exactly what was proposed. Whoever proposed it cannot."""
    if digest is None:
        shown = Api().get(f"/cases/{case}")
        _tell(shown, as_json=False)
        typer.confirm("Close this case?", abort=True)
        digest = shown["digest"]
    _do(case, "approve", {"digest": digest}, as_json)


@command.command()
def send_back(case: Case, reason: Reason, as_json: AsJson = False) -> None:
    """Do not agree to what was proposed."""
    _do(case, "send-back", {"reason": reason}, as_json)


@command.command()
def reopen(case: Case, reason: Reason, as_json: AsJson = False) -> None:
    """Work on a closed case again."""
    _do(case, "reopen", {"reason": reason}, as_json)


def _do(case: str, what: str, body: dict[str, Any], as_json: bool) -> None:
    _tell(Api().post(f"/cases/{case}/{what}", body), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(
        f"case {said['id']} ({said['code']} {said['name_en']}) of {amount(said['at_risk'])} "
        f"is {said['state']}, {said['age_days']} days old, due on {said['due_on']}"
    )
    print(f"  about {said['subject_kind']} {said['subject']}")
    if said["state"] == "resolution_proposed":
        print(f"  {said['maker']} proposes {said['resolution']} because {said['reason']}")
        print(f"  digest {said['digest']}")
