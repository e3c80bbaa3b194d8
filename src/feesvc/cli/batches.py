"""``feesvc batches``: what intermediaries settle at once, and what the bank credits of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="What intermediaries settle at once, and what the bank credits."
)
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Batch = Annotated[str, typer.Argument(help="Its id, as `list` tells it.")]
Bank = Annotated[str, typer.Option(help="The bank of the collection account, e.g. 970436.")]
Number = Annotated[str, typer.Option(help="The number of the collection account.")]
Reference = Annotated[str, typer.Option(help="The bank's reference, unique on the account.")]
Minor = Annotated[int, typer.Option("--amount", help="In minor units.")]
Currency = Annotated[str, typer.Option(help="As in ISO 4217.")]
Day = Annotated[str, typer.Option(help="The bank's day, 2026-11-27.")]
Reason = Annotated[str, typer.Option(help="A reason code, e.g. recalled.")]


@command.command("list")
def all_of(
    agency: Agency,
    state: Annotated[str, typer.Option(help="open, done, ended or all.")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List batches, newest first; without options those of which something is still to come."""
    said = Api().get(
        f"/agencies/{agency}/captures/awaited", kind="batch", limit=limit,
        state=None if state == "all" else state,
    )  # fmt: skip
    if as_json:
        print_json(said)
        return
    table(
        ("batch", "name", "to come", "came", "settled on", "state"),
        [
            (
                one["id"], ", ".join(one["keys"]), amount(one["amount"]), amount(one["done"]),
                one["on_day"], one["state"],
            )
            for one in said["items"]
        ],
        right=(2, 3),
    )  # fmt: skip
    if said["next"]:
        print("there are more: narrow the search, or raise --limit")


@command.command()
def show(agency: Agency, batch: Batch, as_json: AsJson = False) -> None:
    """Show one batch: declared, settled, come, and what of it is unexplained."""
    _tell(Api().get(f"/agencies/{agency}/batches/{batch}"), as_json)


@command.command()
def credit(
    agency: Agency,
    batch: Batch,
    bank: Bank,
    number: Number,
    reference: Reference,
    minor: Minor,
    booked_on: Day,
    with_batch: Annotated[list[str], typer.Option(help="Another batch of the credit.")] = [],  # noqa: B006
    charge: Annotated[int | None, typer.Option(help="What the bank kept, in minor units.")] = None,
    claim: Annotated[bool, typer.Option(help="Claim what is missing.")] = False,
    over: Annotated[bool, typer.Option(help="Let what is too much wait in suspense.")] = False,
    currency: Currency = "VND",
    as_json: AsJson = False,
) -> None:
    """Book a bank credit as the payout of a batch, or of several."""
    body = _line(bank, number, reference, minor, currency, booked_on)
    more = {"with_batches": with_batch, "charge": charge, "claim": claim, "over": over}
    _do(agency, batch, "credits", {**body, **more}, as_json)


@command.command()
def reverse(
    agency: Agency,
    batch: Batch,
    bank: Bank,
    number: Number,
    reference: Reference,
    booked_on: Day,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """The bank took a credit back."""
    body = {"account": {"bank": bank, "number": number}, "reference": reference}
    more = {"booked_on": booked_on, "reason": reason}
    _do(agency, batch, "credits/reverse", {**body, **more}, as_json)


@command.command()
def undo(
    agency: Agency,
    batch: Batch,
    bank: Bank,
    number: Number,
    reference: Reference,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """A credit was not its payout: it waits in suspense again."""
    body = {"account": {"bank": bank, "number": number}, "reference": reference}
    _do(agency, batch, "credits/undo", {**body, "reason": reason}, as_json)


@command.command()
def recover(
    agency: Agency,
    batch: Batch,
    bank: Bank,
    number: Number,
    reference: Reference,
    minor: Minor,
    booked_on: Day,
    currency: Currency = "VND",
    as_json: AsJson = False,
) -> None:
    """What was claimed of it came after all."""
    body = _line(bank, number, reference, minor, currency, booked_on)
    _do(agency, batch, "recoveries", body, as_json)


@command.command()
def carry(agency: Agency, batch: Batch, as_json: AsJson = False) -> None:
    """A negative batch is to be netted in a later one."""
    _do(agency, batch, "carry", None, as_json)


@command.command()
def take_up(
    agency: Agency,
    batch: Batch,
    source: Annotated[str, typer.Option(help="The earlier, negative batch.")],
    minor: Minor,
    occurred_at: Annotated[str, typer.Option(help="As in 2026-11-27T10:00:00+07:00.")],
    as_json: AsJson = False,
) -> None:
    """What an earlier batch owes was taken off this one."""
    body = {"source": source, "amount": minor, "occurred_at": occurred_at}
    _do(agency, batch, "take-up", body, as_json)


@command.command()
def pay(
    agency: Agency,
    batch: Batch,
    bank: Bank,
    number: Number,
    reference: Reference,
    minor: Minor,
    booked_on: Day,
    currency: Currency = "VND",
    as_json: AsJson = False,
) -> None:
    """The bank debited what a negative batch owes."""
    body = _line(bank, number, reference, minor, currency, booked_on)
    _do(agency, batch, "pay", body, as_json)


@command.command()
def to_budget(
    agency: Agency,
    batch: Batch,
    reference: Reference,
    minor: Minor,
    booked_on: Day,
    as_json: AsJson = False,
) -> None:
    """It went straight into the State budget account."""
    body = {"reference": reference, "amount": minor, "booked_on": booked_on}
    _do(agency, batch, "to-budget", body, as_json)


@command.command()
def unsettle(
    agency: Agency,
    batch: Batch,
    lines: Annotated[list[str], typer.Argument(help="Their names.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Reverse what lines were booked as."""
    _do(agency, batch, "lines/undo", {"lines": lines, "reason": reason}, as_json)


def _line(
    bank: str, number: str, reference: str, minor: int, currency: str, booked_on: str
) -> dict[str, Any]:
    return {
        "account": {"bank": bank, "number": number}, "reference": reference, "amount": minor,
        "currency": currency, "booked_on": booked_on,
    }  # fmt: skip


def _do(agency: str, batch: str, what: str, body: dict[str, Any] | None, as_json: bool) -> None:
    _tell(Api().post(f"/agencies/{agency}/batches/{batch}/{what}", body or {}), as_json)


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"{said['batch']} of {said['intermediary']}: {said['lines']} lines")
    named = ("settled", "arrived", "outstanding", "residual", "in_transit", "claimed", "reserved")
    table(("", "amount"), [(name, amount(said[name])) for name in named], right=(1,))
