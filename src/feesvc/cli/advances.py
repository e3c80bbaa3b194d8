"""``feesvc advances``: deposits that are applied to a fee, or fall to the State budget."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True,
    help="Deposits: applied to a fee, or forfeited by two; `feesvc refunds` returns what is left.",
)
Advance = Annotated[str, typer.Argument(help="The id of the advance's assessment.")]
Asked = Annotated[str, typer.Argument(help="The forfeiture's id.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. judgment.")]
Minor = Annotated[
    int | None, typer.Option("--amount", help="In minor units; all that is left, if left out.")
]


@command.command()
def show(advance: Advance, as_json: AsJson = False) -> None:
    """Show what stands of an advance."""
    _tell_advance(Api().get(f"/advances/{advance}"), as_json)


@command.command()
def apply(
    advance: Advance,
    assessment: Annotated[str, typer.Argument(help="The assessment that it is to pay.")],
    minor: Minor = None,
    as_json: AsJson = False,
) -> None:
    """Pay an assessment of the same agency with it."""
    body = {"assessment": assessment, "amount": minor}
    _tell_advance(Api().post(f"/advances/{advance}/apply", body), as_json)


@command.command()
def forfeit(advance: Advance, reason: Reason, minor: Minor = None, as_json: AsJson = False) -> None:
    """Ask that it fall to the State budget; another person approves."""
    body = {"amount": minor, "reason": reason}
    _tell(Api().post(f"/advances/{advance}/forfeit", body), as_json)


@command.command()
def asked(forfeiture: Asked, as_json: AsJson = False) -> None:
    """Show a forfeiture, with the digest that an approval is bound to."""
    _tell(Api().get(f"/forfeitures/{forfeiture}"), as_json)


@command.command()
def approve(
    forfeiture: Asked,
    digest: Annotated[
        str | None, typer.Option(help="What `asked` said; without it you are shown and asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agree to exactly what was asked. Whoever asked for it cannot."""
    api = Api()
    if digest is None:
        shown = api.get(f"/forfeitures/{forfeiture}")
        _tell(shown, as_json=False)
        typer.confirm("Let it fall to the State budget?", abort=True)
        digest = shown["digest"]
    _tell(api.post(f"/forfeitures/{forfeiture}/approve", {"digest": digest}), as_json)


@command.command()
def reject(forfeiture: Asked, reason: Reason, as_json: AsJson = False) -> None:
    """It will not be done: the advance stands where it stood."""
    _tell(Api().post(f"/forfeitures/{forfeiture}/reject", {"reason": reason}), as_json)


def _tell_advance(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"advance {said['assessment']}: {amount(said['collected'])} stand there,")
    print(f"  {amount(said['banked'])} in the bank, {amount(said['held'])} to be decided on")


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"forfeiture {said['id']} of {amount(said['amount'])} is {said['state']}")
    if said["state"] == "requested":
        print(f"another person approves it, bound to {said['digest']}")
